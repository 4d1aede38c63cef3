using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Estimation;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Inference;

public sealed class StandardErrorTests
{
    /// <summary>Two groups × two partly known classes, slopes of a class tied, items freed, means of a group tied.</summary>
    private static (ResponseData Data, ModelSpecification Model) GroupsAndClasses() => (
        (SimulatedData.Dichotomous(900, 5) with { Groups = 2, Classes = 2, KnownShare = 0.5 }).Draw(),
        new ModelSpecification
        {
            ClassCount = 2,
            FreeItems = "q0005",
            EqualAcrossClasses = "q0001",
            Constraints = [new ParameterConstraint("*", "a1", ConstraintKind.Equal, Class: "2")],
            Population = [new PopulationConstraint("mean", ConstraintKind.Equal, Group: "GB")],
            Quadrature = new QuadratureSpecification(Nodes: 31),
        });

    [Theory]
    [InlineData(StandardErrorMethod.Oakes)]
    [InlineData(StandardErrorMethod.Louis)]
    public void Observed_information_is_the_second_difference_of_the_log_likelihood(StandardErrorMethod method)
    {
        (ResponseData data, ModelSpecification model) = GroupsAndClasses();
        CalibrationOptions options = AssertFit.Tight with { StandardErrors = method, Starts = 1, Tolerance = 1e-8 };
        CalibrationResult fit = Calibration.Run(data, model, options, cancellation: TestContext.Current.CancellationToken);
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        Assert.True(fit.StandardErrors.Covariance is not null, fit.StandardErrors.Reason);

        int n = fit.FreeParameterCount;
        Matrix<double> expected = NumericInformation(fit).Inverse();
        for (int index = 0; index < n; index++)
        {
            double ratio = Math.Sqrt(fit.StandardErrors.Covariance[index * n + index] / expected[index, index]);
            Assert.True(Math.Abs(ratio - 1) < 2e-3, $"{SlotNames.Describe(fit.Plan, fit.Plan.Layout.RepresentativeSlot[index])}: ratio {ratio:g6}");
        }
        ParameterKind[] kinds = [.. fit.Plan.Layout.RepresentativeSlot.Select(slot => fit.Plan.Layout.Slots[slot].Kind).Distinct()];
        Assert.Contains(ParameterKind.Mean, kinds);
        Assert.Contains(ParameterKind.Covariance, kinds);
        Assert.Contains(ParameterKind.ClassLogit, kinds);
    }

    private static Matrix<double> NumericInformation(CalibrationResult fit)
    {
        const double step = 2e-3;
        using ReferenceBackend backend = new(fit.Plan, fit.Patterns);
        double LogLikelihood(int r, double up, int c, double across)
        {
            double[] free = (double[])fit.Point.Parameters.Free.Clone();
            free[r] += up;
            free[c] += across;
            return backend.ComputeExpectation(ModelPoint.TryCreate(fit.Plan, new ParameterVector(fit.Plan.Layout, free))!).LogLikelihood;
        }
        int n = fit.FreeParameterCount;
        double[] up = [.. Enumerable.Range(0, n).Select(k => LogLikelihood(k, step, k, 0))];
        double[] down = [.. Enumerable.Range(0, n).Select(k => LogLikelihood(k, -step, k, 0))];
        // f(+,+) + f(−,−) − f(+,0) − f(−,0) − f(0,+) − f(0,−) + 2f(0,0) = 2·step²·∂²f, right to the fourth order.
        Matrix<double> information = Matrix<double>.Build.Dense(n, n);
        for (int r = 0; r < n; r++)
        {
            for (int c = 0; c <= r; c++)
            {
                double sum = LogLikelihood(r, step, c, step) + LogLikelihood(r, -step, c, -step) - up[r] - down[r] - up[c] - down[c] + 2 * fit.LogLikelihood;
                information[r, c] = information[c, r] = -sum / (2 * step * step);
            }
        }
        return information;
    }

    [Fact]
    public void Proportions_means_and_deviations_of_every_block_have_standard_errors()
    {
        (ResponseData data, ModelSpecification model) = GroupsAndClasses();
        CalibrationResult fit = Calibration.Run(data, model with { Population = [] }, new CalibrationOptions { Starts = 1 }, cancellation: TestContext.Current.CancellationToken);
        IReadOnlyList<PopulationRow> rows = PopulationTable.Build(fit.Plan, fit.Point.Parameters, fit.StandardErrors);
        Assert.Equal(4, rows.Count(row => row.Parameter == "proportion"));
        Assert.All(rows, row => Assert.Equal(row.Status != ParameterStatus.Fixed, row.StandardError > 0));
        foreach (IGrouping<string, PopulationRow> group in rows.Where(row => row.Parameter == "proportion").GroupBy(row => row.Group))
        {
            Assert.Equal(1, group.Sum(row => row.Estimate), 1e-12);
            Assert.Equal(group.First().StandardError!.Value, group.Last().StandardError!.Value, 1e-10); // p and 1 − p
        }
        Assert.True(fit.StandardErrors.ConditionNumber > 1);
    }
}
