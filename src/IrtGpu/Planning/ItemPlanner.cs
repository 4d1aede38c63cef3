using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Items;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Planning;

/// <summary>Resolves functions, category scores and the Q-matrix to one <see cref="PlannedItem"/> an item.</summary>
internal sealed class ItemPlanner(ModelSpecification specification, DataShape shape, List<string> problems)
{
    public PlannedItem[] Plan()
    {
        ItemFunction?[] functions = Functions(specification, shape.ItemNames, problems);
        double[]?[] scores = ResolveScores();
        PlannedItem[] items = new PlannedItem[shape.ItemNames.Length];
        int row = 0;
        for (int item = 0; item < items.Length; item++)
        {
            int categoryCount = shape.CategoryCodes[item].Length;
            ItemFunction function = functions[item]
                ?? (categoryCount == 2 ? ItemFunction.TwoParameter : ItemFunction.GeneralizedPartialCredit);
            if (ItemFamily.FormOf(function).IsDichotomous && categoryCount != 2)
            {
                problems.Add($"Item '{shape.ItemNames[item]}' has {categoryCount} categories, but {function.Name()} is for two. "
                    + "Use gpcm, grm or nominal for it, for example --model '*=2pl;" + shape.ItemNames[item] + "=gpcm'.");
            }
            double[] itemScores = scores[item] ?? [.. Enumerable.Range(0, categoryCount).Select(category => (double)category)];
            if (itemScores.Length != categoryCount)
            {
                problems.Add($"Item '{shape.ItemNames[item]}' has {categoryCount} categories but {itemScores.Length} category scores. Give one score a category.");
                itemScores = new double[categoryCount];
            }
            else if (itemScores.All(score => score == itemScores[0]) || itemScores.Any(score => !double.IsFinite(score)))
            {
                problems.Add($"The category scores of item '{shape.ItemNames[item]}' are all equal or not finite, so its slope means nothing. Give at least two different finite scores.");
            }
            if (itemScores[0] != 0) // the first category's predictor is 0, so scores count from its own
                itemScores = [.. itemScores.Select(score => score - itemScores[0])];
            items[item] = new PlannedItem(shape.ItemNames[item], function, categoryCount, row, itemScores, AttributesOf(item));
            if (items[item].Family.Refuse(items[item]) is { } problem)
                problems.Add(problem);
            row += categoryCount;
        }
        if (IdleSettings.RefuseScores(items, [.. scores.Select(given => given is not null)]) is { } idle)
            problems.Add(idle);
        CheckAttributes(items);
        return items;
    }

    /// <summary>The function that the specification gives each item; null: none.</summary>
    public static ItemFunction?[] Functions(ModelSpecification specification, string[] itemNames, List<string> problems)
    {
        ItemFunction?[] functions = new ItemFunction?[itemNames.Length];
        foreach (FunctionAssignment assignment in specification.Functions)
        {
            foreach (int item in Resolve(assignment.Items, "--model", itemNames, problems))
                functions[item] = assignment.Function;
        }
        return functions;
    }

    private double[]?[] ResolveScores()
    {
        double[]?[] scores = new double[]?[shape.ItemNames.Length];
        foreach (CategoryScores assignment in specification.CategoryScores)
        {
            foreach (int item in Resolve(assignment.Items, "category scores", shape.ItemNames, problems))
                scores[item] = assignment.Scores;
        }
        return scores;
    }

    private static IReadOnlyList<int> Resolve(string items, string option, string[] itemNames, List<string> problems)
    {
        try
        {
            return ItemSelector.Resolve(items, itemNames);
        }
        catch (ArgumentException exception)
        {
            problems.Add($"{option}: {exception.Message}");
            return [];
        }
    }

    private int[] AttributesOf(int item)
    {
        int attributeCount = specification.Attributes.Count;
        if (specification.IsExploratory)
            return [.. Enumerable.Range(0, Math.Min(AxisOf(item) + 1, attributeCount))];
        if (specification.QMatrix is not { } qMatrix)
            return [.. Enumerable.Range(0, attributeCount)];
        if (!qMatrix.TryGetValue(shape.ItemNames[item], out int[]? row))
        {
            problems.Add($"Item '{shape.ItemNames[item]}' is not in the Q-matrix. Add a row for it, or leave it out with --items.");
            return [0];
        }
        int[] attributes = [.. Enumerable.Range(0, attributeCount).Where(attribute => row[attribute] != 0)];
        if (attributes.Length == 0)
            problems.Add($"Item '{shape.ItemNames[item]}' measures no attribute in the Q-matrix. Give it a 1, or leave it out with --items.");
        return attributes;
    }

    /// <summary>Position among the items that fix the axes; beyond the last attribute for the others.</summary>
    private int AxisOf(int item)
    {
        if (specification.AxisItems is not { } axes)
            return item;
        int position = Enumerable.Range(0, axes.Count).FirstOrDefault(k => axes[k] == shape.ItemNames[item], -1);
        return position < 0 ? specification.Attributes.Count : position;
    }

    private void CheckAttributes(PlannedItem[] items)
    {
        int attributeCount = specification.Attributes.Count;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            if (!items.Any(item => item.Attributes.Contains(attribute)))
                problems.Add($"No item measures attribute '{specification.Attributes[attribute]}'. Give it items in the Q-matrix, or remove its column.");
        }
        if (specification.IsExploratory)
        {
            CheckAxes();
            if (items.Length < attributeCount)
                problems.Add($"{attributeCount} attributes cannot be explored with {items.Length} items. Lower --attributes.");
            RefuseHeldSlopes([.. items.Where(item => attributeCount > 1 && !item.Form.HasFreeSlopes)]);
            return;
        }
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k < j; k++)
            {
                if (items.All(item => item.Attributes.Contains(j) == item.Attributes.Contains(k)))
                {
                    problems.Add($"Attributes '{specification.Attributes[k]}' and '{specification.Attributes[j]}' are measured by the same items, "
                        + "so nothing tells them apart. Change the Q-matrix, or explore with --attributes.");
                }
            }
        }
    }

    private void CheckAxes()
    {
        if (specification.AxisItems is not { } axes)
            return;
        if (axes.Distinct().Count() < axes.Count || axes.Count < specification.Attributes.Count - 1)
            problems.Add(FormattableString.Invariant($"The axes of {specification.Attributes.Count} attributes are fixed by as many different items, or one less, and {axes.Distinct().Count()} are named ({CodeLists.Show(axes)})."));
        foreach (string name in axes.Where(name => !shape.ItemNames.Contains(name)))
            problems.Add($"Item '{name}' is to fix an axis, and is not among the items. Name others, or add it to --items.");
    }

    private void RefuseHeldSlopes(PlannedItem[] held)
    {
        if (held.Length == 0)
            return;
        string models = string.Join(", ", held.Select(item => item.Function.Name()).Distinct());
        problems.Add($"{held.Length} item(s) of {models} ({CodeLists.Show([.. held.Select(item => item.Name)])}) have no slopes of their own, but slopes on several attributes are what exploring finds: "
            + "with one value for all of them the attributes would be the same. Use a model with free slopes (2pl, gpcm, grm), say in a Q-matrix what each item measures (--q-matrix), or explore one attribute.");
    }
}
