using System.Reflection;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Loading;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Devices;

/// <summary>Devices that open on a thread of their own before there are data for them.</summary>
public sealed class DeviceOpeningsTests
{
    private static readonly ModelCase Problem = new() { Persons = 60, Items = 5, Nodes = 7 };

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_prepared_device_is_opened_once_for_all_backends_that_follow_each_other(string device)
    {
        AcceleratorProvider provider = new();
        using (provider.Prepare(DeviceName.TryParse(device)))
        {
            double first = LogLikelihood(provider, device);
            Assert.Equal(first, LogLikelihood(provider, device));
            Assert.Equal(1, provider.OpenedCount);
        }
        LogLikelihood(provider, device);
        Assert.Equal(2, provider.OpenedCount);
    }

    [Fact]
    public void Two_backends_at_a_time_have_a_device_each()
    {
        AcceleratorProvider provider = new();
        using IDisposable prepared = provider.Prepare(DeviceName.OfKind("ilgpu-cpu"));
        using IComputeBackend first = Create(provider, "ilgpu-cpu", out ModelPoint point);
        using IComputeBackend second = Create(provider, "ilgpu-cpu", out _);
        Assert.Equal(2, provider.OpenedCount);
        Assert.Equal(Value(first, point), Value(second, point));
    }

    [Fact]
    public void A_backend_keeps_its_device_when_the_preparation_ends_first()
    {
        AcceleratorProvider provider = new();
        IDisposable prepared = provider.Prepare(DeviceName.OfKind("ilgpu-cpu"));
        using IComputeBackend backend = Create(provider, "ilgpu-cpu", out ModelPoint point);
        prepared.Dispose();
        Assert.True(double.IsFinite(Value(backend, point)));
    }

    [Fact]
    public void A_device_that_nobody_takes_is_closed()
    {
        Accelerator? opened = null;
        DeviceOpenings openings = new(accelerator => opened = accelerator);
        openings.Begin(() => [TestDevices.Find("ilgpu-cpu")]).Dispose();
        Assert.True(opened!.IsDisposed);
    }

    [Fact]
    public void What_fails_on_the_thread_is_thrown_where_the_device_is_asked_for()
    {
        DeviceOpenings openings = new(_ => throw new InvalidOperationException("no kernels"));
        using IDisposable prepared = openings.Begin(() => [TestDevices.Find("ilgpu-cpu")]);
        Assert.Equal("no kernels", Assert.Throws<InvalidOperationException>(() => openings.Take(TestDevices.Find("ilgpu-cpu"))).Message);
    }

    [Fact]
    public void A_missing_device_is_refused_as_without_preparation()
    {
        AcceleratorProvider provider = new();
        using IDisposable prepared = provider.Prepare(DeviceName.TryParse("cuda:9999"));
        DeviceNotAvailableException refusal = Assert.Throws<DeviceNotAvailableException>(() => LogLikelihood(provider, "cuda:9999"));
        Assert.StartsWith("The device 'cuda:9999' is not available", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, provider.OpenedCount);
    }

    [Fact]
    public void Kernels_loaded_beforehand_are_those_that_a_backend_asks_for()
    {
        using DeviceSession session = TestDevices.OpenSession("ilgpu-cpu");
        (CalibrationPlan plan, PatternTable patterns, _) = Problem.Build();
        using IlgpuBackend backend = new(session, plan, patterns);
        ICollection<MethodInfo> asked = KernelLoading.LoadedOn(session.Accelerator);
        Assert.Empty(KernelNeeds.NeededBy(plan).Except(asked));
        Assert.Empty(asked.Where(kernel => !kernel.IsGenericMethod).Except(KernelNeeds.NeededBy(null)));
    }

    private static double LogLikelihood(AcceleratorProvider provider, string device)
    {
        using IComputeBackend backend = Create(provider, device, out ModelPoint point);
        return Value(backend, point);
    }

    private static double Value(IComputeBackend backend, ModelPoint point)
    {
        using Compute.Expectations.Expectation expectation = backend.ComputeExpectation(point);
        return expectation.LogLikelihood;
    }

    private static IComputeBackend Create(AcceleratorProvider provider, string device, out ModelPoint point)
    {
        (CalibrationPlan plan, PatternTable patterns, point) = Problem.Build();
        return provider.Create(DeviceName.TryParse(device)!, plan, patterns, EStepChoice.ForDevice(plan, patterns, EStepForm.Tables));
    }
}
