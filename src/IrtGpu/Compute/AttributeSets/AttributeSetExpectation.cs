using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.AttributeSets;

/// <summary>Expectations of groups that measure different attributes as one: a block is answered by the part that has it, questions about items by all parts.</summary>
internal sealed class AttributeSetExpectation : Expectation
{
    private readonly ModelPoint point;
    private readonly HostSums sums;
    private readonly EStepForm form;
    private readonly AttributeSetPart[] parts;
    private readonly (Expectation Expectation, NodeSpread Spread)[] found; // [part]
    private readonly ItemEvaluation[] evaluations; // of the parts but the first

    /// <summary>Takes over what the parts found.</summary>
    /// <param name="point">Of the whole plan.</param>
    /// <param name="sums">Sums over its nodes.</param>
    /// <param name="form">Form of the E-steps of the whole.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="found">What they found; disposed of with this. [part]</param>
    public AttributeSetExpectation(
        ModelPoint point, HostSums sums, EStepForm form, AttributeSetPart[] parts, (Expectation Expectation, NodeSpread Spread)[] found)
    {
        this.point = point;
        this.sums = sums;
        this.form = form;
        this.parts = parts;
        this.found = found;
        evaluations = [.. parts.Skip(1).Select(_ => new ItemEvaluation(point.Plan))];
        LogLikelihood = found.Sum(one => one.Expectation.LogLikelihood);
        InterpolationError = found.Max(one => one.Expectation.InterpolationError);
    }

    /// <inheritdoc/>
    public override PopulationMoments Population(int block) => sums.Powers(point, block, TryNodeTotals(block));

    /// <inheritdoc/>
    public override double[] TryNodeTotals(int block)
    {
        double[] totals = new double[point.Plan.NodeCount];
        for (int part = 0; part < parts.Length; part++)
        {
            if (Array.IndexOf(parts[part].Measured.Blocks, block) is >= 0 and int own)
                found[part].Spread.Spread(own, found[part].Expectation.TryNodeTotals(own), totals);
        }
        return totals; // 0 where a group has no persons
    }

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        foreach (ItemEvaluation other in evaluations)
            other.CopyQuestion(evaluation);
        found[0].Expectation.Evaluate(evaluation);
        for (int part = 1; part < parts.Length; part++)
        {
            found[part].Expectation.Evaluate(evaluations[part - 1]);
            evaluation.AddAnswer(evaluations[part - 1]);
        }
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        ItemCounts? sum = null;
        reason = "Nobody whose responses this table has is in the data.";
        for (int part = 0; part < parts.Length; part++)
        {
            MeasuredPlan measured = parts[part].Measured;
            if (Array.IndexOf(measured.Tables, table) is not (>= 0 and int own))
                continue;
            if (found[part].Expectation.TryItemCounts(own, item, out reason) is not { } counts)
                return null;
            counts = form == EStepForm.Tables
                ? SpreadCounts(part, table, own, counts)
                : counts with { Attributes = [.. counts.Attributes.Select(attribute => measured.Attributes[attribute])] };
            if (sum is not null && !sum.Attributes.AsSpan().SequenceEqual(counts.Attributes))
            {
                reason = "Groups that measure different attributes were computed in different forms of the E-step, whose counts are at different nodes. Use --e-step tables.";
                return null;
            }
            sum = sum is null ? counts : sum with { Counts = [.. sum.Counts.Zip(counts.Counts, (left, right) => left + right)] };
        }
        return sum;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach ((Expectation expectation, NodeSpread _) in found)
            expectation.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Counts at the nodes of the whole plan; the attributes that a part does not measure are distributed alike in all blocks of a table.</summary>
    private ItemCounts SpreadCounts(int part, int table, int own, ItemCounts counts)
    {
        CalibrationPlan plan = point.Plan;
        PlannedBlock block = parts[part].Measured.Plan.Blocks.First(block => block.Table == own);
        int categoryCount = counts.Counts.Length / counts.NodeCount;
        double[] all = new double[categoryCount * plan.NodeCount];
        for (int category = 0; category < categoryCount; category++)
        {
            found[part].Spread.Spread(
                block.Index, counts.Counts.AsSpan(category * counts.NodeCount, counts.NodeCount), all.AsSpan(category * plan.NodeCount, plan.NodeCount));
        }
        return new ItemCounts([.. Enumerable.Range(0, plan.AttributeCount)], point.ThetaOfTable(table), all);
    }
}
