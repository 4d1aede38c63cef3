using System.IO.Compression;
using System.Text;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tests.Tables;

public sealed class DataTableTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("irtgpu-table-");

    [Theory]
    [InlineData("y,g\n1.5,b\nNA,a\n-2e1,\n")]
    [InlineData("y\tg\r\n1.5\tb\r\nNA\ta\r\n-2e1\t\r\n")]
    [InlineData("\uFEFFy;g\r1.5;b\r\rNA;a\r-2e1;.")]
    [InlineData("\"y\",\"g\"\n\"1.5\",\"b\"\n\n \"NA\" , a \n-2e1,\"\"\n")]
    public void Columns_are_numbers_or_categories(string text)
    {
        foreach (byte[] bytes in (byte[][])[Encoding.UTF8.GetBytes(text), Compress(Encoding.UTF8.GetBytes(text))])
        {
            DataTable table = Read(bytes);
            Assert.Equal(["y", "g"], table.Columns.Select(column => column.Name));
            Assert.Equal(3, table.RowCount);
            ProblemLog problems = new();
            Assert.Equal([1.5, double.NaN, -20], table.Columns[0].Numbers(problems));
            problems.ThrowIfAny();
            Assert.True(table.Columns[0].IsNumeric);
            Assert.False(table.Columns[1].IsNumeric);
            Categories first = table.Find("g")!.Categories(LevelOrder.Appearance);
            Assert.Equal(["b", "a"], first.Levels);
            Assert.Equal([0, 1, -1], first.Level);
            Categories sorted = table.Find("g")!.Categories(LevelOrder.Sorted);
            Assert.Equal(["a", "b"], sorted.Levels);
            Assert.Equal([1, 0, -1], sorted.Level);
        }
    }

    [Fact]
    public void Levels_that_are_numbers_are_sorted_as_numbers()
    {
        Categories categories = Read("g\n10\n9\n-1.5\n9\n").Columns[0].Categories(LevelOrder.Sorted);
        Assert.Equal(["-1.5", "9", "10"], categories.Levels);
        Assert.Equal([2, 1, 0, 1], categories.Level);
    }

    [Fact]
    public void Own_missing_codes_replace_the_usual_ones_but_blank_stays()
    {
        DataTable table = DataTable.Read(Write("y\n-99\n-99.0\n\"\"\n3\n"u8), ["-99"]);
        ProblemLog problems = new();
        Assert.Equal([double.NaN, double.NaN, double.NaN, 3], table.Columns[0].Numbers(problems));
        Assert.Equal("-99", table.Columns[0].Texts[0]);
        Assert.Single(DataTable.Read(Write("y\nNA\n"u8), ["-99"]).Columns[0].Categories(LevelOrder.Appearance).Levels);
    }

    [Fact]
    public void Fields_that_are_no_numbers_are_one_problem_with_their_places()
    {
        ProblemLog problems = new();
        Read("x,\"y\n1\"\n1,2\n1,\"two\n\"\n1,3\n1,\"1,5\"\n1,inf\n").Find("y\n1")!.Numbers(problems);
        DataProblem problem = Assert.Single(Assert.Throws<DataException>(problems.ThrowIfAny).Problems);
        Assert.Equal((4L, "y\n1"), (problem.Line, problem.Column));
        Assert.Contains("3 value(s)", problem.Message, StringComparison.Ordinal);
        Assert.Contains("lines 4 ('two\\n'), 7 ('1,5'), 8 ('inf')", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_column_is_a_problem_with_the_nearest_name()
    {
        ProblemLog problems = new();
        Assert.Null(Read("outcome,x\n1,2\n").Find("outcom", "the formula", problems));
        DataProblem problem = Assert.Single(Assert.Throws<DataException>(problems.ThrowIfAny).Problems);
        Assert.Contains("no column 'outcom', which the formula names. Did you mean 'outcome'?", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, "empty")]
    [InlineData("a,b\n1,2\n1\n1,2,3\n", 3L, "The row has 1 fields where the header has 2; it begins '1'. In all, the number of fields is another in 2 rows: lines 3, 4.")]
    [InlineData("a,b,a\n1,2,3\n", 1L, "heads columns 1 and 3")]
    [InlineData("a,b\n1,\"2\n", 2L, "double quotes")]
    [InlineData("a,b\n\"1\"x,2\n", 2L, "double quotes")]
    [InlineData("a,b\n1,\0\n", 2L, "0x00")]
    public void Unsound_table_is_refused(string text, long? line, string part)
    {
        DataProblem problem = Assert.Single(Assert.Throws<DataException>(() => Read(text)).Problems);
        Assert.Equal(line, problem.Line);
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static byte[] Compress(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private DataTable Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private DataTable Read(ReadOnlySpan<byte> bytes) => DataTable.Read(Write(bytes));

    private string Write(ReadOnlySpan<byte> bytes)
    {
        string path = Path.Combine(folder.FullName, "table.csv");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
