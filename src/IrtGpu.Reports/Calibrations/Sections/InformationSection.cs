using IrtGpu.Fit.Information;
using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>How precisely the test measures along the scale.</summary>
internal static class InformationSection
{
    public static Section? Of(CalibrationSource source)
    {
        // Blocks with the same items have the same curve: it is drawn once, where it reaches farthest.
        NamedCurve[] curves =
        [
            .. Enumerable.Range(0, source.Information.Count).GroupBy(source.ItemsOf).SelectMany(same =>
            {
                int widest = same.MaxBy(block => source.Information[block].Directions is [var first, ..] ? first.Position[^1] - first.Position[0] : 0);
                string name = same.Count() == source.Information.Count ? "" : string.Join(", ", same.Select(source.BlockName));
                return source.Information[widest].Directions.Select(direction => new NamedCurve(name, direction));
            }),
        ];
        if (curves.Length == 0)
            return null;
        IGrouping<string, NamedCurve>[] directions = [.. curves.GroupBy(one => one.Curve.Name)];
        return new Section("information", "Precision", "Information of all items together, and the standard error of measurement 1/√information that follows from it: low where the test tells persons apart.")
        {
            Figures = [.. directions.Select(direction => Figure(source, direction.Key, [.. direction]))],
        };
    }

    private static Figure Figure(CalibrationSource source, string direction, IReadOnlyList<NamedCurve> curves)
    {
        List<Series> series = [];
        int colour = 0;
        foreach ((string name, DirectionCurve curve) in curves)
        {
            string of = curves.Count > 1 && name.Length > 0 ? $" ({name})" : "";
            series.Add(new Series($"information{of}", SeriesForm.Line, curve.Position, curve.Test) { Colour = colour });
            series.Add(new Series($"standard error{of}", SeriesForm.Dashed, curve.Position, [.. curve.Test.Select(StandardError)]) { Colour = curves.Count > 1 ? colour : 1, IsRight = true });
            colour++;
        }
        DirectionCurve first = curves[0].Curve;
        int best = Array.IndexOf(first.Test, first.Test.Max());
        double largest = series.Where(one => one.IsRight).SelectMany(one => one.Y).Where(double.IsFinite).DefaultIfEmpty(1).Min() * 4;
        bool isOne = source.Point.Plan.AttributeCount == 1;
        return new Figure($"information-{source.Information[0].Directions.ToList().FindIndex(one => one.Name == direction)}", isOne ? "Test information" : $"Test information along {direction}",
            $"Most information, {Number.Show(first.Test[best], 2)}, at {Number.Show(first.Position[best], 1)}, where the standard error is {Number.Show(StandardError(first.Test[best]), 2)}.",
            new Axis(isOne ? direction : "distance from the mean"), new Axis("information", 0), series)
        { Right = new Axis("standard error", 0, Math.Ceiling(largest * 10) / 10) };
    }

    private static double StandardError(double information) => information > 0 ? 1 / Math.Sqrt(information) : double.NaN;

    private sealed record NamedCurve(string Name, DirectionCurve Curve);
}
