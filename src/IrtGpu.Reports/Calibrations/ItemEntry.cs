using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations;

/// <summary>An item with one set of parameters, which several groups or classes may share.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Function">Its model.</param>
/// <param name="Blocks">Groups and classes of the set, as tables call them.</param>
/// <param name="Parameters">Slopes and intercepts, of <c>items.csv</c>.</param>
/// <param name="Classical">Discriminations and difficulties, of <c>items-irt.csv</c>.</param>
internal sealed record ItemEntry(
    string Name, string Function, IReadOnlyList<BlockName> Blocks, IReadOnlyList<ItemParameter> Parameters, IReadOnlyList<ItemParameter> Classical)
{
    /// <summary>What tells it from other sets of the item; "" where there is one.</summary>
    public string Label { get; init; } = "";

    /// <summary>How often each category was given in its groups.</summary>
    public IReadOnlyList<CategoryShare> Categories { get; init; } = [];

    /// <summary>What persons of similar θ answered.</summary>
    public IReadOnlyList<ObservedShare> Observed { get; init; } = [];

    /// <summary>Its rows of <c>item-fit.csv</c> and <c>rmsd.csv</c>, by name of the statistic; of its groups that of the worst fit.</summary>
    public IReadOnlyDictionary<string, double> Fit { get; init; } = new Dictionary<string, double>();

    /// <summary>What is to be noticed, the gravest first.</summary>
    public IReadOnlyList<ItemFlag> Flags { get; init; } = [];

    /// <summary>Name and label.</summary>
    public string FullName => Label.Length == 0 ? Name : $"{Name} ({Label})";

    /// <summary>Its discrimination; NaN where it has none of its own.</summary>
    public ItemParameter? Discrimination => Classical.FirstOrDefault(parameter => parameter.Name is "a" or "MDISC");

    /// <summary>Whether its slopes are part of the model, as in the Rasch family.</summary>
    public bool HasFixedSlope => Parameters.Where(parameter => parameter.Name.StartsWith('a')).All(parameter => parameter.Status == "fixed");

    /// <summary>Its difficulties.</summary>
    public IReadOnlyList<ItemParameter> Difficulties =>
        [.. Classical.Where(parameter => parameter.Name.StartsWith("MDIFF", StringComparison.Ordinal) || (parameter.Name.StartsWith('b') && parameter.Name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0))];

    /// <summary>Mean of its difficulties; NaN where it has none.</summary>
    public double Difficulty => Difficulties.Count == 0 ? double.NaN : Difficulties.Average(parameter => parameter.Estimate);

    /// <summary>Persons who answered.</summary>
    public double Persons => Categories.Sum(category => category.Persons);

    /// <summary>Mean score as a share of the largest, scores counting from the lowest category: with two categories the share of the higher one.</summary>
    public double MeanScore
    {
        get
        {
            int[] codes = [.. Categories.Select(category => category.Code).Distinct().Order()];
            return codes.Length < 2 ? double.NaN : Categories.Sum(category => category.Persons * Array.IndexOf(codes, category.Code)) / (Persons * (codes.Length - 1));
        }
    }

    /// <summary>How far what was observed lies from the curve: the corrected RMSD, the largest of its groups; NaN where there is none.</summary>
    public double Deviation => Fit.GetValueOrDefault("rmsd_corrected", double.NaN);

    /// <summary>The gravest of the flags.</summary>
    public Level Level => Flags.Count == 0 ? Level.Good : Flags.Max(flag => flag.Level);

    /// <summary>Orders items by how much they ask to be looked at.</summary>
    public double Badness => Flags.Sum(flag => flag.Weight) + (double.IsNaN(Deviation) ? 0 : Deviation);
}

/// <summary>A group and class, as tables call them.</summary>
/// <param name="Group">"" where there is one.</param>
/// <param name="Class">"" where there is one.</param>
internal sealed record BlockName(string Group, string Class);

/// <summary>A parameter as a table has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Estimate">NaN where it is undefined.</param>
/// <param name="StandardError">NaN where there is none.</param>
/// <param name="Status"><c>free</c>, <c>fixed</c>, <c>equal</c> or <c>bound</c>; "" in the classical form.</param>
internal sealed record ItemParameter(string Name, double Estimate, double StandardError, string Status = "");

/// <summary>How often a category was given.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Persons">Summed weight.</param>
/// <param name="Theta">Mean θ of those who gave it; NaN where unknown.</param>
internal sealed record CategoryShare(int Code, double Persons, double Theta);

/// <summary>What persons of similar θ answered.</summary>
/// <param name="Group">Group and class, as shown; "" where there is one.</param>
/// <param name="Code">Category code.</param>
/// <param name="Theta">Mean θ.</param>
/// <param name="Persons">Summed weight.</param>
/// <param name="Observed">Share that gave the category.</param>
/// <param name="Expected">Its probability.</param>
internal sealed record ObservedShare(string Group, int Code, double Theta, double Persons, double Observed, double Expected);

/// <summary>Something to be noticed in an item.</summary>
/// <param name="Level">How serious it is.</param>
/// <param name="Word">Two or three words.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Weight">1 at the threshold, more beyond.</param>
internal sealed record ItemFlag(Level Level, string Word, string Text, double Weight);
