using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;

namespace IrtGpu.Tests.Estimation;

/// <summary>Rewriting the same data must not change the fit.</summary>
public sealed class InvarianceTests
{
    private const double Bound = 1e-6;

    [Theory]
    [InlineData("mixed")]
    [InlineData("groups with free items")]
    [InlineData("classes partly known, groups")]
    [InlineData("two dimensions")]
    public void Thread_counts_give_the_same_bits(string name)
    {
        ModelCase model = Catalogue.Get(name);
        ResponseData data = (model with { Persons = 3000 }).Data(); // several shards
        CalibrationOptions options = new() { MaxCycles = 12, Starts = 1 };
        CalibrationResult one = AssertFit.Run(data, model.Specification, options with { Threads = 1 });
        foreach (int threads in new[] { 2, 16 })
        {
            CalibrationResult many = AssertFit.Run(data, model.Specification, options with { Threads = threads });
            Assert.Equal(one.History.Select(record => record.LogLikelihood), many.History.Select(record => record.LogLikelihood));
            Assert.Equal(one.Point.Parameters.Free, many.Point.Parameters.Free);
            Assert.Equal(one.Scores!.Mean, many.Scores!.Mean);
        }
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("rsm")]
    [InlineData("groups")]
    public void Order_of_persons_does_not_matter(string name)
    {
        ModelCase model = Catalogue.Get(name);
        ResponseData data = model.Data();
        ResponseData shuffled = Rows(data, [.. Enumerable.Range(0, data.PersonCount).OrderBy(person => person * 7919 % data.PersonCount)]);
        AssertSame(AssertFit.Run(data, model.Specification), AssertFit.Run(shuffled, model.Specification));
    }

