using IrtGpu.Data.Answers;
using IrtGpu.Data.Reading;
using IrtGpu.Specification;

namespace IrtGpu.Saved.Anchors;

/// <summary>Items of an earlier calibration, whose values are to be held fixed in a new one.</summary>
/// <remarks>
/// A value means something in its model only, so that anchors bring their item function with them, and a <c>calibration.json</c> their
/// category codes and scores too. Steps: <see cref="Read"/>, reading the data with <see cref="ReaderOptions"/>, <see cref="Apply"/>.
/// </remarks>
public sealed class AnchorFile
{
    private readonly string path;
    private readonly IReadOnlyList<AnchorRow> rows;
    private readonly SavedCalibration? saved; // null: a table
    private readonly Dictionary<string, KnownItem> known;

    private AnchorFile(string path, IReadOnlyList<AnchorRow> rows, SavedCalibration? saved)
    {
        this.path = path;
        this.rows = rows;
        this.saved = saved;
        known = saved is null ? CountCategories(rows) : KnownItems(saved);
    }

    /// <summary>Reads <c>items.csv</c>, <c>items-irt.csv</c>, a table of that form, <c>calibration.json</c> or the folder that it is in.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SpecificationException">The file cannot be read.</exception>
    public static AnchorFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path))
            return new AnchorFile(path, AnchorTable.Read(path), null);
        SavedCalibration saved = SavedCalibration.Read(path);
        return new AnchorFile(path, [.. saved.Items.Select(row => new AnchorRow(path, row.Group, row.Class, row.Item, row.Function, row.Parameter, row.Estimate))], saved);
    }

    /// <summary>What the reader must know to read data that may have anchored items.</summary>
    /// <param name="options">The other options of the reader.</param>
    public ResponseReaderOptions ReaderOptions(ResponseReaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { KnownItems = known };
    }

    /// <summary>Holds the anchored items of a model.</summary>
    /// <remarks>
    /// A parameter with one value in all its rows is fixed everywhere; else by group and class. Rows of items that the new
    /// data lack are passed over with a warning, and so are group-specific rows of groups that they lack.
    /// </remarks>
    /// <param name="specification">The model; what it says of an item's function and scores must agree with the anchors.</param>
    /// <param name="itemNames">Items of the new data.</param>
    /// <param name="categoryCodes">Their category codes. [item][category]</param>
    /// <param name="groupNames">Groups of the new data.</param>
    /// <exception cref="SpecificationException">The anchors do not fit data and model, or anchor nothing; every reason found.</exception>
    public AnchoredModel Apply(ModelSpecification specification, IReadOnlyList<string> itemNames, IReadOnlyList<int[]> categoryCodes, IReadOnlyList<string> groupNames)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(itemNames);
        ArgumentNullException.ThrowIfNull(categoryCodes);
        ArgumentNullException.ThrowIfNull(groupNames);
        List<string> warnings = [.. saved?.Warnings ?? []];
        string[] strangers = [.. rows.Select(row => row.Item).Distinct().Except(itemNames)];
        if (strangers.Length > 0)
            warnings.Add($"{strangers.Length} anchor item(s) are not in the data and were not used: {Data.Coding.CodeLists.Show(strangers)}. Check the spelling if they should be.");

        AnchoredItems items = new(specification, itemNames, categoryCodes, saved, known);
        HashSet<string> names = [.. itemNames];
        foreach (IGrouping<string, AnchorRow> item in rows.GroupBy(row => row.Item).Where(item => names.Contains(item.Key)))
            items.Add([.. item]);
        items.Refuse();
        AnchorConstraints constraints = new(groupNames);
        foreach (AnchorRow row in items.Rows)
            constraints.Add(row);
        warnings.AddRange(constraints.Warnings);
        if (constraints.All.Count == 0)
            throw new SpecificationException($"No row of '{path}' anchors an item of the data. {string.Join(' ', warnings)}");
        return new AnchoredModel(items.Specification with { Constraints = [.. constraints.All, .. specification.Constraints] }, warnings);
    }

    private static Dictionary<string, KnownItem> KnownItems(SavedCalibration saved) => Enumerable.Range(0, saved.Shape.ItemNames.Length).ToDictionary(
        item => saved.Shape.ItemNames[item],
        item => new KnownItem(saved.Shape.CategoryCodes[item].Length, saved.Shape.CategoryCodes[item], saved.Shape.Answers?[item]));

    private static Dictionary<string, KnownItem> CountCategories(IReadOnlyList<AnchorRow> rows)
    {
        Dictionary<string, KnownItem> known = [];
        foreach (IGrouping<string, AnchorRow> item in rows.GroupBy(row => row.Item))
        {
            if (ClassicalAnchors.CountCategories([.. item.Select(row => row.Parameter)]) is { } count)
                known[item.Key] = new KnownItem(count);
        }
        return known;
    }
}
