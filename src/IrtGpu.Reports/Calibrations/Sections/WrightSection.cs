using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>Persons and items on one scale.</summary>
internal static class WrightSection
{
    /// <summary>The map of the first attribute; null where items have no difficulties.</summary>
    public static Section? Of(CalibrationSource source)
    {
        PlacedStep[] steps = [.. source.Items.SelectMany(item => item.Difficulties.Where(step => double.IsFinite(step.Estimate)).Select(step => new PlacedStep(item, step)))];
        if (steps.Length == 0 || source.Point.Plan.AttributeCount > 1)
            return null;
        IReadOnlyList<Series> persons = ScoreDistributions.Series(source.Folder, source.Point.Plan.Specification.Attributes[0]);
        (double low, double high) = Range(source, steps, persons);
        bool isLong = steps.Length > 400;
        Series items = Points("items", steps.Where(step => step.Step.Estimate >= low && step.Step.Estimate <= high), isLong);
        string text = $"{Number.Count(steps.Length)} {(steps.Length == source.Items.Count ? "difficulties" : "steps")} from {Number.Show(steps.Min(step => step.Step.Estimate), 2)} to {Number.Show(steps.Max(step => step.Step.Estimate), 2)}"
            + (steps.Any(step => step.Step.Estimate < low || step.Step.Estimate > high) ? "; those beyond the picture are in the table of items." : ".");
        Figure figure = new("wright", "Wright map", text, new Axis("persons", 0), new Axis(source.Point.Plan.Specification.Attributes[0], low, high), [.. persons, items])
        {
            Layout = FigureLayout.Wright,
            Height = Math.Clamp(320 + 4 * steps.Length, 420, 760),
        };
        return new Section("map", "Persons and items", persons.Count > 0
            ? "To the left how many persons have a score, to the right where items are on the same scale. Where persons are and no items, the test measures them poorly."
            : "Where items are on the scale.")
        { Figures = [figure] };
    }

    private static Series Points(string name, IEnumerable<PlacedStep> steps, bool isLong)
    {
        PlacedStep[] all = [.. steps];
        return new Series(name, SeriesForm.Points, new double[all.Length], [.. all.Select(step => step.Step.Estimate)])
        {
            Labels = [.. all.Select(step => step.Item.Difficulties.Count > 1 ? $"{step.Item.FullName} {step.Step.Name[1..].Replace("DIFF", "", StringComparison.Ordinal)}" : step.Item.FullName)],
            Colour = isLong ? 1 : null,
        };
    }

    /// <summary>From four standard deviations below the lowest population to four above the highest, and no farther than there is something.</summary>
    private static (double Low, double High) Range(CalibrationSource source, PlacedStep[] steps, IReadOnlyList<Series> persons)
    {
        double low = source.Curves.Grid[0];
        double high = source.Curves.Grid[^1];
        double least = steps.Select(step => step.Step.Estimate).Concat(persons.SelectMany(series => series.Lower)).Where(value => value >= low).DefaultIfEmpty(low).Min();
        double most = steps.Select(step => step.Step.Estimate).Concat(persons.SelectMany(series => series.Upper)).Where(value => value <= high).DefaultIfEmpty(high).Max();
        double step = (high - low) / 16;
        return (Math.Floor((least - 0.02 * (most - least)) / step) * step, Math.Ceiling((most + 0.02 * (most - least)) / step) * step);
    }

    private sealed record PlacedStep(ItemEntry Item, ItemParameter Step);
}
