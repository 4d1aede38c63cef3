using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Tests.Fit;

/// <summary>The same patterns as often as something else says.</summary>
internal static class ChangedFrequency
{
    public static PatternTable Of(PatternTable patterns, double[] frequency, CalibrationPlan plan) => PatternTable.Compress(new ResponseData
    {
        ItemNames = plan.Shape.ItemNames,
        CategoryCodes = plan.Shape.CategoryCodes,
        Responses = new([.. Enumerable.Range(0, patterns.PatternCount).SelectMany(pattern => patterns.Row(pattern).ToArray())], plan.ItemCount),
        PersonCount = patterns.PatternCount,
        Weights = frequency,
        GroupNames = plan.Shape.GroupNames,
        Groups = plan.GroupCount == 1 ? null : patterns.Groups,
    });
}
