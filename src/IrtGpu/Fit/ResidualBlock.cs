using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit;

/// <summary>Log-probabilities of some patterns' responses to one item after the other, at each pattern's own θ̂; one instance serves one thread.</summary>
/// <remarks>Patterns take the place of nodes, so that the loops of the E-step's tables evaluate them.</remarks>
internal sealed class ResidualBlock
{
    public const int Size = 512; // patterns

    private readonly ModelPoint point;
    private readonly PatternTable patterns;
    private readonly double[] theta;
    private readonly double[] at;
    private readonly double[] z = new double[Size];
    private readonly double[] logProbability;
    private int[] members = [];

    public ResidualBlock(ModelPoint point, PatternTable patterns)
    {
        this.point = point;
        this.patterns = patterns;
        theta = new double[Size * point.Plan.AttributeCount];
        at = new double[theta.Length];
        logProbability = new double[Size * point.Plan.Items.Max(item => item.CategoryCount)];
    }

    /// <summary>Patterns of the block.</summary>
    public ReadOnlySpan<int> Members => members;

    /// <summary>Chooses the patterns.</summary>
    /// <param name="chosen">At most <see cref="Size"/>.</param>
    /// <param name="estimates">Their θ̂.</param>
    public void Choose(ReadOnlySpan<int> chosen, PointEstimates estimates)
    {
        members = chosen.ToArray();
        int attributeCount = point.Plan.AttributeCount;
        for (int k = 0; k < members.Length; k++)
            estimates.Theta.AsSpan(members[k] * attributeCount, attributeCount).CopyTo(theta.AsSpan(k * attributeCount));
    }

    /// <summary>Response to an item; <see cref="ResponseData.Missing"/> where there is none.</summary>
    public byte Response(int k, int item) => patterns.Row(members[k])[item];

    /// <summary>Evaluates an item at θ̂ + shift of one attribute.</summary>
    /// <param name="set">The item's parameters.</param>
    /// <param name="shift">Added to θ̂ of the first attribute.</param>
    /// <returns>log P. [category, pattern of the block]; good until the next call</returns>
    public ReadOnlySpan<double> Evaluate(ItemParameterSet set, double shift = 0)
    {
        PlannedItem item = point.Plan.Items[set.Item];
        int attributeCount = point.Plan.AttributeCount;
        Span<double> shifted = at.AsSpan(0, members.Length * attributeCount);
        theta.AsSpan(0, shifted.Length).CopyTo(shifted);
        for (int k = 0; k < shifted.Length; k += attributeCount)
            shifted[k] += shift;
        ItemTables.FillItem(point, set, shifted, item.Attributes, attributeCount, z.AsSpan(0, members.Length), logProbability, members.Length);
        return logProbability.AsSpan(0, item.CategoryCount * members.Length);
    }
}
