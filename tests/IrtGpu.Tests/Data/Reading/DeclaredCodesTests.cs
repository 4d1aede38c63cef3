using IrtGpu.Data;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Reading;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Tests.Data.Reading;

public sealed class DeclaredCodesTests : TableFixture
{
    private const byte Na = ResponseData.Missing;

    private static ResponseReaderOptions Codes(string text) => new() { Codes = CodesParser.Parse(text) };

    [Theory]
    [InlineData("No, Perhaps, Yes", "q\nyes\nNO\n\" Perhaps\"\nNA\n", new byte[] { 2, 0, 1, Na })]
    [InlineData("Never, 2, 3, Always", "q\n2\n3.0\nAlways\nnever\n", new byte[] { 1, 2, 3, 0 })]
    [InlineData("1 = never, 2 = often", "q\n2 = often\n1  =  Never\n", new byte[] { 1, 0 })]
    [InlineData("\"no, never\", \"yes; always\"", "q\n\"no, never\"\nYes; always\n", new byte[] { 0, 1 })]
    [InlineData("Don't know, It\u2019s so", "q\nDon\u2019t know\nIt's so\n", new byte[] { 0, 1 })]
    public void Words_are_categories_in_their_order(string codes, string text, byte[] expected)
    {
        ResponseData data = Read(text, Codes(codes));
        Assert.Equal(expected, data.Responses.ToArray());
        Assert.Equal(Enumerable.Range(0, data.CategoryCodes[0].Length), data.CategoryCodes[0]);
        Assert.Equal(data.CategoryCodes[0].Length, data.Answers![0].Texts!.Length);
    }

    [Fact]
    public void Numbers_keep_their_value_and_codes_that_nobody_chose_count()
    {
        ResponseData data = Read("a,b\n1,2\n3,4\n", Codes("1,2,3,4,5"));
        Assert.All(data.CategoryCodes, codes => Assert.Equal([1, 2, 3, 4, 5], codes));
        Assert.Equal([0, 1, 2, 3], data.Responses.ToArray());
        Assert.Null(data.Answers);
        AssertProblem(Assert.Single(data.Warnings), null, null, "nobody gave", "'2', '4', '5' in 'a'", "'1', '3', '5' in 'b'");
        Assert.Equal([1, 2], Read("a\n1\n1\n", Codes("1,2")).CategoryCodes[0]);
    }

    [Fact]
    public void Words_for_all_items_leave_columns_of_numbers_alone()
    {
        ResponseData data = Read("word,number\nno,0\nyes,1\nno,2\n", Codes("no,yes"));
        Assert.Equal([0, 0, 1, 1, 0, 2], data.Responses.ToArray());
        Assert.Equal([0, 1, 2], data.CategoryCodes[1]);
    }

    [Fact]
    public void Items_have_codes_of_their_own_and_the_later_declaration_counts()
    {
        ResponseData data = Read("a,b,c\nno,1,9\nyes,3,7\n", new ResponseReaderOptions { Codes = [.. CodesParser.Parse("a=no,yes;b=1,2,3,4"), .. CodesParser.Parse("b-c=1,3,7,9")] });
        Assert.Equal([0, 0, 3, 1, 1, 2], data.Responses.ToArray());
        Assert.Equal([1, 3, 7, 9], data.CategoryCodes[1]);
    }

    [Fact]
    public void What_is_not_declared_is_told_once_a_column()
    {
        string rows = string.Concat(Enumerable.Range(0, 30).Select(k => k % 10 == 0 ? "-99,no\n" : k == 5 ? "yess,no\n" : "yes,no\n"));
        AssertSingle(Fail("a,b\n" + rows, Codes("no,yes")), 2, "a", "4 of 30 answers are none of those declared, no, yes: '-99' 3 times, 'yess' once (line 7)", "--missing=NA,NaN,.,-99", "--covariates a");
        AssertSingle(Fail("a\nno\nmaybe\n", Codes("no,yes")), 3, "a", "'maybe'", "no, yes");
    }

    [Fact]
    public void A_table_joins_codes_and_declares_some_missing()
    {
        string path = Write("item,code,category\na*,never,0\na*,seldom,1\na*,often,1\na*,do not know,\nb,9,2\nb,1,1\n", "codes.csv");
        ResponseData data = Read("a1,a2,b\nnever,often,9\nseldom,Do not know,1\n", new ResponseReaderOptions { Codes = CodesFile.Read(path) });
        Assert.Equal([0, 1, 1, 1, Na, 0], data.Responses.ToArray());
        Assert.Equal([1, 2], data.CategoryCodes[2]);
        Assert.Equal(["do not know"], data.Answers![0].Missing!);
    }

    [Fact]
    public void A_fit_reads_new_answers_as_its_own()
    {
        ResponseData own = Read("a,b\nno,1\nyes,\n", Codes("a=no,yes") with { BlankIsWrong = "b" });
        var codes = own.ItemNames.Zip(own.CategoryCodes).ToDictionary(pair => pair.First, pair => pair.Second);
        var answers = own.ItemNames.Zip(own.Answers!).ToDictionary(pair => pair.First, pair => pair.Second);
        ResponseReaderOptions fit = new() { ExpectedCategoryCodes = codes, ExpectedAnswers = answers };
        Assert.Equal([1, 0, 0, 1], Read("b,a\n,YES\n1,no\n", fit).Responses.ToArray());
        Assert.Equal([1, Na, 0, 1], Read("b,a\n,YES\n1,no\n", fit with { BlankIsWrong = "none" }).Responses.ToArray());
        AssertSingle(Fail("b,a\n1,perhaps\n0,no\n", fit), 2, "a", "unknown to the fit, which has no, yes");
    }

    [Theory]
    [InlineData("yes", "2 to 254 categories")]
    [InlineData("yes,,no", "empty answer")]
    [InlineData("yes,no,YES", "'yes' twice")]
    [InlineData("3,2,1", "do not ascend")]
    [InlineData("a=1,2;=3,4", "cannot be read")]
    [InlineData(";", "empty")]
    public void Unsound_lists_are_refused(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<SpecificationException>(() => CodesParser.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("item,answer\na,b\n", "'item', 'code' and 'category'")]
    [InlineData("item,code,category\na,x,first\n", "'first' is not a whole number")]
    [InlineData("item,code,category\na,,1\n", "the answer is blank")]
    [InlineData("item,code,category\na,x,1\na,y,1\n", "1 categories")]
    [InlineData("item,code,category\na,x,1\na,X,2\n", "'x' twice")]
    public void Unsound_tables_are_refused(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<SpecificationException>(() => CodesFile.Read(Write(text, "codes.csv"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_list_that_is_no_table_needs_a_comma() =>
        Assert.Contains("names no file", Assert.Throws<SpecificationException>(() => CodesFile.ReadOrParse("codes.csv")).Message, StringComparison.Ordinal);

    [Fact]
    public void Declarations_of_columns_that_are_no_items_do_nothing_and_of_others_are_refused()
    {
        CodeDeclaration[] declarations = [new("\"b\"", [["0"], ["1"]])];
        Assert.Equal(["a"], Read("a,b\n0,x\n1,y\n", new ResponseReaderOptions { Items = "a", Codes = declarations }).ItemNames);
        AssertSingle(Fail("a,c\n0,0\n1,1\n", new ResponseReaderOptions { Codes = declarations }), null, null, "declared codes", "matches no item");
    }
}
