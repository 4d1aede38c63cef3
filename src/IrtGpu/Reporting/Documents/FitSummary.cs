using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Inference;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Reporting.Documents;

/// <summary>The content of <c>fit.json</c>; the property names, in camel case, are its keys. Null: not known.</summary>
public sealed record FitSummary
{
    /// <summary>Marginal log-likelihood.</summary>
    public required double? LogLikelihood { get; init; }

    /// <summary>−2 log-likelihood.</summary>
    public required double? Deviance { get; init; }

    /// <summary>Log prior density at the estimates.</summary>
    public required double? LogPrior { get; init; }

    /// <summary>Number of free parameters.</summary>
    public required int FreeParameters { get; init; }

    /// <summary>With sampling weights: what the free parameters count for in AIC; null without, and without standard errors.</summary>
    public double? EffectiveParameters { get; init; }

    /// <summary>Akaike's criterion; with sampling weights with the effective number of parameters.</summary>
    public required double? Aic { get; init; }

    /// <summary>Schwarz's criterion; null with sampling weights.</summary>
    public required double? Bic { get; init; }

    /// <summary>Sample-size adjusted BIC; null with sampling weights.</summary>
    public required double? Sabic { get; init; }

    /// <summary>Integrated classification likelihood criterion; null with one class or without scores.</summary>
    public double? Icl { get; init; }

    /// <summary>Relative entropy of the class memberships, 1 when all are certain; null with one class or without scores.</summary>
    public double? Entropy { get; init; }

    /// <summary>The maxima that several starts ended in, best first; empty with one start.</summary>
    public IReadOnlyList<StartOutcome> Starts { get; init; } = [];

    /// <summary>Rows of the data.</summary>
    public required int Persons { get; init; }

    /// <summary>Sum of the frequency weights; with sampling weights the number of persons whose weight is not 0.</summary>
    public required double WeightTotal { get; init; }

    /// <summary>Whether weights are sampling weights.</summary>
    public bool SamplingWeights { get; init; }

    /// <summary>Distinct response patterns.</summary>
    public required int Patterns { get; init; }

    /// <summary>Items.</summary>
    public required int Items { get; init; }

    /// <summary>Cycles done.</summary>
    public required int Cycles { get; init; }

    /// <summary>E-steps done, those of accelerators and starts included.</summary>
    public required int ESteps { get; init; }

    /// <summary>Whether the estimates are at the optimum to the tolerance asked for.</summary>
    public required bool Converged { get; init; }

    /// <summary><c>converged</c>, <c>cycleLimit</c>, <c>interrupted</c> or <c>failed</c>.</summary>
    public required string Termination { get; init; }

    /// <summary>The same in a sentence, with the remedy where there is one.</summary>
    public required string TerminationMessage { get; init; }

    /// <summary>Largest change of a free parameter in the last cycle, working scale.</summary>
    public required double? LargestChange { get; init; }

    /// <summary>Euclidean norm of the gradient at the estimates, working scale.</summary>
    public required double? GradientNorm { get; init; }

    /// <summary>Largest Monte-Carlo standard error of an estimate, in standard errors; null where attributes were integrated out.</summary>
    public double? MonteCarloError { get; init; }

    /// <summary>How attributes were integrated out: <c>grid</c>, <c>reduced</c>, <c>adaptive</c>, <c>qmc</c> or <c>stochastic</c>.</summary>
    public string Integration { get; init; } = IntegrationMethod.Grid.Name();

    /// <summary>Why so.</summary>
    public string IntegrationReason { get; init; } = "";

    /// <summary>How far the log-likelihood is off by its integration; null where that is not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IntegrationError? IntegrationError { get; init; }

    /// <summary>The nodes.</summary>
    public required QuadratureSummary Quadrature { get; init; }

    /// <summary>How the standard errors were made, or why there are none.</summary>
    public required StandardErrorSummary StandardErrors { get; init; }

    /// <summary>How the sampler fared; null when no draws were asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SamplerSummary? Draws { get; init; }

    /// <summary>What computed.</summary>
    public required string Device { get; init; }

    /// <summary>How E-steps were computed: <c>tables</c>, <c>weighted-score</c> or <c>dimension-tables</c>.</summary>
    public required string EStepForm { get; init; }

    /// <summary>Why they were computed so.</summary>
    public string EStepReason { get; init; } = "";

    /// <summary>Largest error of a pattern's log-likelihood from interpolation in the weighted score, sampled; 0 with tables.</summary>
    public required double InterpolationError { get; init; }

    /// <summary>Arithmetic of the E-step.</summary>
    public required string Precision { get; init; }

    /// <summary>Number of threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Where the time went.</summary>
    public required CalibrationTimes Seconds { get; init; }

    /// <summary>Largest resident memory of the process.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required int Seed { get; init; }

