using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute;

/// <summary>Every form of the CPU's E-step, and what it takes by itself.</summary>
internal static class CpuEngines
{
    public static readonly Engine[] Forms =
    [
        Create(EStepForm.Tables, _ => true), Create(EStepForm.WeightedScore, Engine.IsByScore), Create(EStepForm.DimensionTables, Engine.IsByDimension),
    ];

    public static readonly Engine[] All = [.. Forms, Create(EStepForm.Auto, _ => true), Forms[0].InTwoShards(), Forms[1].InTwoShards()];

    private static Engine Create(EStepForm form, Func<ModelCase, bool> applies) => new(
        $"cpu, {form}", form, applies, Tolerance, (plan, patterns) => HostForms.Open(plan, patterns, threads: 2, form));

    private static double Tolerance(ModelCase problem) =>
        problem.Attributes == 1 && Engine.IsOfFamily(problem) ? problem.Nodes < 7 ? 1e-3 : 1e-9 // interpolated: nodes more than 2 apart are too far for it
        : problem.Items > 50 ? 1e-10 // factors of many items lose digits
        : 1e-11;
}
