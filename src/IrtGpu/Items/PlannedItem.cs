namespace IrtGpu.Items;

/// <summary>An item as it will be estimated.</summary>
/// <param name="Name">Column name.</param>
/// <param name="Function">What the user asked for.</param>
/// <param name="CategoryCount">M.</param>
/// <param name="FirstRow">Its first category row; row = FirstRow + category.</param>
/// <param name="Scores">Category scores s_m. [category]</param>
/// <param name="Attributes">Attributes it measures, ascending. [loading]</param>
public sealed record PlannedItem(string Name, ItemFunction Function, int CategoryCount, int FirstRow, double[] Scores, int[] Attributes)
{
    /// <summary>The response function that computes it.</summary>
    internal ItemFamily Family { get; } = ItemFamily.Of(Function);

    /// <summary>What the function makes of it.</summary>
    internal ItemForm Form { get; } = ItemFamily.FormOf(Function);
}
