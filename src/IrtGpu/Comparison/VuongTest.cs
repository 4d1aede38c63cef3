namespace IrtGpu.Comparison;

/// <summary>What the test of Vuong, Lo, Mendell and Rubin says.</summary>
/// <param name="P">P-value of twice the log-likelihood ratio; null where there is no test.</param>
/// <param name="AdjustedRatio">The ratio divided by 1 + 1/(df log N).</param>
/// <param name="AdjustedP">Its P-value.</param>
/// <param name="Note">Why there is none, or how to read it; empty where nothing is to say.</param>
internal sealed record VuongTest(double? P, double? AdjustedRatio, double? AdjustedP, string Note)
{
    /// <summary>Weights of the χ² variables, ascending.</summary>
    public IReadOnlyList<double> Weights { get; init; } = [];

    /// <summary>There is no test.</summary>
    /// <param name="reason">Why.</param>
    public static VuongTest None(string reason) => new(null, null, null, $"no test of Vuong, Lo, Mendell and Rubin: {reason}");
}
