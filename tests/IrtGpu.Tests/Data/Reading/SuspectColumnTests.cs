using IrtGpu.Data.Reading;

namespace IrtGpu.Tests.Data.Reading;

/// <summary>Columns and codes that are probably not what they are taken for.</summary>
public sealed class SuspectColumnTests : TableFixture
{
    private static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(k => row(k) + "\n"));

    [Theory]
    [InlineData("-99", "0,1")]
    [InlineData("-9", "0,1,2")]
    [InlineData("-8", "1,2,3,4,5")]
    [InlineData("-1", "1,2,3,4,5")]
    public void A_negative_code_far_from_the_others_is_refused_until_it_is_declared(string code, string others)
    {
        string[] codes = [.. others.Split(','), code];
        string text = "q,x\n" + Rows(60, k => $"{codes[k % codes.Length]},{k % 2}");
        AssertSingle(Fail(text), codes.Length + 1, "q", $"The code {code} was given {60 / codes.Length} times", "far from", $"--missing=NA,NaN,.,{code}", "--codes");
        Assert.Equal(codes.Length - 1, Read(text, new ResponseReaderOptions { MissingCodes = ["NA", code] }).CategoryCodes[0].Length);
        Assert.Equal(codes.Length, Read(text, new ResponseReaderOptions { Codes = IrtGpu.Specification.CodesParser.Parse($"q={code},{others}") }).CategoryCodes[0].Length);
    }

    [Theory]
    [InlineData("0,1,9", "9 was given", "--missing=NA,NaN,.,9")]
    [InlineData("1,2,3,4,5,99", "99 was given", "--missing=NA,NaN,.,99")]
    [InlineData("1,2,3,4,8,9", "8 was given", "--missing=NA,NaN,.,8,9")]
    [InlineData("1,2,3,4,5,6,7,9", "9 was given", "--missing=NA,NaN,.,9")]
    public void A_code_that_surveys_use_for_missing_is_warned_of(string list, string seen, string option)
    {
        string[] codes = list.Split(',');
        AssertProblem(Read("q\n" + Rows(80, k => codes[k % codes.Length])).Warnings[0], Array.IndexOf(codes, seen.Split(' ')[0]) + 2, "q", $"The code {seen}", option);
    }

    [Theory]
    [InlineData("-2,-1,0,1,2")]
    [InlineData("-1,1")]
    [InlineData("-3,-1,1,3")]
    [InlineData("0,1,2,3,4,5,6,7,8,9")]
    [InlineData("0,2,4,6,8")]
    [InlineData("10,20,30")]
    public void Codes_of_one_scale_are_not_suspected(string list)
    {
        string[] codes = list.Split(',');
        Assert.DoesNotContain(Read("q\n" + Rows(80, k => codes[k % codes.Length])).Warnings, warning => warning.Message.Contains("far from", StringComparison.Ordinal));
    }

    [Fact]
    public void A_slip_is_warned_of_with_its_line() =>
        AssertProblem(Read("q\n" + Rows(300, k => k == 7 ? "11" : $"{k % 2}")).Warnings[0], 9, "q", "The code 11 was given once", "slip");

    [Theory]
    [InlineData("id,a,b\n", "id", "60 different codes in 60 rows", "--id id")]
    [InlineData("a,b,\"my id\"\n", "my id", "60 different codes", "--id 'my id'")]
    public void A_column_of_identifiers_is_warned_of(string header, string name, string seen, string option)
    {
        bool isFirst = header.StartsWith("id", StringComparison.Ordinal);
        AssertProblem(
            Assert.Single(Read(header + Rows(60, k => isFirst ? $"{k},{k % 2},{k % 3}" : $"{k % 2},{k % 3},{k}")).Warnings), null, name, seen, option);
    }

    [Fact]
    public void An_age_is_asked_about() =>
        AssertProblem(Read("age,a,b\n" + Rows(200, k => $"{20 + k % 45},{k % 2},{k % 3}")).Warnings[0], null, "age", "45 different codes, from 20 to 64", "--covariates age");

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Sums_are_found_wherever_they_stand_and_whatever_is_missing(int offset)
    {
        int[] Answers(int k) => [k % 2, k / 2 % 2, k / 4 % 2, k / 8 % 2, k / 16 % 2];
        string Sum(IEnumerable<int> answers) => $"{answers.Sum() + offset}";
        Assert.Contains("'a' to 'e'", Message("a,b,c,d,e,sum\n", answers => string.Join(',', answers) + "," + Sum(answers)), StringComparison.Ordinal);
        Assert.Contains("'a' to 'e'", Message("sum,a,b,c,d,e\n", answers => Sum(answers) + "," + string.Join(',', answers)), StringComparison.Ordinal);
        Assert.Contains("'a' to 'e'", Message("a,b,sum,c,d,e\n", answers => string.Join(',', answers[..2]) + "," + Sum(answers) + "," + string.Join(',', answers[2..])), StringComparison.Ordinal);
        Assert.Contains("'a' to 'c'", Message("a,b,c,sum,d,e\n", answers => string.Join(',', answers[..3]) + "," + Sum(answers[..3]) + "," + string.Join(',', answers[3..])), StringComparison.Ordinal);

        string Message(string header, Func<int[], string> row) => Assert.Single(
            Read(header + Rows(64, k => k % 9 == 4 ? row(Answers(k)).Replace("1", "", StringComparison.Ordinal) : row(Answers(k)))).Warnings,
            warning => warning.Column == "sum" && warning.Message.Contains("sum of", StringComparison.Ordinal)).Message;
    }

    [Fact]
    public void A_column_that_differs_from_a_sum_in_one_row_is_an_item() =>
        Assert.Empty(Read("a,b,c,x\n" + Rows(64, k => $"{k % 2},{k / 2 % 2},{k / 4 % 2},{(k == 50 ? 0 : k % 2 + k / 2 % 2 + k / 4 % 2)}")).Warnings);

    [Fact]
    public void Lines_that_repeat_the_header_are_skipped_and_told()
    {
        var data = Read("q1,q2\n0,1\n1,0\nq1,q2\n1,1\n");
        Assert.Equal(3, data.PersonCount);
        AssertProblem(Assert.Single(data.Warnings), 4, null, "1 line(s) repeat the header", "Delete");
        Assert.Equal(3, Read("1,2\n1,2\n2,1\n1,1\n").PersonCount); // names that are answers as well
    }

    [Fact]
    public void Row_names_without_a_name_in_the_header_are_read()
    {
        var data = Read("q1\tq2\np1\t0\t1\np2\t1\t0\n", new ResponseReaderOptions { IdColumn = "" });
        Assert.Equal(["p1", "p2"], data.Ids!);
        Assert.Equal(["q1", "q2"], data.ItemNames);
        AssertProblem(Assert.Single(data.Warnings), 1, null, "one field more than the header", "write.table");
        AssertProblem(Fail("q1,q2\n0,1,\n1,0,\n").Problems[0], 2, null, "3 fields where the header has 2"); // a delimiter too many
    }

    [Fact]
    public void Groups_that_differ_in_case_or_blanks_are_warned_of() =>
        AssertProblem(
            Assert.Single(Read("g,q\n" + Rows(60, k => $"{(k % 3 == 0 ? "North" : k % 3 == 1 ? "north" : "south")},{k % 2}"), new ResponseReaderOptions { GroupColumn = "g" }).Warnings),
            null, "g", "'North' and 'north' differ in case or blanks only", "Write them alike");

    [Theory]
    [InlineData("N/A", "--missing=NA,NaN,.,N/A")]
    [InlineData("999", "--missing=NA,NaN,.,999")]
    [InlineData("#NULL!", "--missing=\"NA,NaN,.,#NULL!\"")]
    public void Groups_that_look_missing_are_warned_of(string group, string option)
    {
        string[] groups = ["1", "2", group];
        AssertProblem(
            Assert.Single(Read("g,q\n" + Rows(60, k => $"{groups[k % 3]},{k % 2}"), new ResponseReaderOptions { GroupColumn = "g" }).Warnings),
            null, "g", $"The group '{group}' (20 rows)", option);
        Assert.Empty(Read("g,q\n" + Rows(60, k => $"{k % 10},{k / 10 % 2}"), new ResponseReaderOptions { GroupColumn = "g" }).Warnings);
    }
}
