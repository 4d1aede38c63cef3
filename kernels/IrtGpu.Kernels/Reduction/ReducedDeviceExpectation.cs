using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reduction;

namespace IrtGpu.Kernels.Reduction;

/// <summary>What an E-step in the reduced form left on a device; counts are brought home where they are asked for or the device goes on.</summary>
/// <param name="backend">Has the counts.</param>
/// <param name="home">Totals, and counts once they are brought home.</param>
/// <param name="counts">The same counts.</param>
internal sealed class ReducedDeviceExpectation(ReducedDeviceBackend backend, ReducedExpectation home, Lazy<double[][][]> counts) : Expectation
{
    private bool isOnDevice = true;

    /// <inheritdoc/>
    public override PopulationMoments Population(int block) => home.Population(block);

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => home.TryNodeTotals(block);

    /// <inheritdoc/>
    internal override double[]? TryLineTotals(int block, int attribute) => home.TryLineTotals(block, attribute);

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        if (isOnDevice)
            backend.Evaluate(evaluation);
        else
            home.Evaluate(evaluation);
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason) => home.TryItemCounts(table, item, out reason);

    /// <summary>Copies the counts to the host and lets the device go on.</summary>
    public void BringHome()
    {
        _ = counts.Value;
        isOnDevice = false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (isOnDevice)
            backend.Forget(this);
        isOnDevice = false;
        home.Dispose();
        base.Dispose(disposing);
    }
}
