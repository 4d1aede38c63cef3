using System.CommandLine;
using IrtGpu.Compute.Devices;
using IrtGpu.Kernels.Backend;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Options;

/// <summary>The options that say what computes.</summary>
internal sealed class ComputeOptions
{
    private const string DeviceVariable = "IRTGPU_DEVICE";

    private readonly Option<string?> device = new("--device") { HelpName = "DEVICE", Description = "auto (default), cpu, cuda[:n], opencl[:n] or ilgpu-cpu; 'irtgpu devices' lists what is here." };
    private readonly Option<int?> threads = new("--threads") { HelpName = "N", Description = "Threads (default: all processors); results do not depend on it." };
    private readonly Option<string?> eStep = new("--e-step") { HelpName = "FORM", Description = "How posteriors are computed: auto (default), tables, weighted-score or, on the CPU, dimension-tables." };
    private readonly Option<string?> precision = new("--precision") { HelpName = "double", Description = "Arithmetic: double." };

    /// <summary>The accelerators of this run, asked for once.</summary>
    public AcceleratorProvider Accelerators { get; } = new();

    public void AddTo(Command command)
    {
        command.Options.Add(device);
        command.Options.Add(threads);
        command.Options.Add(precision);
    }

    /// <summary>Adds the option of commands that compute posteriors.</summary>
    public void AddEStepTo(Command command) => command.Options.Add(eStep);

    /// <summary>How E-steps are computed.</summary>
    public EStepForm EStep(ParseResult parsed) => Choice.Parse(
        "--e-step", parsed.GetValue(eStep) ?? "auto", ("auto", EStepForm.Auto), ("tables", EStepForm.Tables), ("weighted-score", EStepForm.WeightedScore),
        ("dimension-tables", EStepForm.DimensionTables));

    /// <summary>Number of threads, 0 for all processors.</summary>
    public int Threads(ParseResult parsed)
    {
        int count = parsed.GetValue(threads) ?? 0;
        if (count < 0 || (count == 0 && parsed.GetValue(threads) is not null))
            throw new SpecificationException($"--threads {count}: at least one thread is needed.");
        Choice.Parse("--precision", parsed.GetValue(precision) ?? "double", ("double", true));
        return count;
    }

    /// <summary>The device asked for, known to be available.</summary>
    /// <exception cref="DeviceNotAvailableException">It is not available.</exception>
    public string Device(ParseResult parsed)
    {
        string name = parsed.GetValue(device) ?? Environment.GetEnvironmentVariable(DeviceVariable) ?? DeviceName.Auto;
        return Devices.Require(name.Length == 0 ? DeviceName.Auto : name, Accelerators.Catalog);
    }
}
