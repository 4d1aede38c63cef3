using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;

namespace IrtGpu.Kernels.EStep;

/// <summary>What an E-step left on a device; brought home where the device has to go on before it is disposed of.</summary>
internal sealed class DeviceExpectation : Expectation
{
    private readonly PopulationMoments[] populations; // [block]
    private DeviceCounts? counts; // while they are on the device
    private HostExpectation? home; // a copy on the host

    /// <summary>Names what is on the device.</summary>
    /// <param name="counts">Counts of the E-step.</param>
    /// <param name="position">The point among those evaluated side by side.</param>
    /// <param name="point">The point.</param>
    /// <param name="logLikelihood">Its log-likelihood.</param>
    /// <param name="populations">Moments of its populations. [block]</param>
    /// <param name="moments">Moments by response, as <see cref="HostExpectation.Moments"/>; null with tables.</param>
    public DeviceExpectation(
        DeviceCounts counts, int position, ModelPoint point, double logLikelihood, PopulationMoments[] populations, double[][]? moments)
    {
        this.counts = counts;
        this.populations = populations;
        Position = position;
        Point = point;
        Moments = moments;
        LogLikelihood = logLikelihood;
    }

    /// <summary>The point among those evaluated side by side.</summary>
    public int Position { get; }

    /// <summary>The point of the E-step.</summary>
    public ModelPoint Point { get; }

    /// <summary>Moments by response; null with tables.</summary>
    public double[][]? Moments { get; }

    /// <inheritdoc/>
    public override PopulationMoments Population(int block) => populations[block];

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => home is null && counts is not null
        ? counts.DownloadTotals(Position, block)
        : Home.TryNodeTotals(block);

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        if (counts is not null)
            counts.Evaluate(this, evaluation);
        else
            Home.Evaluate(evaluation);
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason) => Home.TryItemCounts(table, item, out reason);

    /// <summary>Copies the counts to the host and lets the device go on.</summary>
    public void BringHome()
    {
        _ = Home;
        counts = null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        counts?.Forget(this);
        counts = null;
        home?.Dispose();
        home = null;
        base.Dispose(disposing);
    }

    private HostExpectation Home
    {
        get
        {
            ObjectDisposedException.ThrowIf(home is null && counts is null, this);
            return home ??= counts!.Download(this);
        }
    }
}
