using IrtGpu.Data;

namespace IrtGpu.Tests.Data;

public sealed class PatternTableTests
{
    [Fact]
    public void Patterns_come_in_order_of_first_appearance_with_summed_weights()
    {
        PatternTable table = PatternTable.Compress(new ResponseData
        {
            ItemNames = ["a", "b"],
            CategoryCodes = [[0, 1], [0, 1]],
            Responses = new([1, 0, 0, 0, 1, 0, ResponseData.Missing, 0, 0, 0], 2),
            Weights = [1, 2, 0.5, 0, 3],
            PersonCount = 5,
        });
        Assert.Equal(3, table.PatternCount);
        Assert.Equal(2, table.ItemCount);
        Assert.Equal([0, 1, 0, 2, 1], table.PatternOfPerson);
        Assert.Equal([1.5, 5, 0], table.Frequency);
        Assert.Equal([1, 0, 0, 0, ResponseData.Missing, 0], Rows(table));
        Assert.Equal([0, 0, 0], table.Groups);
        Assert.Equal([-1, -1, -1], table.KnownClasses);
        Assert.Equal(6.5, table.TotalWeight);
    }

    [Fact]
    public void Group_and_known_class_keep_alike_rows_apart()
    {
        PatternTable table = PatternTable.Compress(new ResponseData
        {
            ItemNames = ["a"],
            CategoryCodes = [[0, 1]],
            Responses = new([1, 1, 1, 1, 1], 1),
            GroupNames = ["A", "B"],
            Groups = [0, 1, 0, 0, 1],
            ClassNames = ["x"],
            KnownClasses = [-1, -1, 0, -1, -1],
            PersonCount = 5,
        });
        Assert.Equal([0, 1, 2, 0, 1], table.PatternOfPerson);
        Assert.Equal([2.0, 2, 1], table.Frequency);
        Assert.Equal([0, 1, 0], table.Groups);
        Assert.Equal([-1, -1, 0], table.KnownClasses);
    }

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(2, 8, 2)]
    [InlineData(3, 9, 3)]
    [InlineData(4, 31, 2)]
    [InlineData(5, 100, 4)]
    [InlineData(6, 12, 2)]
    public void Table_holds_exactly_the_persons(int seed, int itemCount, int categories)
    {
        var random = new Random(seed);
        int personCount = 20_000;
        byte[][] pool = [.. Enumerable.Range(0, 5_000).Select(_ => Enumerable.Range(0, itemCount)
            .Select(_ => random.Next(6) == 0 ? ResponseData.Missing : (byte)random.Next(categories)).ToArray())];
        int[] drawn = [.. Enumerable.Range(0, personCount).Select(_ => random.Next(pool.Length))];
        var data = new ResponseData
        {
            ItemNames = new string[itemCount],
            CategoryCodes = [.. Enumerable.Repeat(Enumerable.Range(0, categories).ToArray(), itemCount)],
            Responses = new([.. drawn.SelectMany(row => pool[row])], itemCount),
            Groups = [.. drawn.Select(_ => random.Next(2))],
            KnownClasses = [.. drawn.Select(_ => random.Next(-1, 2))],
            Weights = [.. drawn.Select(_ => (double)random.Next(4))],
            PersonCount = personCount,
        };
        PatternTable table = PatternTable.Compress(data);

        var reference = new Dictionary<string, double>();
        for (int person = 0; person < personCount; person++)
        {
            int pattern = table.PatternOfPerson[person];
            Assert.True(table.Row(pattern).SequenceEqual(data.Row(person)));
            Assert.Equal(data.Groups![person], table.Groups[pattern]);
            Assert.Equal(data.KnownClasses![person], table.KnownClasses[pattern]);
            string key = $"{data.Groups[person]}/{data.KnownClasses[person]}/{Convert.ToHexString(data.Row(person))}";
            reference[key] = reference.GetValueOrDefault(key) + data.Weights![person];
        }
        Assert.Equal(reference.Values, table.Frequency);
        Assert.Equal(Enumerable.Range(0, table.PatternCount), table.PatternOfPerson.Distinct());
        Assert.Equal(data.Weights!.Sum(), table.TotalWeight);
    }

    [Fact]
    public void Compressing_the_patterns_again_changes_nothing()
    {
        var random = new Random(9);
        var data = new ResponseData
        {
            ItemNames = ["a", "b", "c"],
            CategoryCodes = [[0, 1], [0, 1], [0, 1]],
            Responses = new([.. Enumerable.Range(0, 3000).Select(_ => (byte)random.Next(2))], 3),
            PersonCount = 1000,
        };
        PatternTable once = PatternTable.Compress(data);
        PatternTable twice = PatternTable.Compress(new ResponseData
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            Responses = new(Rows(once), 3),
            Weights = once.Frequency,
            PersonCount = once.PatternCount,
        });
        Assert.Equal(8, once.PatternCount);
        Assert.Equal(Rows(once), Rows(twice));
        Assert.Equal(once.Frequency, twice.Frequency);
        Assert.Equal(1000, twice.TotalWeight);
    }

    [Fact]
    public void Where_no_two_persons_are_alike_the_data_are_not_copied()
    {
        ResponseData data = new()
        {
            ItemNames = [.. Enumerable.Range(0, 12).Select(bit => $"q{bit}")],
            CategoryCodes = [.. Enumerable.Range(0, 12).Select(_ => (int[])[0, 1])],
            Responses = new([.. Enumerable.Range(0, 4096).SelectMany(row => Enumerable.Range(0, 12).Select(bit => (byte)(row >> bit & 1)))], 12),
            Weights = [.. Enumerable.Range(0, 4096).Select(row => row / 8.0)],
            GroupNames = ["A", "B"],
            Groups = [.. Enumerable.Range(0, 4096).Select(row => row % 2)],
            PersonCount = 4096,
        };
        PatternTable table = PatternTable.Compress(data);
        Assert.Equal(Enumerable.Range(0, 4096), table.PatternOfPerson);
        Assert.Equal(data.Responses.ToArray(), Rows(table));
        Assert.Same(data.Weights, table.Frequency);
        Assert.Same(data.Groups, table.Groups);
        Assert.All(table.KnownClasses, known => Assert.Equal(-1, known));
        Assert.Equal(4096 * 4095 / 16.0, table.TotalWeight);
    }

    private static byte[] Rows(PatternTable table) => [.. Enumerable.Range(0, table.PatternCount).SelectMany(pattern => table.Row(pattern).ToArray())];
}
