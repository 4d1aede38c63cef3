namespace IrtGpu.Compute.Reduction.Gradients;

/// <summary>What one factor of the complete-data likelihood adds to the gradient by free parameters, at the nodes of its own attributes.</summary>
/// <param name="Free">Free parameters it depends on, each once.</param>
/// <param name="Values">Derivatives of its logarithm. [node, parameter of these]</param>
internal sealed record GradientTerm(int[] Free, double[] Values)
{
    /// <summary>Depends on nothing.</summary>
    public static GradientTerm None { get; } = new([], []);
}
