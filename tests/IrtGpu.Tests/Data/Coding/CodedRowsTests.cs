using System.Runtime.InteropServices;
using System.Text;
using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Data.Coding;

/// <summary>Rows in memory and rows in a temporary file are the same rows.</summary>
public sealed class CodedRowsTests : TableFixture
{
    private RowStorage OnDisk => new() { MemoryLimit = 0, Folder = Folder };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(100_001, 5)]
    [InlineData(3000, 701)]
    [InlineData(3, 1 << 25)] // longer than a section; two rows a chunk
    public void Rows_are_what_was_filled_in_wherever_they_lie(int rowCount, int rowLength)
    {
        using CodedRows inMemory = CodedRows.Create(rowCount, rowLength, RowStorage.Default, Fill);
        using CodedRows onDisk = CodedRows.Create(rowCount, rowLength, OnDisk, Fill);
        using CodedRows beside = onDisk.CreateBeside(rowCount, 2, (first, codes) => codes.Fill((byte)first));
        Assert.Equal((false, true, true), (inMemory.IsOnDisk, onDisk.IsOnDisk, beside.IsOnDisk));
        Assert.Equal((rowCount, rowLength), (onDisk.RowCount, onDisk.RowLength));
        byte[] expected = new byte[rowLength];
        for (int row = 0; row < rowCount; row++)
        {
            Fill(row, expected);
            Assert.True(inMemory[row].SequenceEqual(expected));
            Assert.True(onDisk[row].SequenceEqual(expected));
        }

        void Fill(int first, Span<byte> codes)
        {
            for (; codes.Length > 0; first++, codes = codes[rowLength..])
            {
                for (int position = 0; position < rowLength; position++)
                    codes[position] = (byte)(31 * first + 7 * position);
            }
        }
    }

    [Fact]
    public void Rows_of_an_array_are_its_parts()
    {
        using CodedRows rows = new([1, 2, 3, 4, 5, 6], 3);
        Assert.Equal(2, rows.RowCount);
        Assert.Equal([4, 5, 6], rows[1].ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6], rows.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[2].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[-1].Length);
        Assert.Throws<ArgumentException>(() => new CodedRows([1, 2, 3, 4], 3));
    }

    [Fact]
    public void Rows_of_a_removed_file_are_refused()
    {
        CodedRows rows = CodedRows.Create(10, 4, OnDisk, (_, codes) => codes.Clear());
        rows.Dispose();
        rows.Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[0].Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300_000)] // some blocks are held before the file is begun
    [InlineData(long.MaxValue)]
    public void Reading_gives_the_same_data_for_any_limit(long memoryLimit)
    {
        const int itemCount = 75;
        const int personCount = 10_000;
        StringBuilder text = new($"id,group,{string.Join(',', Enumerable.Range(0, itemCount).Select(item => $"q{item}"))}\n");
        for (int person = 0; person < personCount; person++)
        {
            text.Append($"p{person},{"xyz"[person % 3]}");
            for (int item = 0; item < itemCount; item++)
                text.Append((item % 3) switch { 0 => $",{1 - person % 2}", 1 => $",{(person % 5 == 0 ? "" : 7 - person % 4)}", _ => $",{(person % 3 == 0 ? "NA" : person % 2)}" });
            text.Append('\n');
        }
        string path = Write(text.ToString());
        ResponseReaderOptions options = new() { IdColumn = "id", GroupColumn = "group" };
        ResponseData expected = ResponseReader.Read(path, options, TestContext.Current.CancellationToken);
        string empty = Directory.CreateDirectory(Path.Combine(Folder, "rows")).FullName;
        using ResponseData data = ResponseReader.Read(
            path, options with { Storage = new RowStorage { MemoryLimit = memoryLimit, Folder = empty } }, TestContext.Current.CancellationToken);
        Assert.Equal(memoryLimit < personCount * itemCount, data.Responses.IsOnDisk);
        Assert.Equal(expected.Responses.ToArray(), data.Responses.ToArray());
        Assert.Equal(expected.Warnings, data.Warnings);
        Assert.Contains(data.Warnings, warning => warning.Message.Contains("nobody in a group answered", StringComparison.Ordinal));
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            Assert.Empty(Directory.EnumerateFileSystemEntries(empty)); // no name that could be left behind
    }

    [Fact]
    public void Nothing_is_left_of_the_file_when_reading_fails_or_is_cancelled()
    {
        StringBuilder text = new("a,b\n");
        for (int person = 0; person < 4000; person++)
            text.Append($"{person % 2},{person % 3}\n");
        string rows = Directory.CreateDirectory(Path.Combine(Folder, "rows")).FullName;
        ResponseReaderOptions options = new() { Storage = new RowStorage { MemoryLimit = 500, Folder = rows } };
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        string path = Write(text.ToString());
        Assert.Throws<OperationCanceledException>(() => { ResponseReader.Read(path, options, cancelled.Token); });
        Assert.Throws<DataException>(() => { ResponseReader.Read(Write(text + "0,x\n"), options, TestContext.Current.CancellationToken); });
        ResponseReader.Read(Write(text.ToString()), options, TestContext.Current.CancellationToken).Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(rows));
    }

    [Fact]
    public void Folder_that_is_missing_is_told_with_the_remedy()
    {
        string folder = Path.Combine(Folder, "none");
        ResponseReaderOptions options = new() { Storage = new RowStorage { MemoryLimit = 1, Folder = folder } };
        DataException error = Fail("a,b\n0,1\n1,0\n", options);
        DataProblem problem = Assert.Single(error.Problems);
        Assert.Equal(folder, problem.File);
        Assert.Contains("do not fit in memory", problem.Message, StringComparison.Ordinal);
        Assert.Contains("TMPDIR", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2pl")]
    [InlineData("3pl")]
    [InlineData("two dimensions, grm")]
    [InlineData("groups, two dimensions")]
    [InlineData("classes partly known, groups")]
    [InlineData("missing and weights")]
    public void Fits_have_the_same_bits_wherever_responses_lie(string name)
    {
        ModelCase model = Catalogue.Get(name);
        ResponseData data = model.Data();
        using ResponseData onDisk = data.OnDisk(Folder);
        CalibrationOptions options = new() { MaxCycles = 5, Starts = 1 };
        CalibrationResult expected = Calibration.Run(data, model.Specification, options, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult actual = Calibration.Run(onDisk, model.Specification, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood);
        Assert.Equal(expected.Point.Parameters.Slots, actual.Point.Parameters.Slots);
        Assert.Equal(expected.StandardErrors.Covariance, actual.StandardErrors.Covariance);
        Assert.Equal(expected.Scores!.Mean, actual.Scores!.Mean);
        Assert.Equal(expected.Scores.LogLikelihood, actual.Scores.LogLikelihood);
    }
}
