using System.Globalization;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Saved;

/// <summary>Item parameters of an earlier calibration, to be held fixed in a new one.</summary>
/// <param name="Constraints">Their values.</param>
/// <param name="Warnings">Rows that did not apply.</param>
public sealed record AnchorFile(IReadOnlyList<ParameterConstraint> Constraints, IReadOnlyList<string> Warnings)
{
    private sealed record Anchor(string Group, string Class, string Item, string Parameter, double Value);

    /// <summary>Reads <c>items.csv</c> or <c>calibration.json</c>.</summary>
    /// <remarks>
    /// A parameter with one value in all its rows is fixed everywhere; else by group and class. Rows of items that the new
    /// data lack are passed over with a warning, and so are group-specific rows of groups that they lack.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="itemNames">Items of the new data.</param>
    /// <param name="groupNames">Groups of the new data.</param>
    /// <exception cref="SpecificationException">The file cannot be read, or anchors nothing.</exception>
    public static AnchorFile Read(string path, IReadOnlyList<string> itemNames, IReadOnlyList<string> groupNames)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(itemNames);
        ArgumentNullException.ThrowIfNull(groupNames);
        List<string> warnings = [];
        List<Anchor> anchors;
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            SavedCalibration saved = SavedCalibration.Read(path);
            warnings.AddRange(saved.Warnings);
            anchors = [.. saved.Items.Select(row => new Anchor(row.Group, row.Class, row.Item, row.Parameter, row.Estimate))];
        }
        else
        {
            anchors = ReadTable(path);
        }
        RemoveScoringEnds(anchors);

        HashSet<string> items = [.. itemNames];
        string[] strangers = [.. anchors.Select(anchor => anchor.Item).Distinct().Where(item => !items.Contains(item))];
        if (strangers.Length > 0)
            warnings.Add($"{strangers.Length} anchor item(s) are not in the data and were not used: {CodeLists.Show(strangers)}. Check the spelling if they should be.");

        List<ParameterConstraint> constraints = [];
        HashSet<string> lostGroups = [];
        foreach (IGrouping<(string, string), Anchor> parameter in anchors.Where(anchor => items.Contains(anchor.Item)).GroupBy(anchor => (anchor.Item, anchor.Parameter)))
        {
            string quoted = $"\"{parameter.Key.Item1.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            if (parameter.All(anchor => anchor.Value == parameter.First().Value))
            {
                constraints.Add(new ParameterConstraint(quoted, parameter.Key.Item2, ConstraintKind.Fixed, parameter.First().Value));
                continue;
            }
            foreach (Anchor anchor in parameter)
            {
                if (anchor.Group.Length > 0 && !groupNames.Contains(anchor.Group))
                {
                    lostGroups.Add(anchor.Group);
                    continue;
                }
                constraints.Add(new ParameterConstraint(
                    quoted, anchor.Parameter, ConstraintKind.Fixed, anchor.Value,
                    anchor.Group.Length > 0 ? anchor.Group : null, anchor.Class.Length > 0 ? anchor.Class : null));
            }
        }
        if (lostGroups.Count > 0)
            warnings.Add($"Anchors of group(s) {CodeLists.Show(lostGroups)} were not used, as the data have no such group.");
        if (constraints.Count == 0)
            throw new SpecificationException($"No row of '{path}' anchors an item of the data. {string.Join(' ', warnings)}");
        return new AnchorFile(constraints, warnings);
    }

    private static List<Anchor> ReadTable(string path)
    {
        DataTable table = QMatrixFile.ReadTable(path, "anchors");
        if (Find("item") is not { } item || Find("parameter") is not { } parameter || Find("estimate") is not { } estimate)
        {
            throw new SpecificationException(
                $"{path}:{table.HeaderLine}: anchors need the columns 'item', 'parameter' and 'estimate', but the header is '{string.Join(",", table.Columns.Select(column => column.Name))}'. Give an items.csv.");
        }
        DataColumn? group = Find("group");
        DataColumn? className = Find("class");
        List<Anchor> anchors = [];
        List<string> problems = [];
        for (int row = 0; row < table.RowCount; row++)
        {
            if (!double.TryParse(estimate.Texts[row], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                problems.Add(FormattableString.Invariant($"{path}:{table.LineOf(row)}, column 'estimate': '{estimate.Texts[row]}' is not a number. Correct it, or remove the row."));
            else
                anchors.Add(new Anchor(group?.Texts[row] ?? "", className?.Texts[row] ?? "", item.Texts[row], parameter.Texts[row].Trim(), value));
        }
        return problems.Count > 0 ? throw new SpecificationException(problems) : anchors;

        DataColumn? Find(string name) => table.Find(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Removes ak0 and the last ak of each item: the model fixes them itself.</summary>
    private static void RemoveScoringEnds(List<Anchor> anchors)
    {
        Dictionary<string, int> last = [];
        foreach (Anchor anchor in anchors)
        {
            if (CoefficientOf(anchor) is { } coefficient)
                last[anchor.Item] = Math.Max(coefficient, last.GetValueOrDefault(anchor.Item));
        }
        anchors.RemoveAll(anchor => CoefficientOf(anchor) is { } coefficient && (coefficient == 0 || coefficient == last[anchor.Item]));
    }

    private static int? CoefficientOf(Anchor anchor) =>
        anchor.Parameter.StartsWith("ak", StringComparison.Ordinal)
        && int.TryParse(anchor.Parameter.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int coefficient) ? coefficient : null;
}
