using System.Text.Json.Serialization;
using IrtGpu.Items;

namespace IrtGpu.Planning.Layout;

/// <summary>What a parameter is, as files keep it: the same whatever words messages have for it.</summary>
/// <param name="Kind">Kind of parameter.</param>
/// <param name="Item">Item it belongs to.</param>
/// <param name="Category">Category, 0-based: of an intercept the one above its step.</param>
/// <param name="Attribute">Attribute of a slope, mean, variance or covariance.</param>
/// <param name="Attribute2">Second attribute of a covariance.</param>
/// <param name="Group">First observed group that has it, where not all have.</param>
/// <param name="Class">First latent class that has it, where not all have.</param>
internal sealed record ParameterKey(
    ParameterKind Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Item = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Category = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Attribute = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Attribute2 = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Group = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Class = null)
{
    /// <summary>The key of each free parameter: that of the first slot it enters.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>[free]</returns>
    public static ParameterKey[] OfFree(CalibrationPlan plan) => [.. plan.Layout.RepresentativeSlot.Select(slot => Of(plan, plan.Layout.Slots[slot]))];

    private static ParameterKey Of(CalibrationPlan plan, ParameterSlot slot)
    {
        ItemParameterSet? set = slot.ParameterSet < 0 ? null : plan.ParameterSets[slot.ParameterSet];
        PlannedBlock? block = set is { Blocks.Length: var count } ? count == plan.Blocks.Count ? null : plan.Blocks[set.Blocks[0]]
            : slot.Block < 0 ? null : plan.Blocks[slot.Block];
        string Attribute(int index) => plan.Specification.Attributes[index];
        ParameterKey key = new(
            slot.Kind, set is null ? null : plan.Items[set.Item].Name,
            Group: block is null || plan.GroupCount == 1 ? null : plan.Shape.GroupNames[block.Group],
            Class: block is null || plan.ClassCount == 1 ? null : plan.ClassNames[block.Class]);
        return slot.Kind switch
        {
            ParameterKind.Slope or ParameterKind.UnitLoading or ParameterKind.Mean => key with { Attribute = Attribute(slot.Index) },
            ParameterKind.Covariance => key with { Attribute = Attribute(slot.Index), Attribute2 = Attribute(slot.Index2) },
            ParameterKind.Intercept or ParameterKind.Easiness or ParameterKind.Threshold => key with { Category = slot.Index + 1 },
            ParameterKind.ScoringCoefficient => key with { Category = slot.Index },
            ParameterKind.LowerAsymptote or ParameterKind.UpperAsymptote or ParameterKind.Location or ParameterKind.ClassLogit => key,
            _ => throw new ArgumentOutOfRangeException(nameof(slot), slot.Kind, "A parameter of this kind has no key."),
        };
    }
}
