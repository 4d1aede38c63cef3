using System.Globalization;

namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>Counts occurrences of one kind of oddity and remembers the first places.</summary>
internal sealed class PlaceTally
{
    private const int Shown = 5;

    private readonly List<(long Line, string? Value)> first = [];

    public long Count { get; private set; }

    public long FirstLine => first[0].Line;

    public void Add(long line, string? value = null)
    {
        if (first.Count < Shown)
            first.Add((line, value));
        Count++;
    }

    /// <summary>"line 4" or "lines 4, 9, 12, 15, 20, …"; each with its value in parentheses if it has one.</summary>
    public override string ToString()
    {
        string places = string.Join(", ", first.Select(place =>
            place.Line.ToString(CultureInfo.InvariantCulture) + (place.Value is null ? "" : $" ({SeenText.Show(place.Value)})")));
        return (Count == 1 ? "line " : "lines ") + places + (Count > first.Count ? ", …" : "");
    }
}
