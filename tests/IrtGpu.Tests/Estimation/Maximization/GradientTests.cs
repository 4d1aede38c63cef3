using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Maximization;

/// <summary>Fisher's identity and the Newton step of tied items, at points that are no optimum.</summary>
public sealed class GradientTests
{
    public static TheoryData<string> Names => Catalogue.UsualNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_is_the_difference_quotient_of_the_marginal_log_likelihood(string name)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get(name).Plan();
        using CpuBackend backend = HostForms.Open(plan, patterns, threads: 0, EStepForm.Tables);
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, seed: 5);
        double[] gradient = new MStep(plan, 1, 1).Derivatives(point, backend.ComputeExpectation(point));

        double Objective(int index, double step)
        {
            double[] free = [.. point.Parameters.Free];
            free[index] += step;
            ModelPoint moved = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
            return backend.ComputeExpectation(moved).LogLikelihood + plan.LogPrior(moved.Parameters);
        }

        const double Step = 1e-3;
        double largest = gradient.Max(Math.Abs);
        Assert.True(largest > 1, "The point is an optimum: nothing is tested.");
        for (int index = 0; index < gradient.Length; index++)
        {
            // Six-point central difference: truncation of order Step^6.
            double difference = (45 * (Objective(index, Step) - Objective(index, -Step)) - 9 * (Objective(index, 2 * Step) - Objective(index, -2 * Step))
                + Objective(index, 3 * Step) - Objective(index, -3 * Step)) / (60 * Step);
            Assert.True(
                Math.Abs(difference - gradient[index]) < 1e-7 * Math.Max(10, largest),
                $"{SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[index])}: gradient {gradient[index]:r}, difference quotient {difference:r}");
        }
    }

    [Theory]
    [InlineData("1pl")]
    [InlineData("rsm")]
    [InlineData("groups with free items")]
    [InlineData("classes, common items")]
    [InlineData("classes, rating scale")]
    [InlineData("mixed")]
    public void Item_step_solves_the_dense_newton_system(string name)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get(name).Plan();
        using CpuBackend backend = HostForms.Open(plan, patterns, threads: 0, EStepForm.Tables);
        MStep mStep = new(plan, 1, 1);
        ModelPoint point = NearOptimum(plan, patterns, backend, mStep);
        Expectation counts = backend.ComputeExpectation(point);
        int n = plan.Layout.FreeCount;
        double[] hessian = new double[n * n];
        double[] gradient = mStep.Derivatives(point, counts, hessian);
        int[] items = [.. Enumerable.Range(0, n).Where(index =>
            plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]].Kind is not (ParameterKind.Mean or ParameterKind.Covariance or ParameterKind.ClassLogit))];
        var system = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(items.Length, items.Length, (r, c) => -hessian[items[r] * n + items[c]]);
        var right = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(items.Length, r => gradient[items[r]]);
        var step = system.Solve(right);
        Assert.True(step.AbsoluteMaximum() > 1e-6, "No step is left to compare.");

        double[] next = mStep.Maximize(point, counts).Free;
        for (int k = 0; k < items.Length; k++)
            Assert.Equal(step[k], next[items[k]] - point.Parameters.Free[items[k]], 1e-9);
    }

    /// <summary>A point from which the full Newton step is taken: some EM cycles in.</summary>
    private static ModelPoint NearOptimum(CalibrationPlan plan, PatternTable patterns, CpuBackend backend, MStep mStep)
    {
        ModelPoint point = ModelPoint.TryCreate(plan, StartingValues.Disturb(plan, StartingValues.FromMarginals(plan, patterns), 3, 0.3))!;
        for (int cycle = 0; cycle < 12; cycle++)
            point = ModelPoint.TryCreate(plan, mStep.Maximize(point, backend.ComputeExpectation(point)))!;
        return point;
    }
}
