using IrtGpu.Fit.Information;
using IrtGpu.Fit.Items;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Fit.LocalDependence;
using IrtGpu.Fit.Persons;
using IrtGpu.Planning;

namespace IrtGpu.Fit;

/// <summary>How a model fits; what was not asked for, or was not reached before an interruption, is null.</summary>
public sealed record FitReport
{
    /// <summary>The model.</summary>
    public required CalibrationPlan Plan { get; init; }

    /// <summary>M2 or M2*: all groups together, then, where there are several, each.</summary>
    public IReadOnlyList<ModelFit>? ModelFits { get; init; }

    /// <summary>C2, likewise; null also where no item has more than two categories, as it is then M2.</summary>
    public IReadOnlyList<ModelFit>? CategoryFits { get; init; }

    /// <summary>Item by item in each group.</summary>
    public IReadOnlyList<ItemFit>? Items { get; init; }

    /// <summary>RMSD and MD, item by item in each group.</summary>
    public IReadOnlyList<ItemDeviation>? Deviations { get; init; }

    /// <summary>Pairs of items, the most dependent first.</summary>
    public IReadOnlyList<PairTest>? Pairs { get; init; }

    /// <summary>Patterns.</summary>
    public PersonFit? Persons { get; init; }

    /// <summary>Posterior means for sum scores, group by group.</summary>
    public IReadOnlyList<SumScoreEap>? SumScores { get; init; }

    /// <summary>Accuracy and consistency of classification at cut scores, group by group.</summary>
    public IReadOnlyList<ClassificationAgreement>? Classification { get; init; }

    /// <summary>Information functions, group by group.</summary>
    public IReadOnlyList<InformationCurves>? Information { get; init; }

    /// <summary>What there is none of and why, and how to read what there is; sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether it was interrupted.</summary>
    public bool IsInterrupted { get; init; }
}

/// <summary>How an item fits in an observed group.</summary>
/// <param name="Group">Observed group.</param>
/// <param name="Item">Item.</param>
public sealed record ItemFit(int Group, int Item)
{
    /// <summary>S-X²; null: not asked for, or not defined, which the notes say.</summary>
    public ItemTest? SumScores { get; init; }

    /// <summary>X² over groups of θ̂.</summary>
    public ItemTest? X2 { get; init; }

    /// <summary>G² over groups of θ̂.</summary>
    public ItemTest? G2 { get; init; }

    /// <summary>PV-Q1, over ranges of plausible values.</summary>
    public ItemTest? PlausibleValues { get; init; }

    /// <summary>Mean squares over posteriors.</summary>
    public MeanSquares? OverPosterior { get; init; }

    /// <summary>Mean squares at posterior means.</summary>
    public MeanSquares? AtEap { get; init; }

    /// <summary>Mean squares at weighted likelihood estimates.</summary>
    public MeanSquares? AtWle { get; init; }
}

/// <summary>RMSD and MD of an item in an observed group.</summary>
/// <param name="Group">Observed group.</param>
/// <param name="Item">Item.</param>
/// <param name="Deviation">The deviations.</param>
public sealed record ItemDeviation(int Group, int Item, RootMeanSquareDeviation Deviation);
