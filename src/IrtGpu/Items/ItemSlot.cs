namespace IrtGpu.Items;

/// <summary>A parameter of an item as its family lays it out.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Reported name: <c>a1</c>, <c>d</c>, <c>d2</c>, <c>g</c>, ….</param>
/// <param name="Index">Attribute, or 0-based category step.</param>
/// <param name="Start">Starting value before the data are looked at, on the working scale.</param>
internal sealed record ItemSlot(ParameterKind Kind, string Name, int Index, double Start);
