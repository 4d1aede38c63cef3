using IrtGpu.Data;

namespace IrtGpu.Tests.Data;

public sealed class ItemSelectorTests
{
    private static readonly string[] Names = ["q01", "q02", "q03", "x", "q10", "a-b", "a", "b", "s*", "sum"];

    [Theory]
    [InlineData("q02", "q02")]
    [InlineData(" q03 , x ", "q03,x")]
    [InlineData("x,q01,x", "q01,x")]
    [InlineData("q*", "q01,q02,q03,q10")]
    [InlineData("q0?", "q01,q02,q03")]
    [InlineData("*", "q01,q02,q03,x,q10,a-b,a,b,s*,sum")]
    [InlineData("*0*", "q01,q02,q03,q10")]
    [InlineData("q02-q10", "q02,q03,x,q10")]
    [InlineData("q02 - q03", "q02,q03")]
    [InlineData("x-x", "x")]
    [InlineData("a-b", "a-b")]
    [InlineData("a-b-b", "a-b,a,b")]
    [InlineData("s*", "s*")]
    [InlineData("su*", "sum")]
    [InlineData("\"s*\"", "s*")]
    [InlineData("q*,!q02", "q01,q03,q10")]
    [InlineData("!q02,q*", "q01,q03,q10")]
    [InlineData("!q*,!\"s*\"", "x,a-b,a,b,sum")]
    [InlineData("*,!q02-q10", "q01,a-b,a,b,s*,sum")]
    public void List_selects_in_column_order(string list, string expected)
    {
        IReadOnlyList<int> selected = ItemSelector.Resolve(list, Names);
        Assert.Equal(expected, string.Join(',', selected.Select(position => Names[position])));
    }

    [Theory]
    [InlineData("q04", "'q04'", "'q01'")]
    [InlineData("sun", "'sun'", "'sum'")]
    [InlineData("Q01", "'Q01'", "'q01'")]
    [InlineData("z*", "'z*'", "matches no item")]
    [InlineData("!z", "'!z'", "matches no item")]
    [InlineData("q01-q99", "'q01-q99'", "matches no item")]
    [InlineData("q10-q01", "'q10-q01'", "backwards")]
    [InlineData("q01,,q02", "'q01,,q02'", "empty part")]
    [InlineData("", "''", "empty part")]
    public void Part_that_selects_nothing_is_named(string list, string part, string hint)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => ItemSelector.Resolve(list, Names));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Range_that_can_be_read_twice_is_refused()
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => ItemSelector.Resolve("a-b-c", ["a", "b-c", "a-b", "c"]));
        Assert.Contains("two ways", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_with_a_comma_is_written_in_quotes() => Assert.Equal([1], ItemSelector.Resolve("\"b,c\"", ["a", "b,c"]));

    [Fact]
    public void Range_goes_by_position_not_by_spelling() => Assert.Equal([1, 2], ItemSelector.Resolve("q9-q1", ["q5", "q9", "q1"]));
}
