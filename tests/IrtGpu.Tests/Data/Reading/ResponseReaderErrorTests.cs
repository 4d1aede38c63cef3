using System.Text;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Tests.Data.Reading;

public sealed class ResponseReaderErrorTests : TableFixture
{
    private static readonly ResponseReaderOptions WithParts = new() { IdColumn = "id", GroupColumn = "g", WeightColumn = "w" };

    [Fact]
    public void Missing_file() => AssertSingle(FailOn(Path.Combine(Folder, "none.csv")), null, null, "no such file", "Check the path");

    [Fact]
    public void Directory_instead_of_file() => AssertSingle(FailOn(Folder), null, null, "directory", "Name the data file");

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n  \n")]
    [InlineData("\uFEFF")]
    public void Empty_file(string text) => AssertSingle(Fail(text), null, null, "empty", "header");

    [Theory]
    [InlineData("a,b")]
    [InlineData("a,b\n\n")]
    public void Header_only(string text) => AssertSingle(Fail(text), null, null, "no rows", "Add one row a person");

    [Fact]
    public void Binary_file() => AssertSingle(Fail("q1,q2\n0,1\n1,\0\n"), 3, null, "0x00", "Export");

    [Fact]
    public void Latin_1_file() =>
        AssertSingle(FailOn(Write([.. "q,s\n0,1\n1,"u8, 0xE9, .. "\n"u8])), 3, null, "0xE9", "UTF-8");

    [Fact]
    public void Utf_16_file() =>
        AssertSingle(FailOn(Write([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("q\n0\n1\n")])), 1, null, "UTF-16", "Save it as UTF-8");

    [Fact]
    public void Gzip_cut_short_or_damaged()
    {
        var random = new Random(5);
        string text = "q\n" + string.Concat(Enumerable.Range(0, 50_000).Select(_ => random.Next(2) + "\n"));
        byte[] packed = Compress(Encoding.UTF8.GetBytes(text));
        foreach (int length in (int[])[packed.Length / 2, packed.Length - 9, packed.Length - 1, 11])
            AssertSingle(FailOn(Write(packed[..length], "cut.csv.gz")), null, null, "cut short", "again");
        packed[packed.Length / 2] ^= 0xFF;
        Assert.Throws<DataException>(() => FailOnAnything(Write(packed, "damaged.csv.gz")));
    }

    [Fact]
    public void Duplicated_column() => AssertSingle(Fail("q1,q2,q1\n0,1,0\n1,0,1\n"), 1, "q1", "'q1'", "columns 1 and 3", "Rename");

    [Fact]
    public void Column_without_a_name()
    {
        AssertSingle(Fail("\"\",q1\n1,0\n2,1\n"), 1, null, "Column 1", "--id \"\"", "--items");
        Assert.Equal(["q1"], Read("\"\",q1\n1,0\n2,1\n", new ResponseReaderOptions { Items = "q1" }).ItemNames);
        Assert.Equal(["1", "2"], Read("\"\",q1\n1,0\n2,1\n", new ResponseReaderOptions { IdColumn = "" }).Ids!);
    }

    [Fact]
    public void Unknown_columns_in_options_are_all_named()
    {
        DataException error = Fail("id,sex,q1\n1,F,0\n2,M,1\n", new ResponseReaderOptions { IdColumn = "ID", GroupColumn = "sx", WeightColumn = "w", Covariates = ["age"] });
        Assert.Equal(4, error.TotalCount);
        AssertProblem(error.Problems[0], 1, "ID", "--id", "'id'");
        AssertProblem(error.Problems[1], 1, "sx", "--group", "'sex'");
        AssertProblem(error.Problems[2], 1, "w", "--weight");
        AssertProblem(error.Problems[3], 1, "age", "--covariates");
    }

    [Fact]
    public void Unknown_item_in_the_list() => AssertSingle(Fail("q1,q2\n0,1\n1,0\n", new ResponseReaderOptions { Items = "q1,q3" }), 1, null, "'q3'", "'q1' or 'q2'");

    [Fact]
    public void Column_with_two_parts() =>
        AssertSingle(Fail("id,q1\n0,1\n1,0\n", new ResponseReaderOptions { IdColumn = "id", GroupColumn = "id" }), 1, "id", "two parts", "--group");

