using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Linking.Forms;

/// <summary>An item of a form: its curves, from the form's slots wherever these are.</summary>
/// <param name="Planned">The item.</param>
/// <param name="Set">Its parameters, one set in all groups.</param>
/// <param name="Codes">Category codes, ascending. [category]</param>
internal sealed record FormItem(PlannedItem Planned, ItemParameterSet Set, int[] Codes)
{
    private const double DifferenceStep = 1e-3;

    public string Name => Planned.Name;

    public int CategoryCount => Planned.CategoryCount;

    /// <summary>What the categories add to a sum score: their codes above the lowest. [category]</summary>
    public int[] Points { get; } = [.. Codes.Select(code => code - Codes[0])];

    /// <summary>Whether its categories have an order that a sum score may count.</summary>
    public bool IsOrdered => Planned.Function != ItemFunction.Nominal;

    /// <summary>Whether its model has slope 1, so that only the origin of the scale can move.</summary>
    public bool HasFixedSlope => Planned.Form.Fixed.Any(parameter => parameter.Kind == ParameterKind.Slope);

    /// <summary>P(category | θ).</summary>
    /// <param name="slots">The form's slots.</param>
    /// <param name="theta">[node]</param>
    /// <param name="probability">Receives P. [category, node]</param>
    public void Fill(double[] slots, ReadOnlySpan<double> theta, Span<double> probability)
    {
        double[] z = new double[theta.Length];
        TensorPrimitives.Multiply(theta, slots[Set.FirstSlot], z);
        Span<double> shape = slots.AsSpan(Set.FirstSlot + Set.SlopeCount, Set.ShapeCount);
        Planned.Family.Operations.FillTable(z, CategoryCount, shape, Planned.Scores, probability, z.Length);
        FixedRounding.Exp(probability, probability);
    }

    /// <summary>dP/dθ, by differences of fourth order: exact to about 1e-13, and as fast as the curves.</summary>
    /// <param name="slots">The form's slots.</param>
    /// <param name="theta">[node]</param>
    /// <param name="derivative">Receives it. [category, node]</param>
    public void FillDerivative(double[] slots, ReadOnlySpan<double> theta, Span<double> derivative)
    {
        derivative.Clear();
        double[] moved = new double[theta.Length];
        double[] probability = new double[derivative.Length];
        for (int step = -2; step <= 2; step++)
        {
            if (step == 0)
                continue;
            TensorPrimitives.Add(theta, step * DifferenceStep, moved);
            Fill(slots, moved, probability);
            TensorPrimitives.MultiplyAdd(probability, (Math.Abs(step) == 1 ? 8 : -1) * Math.Sign(step) / (12 * DifferenceStep), derivative, derivative);
        }
    }
}
