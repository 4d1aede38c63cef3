using IrtGpu.Compute.Expectations;

namespace IrtGpu.Compute;

/// <summary>Evaluates several points at once; each gets the bits that it gets alone.</summary>
public interface IPointBatch : IDisposable
{
    /// <summary>Most points at once; at least two, at most what was wanted.</summary>
    int Capacity { get; }

    /// <summary>The E-step at each point.</summary>
    /// <param name="points">At least one, at most <see cref="Capacity"/>.</param>
    /// <returns>[point]</returns>
    Expectation[] ComputeExpectations(IReadOnlyList<ModelPoint> points);

    /// <summary>Asks the expectations of the last E-step at once, as <see cref="Expectation.Evaluate"/> asks one.</summary>
    /// <param name="evaluations">What is asked of each; null: nothing. Those asked want all of them derivatives, or none of them does. [point]</param>
    void Evaluate(IReadOnlyList<ItemEvaluation?> evaluations);
}
