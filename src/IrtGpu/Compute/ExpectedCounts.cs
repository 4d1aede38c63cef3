using IrtGpu.Planning;

namespace IrtGpu.Compute;

/// <summary>What the E-step yields: the marginal log-likelihood and the expected counts of the complete data.</summary>
public sealed class ExpectedCounts
{
    internal ExpectedCounts(CalibrationPlan plan)
    {
        Plan = plan;
        RowCounts = [.. plan.Tables.Select(_ => new double[(long)plan.RowCount * plan.NodeCount])];
        NodeTotals = [.. plan.Blocks.Select(_ => new double[plan.NodeCount])];
    }

    /// <summary>The plan they belong to.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>Marginal log-likelihood at the parameters that the counts are for (no prior).</summary>
    public double LogLikelihood { get; internal set; }

    /// <summary>
    /// Expected number of persons by response category and node. On a fixed grid, counts of an item may be summed over the dimensions
    /// it does not measure and stand at their first nodes. [table][row, node]
    /// </summary>
    public double[][] RowCounts { get; }

    /// <summary>
    /// Σ weight and Σ weight · E(θ_j | pattern) over the patterns with a response; null where the E-step had no use for them. Where it
    /// went through weighted scores, an item's counts by node stand in its first category alone (whose log-probability is minus the log
    /// partition function) and the rest of its expected log-likelihood is Σ_m moment_m · (d_m, s_m a). Zero for the other items.
    /// [table][row, 1 + attribute]
    /// </summary>
    public double[][]? ResponseMoments { get; internal init; }

    /// <summary>Zeroed response moments of a plan.</summary>
    internal static double[][] CreateMoments(CalibrationPlan plan) =>
        [.. plan.Tables.Select(_ => new double[plan.RowCount * (1 + plan.AttributeCount)])];

    /// <summary>Expected number of persons by node. [block][node]</summary>
    public double[][] NodeTotals { get; }

    /// <summary>Adds the counts of another shard of the same data, element by element.</summary>
    /// <param name="other">Counts of the same plan.</param>
    public void Add(ExpectedCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if ((ResponseMoments is null) != (other.ResponseMoments is null))
            throw new ArgumentException("Counts of different forms of the E-step cannot be added.", nameof(other));
        LogLikelihood += other.LogLikelihood;
        for (int table = 0; table < RowCounts.Length; table++)
        {
            Add(RowCounts[table], other.RowCounts[table]);
            if (ResponseMoments is not null)
                Add(ResponseMoments[table], other.ResponseMoments![table]);
        }
        for (int block = 0; block < NodeTotals.Length; block++)
            Add(NodeTotals[block], other.NodeTotals[block]);
    }

    private static void Add(double[] sum, double[] term)
    {
        for (int k = 0; k < sum.Length; k++)
            sum[k] += term[k];
    }
}
