using System.Globalization;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Saved.Anchors;

/// <summary>Slopes and intercepts of anchors that are given as discriminations and difficulties.</summary>
internal static class ClassicalAnchors
{
    private const string Discrimination = "a";
    private const string Difficulty = "b";

    /// <summary>Whether the names are those of the classical form: some difficulty or discrimination, and no intercept.</summary>
    /// <param name="function">The item's function; null: not known.</param>
    /// <param name="parameters">Names of its parameters.</param>
    public static bool IsClassical(ItemFunction? function, IReadOnlyCollection<string> parameters) =>
        !parameters.Any(name => IndexOf(name, "d") is not null)
        && parameters.Any(name => IndexOf(name, Difficulty) is not null || Is(name, Discrimination) || (function == ItemFunction.Nominal && IndexOf(name, "c") is not null));

    /// <summary>Number of categories by the names of difficulties or intercepts; null where there are none.</summary>
    /// <param name="parameters">Names of the item's parameters.</param>
    public static int? CountCategories(IReadOnlyCollection<string> parameters)
    {
        int[] steps = [.. parameters.Select(name => IndexOf(name, "d") ?? IndexOf(name, Difficulty)).OfType<int>()];
        int[] curves = [.. parameters.Select(name => IndexOf(name, "c")).OfType<int>()];
        return steps.Length > 0 ? steps.Max() + 1 : curves.Length > 0 ? curves.Max() : null;
    }

    /// <summary>Rewrites the rows of one item in one group and class.</summary>
    /// <param name="item">The item as it will be planned.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="slopeName">Name of its slope: <c>a1</c> in one dimension.</param>
    /// <exception cref="SpecificationException">Something that the other form needs is missing.</exception>
    public static IEnumerable<AnchorRow> Convert(PlannedItem item, IReadOnlyList<AnchorRow> rows, string slopeName)
    {
        Dictionary<string, double> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (AnchorRow row in rows)
            values[row.Parameter] = row.Value;
        AnchorRow blank = rows[0];
        int stepCount = item.CategoryCount - 1;
        if (item.Function == ItemFunction.Nominal && values.ContainsKey("c1"))
            return ConvertNominal(item, blank, values);
        double? fixedSlope = item.Form.Fixed.FirstOrDefault(parameter => parameter.Kind == ParameterKind.Slope)?.Value;
        double slope = values.TryGetValue(Discrimination, out double a) || values.TryGetValue(slopeName, out a) ? a
            : fixedSlope ?? throw new SpecificationException(
                $"{blank.Place}: '{item.Name}' has difficulties but no discrimination, which its intercepts −a·b need. Add its row 'a', or give the item a model with slope 1 (rasch, pcm).");
        double[] difficulties = [.. Enumerable.Range(0, stepCount).Select(step =>
        {
            string name = stepCount == 1 ? Difficulty : FormattableString.Invariant($"{Difficulty}{step + 1}");
            return values.TryGetValue(name, out double value) || (stepCount == 1 && values.TryGetValue(Difficulty + "1", out value)) ? value
                : throw new SpecificationException($"{blank.Place}: '{item.Name}' has {item.CategoryCount} categories but no {name}. Add its row.");
        })];
        double[] intercepts = item.Family.InterceptsOf(item, slope, difficulties);
        return
        [
            blank with { Parameter = slopeName, Value = slope },
            .. intercepts.Select((value, step) => blank with { Parameter = InterceptName(step, stepCount), Value = value }),
            .. rows.Where(row => Is(row.Parameter, "g") || Is(row.Parameter, "u")),
        ];
    }

    /// <summary>Bock's (1972) form: a_m = a (ak_m − mean ak), c_m = d_m − mean d.</summary>
    private static List<AnchorRow> ConvertNominal(PlannedItem item, AnchorRow blank, Dictionary<string, double> values)
    {
        double[] Read(string letter) => [.. Enumerable.Range(1, item.CategoryCount).Select(number => values.TryGetValue(FormattableString.Invariant($"{letter}{number}"), out double value)
            ? value
            : throw new SpecificationException(FormattableString.Invariant($"{blank.Place}: '{item.Name}' has {item.CategoryCount} categories but no {letter}{number}. Add its row.")))];
        double[] slopes = Read("a");
        double[] intercepts = Read("c");
        int last = item.CategoryCount - 1;
        double slope = (slopes[last] - slopes[0]) / last;
        if (slope == 0)
            throw new SpecificationException($"{blank.Place}: the slopes a1 and a{item.CategoryCount} of '{item.Name}' are equal, so that no ak belongs to them. Give its items.csv.");
        List<AnchorRow> rows = [blank with { Parameter = "a1", Value = slope }];
        for (int category = 1; category <= last; category++)
            rows.Add(blank with { Parameter = InterceptName(category - 1, last), Value = intercepts[category] - intercepts[0] });
        for (int category = 1; category < last; category++)
            rows.Add(blank with { Parameter = FormattableString.Invariant($"ak{category}"), Value = (slopes[category] - slopes[0]) / slope });
        return rows;
    }

    private static string InterceptName(int step, int stepCount) => stepCount == 1 ? "d" : FormattableString.Invariant($"d{step + 1}");

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>1 for the letter alone, else the number behind it; null: it is another name.</summary>
    private static int? IndexOf(string name, string letter) => Is(name, letter) ? 1
        : name.StartsWith(letter, StringComparison.OrdinalIgnoreCase) && int.TryParse(name.AsSpan(letter.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
