using System.Globalization;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Formulas.Columns;

/// <summary>Columns held in memory.</summary>
internal sealed class MemoryColumns : IColumnSource
{
    private readonly Dictionary<string, double[]> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Categories> categories = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    public int RowCount { get; private set; } = -1;

    public IReadOnlyList<string> Names => names;

    /// <summary>Adds numbers, NaN where missing.</summary>
    /// <exception cref="ArgumentException">The length differs from that of the columns before, or the name is taken.</exception>
    public MemoryColumns Add(string name, double[] values)
    {
        Register(name, values.Length);
        numbers.Add(name, values);
        return this;
    }

    /// <summary>Adds texts, null where missing.</summary>
    /// <exception cref="ArgumentException">The length differs from that of the columns before, or the name is taken.</exception>
    public MemoryColumns Add(string name, IReadOnlyList<string?> texts)
    {
        Register(name, texts.Count);
        categories.Add(name, Group(texts));
        return this;
    }

    public bool IsNumeric(string name) => numbers.ContainsKey(name);

    public double[] Numbers(string name) => numbers[name];

    public Categories Categories(string name)
    {
        if (!categories.TryGetValue(name, out Categories? known))
            categories.Add(name, known = Group([.. numbers[name].Select(value => double.IsNaN(value) ? null : value.ToString("R", CultureInfo.InvariantCulture))]));
        return known;
    }

    public DataProblem Problem(string message, string? column = null, int? row = null) => new(message, null, row + 1, column);

    private static Categories Group(IReadOnlyList<string?> texts)
    {
        Dictionary<string, int> levels = new(StringComparer.Ordinal);
        int[] level = new int[texts.Count];
        for (int row = 0; row < level.Length; row++)
        {
            if (texts[row] is not { } text)
                level[row] = -1;
            else if (!levels.TryGetValue(text, out level[row]))
                levels.Add(text, level[row] = levels.Count);
        }
        return new Categories([.. levels.Keys], level).Sort();
    }

    private void Register(string name, int length)
    {
        if (RowCount >= 0 && length != RowCount)
            throw new ArgumentException($"The column '{name}' has {length} values where the others have {RowCount}.", nameof(name));
        if (names.Contains(name))
            throw new ArgumentException($"There are two columns '{name}'.", nameof(name));
        RowCount = length;
        names.Add(name);
    }
}
