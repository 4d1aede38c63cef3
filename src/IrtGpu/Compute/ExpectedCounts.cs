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

    /// <summary>Expected number of persons by response category and node. [table][row, node]</summary>
    public double[][] RowCounts { get; }

    /// <summary>
    /// Terms of the expected log-likelihood that are linear in the parameters; null where there are none. Where an E-step goes through
    /// sufficient statistics, an item's counts stand in its first category alone (whose log-probability is minus the log partition
    /// function) and the rest of its expected log-likelihood is Σ linear term · parameter. [slot]
    /// </summary>
    public double[]? LinearTerms { get; internal init; }

    /// <summary>Expected number of persons by node. [block][node]</summary>
    public double[][] NodeTotals { get; }

    /// <summary>Adds the counts of another shard of the same data, element by element.</summary>
    /// <param name="other">Counts of the same plan.</param>
    public void Add(ExpectedCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if ((LinearTerms is null) != (other.LinearTerms is null))
            throw new ArgumentException("Counts of different forms of the E-step cannot be added.", nameof(other));
        LogLikelihood += other.LogLikelihood;
        if (LinearTerms is not null)
            Add(LinearTerms, other.LinearTerms!);
        for (int table = 0; table < RowCounts.Length; table++)
            Add(RowCounts[table], other.RowCounts[table]);
        for (int block = 0; block < NodeTotals.Length; block++)
            Add(NodeTotals[block], other.NodeTotals[block]);
    }

    private static void Add(double[] sum, double[] term)
    {
        for (int k = 0; k < sum.Length; k++)
            sum[k] += term[k];
    }
}
