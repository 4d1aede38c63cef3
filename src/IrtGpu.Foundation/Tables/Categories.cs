using System.Globalization;

namespace IrtGpu.Foundation.Tables;

/// <summary>In which order the levels of a category column are numbered.</summary>
public enum LevelOrder
{
    /// <summary>As they first appear in the file.</summary>
    Appearance,

    /// <summary>Ascending as numbers where all of them are numbers, else by ordinal text.</summary>
    Sorted,
}

/// <summary>A column of categories: which level each row shows.</summary>
/// <param name="Levels">Names of the levels. [level]</param>
/// <param name="Level">0-based level; −1 where the field is missing. [row]</param>
public sealed record Categories(string[] Levels, int[] Level)
{
    /// <summary>The same with the levels ascending: as numbers where all of them are numbers, else by ordinal text.</summary>
    public Categories Sort()
    {
        double[] values = new double[Levels.Length];
        bool isNumeric = true;
        for (int level = 0; level < values.Length; level++)
            isNumeric &= double.TryParse(Levels[level], NumberStyles.Float, CultureInfo.InvariantCulture, out values[level]);
        int[] order = [.. Enumerable.Range(0, Levels.Length)];
        Array.Sort(order, (first, second) =>
        {
            int byNumber = isNumeric ? values[first].CompareTo(values[second]) : 0;
            return byNumber != 0 ? byNumber : string.CompareOrdinal(Levels[first], Levels[second]);
        });
        int[] rank = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
            rank[order[i]] = i;
        return new Categories(Array.ConvertAll(order, level => Levels[level]), Array.ConvertAll(Level, level => level < 0 ? -1 : rank[level]));
    }
}
