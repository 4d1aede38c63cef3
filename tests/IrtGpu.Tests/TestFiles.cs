using IrtGpu.Data;
using IrtGpu.Data.Reading;

namespace IrtGpu.Tests;

/// <summary>Data that lie beside the tests of their folder.</summary>
internal static class TestFiles
{
    /// <summary>Path of a file, such as <c>Linking/data/graded-old.csv</c>.</summary>
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>Reads a table of responses.</summary>
    public static ResponseData Read(string name, ResponseReaderOptions? options = null) =>
        ResponseReader.Read(PathOf(name), options ?? new ResponseReaderOptions(), TestContext.Current.CancellationToken);
}
