using IrtGpu.Data;
using IrtGpu.Data.Reading;

namespace IrtGpu.Tests.Data.Reading;

public sealed class AnswerKeyTests : TableFixture
{
    private ResponseReaderOptions Key(string text, ResponseReaderOptions? options = null) =>
        (options ?? new ResponseReaderOptions()) with { KeyPath = Write("item,key\n" + text, "key.csv") };

    private static int[] Right(ResponseData data, int item = 0) => [.. Enumerable.Range(0, data.PersonCount).Where(person => data.Row(person)[item] == 1)];

    [Theory]
    [InlineData("q,b\n", new[] { 0, 1, 2 })]
    [InlineData("q,B|d\n", new[] { 0, 1, 2, 4 })]
    [InlineData("q,B\nq,D\n", new[] { 0, 1, 2, 4 })]
    [InlineData("q,B/D\n", new[] { 0, 1, 2, 4 })]
    [InlineData("q,\"B, D\"\n", new[] { 0, 1, 2, 4 })]
    [InlineData("q,B;D\n", new[] { 0, 1, 2, 4 })]
    public void Case_blanks_and_several_right_answers_are_taken_as_they_are_meant(string key, int[] right) =>
        Assert.Equal(right, Right(Read("q,x\nB,1\nb,1\n\" B \",1\nA,1\nD,1\n", Key(key, new ResponseReaderOptions { Items = "q" }))));

    [Fact]
    public void An_answer_with_a_separator_is_one_answer_where_someone_gave_it()
    {
        ResponseData data = Read("q\nA/C\nA\nC\na/c\n", Key("q,A/C\n"));
        Assert.Equal([0, 3], Right(data));
        Assert.Empty(data.Warnings);
        data = Read("q\nB\nA\nC\n", Key("q,A/C\n"));
        Assert.Equal([1, 2], Right(data));
        AssertProblem(Assert.Single(data.Warnings), null, null, "'A/C' of 'q'", "several right answers", "|");
    }

    [Fact]
    public void Lines_of_one_item_are_said_to_be_several_right_answers() =>
        AssertProblem(Assert.Single(Read("q\nB\nA\nC\n", Key("q,A\nq,C\n")).Warnings), null, null, "'q' ('A', 'C')", "several right answers");

    [Fact]
    public void Numbers_compare_by_value() => Assert.Equal([0, 1, 2], Right(Read("q\n2\n2.0\n02\n3\n22\n", Key("q,2\n"))));

    [Fact]
    public void Right_answers_are_found_among_more_answers_than_have_a_byte()
    {
        string answers = string.Concat(Enumerable.Range(0, 700).Select(k => $"{(k % 2 == 0 ? k : $"word {k}")}\n"));
        ResponseData data = Read("q\n" + answers, Key("q,600\nq,Word  601\n"));
        Assert.Equal([600, 601], Right(data));
        Assert.Equal([0, 1], data.CategoryCodes[0]);
    }

    [Fact]
    public void Answers_that_are_no_option_are_counted_and_those_of_open_questions_are_not()
    {
        string[] options = ["A", "B", "C"];
        string text = "p,q,open\n" + string.Concat(Enumerable.Range(0, 300).Select(k =>
            $"{(k is 20 or 40 ? "N/A" : k == 50 ? "E" : options[k % 3])},{(k == 30 ? "#NULL!" : options[k * 7 % 5 % 3])},{k % 40}\n"));
        ResponseData data = Read(text, Key("p,A\nq,B\nopen,7\n"));
        AssertProblem(Assert.Single(data.Warnings), 22, null, "4 answers are no option elsewhere and count as wrong", "'N/A' 2 in 'p'", "'#NULL!' 1 in 'q'", "'E' 1 in 'p'", "--missing=\"NA,NaN,.,N/A,");
        Assert.Empty(Read(text, Key("p,A\nq,B\nopen,7\n", new ResponseReaderOptions { MissingCodes = ["N/A", "#NULL!", "E"] })).Warnings);
    }

    [Fact]
    public void A_key_and_codes_for_the_same_item_are_refused()
    {
        ResponseReaderOptions options = Key("q,A\n") with { Codes = IrtGpu.Specification.CodesParser.Parse("q=A,B,C") };
        AssertSingle(Fail("q\nA\nB\n", options), null, "q", "a key and declared codes");
        AssertSingle(Fail("q\nA\nB\n", options with { Codes = IrtGpu.Specification.CodesParser.Parse("A,B,C") }), null, null, "--key and --codes");
    }

    [Fact]
    public void An_answer_that_is_also_a_code_for_missing_is_refused()
    {
        AssertSingle(Fail("p,q\n9,1\n1,9\n", Key("p,9\nq,1|9\n", new ResponseReaderOptions { MissingCodes = ["9"] })), null, null, "'9'", "'p', 'q'", "--missing");
        AssertSingle(
            Fail("p\n-99\n1\n", new ResponseReaderOptions { MissingCodes = ["-99"], Codes = IrtGpu.Specification.CodesParser.Parse("-99,0,1") }), null, null, "'-99'", "code for missing");
    }

    [Fact]
    public void A_fit_of_other_codes_takes_no_key() =>
        AssertSingle(
            Fail("q\nA\nB\n", Key("q,A\n") with { ExpectedCategoryCodes = new Dictionary<string, int[]> { ["q"] = [1, 2, 3] } }), null, "q", "--key", "1, 2, 3");
}
