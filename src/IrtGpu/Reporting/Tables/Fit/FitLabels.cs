using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>What tables call groups and classes: nothing where there is one.</summary>
internal static class FitLabels
{
    public static string Group(CalibrationPlan plan, int group) => plan.GroupCount > 1 ? plan.Shape.GroupNames[group] : "";

    public static string Class(CalibrationPlan plan, int k) => plan.ClassCount > 1 ? plan.ClassNames[k] : "";
}
