using System.Numerics.Tensors;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Expectations.Host;

/// <summary>An expectation in the memory of the host: sums at nodes and, where items go by weighted scores, moments of their responses.</summary>
/// <remarks>
/// An item that goes by weighted scores has in <see cref="AtNodes"/> who answered it, in its first category alone (whose log-probability
/// is minus the log partition function), and in <see cref="Moments"/> the rest of its expected log-likelihood, Σ_m moment_m · (d_m, s_m a).
/// </remarks>
/// <param name="point">Where the E-step is made.</param>
/// <param name="sums">Sums over nodes, shared by the expectations of a backend.</param>
/// <param name="hasMoments">Whether items go by weighted scores.</param>
internal abstract class HostExpectation(ModelPoint point, HostSums sums, bool hasMoments) : Expectation
{
    private readonly PopulationMoments?[] populations = new PopulationMoments?[point.Plan.Blocks.Count];

    /// <summary>The point of the E-step.</summary>
    public ModelPoint Point => point;

    /// <summary>The plan.</summary>
    public CalibrationPlan Plan => point.Plan;

    /// <summary>Expected number of persons by category row and node. [table][row, node]</summary>
    public double[][] AtNodes { get; } = [.. point.Plan.Tables.Select(_ => new double[(long)point.Plan.RowCount * point.Plan.NodeCount])];

    /// <summary>
    /// Σ weight and Σ weight · E(θ_j | pattern) over the patterns with a response; zero for items that go by counts, null where all do.
    /// [table][row, 1 + attribute]
    /// </summary>
    public double[][]? Moments { get; } = hasMoments
        ? [.. point.Plan.Tables.Select(_ => new double[point.Plan.RowCount * (1 + point.Plan.AttributeCount)])]
        : null;

    /// <summary>Expected number of persons by node. [block][node]</summary>
    public double[][] NodeTotals { get; } = [.. point.Plan.Blocks.Select(_ => new double[point.Plan.NodeCount])];

    /// <summary>What posteriors say of each pattern, where means differ within blocks.</summary>
    public PatternMeans? Means { get; init; }

    /// <summary>Adds persons who answered an item that goes by weighted scores.</summary>
    /// <param name="table">Their table.</param>
    /// <param name="item">The item.</param>
    /// <param name="totals">How many, by node.</param>
    /// <param name="firstNode">The first of the nodes.</param>
    public void AddAnswered(int table, int item, ReadOnlySpan<double> totals, int firstNode = 0)
    {
        Span<double> row = AtNodes[table].AsSpan(Plan.Items[item].FirstRow * Plan.NodeCount + firstNode, totals.Length);
        TensorPrimitives.Add(row, totals, row);
    }

    /// <inheritdoc/>
    public override PopulationMoments Population(int block) =>
        populations[block] ??= sums.Powers(point, block, NodeTotals[block]);

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => NodeTotals[block];

    /// <inheritdoc/>
    internal override double[]? TryMeansByRow(int block) => Means?.ByRow(block);

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation) => sums.Evaluate(point, AtNodes, Moments, evaluation);
}
