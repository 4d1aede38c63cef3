using IrtGpu.Foundation.Tables;

namespace IrtGpu.Foundation.Tests.Tables;

public sealed class TextColumnTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100_000)]
    public void Strings_come_back_across_parts(int partLength)
    {
        string[] expected = ["a", "", "Åse", "007", "x,\"y\"\nz", "", new string('q', 5000), "b"];
        TextColumn column = Column(expected, partLength);
        Assert.Equal(expected.Length, column.Count);
        Assert.Equal(expected, column);
        Assert.Equal(expected, Enumerable.Range(0, column.Count).Select(row => column[row]));
        Assert.True(column.Utf8(2).SequenceEqual("Åse"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => column[8]);
        Assert.Throws<ArgumentOutOfRangeException>(() => column[-1]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 40)]
    [InlineData(3, 3_000)]
    [InlineData(4, 100_000_000)]
    public void Repeats_are_those_of_a_set_of_strings(int seed, int distinct)
    {
        Random random = new(seed);
        string[] drawn = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(9) == 0 ? "" : $"P{random.Next(distinct)}")];
        HashSet<string> seen = [];
        int[] expected = [.. Enumerable.Range(0, drawn.Length).Where(row => drawn[row].Length > 0 && !seen.Add(drawn[row]))];
        Assert.Equal(expected, Column(drawn, 9000).FindRepeats());
    }

    [Fact]
    public void No_texts_have_no_repeats() => Assert.Empty(Column([], 1).FindRepeats());

    private static TextColumn Column(string[] texts, int partLength)
    {
        TextColumn.Builder builder = new(partLength);
        foreach (string text in texts)
            builder.Add(text);
        return builder.Build();
    }
}
