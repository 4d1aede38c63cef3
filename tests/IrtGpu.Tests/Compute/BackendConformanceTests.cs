using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Foundation.Integration;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Specification;
using IrtGpu.Tests.Data;
using IrtGpu.Tests.Estimation;

namespace IrtGpu.Tests.Compute;

/// <summary>The vector backend against the plain loops: log-likelihood, expected counts, posteriors.</summary>
public sealed class BackendConformanceTests
{
    public static TheoryData<string> Models => ModelCase.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_model_agrees(string name) => AssertConforms(ModelCase.Get(name));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(4500)]
    public void Every_number_of_persons_agrees(int persons) => AssertConforms(Mixed(persons, nodes: 21));

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(129)]
    [InlineData(1000)]
    public void Every_number_of_nodes_agrees(int nodes) => AssertConforms(Mixed(150, nodes));

    [Theory]
    [InlineData(QuadratureRule.Rectangular, 1, 1)]
    [InlineData(QuadratureRule.Rectangular, 3, 2)]
    [InlineData(QuadratureRule.GaussHermite, 1, 2)]
    [InlineData(QuadratureRule.GaussHermite, 2, 2)]
    [InlineData(QuadratureRule.GaussHermite, 3, 1)]
    public void Dimensions_groups_and_classes_agree(QuadratureRule rule, int attributes, int groups)
    {
        foreach (int classes in new[] { 1, 2 })
        {
            SimulatedData simulation = new SimulatedData(300, [2, 3, 2, 4, 2, 2, 5, 2, 3])
            {
                Attributes = attributes,
                HasCrossLoadings = attributes > 1,
                Groups = groups,
                Classes = classes,
                KnownShare = classes > 1 ? 0.4 : 0,
                Missing = 0.2,
                HasWeights = true,
            };
            AssertConforms(new ModelCase(simulation, new ModelSpecification
            {
                Functions = [new("*", ItemFunction.Graded)],
                Attributes = [.. Enumerable.Range(1, attributes).Select(j => $"F{j}")],
                QMatrix = simulation.QMatrix(),
                ClassCount = classes,
                EqualAcrossClasses = "q0001-q0004",
                FreeItems = groups > 1 ? "q0006" : null,
                Quadrature = new(rule, attributes == 3 ? 7 : 15),
            }));
        }
    }

    [Fact]
    public void An_item_of_twenty_categories_agrees() => AssertConforms(new ModelCase(
        new SimulatedData(300, [20, 2, 12, 20]) { Missing = 0.1 },
        new ModelSpecification { Functions = [new("*", ItemFunction.GeneralizedPartialCredit)] }));

    [Fact]
    public void Three_hundred_items_agree() => AssertConforms(new ModelCase(
        SimulatedData.Polytomous(200, 300, 3) with { Missing = 0.05 },
        new ModelSpecification { Functions = [new("*", ItemFunction.Graded)] }));

    [Fact]
    public void Five_thousand_sparse_items_agree() => AssertConforms(
        new ModelCase(SimulatedData.Dichotomous(25, 5000) with { Missing = 0.9 }, new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] }), 10);

    [Fact]
    public void Five_thousand_complete_items_agree() => AssertConforms(
        new ModelCase(SimulatedData.Dichotomous(12, 5000), new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] }), 10);

    [Theory]
    [InlineData("mixed")]
    [InlineData("missing and weights")]
    [InlineData("groups with free items")]
    [InlineData("classes partly known, groups")]
    public void Counts_sum_to_the_weights(string name)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = ModelCase.Get(name).Plan();
        using CpuBackend backend = new(plan, patterns);
        ExpectedCounts counts = backend.ComputeExpectedCounts(ModelCase.RandomPoint(plan, patterns, 1));
        AssertRelative(patterns.TotalWeight, counts.NodeTotals.Sum(totals => totals.Sum()), 1e-12);
        for (int group = 0; group < plan.GroupCount; group++)
        {
            double weight = Enumerable.Range(0, patterns.PatternCount).Where(pattern => patterns.Groups[pattern] == group).Sum(pattern => patterns.Frequency[pattern]);
            AssertRelative(weight, plan.Blocks.Where(block => block.Group == group).Sum(block => counts.NodeTotals[block.Index].Sum()), 1e-12);
        }
        for (int item = 0; item < plan.ItemCount; item++)
        {
            for (int category = 0; category < plan.Items[item].CategoryCount; category++)
            {
                double weight = Enumerable.Range(0, patterns.PatternCount).Where(pattern => patterns.Row(pattern)[item] == category).Sum(pattern => patterns.Frequency[pattern]);
                int first = (plan.Items[item].FirstRow + category) * plan.NodeCount;
                AssertRelative(weight, counts.RowCounts.Sum(rows => rows.AsSpan(first, plan.NodeCount).ToArray().Sum()), 1e-11);
            }
        }
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("groups with free items")]
    [InlineData("classes partly known, groups")]
    public void Counts_of_parts_add_up_to_the_whole(string name)
    {
        (ResponseData data, PatternTable patterns, CalibrationPlan plan) = ModelCase.Get(name).Plan();
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
        using CpuBackend whole = new(plan, patterns);
        using CpuBackend left = new(plan, PatternTable.Compress(Part(data, 0, 137)));
        using CpuBackend right = new(plan, PatternTable.Compress(Part(data, 137, data.PersonCount - 137)));
        ExpectedCounts sum = left.ComputeExpectedCounts(point);
        sum.Add(right.ComputeExpectedCounts(point));
        AssertSame(whole.ComputeExpectedCounts(point), sum, patterns.TotalWeight, 1);
    }

    [Fact]
    public void A_second_evaluation_gives_the_same_bits()
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Mixed(3000, 61).Plan();
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
        using CpuBackend backend = new(plan, patterns, 2);
        ExpectedCounts first = backend.ComputeExpectedCounts(point);
        backend.ComputeExpectedCounts(ModelCase.RandomPoint(plan, patterns, 2));
        ExpectedCounts second = backend.ComputeExpectedCounts(point);
        Assert.Equal(first.LogLikelihood, second.LogLikelihood);
        Assert.Equal(first.RowCounts[0], second.RowCounts[0]);
        Assert.Equal(first.NodeTotals[0], second.NodeTotals[0]);
    }

    [Fact]
    public void Persons_who_answered_nothing_have_the_prior_as_posterior()
    {
        SimulatedData simulation = new SimulatedData(30, [2, 2, 3]) { Missing = 1 };
        ResponseData data = simulation.Draw().Change((person, item, response) => person == item ? (byte)(item == 2 ? 2 : 1) : response); // every item needs an answer to be administered
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(new ModelSpecification(), DataShape.Of(data, patterns));
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
        using CpuBackend backend = new(plan, patterns);
        PosteriorRecord[] posteriors = Posteriors(backend, point, patterns.PatternCount);
        int empty = patterns.PatternOfPerson[^1];
        Assert.Equal(0, posteriors[empty].LogLikelihood, 1e-14);
        for (int node = 0; node < plan.NodeCount; node++)
            Assert.Equal(Math.Exp(point.LogWeight[0][node]), posteriors[empty].Posterior[node], 1e-15);
    }

    private static ModelCase Mixed(int persons, int nodes) => ModelCase.Get("missing and weights") is var mixed
        ? new ModelCase(mixed.Simulation with { Persons = persons }, mixed.Specification with { Quadrature = new(Nodes: nodes) })
        : null!;

    private static void AssertConforms(ModelCase model, double slack = 1)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = model.Plan();
        using ReferenceBackend reference = new(plan, patterns);
        using CpuBackend cpu = new(plan, patterns, threads: 2);
        foreach (int seed in new[] { 1, 2 }) // twice: buffers are reused
        {
            ModelPoint point = ModelCase.RandomPoint(plan, patterns, seed);
            AssertSame(reference.ComputeExpectedCounts(point), cpu.ComputeExpectedCounts(point), patterns.TotalWeight, slack);
            PosteriorRecord[] expected = Posteriors(reference, point, patterns.PatternCount);
            PosteriorRecord[] actual = Posteriors(cpu, point, patterns.PatternCount);
            for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
            {
                AssertRelative(expected[pattern].LogLikelihood, actual[pattern].LogLikelihood, 1e-13 * slack);
                AssertClose(expected[pattern].Posterior, actual[pattern].Posterior, 1e-12 * slack);
            }
        }
    }

    private static void AssertSame(ExpectedCounts expected, ExpectedCounts actual, double weight, double slack)
    {
        AssertRelative(expected.LogLikelihood, actual.LogLikelihood, 1e-12);
        for (int block = 0; block < expected.NodeTotals.Length; block++)
            AssertClose(expected.NodeTotals[block], actual.NodeTotals[block], 1e-12 * slack * Math.Max(1, weight));
        for (int table = 0; table < expected.RowCounts.Length; table++)
            AssertClose(expected.RowCounts[table], actual.RowCounts[table], 1e-12 * slack * Math.Max(1, weight));
    }

    /// <summary>Equal to an absolute bound, and to a relative one wherever a value is not negligible.</summary>
    private static void AssertClose(double[] expected, double[] actual, double absolute)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            double difference = Math.Abs(expected[k] - actual[k]);
            if (!(difference <= absolute && difference <= 1e-9 * expected[k] + 1e-280))
                Assert.Fail($"element {k}: {expected[k]:r} and {actual[k]:r}");
        }
    }

    private static void AssertRelative(double expected, double actual, double bound) => Assert.True(
        Math.Abs(expected - actual) <= bound * Math.Max(1, Math.Abs(expected)), $"{expected:r} and {actual:r}");

    private static ResponseData Part(ResponseData data, int first, int count) => new()
    {
        ItemNames = data.ItemNames,
        CategoryCodes = data.CategoryCodes,
        Responses = new(data.Responses.ToArray()[(first * data.ItemCount)..((first + count) * data.ItemCount)], data.ItemCount),
        PersonCount = count,
        Groups = data.Groups?.AsSpan(first, count).ToArray(),
        GroupNames = data.GroupNames,
        ClassNames = data.ClassNames,
        KnownClasses = data.KnownClasses?.AsSpan(first, count).ToArray(),
        Weights = data.Weights?.AsSpan(first, count).ToArray(),
    };

    private static PosteriorRecord[] Posteriors(IComputeBackend backend, ModelPoint point, int patternCount)
    {
        PosteriorRecord[] records = new PosteriorRecord[patternCount];
        backend.VisitPosteriors(point, () => new Recorder(records));
        Assert.All(records, Assert.NotNull); // every pattern is visited
        return records;
    }

    private sealed record PosteriorRecord(double LogLikelihood, double[] Posterior);

    private sealed class Recorder(PosteriorRecord[] records) : IPosteriorVisitor
    {
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            Assert.Null(records[pattern]);
            records[pattern] = new PosteriorRecord(logLikelihood, posterior.ToArray());
        }
    }
}
