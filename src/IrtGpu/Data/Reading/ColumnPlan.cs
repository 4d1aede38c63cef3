using System.Globalization;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Reading;

/// <summary>What each column of the table is for.</summary>
internal sealed class ColumnPlan
{
    public const int Ignored = -1;
    public const int Id = -2;
    public const int Group = -3;
    public const int Weight = -4;
    public const int Class = -5;

    private ColumnPlan(string[] names, int[] roles, string[] itemNames)
    {
        Names = names;
        Roles = roles;
        ItemNames = itemNames;
    }

    /// <summary>Names in the order of the file. [column]</summary>
    public string[] Names { get; }

    /// <summary>Item number, or one of the negative constants. [column]</summary>
    public int[] Roles { get; }

    /// <summary>Items in the order of the result. [item]</summary>
    public string[] ItemNames { get; }

    /// <summary>Whether some column has the role.</summary>
    public bool Has(int role) => Array.IndexOf(Roles, role) >= 0;

    /// <summary>Gives every column its role; null when problems were reported.</summary>
    public static ColumnPlan? Make(string[] names, long line, string path, ResponseReaderOptions options, ProblemLog problems, List<DataProblem> warnings)
    {
        long before = problems.Total;
        Dictionary<string, int> positions = ColumnNames.Index(names, line, path, problems);
        int[] roles = new int[names.Length];
        Array.Fill(roles, Ignored);
        var taken = new bool[names.Length];
        Claim(options.IdColumn, Id, "--id");
        Claim(options.GroupColumn, Group, "--group");
        Claim(options.WeightColumn, Weight, "--weight");
        Claim(options.SamplingWeightColumn, Weight, "--sampling-weight");
        Claim(options.ClassColumn, Class, "--class");
        foreach (string covariate in options.Covariates)
        {
            if (Find(covariate, "--covariates") is var column and >= 0)
                taken[column] = true;
        }

        int[] candidates = [.. Enumerable.Range(0, names.Length).Where(column => !taken[column])];
        List<int> itemColumns = options.ExpectedCategoryCodes is { } expected
            ? FindExpected(expected, positions, taken, names, line, path, problems, warnings)
            : ChooseItems(options.Items, candidates, names, line, path, problems);
        if (problems.Total > before)
            return null;
        if (itemColumns.Count == 0)
        {
            problems.Add(new DataProblem("No column is left to be an item. Name items with --items, or give fewer columns another part.", path, line));
            return null;
        }
        for (int item = 0; item < itemColumns.Count; item++)
            roles[itemColumns[item]] = item;
        return new ColumnPlan(names, roles, [.. itemColumns.Select(column => names[column])]);

        int Find(string name, string option)
        {
            if (name.Length == 0)
                return FindNameless(option);
            if (positions.TryGetValue(name, out int column))
                return column;
            problems.Add(ColumnNames.Absent(name, option, names, path, line));
            return -1;
        }

        int FindNameless(string option)
        {
            int[] nameless = [.. Enumerable.Range(0, names.Length).Where(column => names[column].Length == 0)];
            if (nameless.Length == 1)
                return nameless[0];
            problems.Add(new DataProblem(nameless.Length == 0
                ? $"{option} \"\" means the column without a name, but every column has one. {NearNames.Suggest("", names)}"
                : $"{option} \"\" means the column without a name, but columns {string.Join(", ", nameless.Select(column => (column + 1).ToString(CultureInfo.InvariantCulture)))} have none. Name them in the header.", path, line));
            return -1;
        }

        void Claim(string? name, int role, string option)
        {
            if (name is null || Find(name, option) is not (var column and >= 0))
                return;
            if (roles[column] != Ignored)
                problems.Add(new DataProblem($"The column is given two parts, the second by {option}. Copy it under another name if both are meant.", path, line, name));
            else if (Array.IndexOf(roles, role) >= 0)
                problems.Add(new DataProblem("--weight and --sampling-weight are both given, but a row has one weight. Keep --weight where it is a number of persons, --sampling-weight where it corrects for unequal chances of being drawn.", path, line, name));
            roles[column] = role;
            taken[column] = true;
        }
    }

    private static List<int> ChooseItems(string? list, int[] candidates, string[] names, long line, string path, ProblemLog problems)
    {
        if (list is null)
        {
            foreach (int column in candidates.Where(column => names[column].Length == 0))
            {
                problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                    $"Column {column + 1} has no name, so it cannot be an item. Where it holds row names or numbers, as R writes them, use --id \"\"; else name it in the header, or choose the items with --items."), path, line));
            }
            return [.. candidates];
        }
        int[] named = [.. candidates.Where(column => names[column].Length > 0)];
        try
        {
            return [.. ItemSelector.Resolve(list, [.. named.Select(column => names[column])]).Select(position => named[position])];
        }
        catch (ItemListException error)
        {
            problems.Add(new DataProblem($"{error.Message} Columns with another part (id, group, weight, class, covariates) are not items.", path, line));
            return [];
        }
    }

    private static List<int> FindExpected(
        IReadOnlyDictionary<string, int[]> expected, Dictionary<string, int> positions, bool[] taken, string[] names,
        long line, string path, ProblemLog problems, List<DataProblem> warnings)
    {
        var columns = new List<int>();
        var absent = new List<string>();
        foreach (string name in expected.Keys)
        {
            if (positions.TryGetValue(name, out int column) && !taken[column])
                columns.Add(column);
            else
                absent.Add($"'{name}'");
        }
        if (absent.Count > 0)
        {
            problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"{absent.Count} of the {expected.Count} items of the fit are not among the columns: {string.Join(", ", absent)}. ") +
                "Add them, as columns of missing values when they were not administered.", path, line));
        }
        int[] unused = [.. Enumerable.Range(0, names.Length).Where(column => !taken[column] && !expected.ContainsKey(names[column]))];
        string[] named = [.. unused.Select(column => names[column]).Where(name => name.Length > 0)];
        if (named.Length > 0)
        {
            warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"{named.Length} column(s) are no items of the fit and were not used: {CodeLists.Show(named)}. ") +
                "Name them in --covariates to say so.", path, line));
        }
        foreach (int column in unused.Where(column => names[column].Length == 0))
        {
            warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"Column {column + 1} has no name and was not used. If it identifies the persons, as the row names that R writes, use --id \"\"."), path, line));
        }
        return columns;
    }
}
