using System.Globalization;
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
            if (positions.TryGetValue(name, out int column))
                return column;
            problems.Add(ColumnNames.Absent(name, option, names, path, line));
            return -1;
        }

        void Claim(string? name, int role, string option)
        {
            if (name is null || Find(name, option) is not (var column and >= 0))
                return;
            if (roles[column] != Ignored)
                problems.Add(new DataProblem($"The column is given two parts, the second by {option}. Copy it under another name if both are meant.", path, line, name));
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
                    $"Column {column + 1} has no name (''), so it cannot be an item. Name it in the header, or choose the items with --items (row numbers are often written so)."), path, line));
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
        string[] unused = [.. names.Where((name, column) => !taken[column] && !expected.ContainsKey(name)).Select(name => $"'{name}'")];
        if (unused.Length > 0)
        {
            warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"{unused.Length} column(s) are no items of the fit and were not used: {string.Join(", ", unused.Take(5))}{(unused.Length > 5 ? ", …" : "")}. ") +
                "Name them in --covariates to say so.", path, line));
        }
        return columns;
    }
}
