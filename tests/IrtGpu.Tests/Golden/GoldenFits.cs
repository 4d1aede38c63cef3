using System.Collections.Concurrent;
using IrtGpu.Data;
using IrtGpu.Inference;

namespace IrtGpu.Tests.Golden;

/// <summary>Fits every golden case at most once at tight convergence; shared by the tests of a class.</summary>
public sealed class GoldenFits
{
    private readonly ConcurrentDictionary<string, Lazy<GoldenFit>> fits = new(StringComparer.Ordinal);

    internal GoldenFit Tight(string id) => fits.GetOrAdd(id, key => new Lazy<GoldenFit>(() => Fit(key))).Value;

    internal static CalibrationOptions Options(GoldenCase golden) => new()
    {
        StandardErrors = StandardErrorMethod.None,
    };

    private static GoldenFit Fit(string id)
    {
        GoldenCase golden = GoldenCase.Load(id);
        ResponseData data = golden.ReadData();
        CalibrationOptions options = Options(golden) with { Tolerance = 1e-9, MaxCycles = 5000 };
        return new GoldenFit(golden, Calibration.Run(data, golden.Specification(), options, cancellation: TestContext.Current.CancellationToken));
    }
}
