using System.IO.Compression;
using System.Text;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Tests.Data;

/// <summary>A folder of small files that goes when the test ends.</summary>
public abstract class TableFixture : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("irtgpu-data-");

    protected string Folder => folder.FullName;

    protected string Write(string text, string name = "data.csv") => Write(Encoding.UTF8.GetBytes(text), name);

    protected string Write(byte[] bytes, string name = "data.csv")
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    protected static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    protected ResponseData Read(string text, ResponseReaderOptions? options = null) =>
        ResponseReader.Read(Write(text), options ?? new ResponseReaderOptions(), TestContext.Current.CancellationToken);

    protected DataException Fail(string text, ResponseReaderOptions? options = null) =>
        Assert.Throws<DataException>(() => { Read(text, options); });

    /// <summary>Asserts that exactly one problem was found, at this place, naming the value and a remedy.</summary>
    protected static void AssertSingle(DataException error, long? line, string? column, params string[] parts)
    {
        DataProblem problem = Assert.Single(error.Problems);
        Assert.Equal(1, error.TotalCount);
        AssertProblem(problem, line, column, parts);
    }

    protected static void AssertProblem(DataProblem problem, long? line, string? column, params string[] parts)
    {
        Assert.NotNull(problem.File);
        Assert.Equal(line, problem.Line);
        Assert.Equal(column, problem.Column);
        Assert.All(parts, part => Assert.Contains(part, problem.Message, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
