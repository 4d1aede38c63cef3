using IrtGpu.Data;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Saved.Anchors;

/// <summary>Anchored items one by one: understood in their model, compared with the new one and with the data, rewritten to its parameters.</summary>
internal sealed class AnchoredItems
{
    private readonly ModelSpecification specification;
    private readonly IReadOnlyList<string> itemNames;
    private readonly IReadOnlyList<int[]> categoryCodes;
    private readonly SavedCalibration? saved;
    private readonly Dictionary<string, KnownItem> known;
    private readonly ItemFunction?[] functions; // that the model names [item]
    private readonly double[]?[] scores; // that the model gives [item]
    private readonly Dictionary<string, int> indexOf = [];
    private readonly List<AnchorRow> rows = [];
    private readonly List<FunctionAssignment> assignments = [];
    private readonly List<CategoryScores> carriedScores = [];
    private readonly List<string> problems = [];
    private readonly List<AnchorRow> unstated = []; // the first of each item whose model is not known
    private readonly Dictionary<(string Here, string There), List<string>> otherModels = [];

    public AnchoredItems(
        ModelSpecification specification, IReadOnlyList<string> itemNames, IReadOnlyList<int[]> categoryCodes, SavedCalibration? saved, Dictionary<string, KnownItem> known)
    {
        this.specification = specification;
        this.itemNames = itemNames;
        this.categoryCodes = categoryCodes;
        this.saved = saved;
        this.known = known;
        functions = new ItemFunction?[itemNames.Count];
        scores = new double[]?[itemNames.Count];
        for (int item = 0; item < itemNames.Count; item++)
            indexOf[itemNames[item]] = item;
        foreach (FunctionAssignment assignment in specification.Functions)
            Assign(assignment.Items, item => functions[item] = assignment.Function);
        foreach (CategoryScores given in specification.CategoryScores)
            Assign(given.Items, item => scores[item] = given.Scores);
    }

    /// <summary>The values, by the names of the model.</summary>
    public IReadOnlyList<AnchorRow> Rows => rows;

    /// <summary>The model with what anchors add to it; entries of its own come later, so that they win.</summary>
    public ModelSpecification Specification => specification with
    {
        Functions = [.. specification.Functions, .. assignments],
        CategoryScores = [.. specification.CategoryScores, .. carriedScores],
    };

