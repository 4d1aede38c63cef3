namespace IrtGpu.Fit.Information;

/// <summary>Which measure persons are classified by.</summary>
public enum ClassificationMeasure
{
    /// <summary>A maximum likelihood estimate, normal about θ with the variance 1/I(θ).</summary>
    Theta,

    /// <summary>The sum score over all items of the group.</summary>
    SumScore,
}

/// <summary>How well persons of a group who answer all its items are put into the categories that cut scores make.</summary>
/// <remarks>
/// Over the group's population: accuracy is the share put where their θ belongs, consistency the share that two parallel tests put
/// alike, κ consistency beyond what equal shares would give by chance.
/// </remarks>
/// <param name="Group">Observed group.</param>
/// <param name="Measure">What is compared with the cut.</param>
/// <param name="Cut">Which cut, from 0, alone; −1: all cuts at once.</param>
public sealed record ClassificationAgreement(int Group, ClassificationMeasure Measure, int Cut)
{
    /// <summary>The cut on the scale of θ; NaN for all cuts at once.</summary>
    public double ThetaCut { get; init; }

    /// <summary>Smallest sum score above the cut; NaN for all cuts at once.</summary>
    public double ScoreCut { get; init; }

    /// <summary>Share of persons whose category is that of their θ.</summary>
    public double Accuracy { get; init; }

    /// <summary>Share put into too high a category.</summary>
    public double FalsePositive { get; init; }

    /// <summary>Share put into too low a category.</summary>
    public double FalseNegative { get; init; }

    /// <summary>Share that two independent measurements put into the same category.</summary>
    public double Consistency { get; init; }

    /// <summary>Consistency if the measurements were unrelated: Σ of squared shares of the categories.</summary>
    public double Chance { get; init; }

    /// <summary>(consistency − chance)/(1 − chance); NaN where all are in one category.</summary>
    public double Kappa => (Consistency - Chance) / (1 - Chance);
}
