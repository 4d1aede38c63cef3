using IrtGpu.Compute.ProductGrid;
using IrtGpu.Inference;
using IrtGpu.Inference.ClosedForm;
using IrtGpu.Planning;

namespace IrtGpu.Compute;

/// <summary>How long a calibration will keep the CPU busy, roughly: enough to weigh it against starting a device.</summary>
internal static class WorkEstimate
{
    /// <summary>Seconds that opening a device, compiling its kernels and uploading the data take.</summary>
    public const double DeviceStartSeconds = 2;

    private const double CellsPerSecond = 1e10; // (pattern, item, node, class) cells a second and thread, both halves of an E-step
    private const double CellsPerSecondByScore = 2e11; // the same through weighted scores
    private const double ProductsPerSecond = 1e10; // (pattern, parameter, parameter) of one triangle, a second and thread
    private const int ProductGridCellsPerNode = 4; // multiplications of a pattern and node, whatever the number of items
    private const int TypicalCycles = 20;

    /// <summary>Seconds of all E-steps on the CPU and of what else the standard errors sum over the patterns.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patternCount">P.</param>
    /// <param name="options">Cycles, standard errors.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="split">How the CPU splits the test; null: tables at all nodes.</param>
    public static double CpuSeconds(CalibrationPlan plan, long patternCount, CalibrationOptions options, int threads, ProductGridItems? split)
    {
        double cells = (double)patternCount * plan.ItemCount * plan.NodeCount * plan.ClassCount;
        if (plan.AttributeCount > 1 && split is not null)
            cells = (double)patternCount * plan.NodeCount * plan.ClassCount * ProductGridCellsPerNode;
        bool isInterpolated = split is { CanInterpolate: true };
        double secondsOfStep = cells / (isInterpolated ? CellsPerSecondByScore : CellsPerSecond);
        double triangle = (double)plan.Layout.FreeCount * plan.Layout.FreeCount / 2;
        double steps = Math.Min(TypicalCycles, options.MaxCycles);
        double products = 0; // a pattern
        bool isClosed = isInterpolated && MissingInformation.IsFor(plan);
        if (options.StandardErrors is StandardErrorMethod.Oakes or StandardErrorMethod.Sandwich && !isClosed)
            steps += 2 * plan.Layout.FreeCount;
        if (options.StandardErrors is StandardErrorMethod.Oakes or StandardErrorMethod.Sandwich or StandardErrorMethod.Louis && isClosed)
            products += plan.ItemCount * (double)plan.ItemCount / 2; // weighted scores have a derivative by each slope
        else if (options.StandardErrors == StandardErrorMethod.Louis)
            products += triangle;
        if (options.StandardErrors is StandardErrorMethod.CrossProduct or StandardErrorMethod.Sandwich)
            products += triangle;
        return (secondsOfStep * steps + products * patternCount / ProductsPerSecond) / Math.Max(1, threads);
    }
}