    [Theory]
    [InlineData("2pl")]
    [InlineData("groups")]
    public void Repeated_rows_equal_weights(string name)
    {
        ModelCase model = Catalogue.Get(name);
        ResponseData data = model.Data();
        int[] repeats = [.. Enumerable.Range(0, data.PersonCount).Select(person => person % 4)];
        ResponseData weighted = data.With(weights: [.. repeats.Select(count => (double)count)]);
        ResponseData repeated = Rows(data, [.. repeats.SelectMany((count, person) => Enumerable.Repeat(person, count))]);
        AssertSame(AssertFit.Run(weighted, model.Specification), AssertFit.Run(repeated, model.Specification));
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("1pl")]
    public void Order_of_items_does_not_matter(string name)
    {
        ModelCase model = Catalogue.Get(name);
        ResponseData data = model.Data();
        int[] order = [.. Enumerable.Range(0, data.ItemCount).OrderBy(item => item * 5 % data.ItemCount)];
        ResponseData permuted = new()
        {
            ItemNames = [.. order.Select(item => data.ItemNames[item])],
            CategoryCodes = [.. order.Select(item => data.CategoryCodes[item])],
            Responses = new([.. Enumerable.Range(0, data.PersonCount).SelectMany(person => order.Select(item => data.Row(person)[item]).ToArray())], data.ItemCount),
            PersonCount = data.PersonCount,
        };
        CalibrationResult expected = AssertFit.Run(data, model.Specification);
        CalibrationResult actual = AssertFit.Run(permuted, model.Specification);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-7);
        AssertFit.EqualItems(expected, actual, Bound);
    }

    [Fact]
    public void Exchanged_groups_exchange_the_output()
    {
        ModelCase model = Catalogue.Get("groups with free items");
        ResponseData data = model.Data();
        ResponseData exchanged = data.With(groups: [.. data.Groups!.Select(group => 1 - group)], groupNames: [data.GroupNames[1], data.GroupNames[0]]);
        ModelSpecification specification = model.Specification with { ReferenceGroup = data.GroupNames[0] };
        CalibrationResult expected = AssertFit.Run(data, specification);
        CalibrationResult actual = AssertFit.Run(exchanged, specification);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-7);
        for (int block = 0; block < 2; block++)
        {
            Assert.Equal(AssertFit.Mean(expected, block), AssertFit.Mean(actual, 1 - block), Bound);
            Assert.Equal(AssertFit.Covariance(expected, block), AssertFit.Covariance(actual, 1 - block), Bound);
            Assert.Equal(AssertFit.Value(expected, "q0002", "d1", block), AssertFit.Value(actual, "q0002", "d1", 1 - block), Bound);
            Assert.Equal(AssertFit.Value(expected, "q0003", "a1", block), AssertFit.Value(actual, "q0003", "a1", 1 - block), Bound);
        }
    }

    [Fact]
    public void Groups_with_everything_equal_are_one_group()
    {
        ModelCase model = Catalogue.Get("mixed");
        ResponseData data = model.Data();
        int[] random = [.. Enumerable.Range(0, data.PersonCount).Select(person => person * 31 % 3 == 0 ? 1 : 0)];
        ResponseData split = data.With(groups: random, groupNames: ["left", "right"]);
        AssertSame(AssertFit.Run(data, model.Specification), AssertFit.Run(split, model.Specification with { Population = StandardNormal }));
    }

    [Fact]
    public void Booklets_are_groups_that_were_given_other_items()
    {
        // Items 1-6 and 5-10: by missing responses in one group, or by group.
        SimulatedData simulation = SimulatedData.Polytomous(800, 10, 3);
        ResponseData complete = simulation.Draw();
        byte[] responses = complete.Responses.ToArray();
        int[] booklets = [.. Enumerable.Range(0, complete.PersonCount).Select(person => person % 2)];
        for (int person = 0; person < complete.PersonCount; person++)
            responses.AsSpan(person * 10 + (booklets[person] == 0 ? 6 : 0), 4).Fill(ResponseData.Missing);
        ResponseData one = new() { ItemNames = complete.ItemNames, CategoryCodes = complete.CategoryCodes, Responses = new(responses, complete.ItemCount), PersonCount = complete.PersonCount };
        ResponseData two = one.With(groups: booklets, groupNames: ["A", "B"]);
        ModelSpecification specification = new() { Functions = [new("*", ItemFunction.GeneralizedPartialCredit)] };
        CalibrationResult expected = AssertFit.Run(one, specification);
        CalibrationResult actual = AssertFit.Run(two, specification with { Population = StandardNormal });
        Assert.False(actual.Plan.Shape.Administered[0][9]);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-7);
        Assert.Equal(expected.FreeParameterCount, actual.FreeParameterCount);
        AssertEqualInSomeBlock(expected, actual);
    }

    [Fact]
    public void A_person_who_answered_nothing_changes_nothing()
    {
        ModelCase model = Catalogue.Get("groups");
        ResponseData data = model.Data();
        ResponseData longer = new()
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            Responses = new([.. data.Responses.ToArray(), .. Enumerable.Repeat(ResponseData.Missing, data.ItemCount)], data.ItemCount),
            PersonCount = data.PersonCount + 1,
            GroupNames = data.GroupNames,
            Groups = [.. data.Groups!, 0],
        };
        CalibrationResult expected = AssertFit.Run(data, model.Specification);
        CalibrationResult actual = AssertFit.Run(longer, model.Specification);
        AssertSame(expected, actual);
        int pattern = actual.Patterns.PatternOfPerson[^1];
        Assert.Equal(0, actual.Scores!.LogLikelihood[pattern], 1e-12);
        Assert.Equal(0, actual.Scores.Mean[pattern], 1e-9);
        Assert.Equal(1, actual.Scores.StandardDeviation(pattern, 0), 1e-3); // of the discretised normal
    }

    internal static IReadOnlyList<PopulationConstraint> StandardNormal => [new("mean", ConstraintKind.Fixed, 0), new("sd", ConstraintKind.Fixed, 1)];

    private static ResponseData Rows(ResponseData data, int[] persons) => new()
    {
        ItemNames = data.ItemNames,
        CategoryCodes = data.CategoryCodes,
        Responses = new([.. persons.SelectMany(person => data.Row(person).ToArray())], data.ItemCount),
        PersonCount = persons.Length,
        Groups = data.Groups is { } groups ? [.. persons.Select(person => groups[person])] : null,
        GroupNames = data.GroupNames,
    };

    private static void AssertSame(CalibrationResult expected, CalibrationResult actual)
    {
        Assert.True(expected.Termination.IsConverged, expected.Termination.Message);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-7);
        AssertFit.Equal(expected, actual, Bound);
    }

    private static void AssertEqualInSomeBlock(CalibrationResult expected, CalibrationResult actual)
    {
        foreach (IrtGpu.Planning.ItemParameterSet set in actual.Plan.ParameterSets)
        {
            for (int slot = set.FirstSlot; slot < set.FirstSlot + set.SlotCount; slot++)
            {
                double other = AssertFit.Value(expected, actual.Plan.Items[set.Item].Name, actual.Plan.Layout.Slots[slot].Name);
                Assert.Equal(other, actual.Point.Parameters.Slots[slot], Bound);
            }
        }
    }
}
