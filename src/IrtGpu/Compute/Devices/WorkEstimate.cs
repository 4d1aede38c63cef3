using IrtGpu.Compute.ClosedForm;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.Devices;

/// <summary>How long a calibration will keep the CPU busy, roughly: enough to weigh it against starting a device.</summary>
internal static class WorkEstimate
{
    /// <summary>Seconds that opening a device, compiling its kernels and uploading the data take.</summary>
    public const double DeviceStartSeconds = 2;

    private const double ProductsPerSecond = 1e10; // (pattern, parameter, parameter) of one triangle, a second and thread
    private const int TypicalCycles = 20;

    /// <summary>Seconds of all E-steps on the CPU and of what else the standard errors sum over the patterns.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patternCount">P.</param>
    /// <param name="options">Cycles, standard errors, threads.</param>
    /// <param name="choice">The form of the E-steps.</param>
    public static double HostSeconds(CalibrationPlan plan, long patternCount, CalibrationOptions options, EStepChoice choice)
    {
        bool isInterpolated = choice.Split is { CanInterpolate: true };
        double secondsOfStep = choice.HostSeconds(plan, patternCount);
        double triangle = (double)plan.Layout.FreeCount * plan.Layout.FreeCount / 2;
        double steps = Math.Min(TypicalCycles, options.MaxCycles);
        double products = 0; // a pattern
        bool isClosed = isInterpolated && MissingInformation.IsFor(plan);
        if (options.StandardErrors is StandardErrorMethod.Auto or StandardErrorMethod.Oakes or StandardErrorMethod.Sandwich && !isClosed)
            steps += 2 * plan.Layout.FreeCount;
        if (options.StandardErrors is StandardErrorMethod.Auto or StandardErrorMethod.Oakes or StandardErrorMethod.Sandwich or StandardErrorMethod.Louis && isClosed)
            products += plan.ItemCount * (double)plan.ItemCount / 2; // weighted scores have a derivative by each slope
        else if (options.StandardErrors == StandardErrorMethod.Louis)
            products += triangle;
        if (options.StandardErrors is StandardErrorMethod.CrossProduct or StandardErrorMethod.Sandwich)
            products += triangle;
        return (secondsOfStep * steps + products * patternCount / ProductsPerSecond) / (options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
    }
}
