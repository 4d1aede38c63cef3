using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Measuring;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Measuring;

/// <summary>What benchmarks use beside the backends: limits of a device, item tables alone, responses uploaded in every E-step.</summary>
public sealed class MeasuringTests
{
    private static readonly ModelCase Problem = new() { Functions = [ItemFunction.ThreeParameter, ItemFunction.Graded], Items = 8, Persons = 60, Nodes = 15 };

    /// <summary>The probe checks the arithmetic itself and throws where it is wrong.</summary>
    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Limits_are_measured_on_arithmetic_that_is_right(string device)
    {
        MachineLimits limits = MachineLimitProbe.Measure(TestDevices.Find(device), secondsPerRepeat: 0.001, copyBytes: 1 << 20);
        Assert.All(
            [limits.MultiplyAddsPerSecond, limits.CopyBytesPerSecond, limits.UploadBytesPerSecond, limits.DownloadBytesPerSecond],
            limit => Assert.True(double.IsFinite(limit) && limit > 0));
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Item_tables_alone_are_the_hosts(string device)
    {
        (CalibrationPlan plan, _, ModelPoint point) = Problem.Build();
        double[] expected = new double[plan.RowCount * plan.NodeCount];
        ItemTables.Fill(point, 0, expected, plan.NodeCount, threads: 1);
        using ItemTableProbe probe = new(TestDevices.Find(device), point);
        probe.Fill(point);
        double[] actual = probe.Download();
        Assert.Equal(expected.Length, actual.Length);
        for (int cell = 0; cell < expected.Length; cell++)
            Assert.Equal(expected[cell], actual[cell], 1e-10 * Math.Max(1, Math.Abs(expected[cell])));
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Responses_uploaded_in_every_E_step_give_the_same_counts(string device)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        using IComputeBackend resident = new AcceleratorProvider().Create(TestDevices.Find(device).Name, plan, patterns, EStepChoice.ForDevice(plan, patterns, EStepForm.Tables));
        using IComputeBackend streamed = StreamedBackend.Open(TestDevices.Find(device), plan, patterns);
        Expectation expected = resident.ComputeExpectation(point);
        long begun = streamed.Capabilities.Report()!.Traffic.BytesUp;
        Expectation actual = streamed.ComputeExpectation(point);
        Assert.True(streamed.Capabilities.Report()!.Traffic.BytesUp - begun >= (long)patterns.PatternCount * plan.ItemCount, "the responses were not uploaded");
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-10 * Math.Abs(expected.LogLikelihood));
        double[] counts = actual.Counts(plan, 0);
        foreach ((double count, int cell) in expected.Counts(plan, 0).Select((count, cell) => (count, cell)))
            Assert.Equal(count, counts[cell], 1e-9);
    }
}
