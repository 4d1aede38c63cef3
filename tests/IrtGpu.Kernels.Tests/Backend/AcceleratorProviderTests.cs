using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Backend;

/// <summary>Whole calibrations on devices named in the options.</summary>
public sealed class AcceleratorProviderTests
{
    private static readonly ModelCase Problem = new()
    {
        Functions = [ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.ThreeParameter],
        Persons = 300,
        Items = 6,
        Nodes = 15,
        Groups = 2,
        Missing = 0.2,
    };

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_whole_fit_ends_where_the_reference_ends(string device)
    {
        CalibrationResult expected = Fit("reference");
        CalibrationResult result = Fit(device);
        Assert.Equal(expected.Termination.Kind, result.Termination.Kind);
        Assert.InRange(result.LogLikelihood, expected.LogLikelihood - 1e-8, expected.LogLikelihood + 1e-8);
        Assert.StartsWith(device, result.Device, StringComparison.Ordinal);
        Assert.Null(result.DeviceChoice);
        Assert.Contains("has no weighted score", result.EStepReason, StringComparison.Ordinal);
        for (int k = 0; k < expected.Scores!.Mean.Length; k++)
            Assert.InRange(result.Scores!.Mean[k], expected.Scores.Mean[k] - 1e-6, expected.Scores.Mean[k] + 1e-6);
    }

    [Fact]
    public void A_missing_device_is_refused_with_its_reason()
    {
        foreach (ComputeDevice device in TestDevices.Catalog.Devices.Where(device => !device.IsAvailable))
        {
            DeviceNotAvailableException refusal = Assert.Throws<DeviceNotAvailableException>(() => Fit(device.Name.ToString()));
            Assert.Contains(device.Reason, refusal.Message, StringComparison.Ordinal);
        }
        DeviceNotAvailableException missing = Assert.Throws<DeviceNotAvailableException>(() => Fit("cuda:9999"));
        Assert.StartsWith("The device 'cuda:9999' is not available: this machine has cpu", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Devices_with_products_of_matrices_take_tables_where_nodes_and_columns_are_one_block_and_others_weighted_scores(string device)
    {
        ModelCase scored = new() { Functions = [ItemFunction.TwoParameter], Persons = 100, Items = 10, Nodes = 9 };
        AcceleratorProvider provider = new();
        CalibrationOptions options = new() { Device = device, Providers = [provider], MaxCycles = 1, StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None };
        CalibrationResult result = Calibration.Run(scored.Data(), scored.Specification, options, cancellation: TestContext.Current.CancellationToken);
        bool hasMatrixUnits = TestDevices.IsCuda(device) && TestDevices.Find(device).HasMatrixUnits;
        Assert.Equal(hasMatrixUnits ? EStepForm.Tables : EStepForm.WeightedScore, result.EStep);
        Assert.Equal(hasMatrixUnits, result.Device.Contains("fused", StringComparison.Ordinal));
        Assert.Equal(hasMatrixUnits, result.EStepReason.Contains("products of matrices", StringComparison.Ordinal));
        bool Prefers(ModelCase problem) => provider.PrefersTables(TestDevices.Find(device).Name, problem.Build().Plan);
        Assert.Equal(hasMatrixUnits, Prefers(scored));
        Assert.False(Prefers(scored with { Attributes = 2 })); // 81 nodes
        Assert.False(Prefers(scored with { Nodes = 33, Classes = 2 }));
        Assert.False(Prefers(scored with { Functions = [ItemFunction.GeneralizedPartialCredit], Categories = [8] })); // 71 columns
    }

    [Fact]
    public void A_small_problem_stays_on_the_cpu_and_says_why()
    {
        CalibrationResult result = Fit("auto");
        Assert.StartsWith("cpu", result.Device, StringComparison.Ordinal);
        Assert.Contains("less than starting a device takes", result.DeviceChoice, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_device_is_an_argument_error()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Fit("vulkan"));
        Assert.Contains("auto, cpu, reference, cuda, opencl, ilgpu-cpu", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Fit("cuda:first"));
    }

    private static CalibrationResult Fit(string device)
    {
        ResponseData data = Problem.Data();
        CalibrationOptions options = new()
        {
            Device = device,
            Providers = [new AcceleratorProvider()],
            MaxCycles = 15,
            StandardErrors = StandardErrorMethod.None,
        };
        return Calibration.Run(data, Problem.Specification, options);
    }
}
