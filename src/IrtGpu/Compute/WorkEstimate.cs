using IrtGpu.Planning;

namespace IrtGpu.Compute;

/// <summary>How long a calibration will keep the CPU busy, roughly: enough to weigh it against starting a device.</summary>
internal static class WorkEstimate
{
    /// <summary>Seconds that opening a device, compiling its kernels and uploading the data take.</summary>
    public const double DeviceStartSeconds = 2;

    private const double CellsPerSecond = 1e10; // (pattern, item, node, class) cells a second and thread, both halves of an E-step
    private const double CellsPerSecondByScore = 1e11; // the same through weighted scores
    private const int SeparableCellsPerNode = 4; // multiplications of a pattern and node, whatever the number of items
    private const int TypicalCycles = 20;

    /// <summary>Seconds of all E-steps on the CPU.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patternCount">P.</param>
    /// <param name="options">Cycles, standard errors.</param>
    /// <param name="threads">Number of threads.</param>
    public static double CpuSeconds(CalibrationPlan plan, long patternCount, CalibrationOptions options, int threads)
    {
        double cells = (double)patternCount * plan.ItemCount * plan.NodeCount * plan.ClassCount;
        if (plan.AttributeCount > 1 && options.EStep != EStepForm.Tables && IsSeparable(plan))
            cells = (double)patternCount * plan.NodeCount * plan.ClassCount * SeparableCellsPerNode;
        double steps = Math.Min(TypicalCycles, options.MaxCycles);
        if (options.StandardErrors is StandardErrorMethod.Oakes or StandardErrorMethod.Sandwich)
            steps += 2 * plan.Layout.FreeCount;
        bool isByScore = options.EStep != EStepForm.Tables && plan.AttributeCount == 1
            && WeightedScoreForm.Applies(plan);
        return cells * steps / ((isByScore ? CellsPerSecondByScore : CellsPerSecond) * Math.Max(1, threads));
    }

    private static bool IsSeparable(CalibrationPlan plan) => !plan.Grid.Moves
        && plan.Items.All(item => item.Attributes.Length == 1 || ItemModelOperations.Of(item.Kind).HasWeightedScore);
}
