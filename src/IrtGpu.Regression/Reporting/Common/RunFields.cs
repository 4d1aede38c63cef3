using System.Text.Json;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Regression.Reporting.Common;

/// <summary>What <c>fit.json</c> and <c>run.json</c> tell of the run itself, whatever was fitted.</summary>
internal static class RunFields
{
    /// <summary>How the estimation ended.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="cycles">Steps taken.</param>
    /// <param name="evaluations">Evaluations of the criterion.</param>
    /// <param name="termination">Why it ended.</param>
    public static void WriteEnd(Utf8JsonWriter json, int cycles, int evaluations, Termination termination)
    {
        json.Field("cycles", cycles);
        json.Field("evaluations", evaluations);
        json.Field("converged", termination.IsConverged);
        json.Field("termination", termination.Kind);
        json.Field("terminationMessage", termination.Message);
    }

    /// <summary>Where, how long, from what.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="threads">Threads that worked.</param>
    /// <param name="seconds">Where the time went.</param>
    /// <param name="peakMemoryBytes">Largest resident memory of the process.</param>
    /// <param name="seed">Seed of everything random.</param>
    /// <param name="inputSha256">Hash of the data file.</param>
    /// <param name="warnings">Sentences the user should read.</param>
    public static void WriteRun(
        Utf8JsonWriter json, int threads, RegressionTimes seconds, long peakMemoryBytes, int seed, string inputSha256, IReadOnlyList<string> warnings)
    {
        json.Field("device", "cpu");
        json.Field("precision", "double");
        json.Field("threads", threads);
        json.WriteStartObject("seconds");
        json.Field("read", seconds.Read);
        json.Field("plan", seconds.Plan);
        json.Field("estimate", seconds.Estimate);
        json.Field("standardErrors", seconds.StandardErrors);
        json.Field("score", seconds.Score);
        json.Field("draw", seconds.Draw);
        json.Field("total", seconds.Total);
        json.WriteEndObject();
        json.Field("peakMemoryBytes", peakMemoryBytes);
        json.Field("version", ProgramVersion.Current);
        json.Field("seed", seed);
        json.Field("inputSha256", inputSha256);
        json.Field("warnings", warnings);
    }

    /// <summary>What <c>run.json</c> tells beside its files.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="arguments">Arguments of the run.</param>
    /// <param name="inputSha256">Hash of the data file.</param>
    /// <param name="seed">Seed of everything random.</param>
    public static void WriteManifest(Utf8JsonWriter json, IReadOnlyList<string> arguments, string inputSha256, int seed)
    {
        json.Field("programVersion", ProgramVersion.Current);
        json.Field("arguments", arguments);
        json.Field("inputSha256", inputSha256);
        json.Field("seed", seed);
    }
}
