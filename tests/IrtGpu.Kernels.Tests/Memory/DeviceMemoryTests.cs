using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Memory;

/// <summary>A device without memory is an error of the library's own, whatever the driver throws and whenever.</summary>
public sealed class DeviceMemoryTests
{
    private static readonly ModelCase Problem = new()
    {
        Functions = [ItemFunction.TwoParameter, ItemFunction.Graded],
        Classes = 2,
        Missing = 0.2,
    };

    [Fact]
    public void Every_allocation_that_fails_becomes_the_librarys_error_with_both_figures()
    {
        foreach (bool isResident in new[] { true, false })
        {
            (CalibrationPlan plan, PatternTable patterns, _) = Problem.Build();
            int count = 0;
            long total = 0;
            using (Open(plan, patterns, isResident, bytes => (count, total) = (count + 1, total + bytes)))
                Assert.InRange(count, 20, 100);
            long before = 0;
            for (int failing = 0; failing < count; failing += failing < 6 ? 1 : 3) // each kind of allocation, not each of many alike
            {
                int seen = 0;
                before = 0;
                long asked = 0;
                DeviceMemoryException refusal = Assert.Throws<DeviceMemoryException>(() => Open(plan, patterns, isResident, bytes =>
                {
                    if (seen++ == failing)
                    {
                        asked = bytes;
                        throw new CudaException("out of memory");
                    }
                    before += bytes;
                }));
                Assert.Equal(before, refusal.AvailableBytes);
                Assert.Equal(before + asked, refusal.NeededBytes);
                Assert.IsType<CudaException>(refusal.InnerException);
            }
            Assert.InRange(before, 1, total);
        }
    }

    public static TheoryData<Exception> DriverExceptions => [new CudaException("x"), new CLException("x"), new InsufficientMemoryException("x"), new OverflowException("x")];

    [Theory]
    [MemberData(nameof(DriverExceptions))]
    public void Whatever_a_driver_throws_the_message_names_device_figures_and_remedy(Exception thrown)
    {
        (CalibrationPlan plan, PatternTable patterns, _) = Problem.Build();
        DeviceMemoryException refusal = Assert.Throws<DeviceMemoryException>(() => Open(plan, patterns, isResident: true, _ => throw thrown));
        foreach (string word in new[] { "ilgpu-cpu", "refused", "MiB", "after 0.0 MiB", thrown.Message, "--nodes", "--device cpu" })
            Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
        Assert.Same(thrown, refusal.InnerException);
    }

    [Fact]
    public void Other_faults_are_not_taken_for_a_full_device()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = Problem.Build();
        Assert.Throws<InvalidOperationException>(() => Open(plan, patterns, isResident: true, _ => throw new InvalidOperationException()));
    }

    [Fact]
    public void A_calibration_on_a_full_device_ends_with_that_error()
    {
        FullDevice provider = new();
        CalibrationOptions options = new() { Device = "full", Providers = [provider] };
        DeviceMemoryException refusal = Assert.Throws<DeviceMemoryException>(() => Calibration.Run(
            Problem.Data(), Problem.Specification, options, cancellation: TestContext.Current.CancellationToken));
        Assert.IsType<DeviceNotAvailableException>(refusal, exactMatch: false); // what the command line turns into its exit code
        Assert.Contains("refused", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_on_a_full_device_ends_with_that_error_too()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        Assert.Throws<DeviceMemoryException>(() => new ShardedBackend(
            plan, patterns, 2, (shard, part) => Open(plan, part, isResident: true, _ => Refuse(shard == 1))));
        using ShardedBackend failing = new(plan, patterns, 2, (_, _) => new FailingBackend());
        Assert.Throws<DeviceMemoryException>(() => failing.ComputeExpectation(point));
        Assert.Throws<DeviceMemoryException>(() => failing.Capabilities.TryScore(point));
        Assert.Throws<DeviceMemoryException>(() => failing.Capabilities.TryCrossProduct(point));
    }

    [Fact]
    public void Failures_after_the_start_are_the_librarys_too()
    {
        ComputeDevice device = new(DeviceName.Numbered("cuda", 0), "A card", IsAvailable: true);
        AcceleratorException thrown = new CLException("lost");
        DeviceNotAvailableException failure = Assert.Throws<DeviceNotAvailableException>(
            () => DeviceFailure.Guard<int>(device, "in an E-step", () => throw thrown));
        Assert.Equal("The device 'cuda:0' (A card) failed in an E-step: lost Check its driver, or use --device cpu.", failure.Message);
        Assert.Same(thrown, failure.InnerException);
        Assert.Equal(3, DeviceFailure.Guard(device, "", () => 3));
    }

    private static IlgpuBackend Open(CalibrationPlan plan, PatternTable patterns, bool isResident, Action<long> beforeAllocation)
    {
        DeviceSession session = TestDevices.OpenSession("ilgpu-cpu", beforeAllocation);
        return new IlgpuBackend(
            session, plan, patterns, lease: session,
            memory: TestDevices.Cut("ilgpu-cpu", plan, patterns, memory => memory with { IsResident = isResident, PatternTileCapacity = 10 }));
    }

    private static void Refuse(bool isRefused)
    {
        if (isRefused)
            throw new InsufficientMemoryException("none left");
    }

    private sealed class FullDevice : IBackendProvider
    {
        public IReadOnlyList<string> Kinds { get; } = ["full"];

        public IComputeBackend Create(DeviceName device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice)
        {
            long left = 4096;
            return Open(plan, patterns, isResident: true, bytes => Refuse((left -= bytes) < 0));
        }

        public double StartSeconds(CalibrationPlan? plan) => 2;

        public DeviceName? FindFastDevice() => DeviceName.OfKind("full");
    }

    private sealed class FailingBackend : IComputeBackend
    {
        public string Description => "failing";

        public Expectation ComputeExpectation(ModelPoint point) => throw new DeviceMemoryException("full");

        public EStepForm Form => EStepForm.Tables;

        public BackendCapabilities Capabilities => new()
        {
            TryScore = _ => throw new DeviceMemoryException("full"),
            TryCrossProduct = _ => throw new DeviceMemoryException("full"),
        };

        public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
            where TVisitor : IPosteriorVisitor => throw new DeviceMemoryException("full");

        public void Dispose()
        {
        }
    }
}
