using System.Collections.Concurrent;

namespace IrtGpu.Tests.Golden;

/// <summary>Fits of golden cases; at tight convergence at most once, shared by the tests of a class.</summary>
public sealed class GoldenFits
{
    private readonly ConcurrentDictionary<string, Lazy<GoldenFit>> fits = new(StringComparer.Ordinal);

    /// <summary>Convergence beyond the bounds of comparison, and nothing but estimates.</summary>
    internal static CalibrationOptions Options { get; } = new() { Tolerance = 1e-8, StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None };

    internal GoldenFit Tight(string id) => fits.GetOrAdd(id, key => new Lazy<GoldenFit>(() =>
    {
        GoldenCase golden = GoldenCase.Load(key);
        return new GoldenFit(golden, Fit(golden, Options with { Tolerance = 1e-9, MaxCycles = 5000, Scores = ScoreMethod.Eap }));
    })).Value;

    internal static CalibrationResult Fit(GoldenCase golden, CalibrationOptions options) =>
        Calibration.Run(golden.ReadData(), golden.Specification(), options, cancellation: TestContext.Current.CancellationToken);

    internal static void AssertAtReference(GoldenCase golden, CalibrationResult result)
    {
        GoldenFit fit = new(golden, result);
        GoldenTests.AssertLogLikelihood(fit);
        GoldenTests.AssertEstimates(fit);
    }

    /// <summary>Every case with each of the values that apply to it.</summary>
    internal static TheoryData<string, T> Product<T>(T[] values, Func<GoldenCase, T, bool> applies)
    {
        TheoryData<string, T> data = [];
        foreach (string id in GoldenCase.Ids)
        {
            GoldenCase golden = GoldenCase.Load(id);
            foreach (T value in values.Where(value => applies(golden, value)))
                data.Add(id, value);
        }
        return data;
    }
}
