using System.Text.Json;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Regression.Saved;

/// <summary>What <c>regression.json</c> holds: a finished fit, without its data.</summary>
internal sealed record SavedRegression : SavedFit
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "regression.json";

    /// <summary>What the file is, in its key <c>kind</c>.</summary>
    public const string RegressionKind = "regression";

    private static readonly string[] Kinds = [RegressionKind, SavedMixture.MixtureKind];

    public required double Sigma { get; init; }

    public required IReadOnlyList<string> FixedNames { get; init; }

    public required double[] FixedEffects { get; init; }

    public required double[] FixedCovariance { get; init; }

    public required IReadOnlyList<SavedTerm> Terms { get; init; }

    public required IReadOnlyList<SavedBasis> Bases { get; init; }

    /// <summary>The effects of the terms as predicted.</summary>
    public IReadOnlyList<PredictedEffects> Predicted =>
        [.. Terms.Select(term => new PredictedEffects(term.Group, term.Effects, term.Levels, term.Values, [], []))];

    /// <summary>What the variables of the formula took from the data.</summary>
    public IReadOnlyList<Basis> FormulaBases => SavedBasis.ToBases(Bases);

    public static SavedRegression Of(MixedModelFit fit, string inputSha256) => new()
    {
        Kind = RegressionKind,
        Version = ProgramVersion.Current,
        Formula = fit.Formula,
        WeightColumn = fit.Options.WeightColumn,
        Criterion = fit.Options.Criterion.Name(),
        LogLikelihood = fit.LogLikelihood,
        FreeParameters = fit.FreeParameters,
        Rows = fit.Rows,
        Converged = fit.Termination.IsConverged,
        Sigma = fit.Sigma,
        FixedNames = [.. fit.FixedEffects.Select(row => row.Term)],
        FixedEffects = [.. fit.FixedEffects.Select(row => row.Estimate)],
        FixedCovariance = fit.FixedCovariance,
        Terms = [.. fit.Covariances.Zip(fit.Predicted, (covariance, predicted) => new SavedTerm(covariance.Group, covariance.Effects, covariance.Covariance, predicted.Levels, predicted.Values))],
        Bases = [.. fit.Problem.Frame.Bases.Select(SavedBasis.Of)],
        InputSha256 = inputSha256,
        Loo = SavedValidation.Of(fit.Draws),
    };

    /// <summary>Reads a file, or the file of that name in a folder.</summary>
    /// <exception cref="DataException">It is not there, or is no finished regression.</exception>
    public static SavedRegression Read(string path) => Read<SavedRegression>(path, RegressionKind, "This is no result of 'irtgpu regress'.");

    /// <summary>Whether a file, or the folder, holds a regression, mixtures among them: told by its key <c>kind</c>.</summary>
    public static bool IsRegression(string path)
    {
        if (Directory.Exists(path))
            return File.Exists(System.IO.Path.Combine(path, FileName));
        return File.Exists(path) ? KindOf(path) is not null : System.IO.Path.GetFileName(path) == FileName;
    }

    /// <summary>Which of the kinds a file is, or the file in a folder; null where it is none.</summary>
    public static string? KindOf(string path)
    {
        string file = Directory.Exists(path) ? System.IO.Path.Combine(path, FileName) : path;
        try
        {
            using FileStream stream = File.OpenRead(file);
            using JsonDocument document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("kind", out JsonElement kind) || kind.ValueKind != JsonValueKind.String)
                return null;
            return Kinds.FirstOrDefault(known => kind.ValueEquals(known)); // its text may be no text: bytes are compared
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            return null; // whoever reads it as something else says what is wrong
        }
    }

    /// <summary>Returns where the formula makes the effects of the file, in whatever data.</summary>
    /// <param name="frame">The formula in new data.</param>
    /// <exception cref="DataException">The file has effects that its formula does not make.</exception>
    public void Require(ModelFrame frame)
    {
        if (FixedNames.FirstOrDefault(name => !frame.Fixed.Names.Contains(name)) is { } unknown)
            throw Failure(Path, $"The formula '{Formula}' does not make the effect '{unknown}' that the file has: it was changed by hand. Fit the model again.");
        List<SavedTerm> left = [.. Terms];
        foreach (RandomDesign design in frame.Random)
        {
            if (left.Find(term => term.Group == design.Group && term.Effects.SequenceEqual(design.Effects.Names)) is not { } found)
                throw Failure(Path, $"The file has no random effects {string.Join(", ", design.Effects.Names)} of '{design.Group}', which its formula '{Formula}' makes: it was changed by hand. Fit the model again.");
            left.Remove(found);
        }
    }

    protected override void Check(string file)
    {
        bool isSound = FixedEffects.Length == FixedNames.Count && FixedCovariance.Length == FixedNames.Count * FixedNames.Count && double.IsFinite(Sigma) && Sigma >= 0
            && FixedNames.Distinct(StringComparer.Ordinal).Count() == FixedNames.Count
            && Terms.All(term => term.Covariance.Length == term.Effects.Count * term.Effects.Count && term.Values.Length == term.Levels.Count * term.Effects.Count
                && term.Levels.Distinct(StringComparer.Ordinal).Count() == term.Levels.Count)
            && Bases.All(basis => basis.Levels.Distinct(StringComparer.Ordinal).Count() == basis.Levels.Count);
        if (!isSound)
            throw Failure(file, "The file is damaged: its lists of effects, levels and covariances do not fit each other. Fit the model again.");
    }
}

/// <summary>A random-effect term of a saved regression.</summary>
/// <param name="Group">Grouping factor.</param>
/// <param name="Effects">Effects.</param>
/// <param name="Covariance">Their covariance matrix. [effect, effect]</param>
/// <param name="Levels">Levels.</param>
/// <param name="Values">Predicted effects. [level, effect]</param>
internal sealed record SavedTerm(string Group, IReadOnlyList<string> Effects, double[] Covariance, IReadOnlyList<string> Levels, double[] Values);

/// <summary>What a variable of the formula took from the data.</summary>
/// <param name="Variable">Its text.</param>
/// <param name="Levels">Levels of a factor.</param>
/// <param name="Values">Numbers of <c>poly</c> and <c>scale</c>.</param>
internal sealed record SavedBasis(string Variable, IReadOnlyList<string> Levels, double[] Values)
{
    public static SavedBasis Of(Basis basis) => new(basis.Variable, basis.Levels, [.. basis.Values]);

    public static IReadOnlyList<Basis> ToBases(IReadOnlyList<SavedBasis> saved) => [.. saved.Select(basis => new Basis(basis.Variable, basis.Levels, basis.Values))];
}
