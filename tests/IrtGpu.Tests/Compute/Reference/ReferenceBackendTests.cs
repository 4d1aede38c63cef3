using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Reference;

/// <summary>What must hold of the oracle itself.</summary>
public sealed class ReferenceBackendTests
{
    [Theory]
    [InlineData("mixed")]
    [InlineData("missing and weights")]
    [InlineData("groups with free items")]
    [InlineData("classes partly known, groups")]
    public void Counts_sum_to_the_weights(string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Catalogue.Get(name).Build();
        using ReferenceBackend backend = new(plan, patterns);
        using Expectation counts = backend.ComputeExpectation(point);
        double WeightOf(Func<int, bool> includes) => Enumerable.Range(0, patterns.PatternCount).Where(includes).Sum(pattern => patterns.Frequency[pattern]);
        for (int group = 0; group < plan.GroupCount; group++)
        {
            double total = plan.Blocks.Where(block => block.Group == group).Sum(block => counts.Population(block.Index).Weight);
            Assert.Equal(WeightOf(pattern => patterns.Groups[pattern] == group), total, 1e-9);
        }
        for (int item = 0; item < plan.ItemCount; item++)
        {
            for (int category = 0; category < plan.Items[item].CategoryCount; category++)
            {
                int first = (plan.Items[item].FirstRow + category) * plan.NodeCount;
                double total = Enumerable.Range(0, plan.Tables.Count).Sum(table => counts.Counts(plan, table).AsSpan(first, plan.NodeCount).ToArray().Sum());
                Assert.Equal(WeightOf(pattern => patterns.Row(pattern)[item] == category), total, 1e-9);
            }
        }
    }

    [Fact]
    public void Persons_who_answered_nothing_have_the_prior_as_posterior()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Catalogue.Get("missing and weights").Build();
        int empty = Enumerable.Range(0, patterns.PatternCount).Single(pattern => !patterns.Row(pattern).ContainsAnyExcept(ResponseData.Missing));
        using ReferenceBackend backend = new(plan, patterns);
        Posteriors posteriors = Posteriors.Of(backend, point, patterns.PatternCount);
        Assert.Equal(0, posteriors.LogLikelihood[empty], 1e-14);
        Closeness.AssertNear([.. point.LogWeight[0].Select(Math.Exp)], posteriors.Weight[empty], 1e-15);
    }
}
