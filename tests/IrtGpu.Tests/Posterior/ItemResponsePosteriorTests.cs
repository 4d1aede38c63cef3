using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.Posterior;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Posterior;

public sealed class ItemResponsePosteriorTests
{
    public static TheoryData<string> Names => Catalogue.UsualNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_is_that_of_differences_and_the_way_back_leads_back(string name)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get(name).Plan();
        using CpuBackend backend = HostForms.Open(plan, patterns, threads: 0, EStepForm.Tables);
        DrawCoordinates coordinates = new(plan);
        ItemResponsePosterior posterior = new(plan, coordinates, backend);
        double[] x = coordinates.FromFree(ModelCase.RandomPoint(plan, patterns, seed: 5).Parameters.Free);
        double[] free = new double[x.Length];
        coordinates.ToFree(x, free);
        double[] again = coordinates.FromFree(free);
        double[] gradient = new double[x.Length];
        Assert.True(double.IsFinite(posterior.Evaluate(x, gradient)));
        double largest = gradient.Max(Math.Abs);
        const double step = 1e-4;
        double[] unused = new double[x.Length];
        for (int index = 0; index < x.Length; index++)
        {
            Assert.Equal(x[index], again[index], 1e-9);
            double At(double by)
            {
                double[] moved = (double[])x.Clone();
                moved[index] += by;
                return posterior.Evaluate(moved, unused);
            }
            double difference = (8 * (At(step) - At(-step)) - At(2 * step) + At(-2 * step)) / (12 * step);
            Assert.True(Math.Abs(difference - gradient[index]) < 1e-6 * Math.Max(10, largest),
                $"{SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[index])}: gradient {gradient[index]:r}, difference {difference:r}");
        }
    }

    [Theory]
    [InlineData("2pl")]
    [InlineData("two dimensions")]
    [InlineData("classes")]
    public void Outside_the_domain_the_density_is_0_and_nothing_is_thrown(string name)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get(name).Plan();
        using CpuBackend backend = HostForms.Open(plan, patterns, threads: 0, EStepForm.Tables);
        ItemResponsePosterior posterior = new(plan, new DrawCoordinates(plan), backend);
        double[] gradient = new double[posterior.Count];
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, 1e300, -1e300, 800 })
        {
            double[] x = new double[posterior.Count];
            Array.Fill(x, value);
            double density = posterior.Evaluate(x, gradient);
            Assert.True(!double.IsNaN(density) && !double.IsPositiveInfinity(density), $"{value} gives {density}.");
        }
    }

    [Fact]
    public void Classes_get_the_labels_nearest_to_the_estimates()
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get("classes").Plan();
        ParameterVector estimates = ModelCase.RandomPoint(plan, patterns, seed: 5).Parameters;
        double[] scales = new double[plan.Layout.FreeCount];
        Array.Fill(scales, 1);
        ClassRelabelling labels = new(plan, estimates.Free, scales);
        Assert.Equal(estimates.Free, labels.Relabel(estimates).Free);
        ParameterVector swapped = IrtGpu.Estimation.ClassAlignment.Reorder(plan, estimates, [1, 0])!;
        Assert.NotEqual(estimates.Free, swapped.Free);
        double[] back = labels.Relabel(swapped).Free;
        for (int index = 0; index < back.Length; index++)
            Assert.Equal(estimates.Free[index], back[index], 1e-12);
        Assert.Equal(0.5, labels.ChangedShare);
    }
}
