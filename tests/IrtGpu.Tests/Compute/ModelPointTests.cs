using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Population;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute;

/// <summary>Nodes and weights of blocks.</summary>
public sealed class ModelPointTests
{
    [Theory]
    [InlineData("groups, two dimensions")]
    [InlineData("classes partly known, groups")]
    [InlineData("two dimensions, grm")]
    public void Weights_and_proportions_sum_to_1(string name)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get(name).Plan();
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 4);
        Assert.All(point.LogWeight, weights => Assert.Equal(1, weights.Sum(Math.Exp), 1e-12));
        for (int group = 0; group < plan.GroupCount; group++)
            Assert.Equal(1, plan.Blocks.Where(block => block.Group == group).Sum(block => Math.Exp(point.LogProportion[block.Index])), 1e-12);
    }

    [Fact]
    public void Moving_nodes_have_the_moments_of_their_population()
    {
        ModelCase model = Catalogue.Get("groups, two dimensions");
        model = model with { Rule = QuadratureRule.GaussHermite, Nodes = 9 };
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = model.Plan();
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 4);
        PlannedBlock block = plan.Blocks[1];
        double[] theta = point.ThetaOfBlock(block);
        double[] mean = new double[2];
        double[] second = new double[3];
        for (int node = 0; node < plan.NodeCount; node++)
        {
            double weight = Math.Exp(point.LogWeight[1][node]);
            for (int j = 0; j < 2; j++)
                mean[j] += weight * theta[2 * node + j];
            second[0] += weight * theta[2 * node] * theta[2 * node];
            second[1] += weight * theta[2 * node] * theta[2 * node + 1];
            second[2] += weight * theta[2 * node + 1] * theta[2 * node + 1];
        }
        double[] slots = point.Parameters.Slots;
        for (int j = 0; j < 2; j++)
            Assert.Equal(slots[block.FirstMeanSlot + j], mean[j], 1e-12);
        Assert.Equal(slots[block.FirstCovarianceSlot], second[0] - mean[0] * mean[0], 1e-12);
        Assert.Equal(slots[block.FirstCovarianceSlot + 1], second[1] - mean[0] * mean[1], 1e-12);
        Assert.Equal(slots[block.FirstCovarianceSlot + 2], second[2] - mean[1] * mean[1], 1e-12);
    }

    /// <summary>A mean moved for everyone is another mean: the same weights, whether the population says so or a shift of every person.</summary>
    [Fact]
    public void A_shift_of_every_person_is_a_shift_of_the_population()
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get("groups, two dimensions").Plan();
        PlannedBlock block = plan.Blocks[1];
        double[] shift = [0.4, -0.7];
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 4);
        double[] free = [.. point.Parameters.Free];
        for (int j = 0; j < 2; j++)
            free[plan.Layout.FreeOf(block.FirstMeanSlot + j)[0]] += shift[j];
        ModelPoint moved = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;

        PopulationTilts tilts = point.WithShifts(new MeanShifts(2, [new double[2], shift])).Tilts!;
        double[] theta = point.ThetaOfBlock(block);
        for (int node = 0; node < plan.NodeCount; node++)
        {
            double tilted = point.LogWeight[1][node] + tilts.Tilt(1, 0)[0] * theta[2 * node] + tilts.Tilt(1, 0)[1] * theta[2 * node + 1] - tilts.LogNormalizer(1, 0);
            Assert.Equal(moved.LogWeight[1][node], tilted, 1e-11);
        }
        Assert.Equal(0, tilts.LogNormalizer(0, 0), 1e-13);
    }

    [Fact]
    public void There_is_no_point_without_a_covariance_matrix()
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get("two dimensions").Plan();
        ParameterVector start = StartingValues.FromMarginals(plan, patterns);
        int covariance = plan.Blocks[0].FirstCovarianceSlot + 1;
        int free = plan.Layout.FreeOf(covariance)[0];
        double[] values = [.. start.Free];
        values[free] = 0.999;
        Assert.NotNull(ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, values)));
        values[free] = 1;
        Assert.Null(ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, values)));
        values[free] = double.NaN;
        Assert.Null(ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, values)));
    }
}
