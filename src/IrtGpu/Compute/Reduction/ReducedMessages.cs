using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;

namespace IrtGpu.Compute.Reduction;

/// <summary>What the parts of a run say of each step's separator, in one class, and what comes back from there.</summary>
/// <remarks>
/// A message is divided by its largest number; <see cref="LogScale"/> has the logarithm of what was divided by, at this step and at those
/// before it.
/// </remarks>
internal sealed class ReducedMessages : IDisposable
{
    /// <summary>Makes room for the parts of a run.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="patterns">The run.</param>
    public ReducedMessages(IReadOnlyList<ReducedStep> steps, ReducedPatterns patterns)
    {
        Values = [.. steps.Select((step, index) => new AlignedBuffer((long)patterns.Count(index) * step.MessageLength))];
        Sums = [.. steps.Select((step, index) => new AlignedBuffer((long)patterns.Count(index) * step.MessageLength))];
        Scale = [.. steps.Select((_, index) => new double[patterns.Count(index)])];
        LogScale = [.. steps.Select((_, index) => new double[patterns.Count(index)])];
        ByRow = [.. steps.Select((step, index) => PartRuns.IsFor(step) ? new AlignedBuffer((long)patterns.Count(index) * step.RowCount) : null)];
        Shift = [.. steps.Select((step, index) => new double[step.IsLog ? patterns.Count(index) : 0])];
    }

    /// <summary>Messages. [step][part, place]</summary>
    public AlignedBuffer[] Values { get; }

    /// <summary>Posterior weights by place of the message. [step][part, place]</summary>
    public AlignedBuffer[] Sums { get; }

    /// <summary>Room for sums and weights by row, of steps that are computed by <see cref="PartRuns"/>; else null. [step][row, position]</summary>
    public AlignedBuffer?[] ByRow { get; }

    /// <summary>What this step's sums were divided by. [step][part]</summary>
    public double[][] Scale { get; }

    /// <summary>Logarithm of all that messages and tables were divided by up to here; −∞ where the likelihood is 0. [step][part]</summary>
    public double[][] LogScale { get; }

    /// <summary>What is taken off sums of logarithms. [step][part]</summary>
    public double[][] Shift { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in Values.Concat(Sums))
            buffer.Dispose();
        foreach (AlignedBuffer? buffer in ByRow)
            buffer?.Dispose();
    }
}
