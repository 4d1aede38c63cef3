using IrtGpu.Models;

namespace IrtGpu.Items.Evaluation;

/// <summary>The constants of an item, computed once.</summary>
/// <param name="values">[kind, index]</param>
/// <param name="count">Constants of each kind.</param>
internal readonly ref struct ItemConstantTable(ReadOnlySpan<double> values, int count) : IItemConstants
{
    private readonly ReadOnlySpan<double> values = values;
    private readonly int count = count;

    public double this[int kind, int index] => values[kind * count + index];
}
