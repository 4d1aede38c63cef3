using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Devices;

/// <summary>When a device is opened while data are read, and when <c>auto</c> asks for one.</summary>
public sealed class DevicePreparationTests : IDisposable
{
    private static readonly ModelSpecification ThreeParameters = new() { Functions = [new FunctionAssignment("*", ItemFunction.ThreeParameter)] };

    private readonly string file = Path.GetTempFileName();
    private readonly CountingProvider provider = new();

    public DevicePreparationTests() => File.WriteAllText(file, "q1,q2,q3\n" + string.Concat(Enumerable.Repeat("0,1,1\n", 2000)));

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    [InlineData("auto")] // so small a file
    [InlineData("other")]
    [InlineData("card:card")]
    public void Nothing_is_opened_for_the_processor(string device)
    {
        DevicePreparation.Begin(Options(device), ThreeParameters, file).Dispose();
        Assert.Equal(0, provider.Begun);
        Assert.Equal(0, provider.Asked);
    }

    [Theory]
    [InlineData("card")]
    [InlineData("CARD:1")]
    [InlineData("card:all")]
    public void A_named_device_is_opened_whatever_the_file(string device)
    {
        using (DevicePreparation.Begin(Options(device), ThreeParameters, file + ".missing"))
            Assert.Equal((1, 0, DeviceName.TryParse(device)), (provider.Begun, provider.Ended, provider.Name));
        Assert.Equal(1, provider.Ended);
    }

    [Fact]
    public void Auto_opens_the_fast_device_where_the_file_is_so_large_that_starting_it_pays()
    {
        CalibrationOptions options = Options(DeviceName.Auto) with { Threads = 1 };
        double seconds = WorkEstimate.HostSeconds(new FileInfo(file).Length, 3, ThreeParameters, options);
        provider.Seconds = 1.01 * seconds;
        DevicePreparation.Begin(options, ThreeParameters, file).Dispose();
        Assert.Equal(0, provider.Begun);
        provider.Seconds = 0.99 * seconds;
        DevicePreparation.Begin(options, ThreeParameters, file).Dispose();
        Assert.Equal((1, 1, null), (provider.Begun, provider.Ended, provider.Name));
        DevicePreparation.Begin(options, new ModelSpecification(), file).Dispose(); // 2PL takes the processor less
        DevicePreparation.Begin(options, ThreeParameters, file + ".missing").Dispose();
        DevicePreparation.Begin(options, ThreeParameters with { Integration = IntegrationMethod.Adaptive }, file).Dispose(); // which goes to a device that is named alone
        Assert.Equal(1, provider.Begun);
    }

    [Fact]
    public void Work_estimated_from_a_file_is_that_of_its_data()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = new ModelCase { Functions = [ItemFunction.ThreeParameter], Persons = 400, Items = 20, Nodes = 61 }.Build();
        CalibrationOptions options = Options(DeviceName.Auto) with { StandardErrors = StandardErrorMethod.None };
        double known = WorkEstimate.HostSeconds(plan, patterns.PatternCount, options, EStepChoice.ForHost(plan, patterns, EStepForm.Auto));
        Assert.Equal(known, WorkEstimate.HostSeconds(2L * patterns.PatternCount * 20, 20, ThreeParameters, options), known * 1e-12);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1e6, 0)]
    public void Auto_asks_for_a_device_where_the_work_is_more_than_its_start(double startSeconds, int asked)
    {
        provider.Seconds = startSeconds;
        (CalibrationPlan plan, PatternTable patterns, _) = new ModelCase().Build();
        BackendChoice choice = BackendCatalog.Open(Options(DeviceName.Auto), plan, patterns);
        using IComputeBackend backend = choice.Backend;
        Assert.Equal(asked, provider.Asked);
        Assert.Contains(asked == 0 ? "less than starting a device takes" : "no faster device is here", choice.DeviceReason, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(file);

    private CalibrationOptions Options(string device) => new() { Device = device, Providers = [provider] };

    /// <summary>A provider of a kind of device that is never here.</summary>
    private sealed class CountingProvider : IBackendProvider
    {
        public int Begun { get; private set; }

        public int Ended { get; private set; }

        public int Asked { get; private set; }

        public DeviceName? Name { get; private set; }

        public double Seconds { get; set; } = 2;

        public IReadOnlyList<string> Kinds => ["card"];

        public IDisposable Prepare(DeviceName? device)
        {
            Begun++;
            Name = device;
            return new Ending(() => Ended++);
        }

        public double StartSeconds(CalibrationPlan? plan) => Seconds;

        public IComputeBackend Create(DeviceName device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice) =>
            throw new DeviceNotAvailableException("There is no card.");

        public DeviceName? FindFastDevice()
        {
            Asked++;
            return null;
        }

        private sealed class Ending(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
