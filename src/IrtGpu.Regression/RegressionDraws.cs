using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Posterior;

namespace IrtGpu.Regression;

/// <summary>Draws from the posterior distribution of a regression, and what is made of them.</summary>
public sealed record RegressionDraws
{
    /// <summary>Draws of the parameters.</summary>
    public required PosteriorDraws Parameters { get; init; }

    /// <summary>Random effects drawn from their conditional distribution, summarised; empty where there are none.</summary>
    public IReadOnlyList<DrawnEffect> Effects { get; init; } = [];

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; init; } = 1;

    /// <summary>Probabilities of the classes, averaged over draws; empty with one class. [unit, class]</summary>
    public double[] ClassProbability { get; init; } = [];

    /// <summary>Responses drawn anew at the rows of the data, one set from each of some draws. [set][row]</summary>
    public IReadOnlyList<double[]> Predictive { get; init; } = [];

    /// <summary>Leave-one-out cross-validation; null for priors alone and where it would take too much memory.</summary>
    public CrossValidation? CrossValidation { get; init; }
}

/// <summary>Draws of one random effect of one level, summarised.</summary>
/// <param name="Group">Grouping factor.</param>
/// <param name="Level">Level.</param>
/// <param name="Term">Effect.</param>
/// <param name="Summary">Its draws.</param>
public sealed record DrawnEffect(string Group, string Level, string Term, DrawSummary Summary);

/// <summary>Log predictive density of each piece of the data given all others (PSIS-LOO).</summary>
/// <param name="Unit">What a piece is: <c>row</c>, or the grouping factor whose levels are left out whole.</param>
/// <param name="Elpd">By piece. [piece]</param>
/// <param name="ParetoShape">k̂ of each piece. [piece]</param>
/// <param name="EffectiveParameters">Effective number of parameters.</param>
/// <param name="Draws">Draws it is made of.</param>
public sealed record CrossValidation(string Unit, double[] Elpd, double[] ParetoShape, double EffectiveParameters, int Draws)
{
    /// <summary>The unit of fits that leave out row by row.</summary>
    public const string RowUnit = "row";

    /// <summary>Names of the pieces where they are levels; else empty.</summary>
    public IReadOnlyList<string> PieceNames { get; init; } = [];

    /// <summary>Sum over the pieces.</summary>
    public double Total => Elpd.Sum();

    /// <summary>Its standard error over pieces.</summary>
    public double Error => LeaveOneOut.ErrorOf(Elpd);

    /// <summary>k̂ above which a piece's density is not to be relied on.</summary>
    public double Threshold => ParetoSmoothing.Threshold(Draws);

    /// <summary>Pieces with larger k̂.</summary>
    public int UnreliableCount => ParetoShape.Count(shape => !(shape <= Threshold));

    internal static CrossValidation Of(string unit, LeaveOneOut result) => new(unit, result.Elpd, result.Shape, result.EffectiveParameters, result.Draws);

    /// <summary>What to beware of.</summary>
    internal IEnumerable<string> Warnings()
    {
        if (UnreliableCount > 0)
            yield return FormattableString.Invariant($"Cross-validation is not to be relied on in {UnreliableCount} of {Elpd.Length} pieces of the data (k̂ above {Threshold:0.00}): leaving one out changes the posterior too much for its weights. They are in loo.csv.");
    }
}
