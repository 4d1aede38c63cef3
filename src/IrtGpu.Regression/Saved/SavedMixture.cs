using System.Text.Json.Serialization;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Saved;

/// <summary>What <c>regression.json</c> holds of a mixture: a finished fit, without its data.</summary>
internal sealed record SavedMixture : SavedFit
{
    /// <summary>What the file is, in its key <c>kind</c>.</summary>
    public const string MixtureKind = "mixture";

    public required int Classes { get; init; }

    public required string? MembershipColumn { get; init; }

    public required string? ClassFormula { get; init; }

    public required string? KnownClassColumn { get; init; }

    public required IReadOnlyList<string> KnownNames { get; init; }

    public required IReadOnlyList<string> EqualAcrossClasses { get; init; }

    public required string? OrderBy { get; init; }

    public required ClassEffects Effects { get; init; }

    public required int? Nodes { get; init; }

    public required IReadOnlyList<string> Priors { get; init; }

    public required IReadOnlyList<string> CoefficientNames { get; init; }

    public required IReadOnlyList<string> ClassColumnNames { get; init; }

    public required string EffectGroup { get; init; }

    public required IReadOnlyList<string> EffectNames { get; init; }

    public required bool HasCorrelations { get; init; }

    /// <summary>Class after class: coefficients, σ, standard deviations, inverse hyperbolic tangents of partial correlations; then class coefficients from the second class on.</summary>
    public required double[] Parameters { get; init; }

    public required IReadOnlyList<SavedBasis> Bases { get; init; }

    public required IReadOnlyList<SavedBasis> ClassBases { get; init; }

    /// <summary>Which parameters there are.</summary>
    [JsonIgnore]
    public MixtureShape Shape => new()
    {
        ClassCount = Classes,
        Coefficients = CoefficientNames,
        ClassColumns = ClassColumnNames,
        EffectGroup = EffectGroup,
        Effects = EffectNames,
        HasCorrelations = HasCorrelations,
        SharesEffects = Effects == ClassEffects.Shared,
    };

    /// <summary>The options that the fit was asked with.</summary>
    [JsonIgnore]
    public MixtureOptions Options => new()
    {
        Classes = Classes,
        MembershipColumn = MembershipColumn,
        ClassFormula = ClassFormula,
        KnownClassColumn = KnownClassColumn,
        EqualAcrossClasses = EqualAcrossClasses,
        OrderBy = OrderBy,
        Effects = Effects,
        Nodes = Nodes,
        Priors = Priors,
        WeightColumn = WeightColumn,
    };

    public static SavedMixture Of(MixtureFit fit, string inputSha256)
    {
        MixtureShape shape = fit.Problem.Layout.Shape;
        double[] natural = new double[fit.Problem.Layout.SlotCount];
        fit.Problem.Scale.ToNatural(fit.Problem.Layout, fit.Full, natural);
        return new SavedMixture
        {
            Kind = MixtureKind,
            Version = ProgramVersion.Current,
            Formula = fit.Formula,
            WeightColumn = fit.Options.WeightColumn,
            Criterion = fit.LogPrior is null ? "ML" : "posterior mode",
            LogLikelihood = fit.LogLikelihood,
            FreeParameters = fit.FreeParameters,
            Rows = fit.Rows,
            Converged = fit.Termination.IsConverged,
            Classes = fit.Classes,
            MembershipColumn = fit.Options.MembershipColumn,
            ClassFormula = fit.Options.ClassFormula,
            KnownClassColumn = fit.Options.KnownClassColumn,
            KnownNames = fit.Problem.KnownNames,
            EqualAcrossClasses = fit.Options.EqualAcrossClasses,
            OrderBy = fit.Options.OrderBy,
            Effects = fit.Options.Effects,
            Nodes = fit.Options.Nodes,
            Priors = fit.Options.Priors,
            CoefficientNames = shape.Coefficients,
            ClassColumnNames = shape.ClassColumns,
            EffectGroup = shape.EffectGroup,
            EffectNames = shape.Effects,
            HasCorrelations = shape.HasCorrelations,
            Parameters = natural,
            Bases = [.. fit.Problem.Frame.Bases.Select(SavedBasis.Of)],
            ClassBases = [.. fit.Problem.ClassBases.Select(SavedBasis.Of)],
            InputSha256 = inputSha256,
            Loo = SavedValidation.Of(fit.Draws),
        };
    }

    /// <summary>Whether a file, or the <c>regression.json</c> of a folder, holds a mixture.</summary>
    public static bool IsMixture(string path) => SavedRegression.KindOf(path) == MixtureKind;

    /// <summary>Reads a file, or the file of that name in a folder.</summary>
    /// <exception cref="DataException">It is not there, or is no finished mixture.</exception>
    public static SavedMixture Read(string path) => Read<SavedMixture>(path, MixtureKind, "This is no mixture of 'irtgpu regress'.");

    /// <summary>Returns where the formulas make the columns of the file, in whatever data.</summary>
    /// <exception cref="DataException">They do not.</exception>
    public void Require(ModelFrame frame, IReadOnlyList<string> classColumns)
    {
        if (CoefficientNames.FirstOrDefault(name => !frame.Fixed.Names.Contains(name)) is { } unknown)
            throw Failure(Path, $"The formula '{Formula}' does not make the column '{unknown}' that the file has: it was changed by hand. Fit the model again.");
        if (!classColumns.SequenceEqual(ClassColumnNames))
            throw Failure(Path, $"The class formula '{ClassFormula}' does not make the columns that the file has: it was changed by hand. Fit the model again.");
        if (!frame.Random.SelectMany(term => term.Effects.Names).SequenceEqual(EffectNames))
            throw Failure(Path, $"The formula '{Formula}' does not make the effects that the file has: it was changed by hand. Fit the model again.");
    }

    protected override void Check(string file)
    {
        const int mostClasses = 10_000;
        bool isSound = Classes is >= 1 and <= mostClasses && ClassColumnNames.Count >= 1
            && CoefficientNames.Distinct(StringComparer.Ordinal).Count() == CoefficientNames.Count
            && EffectNames.Distinct(StringComparer.Ordinal).Count() == EffectNames.Count
            && Enum.IsDefined(Effects)
            && Parameters.Length == (long)Classes * (CoefficientNames.Count + 1 + EffectNames.Count + Shape.CorrelationCount) + (Classes - 1L) * ClassColumnNames.Count
            && Array.TrueForAll(Parameters, double.IsFinite)
            && Bases.Concat(ClassBases).All(basis => basis.Levels.Distinct(StringComparer.Ordinal).Count() == basis.Levels.Count);
        if (!isSound)
            throw Failure(file, "The file is damaged: its lists of names and parameters do not fit each other. Fit the model again.");
        MixtureLayout layout = new(Shape, _ => false, _ => null);
        for (int slot = 0; slot < layout.SlotCount; slot++)
        {
            if (layout.Slots[slot].Kind is SlotKind.LogSigma or SlotKind.LogDeviation && !(Parameters[slot] >= 0))
                throw Failure(file, $"The file is damaged: {layout.Slots[slot].Name} is {FormattableString.Invariant($"{Parameters[slot]}")}. Fit the model again.");
        }
    }
}
