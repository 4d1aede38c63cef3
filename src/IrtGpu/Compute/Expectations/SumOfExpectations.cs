using System.Numerics.Tensors;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Expectations;

/// <summary>Expectations of parts of the data as one: every answer is the sum of the parts' answers, in their order.</summary>
internal sealed class SumOfExpectations : Expectation
{
    private readonly Expectation[] parts;
    private readonly ItemEvaluation[] evaluations; // of the parts but the first, whose answer is given to the asker's

    /// <summary>Takes over the parts.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parts">At least one; disposed of with the sum.</param>
    public SumOfExpectations(CalibrationPlan plan, Expectation[] parts)
    {
        this.parts = parts;
        evaluations = [.. parts.Skip(1).Select(_ => new ItemEvaluation(plan))];
        foreach (Expectation part in parts)
            LogLikelihood += part.LogLikelihood;
        InterpolationError = parts.Max(part => part.InterpolationError);
    }

    /// <inheritdoc/>
    public override PopulationMoments Population(int block)
    {
        PopulationMoments[] moments = [.. parts.Select(part => part.Population(block))];
        double[] powers = [.. moments[0].Powers];
        foreach (PopulationMoments more in moments.AsSpan(1))
            TensorPrimitives.Add(powers, more.Powers, powers);
        return new PopulationMoments(moments.Sum(part => part.Weight), powers);
    }

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => TrySum([.. parts.Select(part => part.TryNodeTotals(block))]);

    /// <inheritdoc/>
    internal override double[]? TryMeansByRow(int block) => TrySum([.. parts.Select(part => part.TryMeansByRow(block))]);

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        foreach (ItemEvaluation other in evaluations)
            other.CopyQuestion(evaluation);
        ShardedBackend.ForEachShard(parts.Length, part => parts[part].Evaluate(part == 0 ? evaluation : evaluations[part - 1]));
        foreach (ItemEvaluation other in evaluations)
            evaluation.AddAnswer(other);
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = null;
        List<ItemCounts> counts = [];
        foreach (Expectation part in parts)
        {
            if (part.TryItemCounts(table, item, out reason) is not { } found)
                return null;
            counts.Add(found);
        }
        if (counts.Any(other => other.NodeCount != counts[0].NodeCount))
        {
            reason = "Parts of the data were computed in different forms of the E-step, whose counts are at different nodes. Ask for one form by --e-step.";
            return null;
        }
        return counts[0] with { Counts = TrySum([.. counts.Select(other => other.Counts)])! };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (Expectation part in parts)
            part.Dispose();
        base.Dispose(disposing);
    }

    private static double[]? TrySum(double[]?[] terms)
    {
        if (terms.Contains(null))
            return null;
        double[] sum = [.. terms[0]!];
        foreach (double[]? term in terms.AsSpan(1))
            TensorPrimitives.Add(sum, term!, sum);
        return sum;
    }
}