    /// <summary>SHA-256 of the input; empty when the data came from memory.</summary>
    public required string InputSha256 { get; init; }

    /// <summary>Sentences the user should read.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Version of this library.</summary>
    public static string ProgramVersion { get; } =
        typeof(FitSummary).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Sums a result up.</summary>
    /// <param name="result">The result.</param>
    /// <param name="peakMemoryBytes">Largest resident memory of the process.</param>
    public static FitSummary Of(CalibrationResult result, long peakMemoryBytes)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new FitSummary
        {
            LogLikelihood = JsonSettings.Finite(result.LogLikelihood),
            Deviance = JsonSettings.Finite(result.Deviance),
            LogPrior = JsonSettings.Finite(result.LogPrior),
            FreeParameters = result.FreeParameterCount,
            EffectiveParameters = result.StandardErrors.EffectiveParameterCount,
            Aic = JsonSettings.Finite(result.Aic),
            Bic = JsonSettings.Finite(result.Bic),
            Sabic = JsonSettings.Finite(result.Sabic),
            Icl = JsonSettings.Finite(result.Icl),
            Entropy = JsonSettings.Finite(result.Entropy),
            Starts = result.Maxima,
            Persons = result.Data.PersonCount,
            WeightTotal = result.TotalWeight,
            SamplingWeights = result.HasSamplingWeights,
            Patterns = result.Patterns.PatternCount,
            Items = result.Plan.ItemCount,
            Cycles = result.History.Count,
            ESteps = result.EStepCount,
            Converged = result.Termination.IsConverged,
            Termination = JsonNamingPolicy.CamelCase.ConvertName(result.Termination.Kind.ToString()),
            TerminationMessage = result.Termination.Message,
            LargestChange = result.History.Count == 0 ? null : JsonSettings.Finite(result.History[^1].LargestChange),
            GradientNorm = JsonSettings.Finite(result.GradientNorm),
            MonteCarloError = LargestMonteCarloError(result),
            Integration = result.Plan.Integration.Method.Name(),
            IntegrationReason = result.Plan.Integration.Reason,
            IntegrationError = result.IntegrationError,
            Quadrature = QuadratureSummary.Of(result),
            StandardErrors = StandardErrorSummary.Of(result.StandardErrors),
            Draws = result.Draws is { } draws ? SamplerSummary.Of(draws) : null,
            Device = result.Device,
            EStepForm = result.EStep.Name(),
            EStepReason = result.EStepReason,
            InterpolationError = result.InterpolationError,
            Precision = "double",
            Threads = result.Threads,
            Seconds = result.Seconds,
            PeakMemoryBytes = peakMemoryBytes,
            Version = ProgramVersion,
            Seed = result.Options.Seed,
            InputSha256 = result.Data.Sha256,
            Warnings = result.Warnings,
        };
    }

    private static double? LargestMonteCarloError(CalibrationResult result)
    {
        int count = result.MonteCarloErrors.Count;
        double largest = double.NaN;
        for (int k = 0; k < count && result.StandardErrors.Covariance is not null; k++)
        {
            double share = result.MonteCarloErrors[k] / Math.Sqrt(result.StandardErrors.Covariance[(long)k * count + k]);
            if (!(share <= largest) && double.IsFinite(share))
                largest = share;
        }
        return JsonSettings.Finite(largest);
    }

    /// <summary>Writes <c>fit.json</c>.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonSettings.Write(stream, json => json.Object(this, DocumentWriter.Write));
    }

    /// <summary>The text of <c>fit.json</c>.</summary>
    public string ToJson() => JsonSettings.Text(json => json.Object(this, DocumentWriter.Write));
}

/// <summary>Standard errors in <c>fit.json</c>.</summary>
/// <param name="Method"><c>none</c>, <c>complete</c>, <c>xpd</c>, <c>louis</c>, <c>oakes</c> or <c>sandwich</c>.</param>
/// <param name="Reason">Why there are none; null when there are.</param>
/// <param name="ConditionNumber">Largest over smallest eigenvalue of the information matrix; null when not computed.</param>
public sealed record StandardErrorSummary(string Method, string? Reason, double? ConditionNumber)
{
    /// <summary>The method's name on the command line.</summary>
    /// <param name="method">The method.</param>
    public static string NameOf(StandardErrorMethod method) => method switch
    {
        StandardErrorMethod.None => "none",
        StandardErrorMethod.Complete => "complete",
        StandardErrorMethod.CrossProduct => "xpd",
        StandardErrorMethod.Louis => "louis",
        StandardErrorMethod.Oakes => "oakes",
        StandardErrorMethod.Sandwich => "sandwich",
        StandardErrorMethod.Auto => "auto",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such estimator of standard errors."),
    };

    internal static StandardErrorSummary Of(StandardErrors errors) => new(NameOf(errors.Method), errors.Reason, JsonSettings.Finite(errors.ConditionNumber));
}
