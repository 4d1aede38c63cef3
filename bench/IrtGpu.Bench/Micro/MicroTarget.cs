using IrtGpu.Bench.Whole;
using IrtGpu.Compute;
using IrtGpu.Kernels.Measuring;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Micro;

/// <summary>What a step is measured on.</summary>
/// <param name="Device">Device name.</param>
/// <param name="Threads">Of the processor.</param>
/// <param name="Form">Of the E-step.</param>
/// <param name="IsStreamed">Whether every E-step uploads the responses.</param>
internal sealed record MicroTarget(string Device, int Threads = 1, EStepForm Form = EStepForm.Tables, bool IsStreamed = false)
{
    public bool IsAccelerator => Device is not ("cpu" or "reference");

    /// <summary>Persons that keep the device busy and do not keep the plain loops too long.</summary>
    public int PersonCount => Device switch { "reference" => 1_000, "cpu" => 10_000, "ilgpu-cpu" => 500, _ => 200_000 };

    /// <summary>A backend with all of the problem's data.</summary>
    public IComputeBackend Open(Problem problem)
    {
        if (!IsStreamed)
            return BackendCatalog.Create(StepTimer.Compute(Device, Threads, Form), problem.Plan, problem.Patterns);
        return StreamedBackend.Open(BenchDevices.Require(Device), problem.Plan, problem.Patterns);
    }

    public override string ToString() => Device switch
    {
        "reference" => "reference",
        "cpu" => $"cpu, {NameOf(Form)}{Threads} {(Threads == 1 ? "thread" : "threads")}",
        _ => IsStreamed ? $"{Device}, responses uploaded" : Device,
    };

    private static string NameOf(EStepForm form) => form switch
    {
        EStepForm.Auto => "",
        EStepForm.Tables => "tables, ",
        EStepForm.WeightedScore => "weighted score, ",
        EStepForm.DimensionTables => "tables of dimensions, ",
        _ => $"{form}, ",
    };
}

/// <summary>A model on a target, as BenchmarkDotNet shows it.</summary>
/// <param name="Model">A name of <see cref="MicroProblems"/>.</param>
/// <param name="Target">Where.</param>
internal sealed record MicroCase(string Model, MicroTarget Target)
{
    public override string ToString() => $"{Model}, {Target}";
}
