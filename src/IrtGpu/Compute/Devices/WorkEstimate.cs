using IrtGpu.Compute.ClosedForm;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Compute.Devices;

/// <summary>How long a calibration will keep the CPU busy, roughly: enough to weigh it against starting a device.</summary>
internal static class WorkEstimate
{
    private const double ProductsPerSecond = 1e10; // (pattern, parameter, parameter) of one triangle, a second and thread
    private const int TypicalCycles = 20;
    private const int BytesPerResponse = 2; // a digit and what separates it from the next
    private const int ParametersPerItem = 2; // at least

    /// <summary>The same before the data are read: from the size of their file and the number of its columns, where no response pattern comes twice.</summary>
    /// <param name="bytes">Size of the file; of one that is compressed what it is, so that the work is estimated too low.</param>
    /// <param name="columnCount">Columns of the file.</param>
    /// <param name="specification">The model.</param>
    /// <param name="options">Cycles, standard errors, threads.</param>
    public static double HostSeconds(long bytes, int columnCount, ModelSpecification specification, CalibrationOptions options)
    {
        int attributes = specification.Attributes.Count;
        double nodes = Math.Pow(specification.Quadrature.Nodes ?? QuadratureSpecification.DefaultNodes(attributes), attributes);
        bool isScored = specification.Functions.All(assignment => ItemFamily.Of(assignment.Function).Operations.HasWeightedScore);
        double patterns = (double)bytes / BytesPerResponse / columnCount;
        double secondsOfStep = EStepChoice.HostSeconds(
            patterns * nodes * specification.ClassCount, columnCount, isSplit: attributes > 1, isInterpolated: attributes == 1 && isScored);
        double steps = Math.Min(TypicalCycles, options.MaxCycles);
        if (!isScored && options.StandardErrors is StandardErrorMethod.Auto or StandardErrorMethod.Oakes or StandardErrorMethod.Sandwich)
            steps += 2.0 * ParametersPerItem * columnCount;
        return secondsOfStep * steps / ThreadsOf(options);
    }

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
        return (secondsOfStep * steps + products * patternCount / ProductsPerSecond) / ThreadsOf(options);
    }

    private static int ThreadsOf(CalibrationOptions options) => options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
}
