using IrtGpu.Compute;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Maximization;

/// <summary>The population update is the maximiser of its objective: discretised moments match, constraints are kept.</summary>
public sealed class PopulationUpdateTests
{
    [Theory]
    [InlineData(1, 3.0)]
    [InlineData(1, 0.4)]
    [InlineData(2, 3.0)]
    [InlineData(3, 1.5)]
    public void Discretised_normal_takes_the_posterior_moments_on_a_grid_that_cuts_the_density(int attributeCount, double variance)
    {
        (CalibrationPlan plan, ModelPoint point) = Plan(attributeCount, [new("mean", ConstraintKind.Free), new("sd", ConstraintKind.Free)]);
        using TableExpectation counts = new(point, new HostSums(plan, threads: 1));
        Random random = new(3);
        for (int node = 0; node < plan.NodeCount; node++)
        {
            double square = 0;
            for (int j = 0; j < attributeCount; j++)
                square += Math.Pow(plan.Grid.Theta[node * attributeCount + j] - 0.5 - 0.2 * j, 2);
            counts.NodeTotals[0][node] = 100 * Math.Exp(-square / (2 * variance)) * (0.5 + random.NextDouble());
        }
        double[] free = [.. point.Parameters.Free];
        new PopulationUpdate(plan).Maximize(point, counts, free);

        double[] fitted = [.. ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!.LogWeight[0].Select(Math.Exp)];
        double total = counts.NodeTotals[0].Sum();
        double[] posterior = [.. counts.NodeTotals[0].Select(value => value / total)];
        for (int j = 0; j < attributeCount; j++)
        {
            Assert.Equal(Moment(plan, posterior, j, -1), Moment(plan, fitted, j, -1), 1e-9);
            for (int k = 0; k <= j; k++)
                Assert.Equal(Moment(plan, posterior, j, k), Moment(plan, fitted, j, k), 1e-9);
        }
    }

    [Fact]
    public void Free_correlation_of_fixed_variances_has_no_gradient_left_and_is_not_the_moment()
    {
        (CalibrationPlan plan, ModelPoint point) = Plan(2, []);
        using TableExpectation counts = new(point, new HostSums(plan, threads: 1));
        for (int node = 0; node < plan.NodeCount; node++)
        {
            double x = plan.Grid.Theta[2 * node];
            double y = plan.Grid.Theta[2 * node + 1];
            counts.NodeTotals[0][node] = Math.Exp(-0.5 * (x * x - 1.2 * x * y + y * y) / 0.64 / 1.4);
        }
        double[] free = [.. point.Parameters.Free];
        new PopulationUpdate(plan).Maximize(point, counts, free);
        ModelPoint maximum = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
        double[] gradient = new double[free.Length];
        new PopulationUpdate(plan).AddDerivatives(maximum, counts, gradient, null);
        Assert.All(gradient, value => Assert.Equal(0, value, 1e-8));
        int covariance = plan.Blocks[0].FirstCovarianceSlot;
        Assert.Equal(1, maximum.Parameters.Slots[covariance]);
        Assert.Equal(1, maximum.Parameters.Slots[covariance + 2]);
        double total = counts.NodeTotals[0].Sum();
        double moment = Moment(plan, [.. counts.NodeTotals[0].Select(value => value / total)], 1, 0);
        Assert.True(Math.Abs(maximum.Parameters.Slots[covariance + 1] - moment) > 0.05);
    }

    private static double Moment(CalibrationPlan plan, double[] weights, int j, int k)
    {
        double sum = 0;
        for (int node = 0; node < weights.Length; node++)
            sum += weights[node] * plan.Grid.Theta[node * plan.AttributeCount + j] * (k < 0 ? 1 : plan.Grid.Theta[node * plan.AttributeCount + k]);
        return sum;
    }

    private static (CalibrationPlan Plan, ModelPoint Point) Plan(int attributeCount, PopulationConstraint[] population)
    {
        SimulatedData simulation = SimulatedData.Dichotomous(50, 6) with { Attributes = attributeCount };
        ResponseData data = simulation.Draw();
        PatternTable patterns = PatternTable.Compress(data);
        ModelSpecification specification = new()
        {
            Functions = [new("*", ItemFunction.TwoParameter)],
            Attributes = [.. Enumerable.Range(1, attributeCount).Select(j => $"F{j}")],
            QMatrix = attributeCount == 1 ? null : simulation.QMatrix(),
            Population = population,
            Quadrature = new(Nodes: attributeCount == 3 ? 11 : 25, Low: -4, High: 4),
        };
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        return (plan, ModelPoint.TryCreate(plan, StartingValues.FromMarginals(plan, patterns))!);
    }
}
