using IrtGpu.Bench.Output;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Devices;

/// <summary>What an E-step should take by the instructions it issues, through products of matrices or weighted scores, on the cards that were counted for.</summary>
internal static class EStepPredictions
{
    /// <summary>One sentence for the head of a result.</summary>
    public const string Source = "Predictions are of an H100 or H200 at 1.98 GHz: instructions of the kernels by the rates of their units, nothing else.";

    private static readonly string[] CountedCards = ["H100", "H200"];

    private static readonly Dictionary<string, double> Milliseconds = new()
    {
        [DevicesSuite.TwoParameter] = 0.44,
        [DevicesSuite.FiveCategories] = 0.21,
        [DevicesSuite.ManyColumns] = 0.20, // of which 0.02 are terms kept between column groups, at the rate of the L2 cache
        [DevicesSuite.ThreeDimensions] = 4.0,
    };

    private static readonly Dictionary<string, double> MillisecondsByScores = new()
    {
        [DevicesSuite.TwoParameter] = 0.21,
        [DevicesSuite.ThreeDimensions] = 1.3,
    };

    /// <summary>Milliseconds of a problem on a device; a dash where they were not predicted.</summary>
    /// <param name="device">Name of the device.</param>
    /// <param name="problem">Name of the problem.</param>
    /// <param name="form">Tables or weighted scores.</param>
    public static string Show(string device, string problem, EStepForm form) =>
        BenchDevices.Find(device)?.Description is { } card && CountedCards.Any(counted => card.Contains(counted, StringComparison.Ordinal))
        && (form == EStepForm.WeightedScore ? MillisecondsByScores : Milliseconds).TryGetValue(problem, out double value)
            ? MarkdownTable.Number(value)
            : "–";
}