    [Fact]
    public void No_items_left() => AssertSingle(Fail("id\n1\n2\n", new ResponseReaderOptions { IdColumn = "id" }), 1, null, "No column is left", "--items");

    [Theory]
    [InlineData("q1,q2\n0,1\n1\n1,0\n", "1 field ", "'1'")]
    [InlineData("q1,q2\n0,1\n1,0,1,,\n1,0\n", "5 fields ", "'1,0,1,,'")]
    [InlineData("q1,q2\n0,1\n1,0,\n1,0\n", "3 fields ", "'1,0,'")]
    [InlineData("q1,q2\n0,1\nx,y,z\n1,0\n", "3 fields ", "'x,y,z'")]
    public void Ragged_row_has_one_message(string text, string count, string seen) =>
        AssertSingle(Fail(text), 3, null, count, "header has 2", seen, "Add or remove fields");

    [Theory]
    [InlineData("yes", "is not a number", "--missing")]
    [InlineData("1x", "is not a number", "--key")]
    [InlineData("-", "is not a number", "--missing=NA,NaN,.,-")]
    [InlineData("NULL", "is not a number", "--missing")]
    [InlineData("1.5", "is not a whole number", "Recode")]
    [InlineData("1.01", "is not a whole number", "--covariates q2")]
    [InlineData("\"1,5\"", "decimal comma", "Recode")]
    [InlineData("2147483648", "32-bit", "Recode")]
    [InlineData("99999999999999999999", "32-bit", "Recode")]
    public void Response_that_is_no_code(string value, string what, string remedy) =>
        AssertSingle(Fail($"q1,q2\n0,1\n1,{value}\n1,0\n"), 3, "q2", $"'{value.Trim('"')}'", what, remedy);

    [Fact]
    public void Too_many_categories() =>
        AssertSingle(Fail("x,q\n" + string.Concat(Enumerable.Range(-20, 300).Select(code => $"{code & 1},{code}\n"))), null, "q", "more than 254", "from -20 to 279", "--items");

    [Fact]
    public void Constant_item() => AssertSingle(Fail("q1,q2\n0,7\n1,7\n1,NA\n"), null, "q2", "constant", "7", "--items");

    [Fact]
    public void Item_nobody_answered() => AssertSingle(Fail("q1,q2\n0,NA\n1,\n"), null, "q2", "Nobody answered", "--missing");

    [Theory]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    public void Bad_weight(string weight) =>
        AssertSingle(Fail($"w,q\n1,0\n\"{weight}\",1\n", new ResponseReaderOptions { WeightColumn = "w" }), 3, "w", $"'{weight}'", "correct it");

    [Fact]
    public void All_weights_zero() => AssertSingle(Fail("w,q\n0,0\n0,1\n", new ResponseReaderOptions { WeightColumn = "w" }), null, "w", "Every weight is 0", "--weight");

    [Fact]
    public void Blank_group() => AssertSingle(Fail("g,q\nA,0\n ,1\n", new ResponseReaderOptions { GroupColumn = "g" }), 3, "g", "blank", "Fill it in");

    [Fact]
    public void Quote_never_closed() => AssertSingle(Fail("id,q\na,0\n\"b,1\nc,1\n", new ResponseReaderOptions { IdColumn = "id" }), 3, "id", "never closed", "closing double quote");

    [Fact]
    public void Text_after_a_closing_quote() => AssertSingle(Fail("q1,q2\n\"1\"0,1\n0,0\n1,1\n"), 2, "q1", "'1'", "twice");

    [Fact]
    public void Line_numbers_count_lines_inside_quotes_and_blank_lines() =>
        AssertSingle(Fail("id,q\n\"a\nb\r\nc\",0\n\nd,1\n\"e\nf\",bad\ng,0\n", new ResponseReaderOptions { IdColumn = "id" }), 7, "q", "'bad'");

    [Fact]
    public void Key_problems_are_all_named()
    {
        string key = Write("Item,Key\nq1,A|\nq2,\n", "key.csv");
        DataException error = Fail("q1,q2,q3\nA,A,A\nB,B,B\n", new ResponseReaderOptions { KeyPath = key });
        Assert.Equal(3, error.TotalCount);
        AssertProblem(error.Problems[0], 2, "key", "'q1'", "blank", "'A|'");
        AssertProblem(error.Problems[1], 3, "key", "'q2'", "blank");
        AssertProblem(error.Problems[2], null, null, "'q3'", "no line in the answer key", "--items");
        Assert.All(error.Problems, problem => Assert.Equal(key, problem.File));
    }

    [Theory]
    [InlineData("a,b\nq1,A\n", "'a', 'b'")]
    [InlineData("", "empty")]
    [InlineData("item,key\nq1\n", "1 fields")]
    public void Unusable_key(string text, string part) =>
        Assert.Contains(part, Fail("q1\nA\nB\n", new ResponseReaderOptions { KeyPath = Write(text, "key.csv") }).Message, StringComparison.Ordinal);

    [Fact]
    public void Everybody_scored_alike_is_constant() =>
        AssertSingle(Fail("q1\nA\na\n", new ResponseReaderOptions { KeyPath = Write("item,key\nq1,C\n", "key.csv") }), null, "q1", "constant", "its key");

    [Fact]
    public void Code_unknown_to_the_fit() =>
        AssertSingle(
            Fail("q1\n1\n3\n", new ResponseReaderOptions { ExpectedCategoryCodes = new Dictionary<string, int[]> { ["q1"] = [0, 1, 2] } }),
            3, "q1", "'3'", "0, 1, 2", "--missing");

    [Fact]
    public void Items_of_the_fit_that_are_not_there() =>
        AssertSingle(
            Fail("q1\n1\n", new ResponseReaderOptions { ExpectedCategoryCodes = new Dictionary<string, int[]> { ["q1"] = [0, 1], ["q2"] = [0, 1], ["q9"] = [0, 1] } }),
            1, null, "2 of the 3", "'q2', 'q9'", "Add them");

    [Fact]
    public void A_column_of_words_has_one_message_and_many_columns_are_shown_in_part_and_counted()
    {
        string Row(string answer) => string.Join(',', Enumerable.Repeat(answer, 30)) + "\n";
        DataException error = Fail(string.Join(',', Enumerable.Range(1, 30).Select(item => $"q{item}")) + "\n" + Row("Agree") + Row("agree") + Row("No idea") + Row("Agree"));
        Assert.Equal(20, error.Problems.Count);
        Assert.Equal(30, error.TotalCount);
        AssertProblem(error.Problems[0], 2, "q1", "4 of 4 answers are words: 'Agree' 3 times, 'No idea' once (line 4)", "--codes", "--covariates q1");
        AssertProblem(error.Problems[3], 2, "q4", "4 of 4 answers are words: 'Agree' 3 times", "those of 'q1'", "--codes");
        Assert.Contains("10 more", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.csv:2, column 'q2': ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_of_every_kind_come_together_in_the_order_of_the_file()
    {
        DataException error = Fail("id,g,w,q1,q2\na,A,1,0,3\nb,,1,1,3\nc,A,-1,0,3\nd,A,1,x,3\ne,A,1\n", WithParts);
        Assert.Equal([3L, 4L, 5L, 6L, null], error.Problems.Select(problem => problem.Line));
        Assert.Equal(["g", "w", "q1", null, "q2"], error.Problems.Select(problem => problem.Column));
    }

    private static DataException FailOn(string path) => Assert.Throws<DataException>(() => { FailOnAnything(path); });

    private static void FailOnAnything(string path) => ResponseReader.Read(path, new ResponseReaderOptions(), TestContext.Current.CancellationToken);

    [Fact]
    public void Rows_with_the_same_number_of_fields_are_one_message()
    {
        string text = "q1,q2\n0,1\n" + string.Concat(Enumerable.Range(0, 30).Select(k => k % 3 == 0 ? "1,0,1\n" : k % 3 == 1 ? "1\n" : "1,0\n"));
        DataException error = Fail(text);
        Assert.Equal(2, error.TotalCount);
        AssertProblem(error.Problems[0], 3, null, "10 rows have 3 fields where the header has 2", "lines 3, 6, 9, 12, 15, …", "the first reads '1,0,1'", "Add or remove fields");
        AssertProblem(error.Problems[1], 4, null, "10 rows have 1 field where the header has 2");
        AssertProblem(Fail("q1,q2\n0,1\n1\n0,\"1\n").Problems[0], 3, null, "The row has 1 field"); // told beside a quote that is never closed
    }
}
