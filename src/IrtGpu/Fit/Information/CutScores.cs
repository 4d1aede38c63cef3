namespace IrtGpu.Fit.Information;

/// <summary>Cut scores: who reaches one belongs to the category above it.</summary>
/// <param name="Values">Ascending.</param>
/// <param name="Measure">Their scale.</param>
public sealed record CutScores(IReadOnlyList<double> Values, ClassificationMeasure Measure)
{
    /// <summary>No cuts: nothing is classified.</summary>
    public static CutScores None { get; } = new([], ClassificationMeasure.Theta);

    /// <summary>What is wrong with them; null where nothing is.</summary>
    public string? Problem =>
        Values.Any(value => !double.IsFinite(value)) ? "Cut scores must be numbers."
        : Values.Zip(Values.Skip(1)).Any(pair => !(pair.First < pair.Second)) ? $"Cut scores must rise, but are {string.Join(", ", Values.Select(value => FormattableString.Invariant($"{value}")))}."
        : null;
}
