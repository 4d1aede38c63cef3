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
    /// <remarks>The array of the data itself when no two persons are alike; treat it as read-only.</remarks>
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
        int[] firstPersons = PatternIndex.Assign(data, patternOfPerson);

        int patternCount = firstPersons.Length;
        int itemCount = data.ItemCount;
        double[] frequency = new double[patternCount];
        double totalWeight = 0;
        for (int person = 0; person < personCount; person++)
        {
            double weight = data.Weights?[person] ?? 1;
            frequency[patternOfPerson[person]] += weight;
            totalWeight += weight;
        }

        byte[] responses = data.Responses;
        int[] groups = new int[patternCount];
        int[] knownClasses = new int[patternCount];
        if (patternCount < personCount)
            responses = GC.AllocateUninitializedArray<byte>(patternCount * itemCount);
        for (int pattern = 0; pattern < patternCount; pattern++)
        {
            int person = firstPersons[pattern];
            groups[pattern] = data.Groups?[person] ?? 0;
            knownClasses[pattern] = data.KnownClasses?[person] ?? -1;
            if (patternCount < personCount)
                data.Row(person).CopyTo(responses.AsSpan(pattern * itemCount));
        }
        return new PatternTable(responses, frequency, groups, knownClasses, patternOfPerson, itemCount, totalWeight);
    }
}
