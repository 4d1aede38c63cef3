using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.Collections;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;

namespace IrtGpu.Estimation.Maximization;

/// <summary>
/// Parameter expansion: the population that fixes the metric is given a mean and standard deviation after all, by a step of EM, and
/// the change of metric is then carried into slopes, intercepts and the other populations. It removes the slowest directions of EM.
/// </summary>
/// <remarks>
/// θ = m + s θ*: μ* = (μ − m)/s, σ*_jk = σ_jk/(s_j s_k), and items as <see cref="ItemFamily.ChangeMetric"/> rewrites them.
/// Liu, Rubin &amp; Wu (1998), Biometrika 85, 755–770. They take m and s² as posterior moments; on a truncated grid the metric is not
/// quite free, and the fixed point then differs from that of EM. Here they come from the derivative D of the log-likelihood along the
/// change of metric, m = Σ D_m/n (Σ the covariance matrix, n the weight) and s² = 1 + D_s/n − m²: the same where the grid is wide, and
/// 0 and 1 at the optimum on any grid.
/// </remarks>
internal sealed class ParameterExpansion
{
    private readonly CalibrationPlan plan;
    private readonly Metric[] metrics;

    public ParameterExpansion(CalibrationPlan plan)
    {
        this.plan = plan;
        metrics = [.. Enumerable.Range(0, plan.AttributeCount).SelectMany(attribute => MetricsOf(plan, attribute))];
    }

    /// <summary>Whether any metric can be expanded.</summary>
    public bool IsUseful => metrics.Length > 0;

    /// <summary>Carries the moments that the reference populations would be given into the parameters.</summary>
    /// <param name="point">Where the E-step was made.</param>
    /// <param name="gradient">Of the log-likelihood there, priors included. [free]</param>
    /// <param name="expectation">What it found.</param>
    /// <param name="mapped">The plain M-step's parameters.</param>
    public ParameterVector Apply(ModelPoint point, double[] gradient, Expectation expectation, ParameterVector mapped)
    {
        double[] scores = [.. metrics.Select(metric => metric.CanShift ? Slope(metric, point.Parameters, gradient, 1, 0) / Total(expectation, metric) : 0)];
        double[] slots = (double[])mapped.Slots.Clone();
        for (int k = 0; k < metrics.Length; k++)
        {
            Metric metric = metrics[k];
            double mean = 0;
            for (int other = 0; other < metrics.Length && metric.CanShift; other++)
            {
                if (metrics[other].Reference.Index == metric.Reference.Index)
                    mean += point.Parameters.Slots[metric.Reference.CovarianceSlot(metric.Attribute, metrics[other].Attribute)] * scores[other];
            }
            double variance = metric.CanScale ? 1 + Slope(metric, point.Parameters, gradient, 0, 1) / Total(expectation, metric) - mean * mean : 1;
            if (!double.IsFinite(mean) || !(variance > 1e-6))
                return mapped;
            Transform(metric, mean, Math.Sqrt(variance), slots);
        }
        return StartingValues.Project(plan, slots, keepUserStarts: false);
    }

    /// <summary>Derivative of the log-likelihood along a change of metric.</summary>
    private double Slope(Metric metric, ParameterVector parameters, double[] gradient, double mean, double deviation)
    {
        const double Step = 1e-4;
        double[] forward = (double[])parameters.Slots.Clone();
        double[] backward = (double[])parameters.Slots.Clone();
        Transform(metric, Step * mean, 1 + Step * deviation, forward);
        Transform(metric, -Step * mean, 1 - Step * deviation, backward);
        double[] high = StartingValues.Project(plan, forward, keepUserStarts: false).Free;
        double[] low = StartingValues.Project(plan, backward, keepUserStarts: false).Free;
        double sum = 0;
        for (int k = 0; k < gradient.Length; k++)
            sum += gradient[k] * (high[k] - low[k]);
        return sum / (2 * Step);
    }

    private static double Total(Expectation expectation, Metric metric) => expectation.Population(metric.Reference.Index).Weight;

