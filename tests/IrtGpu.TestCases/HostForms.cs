using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.TestCases;

/// <summary>Backends of the processor by the form of their E-steps.</summary>
internal static class HostForms
{
    public static CpuBackend Open(CalibrationPlan plan, PatternTable patterns, int threads, EStepForm form) =>
        new(plan, patterns, threads, EStepChoice.ForHost(plan, patterns, form));
}
