using IrtGpu.Items;

namespace IrtGpu.Planning.Layout;

/// <summary>One number of the model on its working scale; several slots may be one free parameter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Reported name: <c>a1</c>, <c>d</c>, <c>d2</c>, <c>g</c>, <c>mean</c>, ….</param>
/// <param name="ParameterSet">Item parameter set it belongs to; −1 for others.</param>
/// <param name="Block">Block (population) or observed group (class logit) it belongs to; −1 for item parameters.</param>
/// <param name="Index">Attribute, 0-based category step, or class.</param>
/// <param name="Index2">Second attribute of a covariance; else 0.</param>
public sealed record ParameterSlot(
    ParameterKind Kind, string Name, int ParameterSet, int Block, int Index, int Index2 = 0);
