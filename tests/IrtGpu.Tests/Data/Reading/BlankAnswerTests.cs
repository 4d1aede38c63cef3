using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Data.Reading;

public sealed class BlankAnswerTests : TableFixture
{
    private const byte Na = ResponseData.Missing;

    [Theory]
    [InlineData("wrong", "all")]
    [InlineData(" Missing ", "none")]
    [InlineData("q1-q5=wrong", "q1-q5")]
    [InlineData("wrong;q7,q9=missing", "*,!q7,!q9")]
    [InlineData("q*=wrong; x=WRONG", "q*,x")]
    public void The_option_names_items(string text, string expected) => Assert.Equal(expected, BlankParser.Parse(text));

    [Theory]
    [InlineData("false", "neither 'wrong' nor 'missing'")]
    [InlineData("=wrong", "neither")]
    [InlineData("", "empty")]
    public void Other_words_are_refused(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<SpecificationException>(() => BlankParser.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("q\n0\n1\n\"\"\nNA\n", new byte[] { 0, 1, 0, Na }, new[] { 0, 1 })]
    [InlineData("q\n1\n1\n\"\"\nNA\n", new byte[] { 1, 1, 0, Na }, new[] { 0, 1 })]
    [InlineData("q\n2\n0\n\"\"\n", new byte[] { 1, 0, 0 }, new[] { 0, 2 })]
    [InlineData("q\n1\n2\n\"\"\n", new byte[] { 0, 1, 0 }, new[] { 1, 2 })]
    public void A_blank_is_the_lowest_category_and_missing_codes_stay_missing(string text, byte[] expected, int[] codes)
    {
        ResponseData data = Read(text, new ResponseReaderOptions { BlankIsWrong = "all" });
        Assert.Equal(expected, data.Responses.ToArray());
        Assert.Equal(codes, data.CategoryCodes[0]);
        Assert.True(data.Answers![0].BlankIsWrong);
    }

    [Fact]
    public void Blanks_inside_quotes_are_blank() =>
        Assert.Equal([0, 1, Na, Na, 1], Read("q,x\n0,0\n1,1\n\"  \",0\n\" NA \",1\n\" 1\",0\n", new ResponseReaderOptions { Items = "q" }).Responses.ToArray());

    [Fact]
    public void Other_items_keep_their_blanks()
    {
        ResponseData data = Read("a,b\n0,1\n1,0\n,\n", new ResponseReaderOptions { BlankIsWrong = "a" });
        Assert.Equal([0, 1, 1, 0, 0, Na], data.Responses.ToArray());
        AssertProblem(Assert.Single(data.Warnings), 4, null, "1 person(s) left every item blank, which counts as wrong", "--missing");
    }

    [Fact]
    public void Blanks_that_are_written_as_codes_for_missing_are_told_to_stay_so() =>
        AssertProblem(
            Assert.Single(Read("a,b\n0,1\n1,0\nNA,1\nNA,0\n", new ResponseReaderOptions { BlankIsWrong = "all" }).Warnings), null, null, "No field is blank", "2 answers are codes for missing", "--missing");

    [Fact]
    public void Codes_that_do_not_begin_at_0_and_items_mostly_blank_are_told()
    {
        ResponseData data = Read("a,b\n1,0\n2,1\n1,\n1,\n,\n2,\n", new ResponseReaderOptions { BlankIsWrong = "all" });
        Assert.Contains(data.Warnings, warning => warning.Message.Contains("lowest code of their item, which is not 0: 1 in 'a'", StringComparison.Ordinal));
        Assert.Contains(data.Warnings, warning => warning.Message.Contains("More than half of the persons left these items blank, which counts as wrong: 'b'", StringComparison.Ordinal));
    }
}
