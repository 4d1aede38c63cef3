using IrtGpu.Compute;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Scoring.Information;

/// <summary>Expected information of an item about its linear predictor z, in one block; one instance serves one thread.</summary>
/// <remarks>
/// I(z) = −Σ_m P_m ∂² log P_m/∂z², of which the category m has the share P_m · (−∂² log P_m/∂z²) (Samejima 1969, Psychometrika Monograph 17).
/// About θ it is I(z) a aᵀ: along a direction u of length 1, I(z) (a · u)².
/// </remarks>
internal sealed class ItemInformation
{
    private readonly ItemParameterSet set;
    private readonly PlannedItem item;
    private readonly double[] shape;
    private readonly double[] logProbability;
    private readonly double[] unit;
    private readonly double[] gradient;
    private readonly double[] hessian;

    public ItemInformation(ModelPoint point, PlannedBlock block, int item)
    {
        set = point.Plan.ParameterSets[point.Plan.Tables[block.Table].SetOfItem[item]];
        this.item = point.Plan.Items[item];
        double[] slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount).ToArray();
        Slopes = slots[..set.SlopeCount];
        shape = slots[set.SlopeCount..];
        logProbability = new double[this.item.CategoryCount];
        unit = new double[this.item.CategoryCount];
        gradient = new double[1 + set.ShapeCount];
        hessian = new double[PackedTriangle.Length(1 + set.ShapeCount)];
        Share = new double[this.item.CategoryCount];
        Probability = new double[this.item.CategoryCount];
    }

    /// <summary>Slopes. [loading]</summary>
    public double[] Slopes { get; }

    /// <summary>Attribute of each loading.</summary>
    public int[] Attributes => item.Attributes;

    /// <summary>What each category has of the information at the last z. [category]</summary>
    public double[] Share { get; }

    /// <summary>P at the last z. [category]</summary>
    public double[] Probability { get; }

    /// <summary>Information about z at θ.</summary>
    /// <param name="theta">θ. [attribute]</param>
    public double At(ReadOnlySpan<double> theta)
    {
        double z = 0;
        for (int loading = 0; loading < Slopes.Length; loading++)
            z += Slopes[loading] * theta[Attributes[loading]];
        item.Family.Operations.FillTable([z], item.CategoryCount, shape, item.Scores, logProbability, 1);
        double sum = 0;
        for (int category = 0; category < item.CategoryCount; category++)
        {
            Array.Clear(unit);
            Array.Clear(gradient);
            Array.Clear(hessian);
            unit[category] = 1;
            item.Family.Operations.AddDerivatives(z, item.CategoryCount, shape, item.Scores, logProbability, 1, unit, 1, gradient, hessian);
            Probability[category] = Math.Exp(logProbability[category]);
            Share[category] = Probability[category] > 0 ? -Probability[category] * hessian[0] : 0;
            sum += Share[category];
        }
        return Math.Max(0, sum);
    }

    /// <summary>a · u.</summary>
    /// <param name="direction">u. [attribute]</param>
    public double Along(ReadOnlySpan<double> direction)
    {
        double sum = 0;
        for (int loading = 0; loading < Slopes.Length; loading++)
            sum += Slopes[loading] * direction[Attributes[loading]];
        return sum;
    }

    /// <summary>Those of a block's items.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="block">The block.</param>
    public static IReadOnlyList<(int Item, ItemInformation Information)> OfBlock(ModelPoint point, PlannedBlock block)
    {
        int[] setOfItem = point.Plan.Tables[block.Table].SetOfItem;
        return [.. Enumerable.Range(0, point.Plan.ItemCount).Where(item => setOfItem[item] >= 0).Select(item => (item, new ItemInformation(point, block, item)))];
    }
}
