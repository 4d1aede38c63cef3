using IrtGpu.Data;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Data;

public sealed class ResponseTotalsTests
{
    [Theory]
    [InlineData(40, 1, true)]
    [InlineData(20_000, 3, true)]
    [InlineData(20_000, 3, false)]
    public void Totals_are_those_of_the_persons(int persons, int groups, bool hasWeights)
    {
        ResponseData data = (SimulatedData.Polytomous(persons, 71, 4) with { Groups = groups, Missing = 0.2, HasWeights = hasWeights }).Draw()
            .Change((person, item, response) => item == 2 ? ResponseData.Missing : item == 3 && response == ResponseData.Missing ? (byte)0 : response);
        PatternTable patterns = PatternTable.Compress(data);
        ResponseTotals totals = patterns.Totals;
        Assert.Equal(groups, totals.GroupCount);
        for (int item = 0; item < data.ItemCount; item += item < 4 ? 1 : 11)
        {
            Assert.Equal(item != 3, totals.HasMissing(item));
            for (int group = 0; group < groups; group++)
            {
                Assert.Equal(item != 2, totals.IsAnswered(group, item));
                for (int category = 0; category < 4; category++)
                    Assert.Equal(WeightOf(data, group, item, category), totals.Weight(group, item, category), 1e-9 * persons);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Items_of_many_categories_stand_beside_items_of_few(bool onlyMany)
    {
        ResponseData data = (new SimulatedData(3000, onlyMany ? [30, 17] : [2, 30, 16, 17, 3, .. Enumerable.Repeat(2, 64)]) with { Groups = 2, Missing = 0.1 }).Draw();
        ResponseTotals totals = PatternTable.Compress(data).Totals;
        for (int item = 0; item < data.ItemCount; item += item < 5 ? 1 : 21)
        {
            for (int category = 0; category < data.CategoryCodes[item].Length; category++)
                Assert.Equal(WeightOf(data, 1, item, category), totals.Weight(1, item, category));
            Assert.True(totals.HasMissing(item));
            Assert.True(totals.IsAnswered(0, item));
        }
    }

    [Fact]
    public void Persons_of_weight_0_answered_too()
    {
        ResponseTotals totals = PatternTable.Compress(new ResponseData
        {
            ItemNames = ["a", "b"],
            CategoryCodes = [[0, 1], [0, 1]],
            Responses = new([0, ResponseData.Missing, ResponseData.Missing, 1], 2),
            Weights = [0, 2],
            PersonCount = 2,
        }).Totals;
        Assert.True(totals.IsAnswered(0, 0));
        Assert.Equal(0, totals.Weight(0, 0, 0));
        Assert.Equal(2, totals.Weight(0, 1, 1));
    }

    [Fact]
    public void Slice_of_a_table_counts_its_own_patterns()
    {
        ResponseData data = SimulatedData.Polytomous(900, 3, 3).Draw();
        PatternTable whole = PatternTable.Compress(data);
        Assert.True(whole.PatternCount < data.PersonCount);
        PatternTable first = whole.Slice(0, 10);
        PatternTable rest = whole.Slice(10, whole.PatternCount - 10).Slice(1, 3);
        for (int pattern = 0; pattern < 3; pattern++)
            Assert.True(rest.Row(pattern).SequenceEqual(whole.Row(11 + pattern)));
        double expected = Enumerable.Range(0, 10).Where(pattern => whole.Row(pattern)[1] == 2).Sum(pattern => whole.Frequency[pattern]);
        Assert.Equal(expected, first.Totals.Weight(0, 1, 2));
    }

    private static double WeightOf(ResponseData data, int group, int item, int category) => Enumerable.Range(0, data.PersonCount)
        .Where(person => (data.Groups?[person] ?? 0) == group && data.Row(person)[item] == category)
        .Sum(person => data.Weights?[person] ?? 1);
}
