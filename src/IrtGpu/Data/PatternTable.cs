namespace IrtGpu.Data;

/// <summary>Distinct rows of group, known class and responses, each with the summed weight of its persons.</summary>
public sealed class PatternTable
{
    private PatternTable(byte[] responses, double[] frequency, int[] groups, int[] knownClasses, int[] patternOfPerson, int itemCount, double totalWeight)
    {
        Responses = responses;
        Frequency = frequency;
        Groups = groups;
        KnownClasses = knownClasses;
        PatternOfPerson = patternOfPerson;
        ItemCount = itemCount;
        TotalWeight = totalWeight;
    }

    /// <summary>Category of each response, or <see cref="ResponseData.Missing"/>. [pattern, item], pattern-major.</summary>
    /// <remarks>Like the other arrays here, the array of the data itself where no two persons are alike; treat it as read-only.</remarks>
    public byte[] Responses { get; }

    /// <summary>Summed weight of the pattern's persons; 0 when they all have weight 0. [pattern]</summary>
    public double[] Frequency { get; }

    /// <summary>Observed group, 0 when there is one. [pattern]</summary>
    public int[] Groups { get; }

    /// <summary>Known class, −1 where unknown. [pattern]</summary>
    public int[] KnownClasses { get; }

    /// <summary>Which pattern each person shows. [person]</summary>
    public int[] PatternOfPerson { get; }

    /// <summary>Number of patterns P.</summary>
    public int PatternCount => Frequency.Length;

    /// <summary>Number of items I.</summary>
    public int ItemCount { get; }

    /// <summary>Sum of all weights: the number of persons when there are none.</summary>
    public double TotalWeight { get; }

    /// <summary>The responses of one pattern. [item]</summary>
    /// <param name="pattern">0-based pattern.</param>
    public ReadOnlySpan<byte> Row(int pattern) => Responses.AsSpan(pattern * ItemCount, ItemCount);

    /// <summary>A run of patterns as a table of its own, with positions instead of persons: <see cref="PatternOfPerson"/> is empty.</summary>
    /// <param name="first">First pattern.</param>
    /// <param name="count">Number of patterns.</param>
    internal PatternTable Slice(int first, int count)
    {
        if (first == 0 && count == PatternCount)
            return this;
        double[] frequency = Frequency[first..(first + count)];
        byte[] responses = Responses.AsSpan(first * ItemCount, count * ItemCount).ToArray();
        return new PatternTable(
            responses, frequency, Groups[first..(first + count)], KnownClasses[first..(first + count)], [], ItemCount, frequency.Sum());
    }

    /// <summary>Finds the distinct rows, in the order of their first appearance.</summary>
    /// <param name="data">Coded responses.</param>
    public static PatternTable Compress(ResponseData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        int personCount = data.PersonCount;
        int[] patternOfPerson = new int[personCount];
        int patternCount = PatternIndex.Assign(data, patternOfPerson);
        bool isCompressed = patternCount < personCount;
        int itemCount = data.ItemCount;
        double[] frequency = !isCompressed && data.Weights is { } weights ? weights : new double[patternCount];
        double totalWeight = 0;
        for (int person = 0; person < personCount; person++)
        {
            double weight = data.Weights?[person] ?? 1;
            totalWeight += weight;
            if (frequency != data.Weights)
                frequency[patternOfPerson[person]] += weight;
        }
        byte[] responses = isCompressed ? CopyFirstRows(data, patternOfPerson, patternCount) : data.Responses;
        int[] groups = data.Groups is null ? new int[patternCount] : FirstOf(data.Groups, patternOfPerson, patternCount);
        int[] knownClasses = data.KnownClasses is null ? NoClasses(patternCount) : FirstOf(data.KnownClasses, patternOfPerson, patternCount);
        return new PatternTable(responses, frequency, groups, knownClasses, patternOfPerson, itemCount, totalWeight);
    }

    private static byte[] CopyFirstRows(ResponseData data, int[] patternOfPerson, int patternCount)
    {
        int itemCount = data.ItemCount;
        byte[] rows = GC.AllocateUninitializedArray<byte>(patternCount * itemCount);
        int pattern = 0;
        for (int person = 0; pattern < patternCount; person++)
        {
            if (patternOfPerson[person] == pattern)
                data.Row(person).CopyTo(rows.AsSpan(pattern++ * itemCount));
        }
        return rows;
    }

    private static int[] FirstOf(int[] values, int[] patternOfPerson, int patternCount)
    {
        if (patternCount == values.Length)
            return values;
        int[] first = new int[patternCount];
        for (int person = values.Length - 1; person >= 0; person--)
            first[patternOfPerson[person]] = values[person];
        return first;
    }

    private static int[] NoClasses(int patternCount)
    {
        int[] classes = GC.AllocateUninitializedArray<int>(patternCount);
        classes.AsSpan().Fill(-1);
        return classes;
    }
}
