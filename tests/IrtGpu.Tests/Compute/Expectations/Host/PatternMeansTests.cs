using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Expectations.Host;

/// <summary>What is kept of persons whose means differ within blocks.</summary>
public sealed class PatternMeansTests
{
    [Theory]
    [InlineData("classes partly known, groups")]
    [InlineData("groups, two dimensions")]
    public void Rows_of_covariates_add_up_to_the_moments_of_the_block(string name)
    {
        (CalibrationPlan plan, PatternTable plain, ModelPoint point) = Catalogue.Get(name).Build();
        (PatternTable patterns, ModelPoint shifted) = ModelCase.Shift(plain, point, 3);
        using ReferenceBackend backend = new(plan, patterns);
        using Expectation expectation = backend.ComputeExpectation(shifted);
        int length = 1 + plan.AttributeCount;
        foreach (PlannedBlock block in plan.Blocks)
        {
            double[] byRow = expectation.TryMeansByRow(block.Index)!;
            Assert.Equal(5 * length, byRow.Length);
            for (int power = 0; power < length; power++)
            {
                double sum = Enumerable.Range(0, 5).Sum(row => byRow[row * length + power]);
                Assert.Equal(expectation.Population(block.Index).Powers[power], sum, 1e-9);
            }
        }
    }

    [Fact]
    public void Without_shifts_nothing_is_kept()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Catalogue.Get("groups, two dimensions").Build();
        using ReferenceBackend backend = new(plan, patterns);
        using Expectation expectation = backend.ComputeExpectation(point);
        Assert.Null(expectation.TryMeansByRow(0));
    }
}
