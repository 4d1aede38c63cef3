using IrtGpu.Compute;
using IrtGpu.Data;

namespace IrtGpu.Inference;

internal static class InformationMatrix
{
    public static StandardErrors StandardErrors(StandardErrorMethod method, ModelPoint point, ExpectedCounts counts, PatternTable patterns, IComputeBackend backend)
        => new(method, null, double.NaN, "not yet");
}