    private static IEnumerable<Metric> MetricsOf(CalibrationPlan plan, int attribute)
    {
        int[] component = Components(plan, attribute);
        foreach (int home in component.Distinct())
        {
            PlannedBlock[] blocks = [.. plan.Blocks.Where(block => component[block.Index] == home)];
            ItemParameterSet[] sets = [.. plan.ParameterSets.Where(set =>
                component[set.Blocks[0]] == home && plan.Items[set.Item].Attributes.Contains(attribute))];
            PlannedBlock[] origins = [.. blocks.Where(block => plan.Layout.IsFixed(block.FirstMeanSlot + attribute))];
            PlannedBlock[] units = [.. blocks.Where(block => plan.Layout.IsFixed(block.CovarianceSlot(attribute, attribute)))];
            bool canShift = origins.Length == 1 && sets.All(set => Intercepts(plan, set).All(slot => !plan.Layout.IsFixed(slot)));
            bool canScale = units.Length == 1 && sets.All(set => !plan.Layout.IsFixed(SlopeSlot(plan, set, attribute)) && !IsSharedWithin(plan, set, attribute))
                && blocks.All(block => CanScaleCovariances(plan, block, attribute, units[0]));
            if (canShift || canScale)
                yield return new Metric(attribute, canShift ? origins[0] : units[0], canShift, canScale, blocks, sets);
        }
    }

    // The unit of one attribute is then that of another, whose variance would have to move with it.
    private static bool IsSharedWithin(CalibrationPlan plan, ItemParameterSet set, int attribute) => plan.Items[set.Item].Attributes.Any(other =>
        other != attribute && plan.Layout.FreeOf(SlopeSlot(plan, set, other)).SequenceEqual(plan.Layout.FreeOf(SlopeSlot(plan, set, attribute))));

    // The metric's own block keeps its covariances with other attributes: they are correlations there.
    private static bool CanScaleCovariances(CalibrationPlan plan, PlannedBlock block, int attribute, PlannedBlock unit) =>
        block.Index == unit.Index || Enumerable.Range(0, plan.AttributeCount).All(other =>
            other == attribute || plan.Layout.Offset[block.CovarianceSlot(attribute, other)] == 0 || !plan.Layout.IsFixed(block.CovarianceSlot(attribute, other)));

    private static int[] Components(CalibrationPlan plan, int attribute)
    {
        LinkedSets linked = new(plan.Blocks.Count);
        foreach (ItemParameterSet set in plan.ParameterSets.Where(set => plan.Items[set.Item].Attributes.Contains(attribute)))
        {
            foreach (int block in set.Blocks)
                linked.Link(block, set.Blocks[0]);
        }
        return linked.Roots();
    }

    private void Transform(Metric metric, double mean, double deviation, double[] slots)
    {
        foreach (ItemParameterSet set in metric.Sets)
        {
            PlannedItem item = plan.Items[set.Item];
            item.Family.ChangeMetric(
                item, Array.IndexOf(item.Attributes, metric.Attribute), mean, deviation, slots.AsSpan(set.FirstSlot, set.SlotCount));
        }
        foreach (PlannedBlock block in metric.Blocks)
        {
            if (block.Index == metric.Reference.Index)
                continue;
            int meanSlot = block.FirstMeanSlot + metric.Attribute;
            slots[meanSlot] = (slots[meanSlot] - mean) / deviation;
            for (int other = 0; other < plan.AttributeCount; other++)
                slots[block.CovarianceSlot(metric.Attribute, other)] /= other == metric.Attribute ? deviation * deviation : deviation;
        }
    }

    private static IEnumerable<int> Intercepts(CalibrationPlan plan, ItemParameterSet set) =>
        Enumerable.Range(set.FirstSlot + set.SlopeCount, plan.Items[set.Item].CategoryCount - 1);

    private static int SlopeSlot(CalibrationPlan plan, ItemParameterSet set, int attribute)
    {
        PlannedItem item = plan.Items[set.Item];
        return set.FirstSlot + item.Family.SlopeSlot(item, Array.IndexOf(item.Attributes, attribute));
    }

    /// <summary>An attribute's metric in blocks that share items.</summary>
    /// <param name="Attribute">Attribute.</param>
    /// <param name="Reference">The block whose moments are fixed.</param>
    /// <param name="CanShift">Whether its mean alone fixes the origin.</param>
    /// <param name="CanScale">Whether its variance alone fixes the unit.</param>
    /// <param name="Blocks">Blocks of the metric.</param>
    /// <param name="Sets">Item parameter sets that measure the attribute there.</param>
    private sealed record Metric(
        int Attribute, PlannedBlock Reference, bool CanShift, bool CanScale, PlannedBlock[] Blocks, ItemParameterSet[] Sets);
}
