using IrtGpu.Data;
using IrtGpu.Data.Answers;
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

    [Fact]
    public void The_key_of_a_fit_scores_new_answers_without_a_file()
    {
        ResponseData first = Read("p,q\nA,B\nB,C\nC,A\nA,A\n", Key("p,A\nq,B/C\n"));
        Assert.Equal(["A", "B|C"], first.Answers!.Select(answers => answers.Key));
        ResponseReaderOptions ofFit = OfFit(first);
        ResponseData data = Read("p,q\na,C\nD,B/C\nB,NA\n", ofFit);
        Assert.Equal([0], Right(data));
        Assert.Equal([0], Right(data, 1)); // loose separators were settled by the data of the fit
        AssertProblem(data.Warnings[0], null, null, "2 item(s)", "key that the fit keeps", "--key FILE");
        Assert.Equal(["A", "B|C"], data.Answers!.Select(answers => answers.Key));
    }

    [Fact]
    public void A_key_that_is_given_counts_and_is_held_against_that_of_the_fit()
    {
        ResponseReaderOptions ofFit = OfFit(Read("p,q\nA,B\nB,C\nC,A\nA,A\n", Key("p,A\nq,B|C\n")));
        Assert.DoesNotContain(Read("p,q\nA,B\nB,C\n", Key("p, a \nq,C\nq,b\n", ofFit)).Warnings, warning => warning.Message.Contains("not the one", StringComparison.Ordinal));
        ResponseData other = Read("p,q\nA,B\nB,C\n", Key("p,B\nq,B|C\n", ofFit));
        Assert.Equal([1], Right(other));
        AssertProblem(Assert.Single(other.Warnings), null, null, "not the one that the fit keeps", "'p' 'B' for 'A'", "The key given counts");
    }

    [Theory]
    [InlineData("A", "p,q\n1,0\n0,1\n", true)]
    [InlineData("A", "p,q\n1,1\n", true)]
    [InlineData("1", "p,q\n1,0\n0,1\n", true)] // options are 1 to 4, so that 0 is none
    [InlineData("1", "p,q\n1,1\n", false)] // it may be the option
    [InlineData("0", "p,q\n1,0\n0,1\n", false)]
    [InlineData("2", "p,q\n1,3\n2,1\n", false)]
    public void Answers_that_are_scored_already_are_left(string key, string text, bool isScored)
    {
        ResponseReaderOptions ofFit = new()
        {
            ExpectedCategoryCodes = new Dictionary<string, int[]> { ["p"] = [0, 1], ["q"] = [0, 1] },
            ExpectedAnswers = new Dictionary<string, ItemAnswers> { ["p"] = new(Key: key), ["q"] = new(Key: key) },
        };
        ResponseData data = Read(text, ofFit);
        Assert.Equal(isScored, data.Warnings.Any(warning => warning.Message.Contains("taken as scored", StringComparison.Ordinal)));
        Assert.Equal(!isScored, data.Warnings.Any(warning => warning.Message.Contains("key that the fit keeps", StringComparison.Ordinal)));
        if (isScored)
            Assert.Equal([.. Enumerable.Range(0, data.PersonCount).Where(person => text.Split('\n')[person + 1][0] == '1')], Right(data));
    }

    private static ResponseReaderOptions OfFit(ResponseData data) => new()
    {
        ExpectedCategoryCodes = data.ItemNames.ToDictionary(name => name, _ => (int[])[0, 1]),
        ExpectedAnswers = data.ItemNames.Zip(data.Answers!).ToDictionary(pair => pair.First, pair => pair.Second),
    };
}
