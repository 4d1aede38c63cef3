namespace IrtGpu.Items;

/// <summary>A number that tables report of an item: a function of its slots, with what the delta method needs.</summary>
/// <param name="Name">Reported name.</param>
/// <param name="Value">On the reported scale; NaN where it is undefined.</param>
/// <param name="Derivatives">By slot of the item, counted from its first; a slot may come more than once. Empty: it is fixed by the family.</param>
internal sealed record ReportedParameter(string Name, double Value, IReadOnlyList<(int Slot, double Derivative)> Derivatives);
