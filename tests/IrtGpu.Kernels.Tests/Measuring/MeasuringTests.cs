using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Measuring;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Measuring;

/// <summary>What benchmarks use beside the backends: limits of a device, item tables alone, responses uploaded in every E-step.</summary>
public sealed class MeasuringTests
{
    /// <summary>The probe checks the arithmetic itself and throws where it is wrong.</summary>
    [Theory]
    [InlineData("ilgpu-cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void A_device_has_limits(string device)
    {
        TestDevices.Require(device);
        MachineLimits limits = MachineLimitProbe.Measure(TestDevices.Find(device), secondsPerRepeat: 0.001, copyBytes: 1 << 20);
        Assert.InRange(limits.MultiplyAddsPerSecond, 1e5, 1e15);
        Assert.InRange(limits.CopyBytesPerSecond, 1e6, 1e14);
        Assert.InRange(limits.UploadBytesPerSecond, 1e6, 1e14);
        Assert.InRange(limits.DownloadBytesPerSecond, 1e6, 1e14);
    }

    [Theory]
    [InlineData("ilgpu-cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void Item_tables_alone_are_the_hosts(string device)
    {
        TestDevices.Require(device);
        (CalibrationPlan plan, _, ModelPoint point) = Problem();
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
    [InlineData("ilgpu-cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void Responses_uploaded_in_every_E_step_give_the_same_counts(string device)
    {
        TestDevices.Require(device);
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem();
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

    private static (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point) Problem()
    {
        const int PersonCount = 60;
        const int ItemCount = 8;
        Random random = new(3);
        byte[] responses = new byte[PersonCount * ItemCount];
        for (int cell = 0; cell < responses.Length; cell++)
            responses[cell] = (byte)random.Next(cell % ItemCount < 4 ? 2 : 4);
        ResponseData data = new()
        {
            ItemNames = [.. Enumerable.Range(1, ItemCount).Select(item => FormattableString.Invariant($"i{item}"))],
            CategoryCodes = [.. Enumerable.Range(0, ItemCount).Select(item => Enumerable.Range(0, item < 4 ? 2 : 4).ToArray())],
            Responses = new(responses, ItemCount),
            PersonCount = PersonCount,
        };
        PatternTable patterns = PatternTable.Compress(data);
        ModelSpecification specification = new()
        {
            Functions = [new FunctionAssignment("i1-i4", ItemFunction.ThreeParameter), new FunctionAssignment("i5-i8", ItemFunction.Graded)],
            Quadrature = new QuadratureSpecification(Nodes: 15),
        };
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        return (plan, patterns, ModelPoint.TryCreate(plan, StartingValues.FromMarginals(plan, patterns))!);
    }
}
