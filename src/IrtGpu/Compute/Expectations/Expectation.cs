namespace IrtGpu.Compute.Expectations;

/// <summary>
/// What an E-step found: the marginal log-likelihood of its point, and the answers to what an M-step asks of the expected complete
/// data. It lives where it was made, on the host or on a device; nobody needs to know which.
/// </summary>
/// <remarks>
/// Good until it is disposed of, whatever its backend computes meanwhile: one that lives on a device is brought home when the device
/// has to go on, which costs a copy. So dispose of it as soon as it has been used. One question at a time.
/// </remarks>
public abstract class Expectation : IDisposable
{
    /// <summary>Marginal log-likelihood at the parameters of the E-step, no prior; can be read after disposal, too.</summary>
    public double LogLikelihood { get; protected internal set; }

    /// <summary>Largest error of a pattern's log-likelihood from interpolation in the weighted score, sampled; 0 where nothing is interpolated.</summary>
    public double InterpolationError { get; protected internal set; }

    /// <summary>What the update of a population needs of the posteriors of its persons.</summary>
    /// <param name="block">Block.</param>
    public abstract PopulationMoments Population(int block);

    /// <summary>Expected number of persons at each node of the grid that the block's persons share; null where they share none.</summary>
    /// <param name="block">Block.</param>
    /// <returns>[node]; not to be changed</returns>
    public abstract double[]? TryNodeTotals(int block);

    /// <summary>Expected number of persons at each node of one attribute's line, where nodes lie on lines but not on a grid; null elsewhere.</summary>
    /// <param name="block">Block.</param>
    /// <param name="attribute">Attribute.</param>
    /// <returns>[node of the line]</returns>
    internal virtual double[]? TryLineTotals(int block, int attribute) => null;

    /// <summary>Σ w and Σ w θ_j of a block's persons by row of covariates; null where means do not differ by them.</summary>
    /// <param name="block">Block.</param>
    /// <returns>[row, 1 + attribute]</returns>
    internal virtual double[]? TryMeansByRow(int block) => null;

    /// <summary>The part of the expected complete-data log-likelihood that item parameter sets have, Σ r log P, and its derivatives.</summary>
    /// <param name="evaluation">The sets asked for and where; receives the answer.</param>
    public abstract void Evaluate(ItemEvaluation evaluation);

    /// <summary>Whether derivatives of items at the point of the E-step are at hand, so that any other question costs about as much as an E-step.</summary>
    internal virtual bool HoldsDerivatives => false;

    /// <summary>Expected number of persons by response category and node.</summary>
    /// <param name="table">Item table.</param>
    /// <param name="item">Item.</param>
    /// <param name="reason">Why there are none.</param>
    /// <returns>The counts; null where this form of the E-step leaves none.</returns>
    public abstract ItemCounts? TryItemCounts(int table, int item, out string? reason);

    /// <summary>Lets the backend forget it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets the backend forget it.</summary>
    /// <param name="disposing">Whether it was asked for.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