    /// <exception cref="SpecificationException">Something does not fit.</exception>
    public void Refuse()
    {
        foreach (((string here, string there), List<string> items) in otherModels)
        {
            string list = string.Join(',', items.Select(Listed));
            problems.Add($"{items.Count} anchored item(s) ({CodeLists.Show(items)}) are {there} in the anchors, but the model says {here}, in which the same numbers mean something else. "
                + $"Give them their model (--model '…;{list}={there}', or 'model: {{…, \"{list}\": {there}}}' in a --spec file), or name models for the other items only: anchored items bring theirs.");
        }
        if (unstated.Count > 0)
        {
            string[] items = [.. unstated.Select(row => row.Item)];
            problems.Add($"{unstated[0].Place}: the anchors do not say of which model {items.Length} item(s) of more than two categories are ({CodeLists.Show(items)}), and the same numbers mean one thing in gpcm and another in grm. "
                + $"Add a column 'function' to the table, or give the model (--model '{string.Join(',', items.Select(Listed))}=grm').");
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
    }

    /// <summary>Takes the rows of an item that the data have.</summary>
    /// <param name="ofItem">All its rows.</param>
    public void Add(IReadOnlyList<AnchorRow> ofItem)
    {
        string name = ofItem[0].Item;
        int index = indexOf[name];
        if (!FitsCategories(ofItem[0], index) || !TryFunction(ofItem, index, out ItemFunction? stated))
            return;
        ItemFunction? function = functions[index] ?? stated ?? Infer(ofItem, index);
        if (function is null)
        {
            unstated.Add(ofItem[0]);
            return;
        }
        if (stated is { } there && !AreAlike(function.Value, there, categoryCodes[index].Length))
        {
            (string, string) models = (function.Value.Name(), there.Name());
            if (!otherModels.TryGetValue(models, out List<string>? items))
                otherModels[models] = items = [];
            items.Add(name);
            return;
        }
        if (functions[index] is null)
            assignments.Add(new FunctionAssignment(QuotedList.Quote(name), function.Value));
        if (TryPlan(name, index, function.Value) is not { } item)
            return;
        try
        {
            foreach (IGrouping<(string, string), AnchorRow> block in ofItem.GroupBy(row => (row.Group, row.Class)))
                AddBlock(item, index, stated, [.. block]);
        }
        catch (SpecificationException exception)
        {
            problems.AddRange(exception.Problems);
        }
    }

    private void AddBlock(PlannedItem item, int index, ItemFunction? stated, AnchorRow[] block)
    {
        IEnumerable<AnchorRow> converted = block;
        if (ClassicalAnchors.IsClassical(stated ?? item.Function, [.. block.Select(row => row.Parameter)]))
        {
            if (item.Attributes.Length != 1)
            {
                throw new SpecificationException(
                    $"{block[0].Place}: '{item.Name}' has difficulties, which belong to one slope, but it measures {item.Attributes.Length} attributes. Give its slopes a1, a2, … and intercepts d, as items.csv has them.");
            }
            converted = ClassicalAnchors.Convert(item, block, SlopeName(item.Attributes[0]));
        }
        HashSet<string> names = [.. item.Family.Report(item, new double[item.Family.Slots(item).Count]).Select(parameter => parameter.Name)];
        foreach (AnchorRow row in converted.Select(row => saved is null ? row : RenameSlope(row, item)))
        {
            if (MeansNothing(item, row))
                continue;
            if (!names.Contains(row.Parameter))
            {
                problems.Add($"{row.Place}: {row.Parameter} of '{item.Name}' is no parameter of {item.Function.Name()} with {item.CategoryCount} categories here, which has {string.Join(", ", names)}. "
                    + "Correct the table, or give the item the model that its values are of (a column 'function', or --model).");
                return;
            }
            rows.Add(row);
        }
    }

    /// <summary>What other programs write of parameters that the model does not have, and ends of scoring coefficients, which it fixes itself.</summary>
    private static bool MeansNothing(PlannedItem item, AnchorRow row)
    {
        if (row.Parameter is "ak0" || row.Parameter == FormattableString.Invariant($"ak{item.CategoryCount - 1}"))
            return true;
        return (row.Parameter == "g" && row.Value == 0 && !item.Family.HasAsymptotes)
            || (row.Parameter == "u" && row.Value == 1 && (!item.Family.HasAsymptotes || item.Form.Hides(ParameterKind.UpperAsymptote)));
    }

    private bool FitsCategories(AnchorRow row, int index)
    {
        int[] codes = categoryCodes[index];
        if (!known.TryGetValue(row.Item, out KnownItem? there) || (there.Codes?.SequenceEqual(codes) ?? there.CategoryCount == codes.Length))
            return true;
        problems.Add(there.Codes is { } codesThere
            ? $"'{row.Item}' has the category codes {CodeLists.Show(codesThere)} in '{row.Place}', but {CodeLists.Show(codes)} here. Declare the same codes, or leave --codes out: anchors of a calibration.json bring theirs."
            : $"{row.Place}: '{row.Item}' has {there.CategoryCount} categories in the anchors but {codes.Length} here (codes {CodeLists.Show(codes)}), and a table of parameters does not tell which is which. "
                + $"If nobody gave an answer that there is, give the calibration.json of the earlier run as --anchors, which knows the codes, or declare them, lowest first (--codes '{Listed(row.Item)}=…'); "
                + "else remove the item's rows from the table.");
        return false;
    }

    private bool TryFunction(IReadOnlyList<AnchorRow> ofItem, int index, out ItemFunction? stated)
    {
        stated = null;
        string[] texts = [.. ofItem.Select(row => row.Function).Where(text => text.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (texts.Length == 0)
            return true;
        if (texts.Length > 1)
            problems.Add($"{ofItem[0].Place}: '{ofItem[0].Item}' has two models in the anchors, {texts[0]} and {texts[1]}. Correct the column 'function'.");
        else if (ModelParser.TryFunction(texts[0], $"{ofItem[0].Place}, column 'function'", problems) is { } function)
            stated = function;
        return stated is not null;
    }

    /// <summary>The model of two categories by its parameters; null with more, where names do not say.</summary>
    private ItemFunction? Infer(IReadOnlyList<AnchorRow> ofItem, int index)
    {
        bool Has(string parameter, double without) => ofItem.Any(row => row.Parameter == parameter && row.Value != without);
        if (categoryCodes[index].Length == 2)
            return Has("u", 1) ? ItemFunction.FourParameter : Has("g", 0) ? ItemFunction.ThreeParameter : ItemFunction.TwoParameter;
        bool isSlopesOnly = ofItem.All(row => row.Parameter.StartsWith('a') && !row.Parameter.StartsWith("ak", StringComparison.Ordinal));
        return ofItem.Any(row => row.Parameter.StartsWith("ak", StringComparison.Ordinal)) ? ItemFunction.Nominal : isSlopesOnly ? ItemFunction.GeneralizedPartialCredit : null;
    }

    /// <summary>Whether the same numbers mean the same: one response function, and with two categories all but those with asymptotes are one.</summary>
    private static bool AreAlike(ItemFunction here, ItemFunction there, int categoryCount)
    {
        ItemFamily family = ItemFamily.Of(here);
        ItemFamily other = ItemFamily.Of(there);
        return family == other || (categoryCount == 2 && !family.HasAsymptotes && !other.HasAsymptotes);
    }

    private PlannedItem? TryPlan(string name, int index, ItemFunction function)
    {
        int count = categoryCodes[index].Length;
        if (ItemFamily.FormOf(function).IsDichotomous && count != 2)
            return null; // the planner says so
        double[] plain = [.. Enumerable.Range(0, count).Select(category => (double)category)];
        double[] here = scores[index] is { } given && given.Length == count ? given : plain;
        PlannedItem? there = saved?.Plan.Items.FirstOrDefault(item => item.Name == name);
        if (there is not null && !there.Scores.SequenceEqual(here.Select(score => score - here[0])))
        {
            if (scores[index] is not null)
            {
                problems.Add(FormattableString.Invariant($"'{name}' has the category scores {string.Join(", ", here)} here, but {string.Join(", ", there.Scores)} in the anchors, whose slope belongs to those. ")
                    + "Leave its scores out: anchors of a calibration.json bring theirs.");
                return null;
            }
            here = there.Scores;
            carriedScores.Add(new CategoryScores(QuotedList.Quote(name), here));
        }
        int[] attributes = AttributesOf(name, index);
        return attributes.Length == 0 || !FitsAttributes(name, attributes, there) ? null : new PlannedItem(name, function, count, 0, [.. here.Select(score => score - here[0])], attributes);
    }

    private bool FitsAttributes(string name, int[] attributes, PlannedItem? there)
    {
        if (there is null || (saved!.Plan.AttributeCount == 1 && attributes.Length == 1))
            return true;
        string[] namesHere = [.. attributes.Select(attribute => specification.Attributes[attribute])];
        string[] namesThere = [.. there.Attributes.Select(attribute => saved.Specification.Attributes[attribute])];
        if (namesHere.Order(StringComparer.Ordinal).SequenceEqual(namesThere.Order(StringComparer.Ordinal)))
            return true;
        problems.Add($"'{name}' measures {CodeLists.Show(namesHere)} here, but {CodeLists.Show(namesThere)} in the anchors, so its slopes mean something else. Name the attributes as there, and let the item measure the same ones.");
        return false;
    }

    /// <summary>Slopes are numbered by attribute, which may stand elsewhere in the new model.</summary>
    private AnchorRow RenameSlope(AnchorRow row, PlannedItem item)
    {
        PlannedItem there = saved!.Plan.Items.First(other => other.Name == item.Name);
        for (int loading = 0; loading < there.Attributes.Length; loading++)
        {
            if (row.Parameter != SlopeName(there.Attributes[loading]))
                continue;
            int attribute = item.Attributes.Length == 1 ? item.Attributes[0]
                : specification.Attributes.ToList().IndexOf(saved.Specification.Attributes[there.Attributes[loading]]);
            return row with { Parameter = SlopeName(attribute) };
        }
        return row;
    }

    private static string SlopeName(int attribute) => FormattableString.Invariant($"a{attribute + 1}");

    private int[] AttributesOf(string name, int index)
    {
        int count = specification.Attributes.Count;
        if (specification.IsExploratory)
            return [.. Enumerable.Range(0, Math.Min(index + 1, count))];
        return specification.QMatrix is not { } matrix ? [.. Enumerable.Range(0, count)]
            : matrix.TryGetValue(name, out int[]? row) ? [.. Enumerable.Range(0, count).Where(attribute => row[attribute] != 0)] : [];
    }

    private static string Listed(string name) => name.All(character => char.IsLetterOrDigit(character) || character is '_' or '.' or '-') ? name : QuotedList.Quote(name);

    private void Assign(string items, Action<int> assign)
    {
        try
        {
            foreach (int item in ItemSelector.Resolve(items, itemNames))
                assign(item);
        }
        catch (ArgumentException exception)
        {
            problems.Add(exception.Message);
        }
    }
}
