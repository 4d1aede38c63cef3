using IrtGpu.Data.Coding;

namespace IrtGpu.Data;

/// <summary>Distinct rows of group, known class and responses, each with the summed weight of its persons.</summary>
public sealed class PatternTable
{
    private readonly CodedRows rows; // of the persons
    private readonly int[]? rowOfPattern; // first person of each pattern; null: pattern and person are the same
    private readonly int firstPattern; // position in the whole table
    private readonly Lazy<ResponseTotals> totals;

    private PatternTable(CodedRows rows, int[]? rowOfPattern, int firstPattern, int[] categoryCount)
    {
        this.rows = rows;
        this.rowOfPattern = rowOfPattern;
        this.firstPattern = firstPattern;
        CategoryCount = categoryCount;
        totals = new Lazy<ResponseTotals>(() => ResponseTotals.Of(this));
    }

    /// <summary>
    /// Summed weight of the pattern's persons; 0 when they all have weight 0. Sampling weights are scaled to sum to the number of persons whose
    /// weight is not 0. [pattern]
    /// </summary>
    /// <remarks>Like the other arrays here, the array of the data itself where no two persons are alike; treat it as read-only.</remarks>
    public required double[] Frequency { get; init; }

    /// <summary>Observed group, 0 when there is one. [pattern]</summary>
    public required int[] Groups { get; init; }

    /// <summary>Known class, −1 where unknown. [pattern]</summary>
    public required int[] KnownClasses { get; init; }

    /// <summary>Which of the distinct rows of covariates the pattern's persons have; empty where there are none. [pattern]</summary>
    internal int[] CovariateRows { get; private init; } = [];

    /// <summary>Which pattern each person shows. [person]</summary>
    public required int[] PatternOfPerson { get; init; }

    /// <summary>Number of patterns P.</summary>
    public int PatternCount => Frequency.Length;

    /// <summary>Number of items I.</summary>
    public int ItemCount => rows.RowLength;

    /// <summary>Summed squares of the persons' scaled sampling weights; null where weights are frequencies. [pattern]</summary>
    private double[]? SquaredWeights { get; init; }

    /// <summary>Whether the weights are sampling weights: persons of a pattern are not alike, and only ratios count.</summary>
    internal bool AreSamplingWeights => SquaredWeights is not null;

    /// <summary>Sum of all weights: the number of persons when there are none.</summary>
    public required double TotalWeight { get; init; }

    /// <summary>Categories of each item. [item]</summary>
    internal int[] CategoryCount { get; }

    /// <summary>How often each response was given, by observed group; counted when first asked for.</summary>
    internal ResponseTotals Totals => totals.Value;

    /// <summary>The responses of one pattern. [item]</summary>
    /// <param name="pattern">0-based pattern.</param>
    public ReadOnlySpan<byte> Row(int pattern) => rows[rowOfPattern is null ? firstPattern + pattern : rowOfPattern[firstPattern + pattern]];

    /// <summary>Makes rows of other codes of the patterns, kept in memory or on disk as their responses are.</summary>
    /// <param name="rowLength">Codes a pattern.</param>
    /// <param name="fill">Writes the codes of some patterns.</param>
    internal CodedRows CreateCodes(int rowLength, CodedRows.RowFiller fill) => rows.CreateBeside(PatternCount, rowLength, fill);

    /// <summary>The same patterns, each with the summed squares of its persons' sampling weights for a frequency.</summary>
    internal PatternTable WithSquaredWeights() => new(rows, rowOfPattern, firstPattern, CategoryCount)
    {
        Frequency = SquaredWeights!,
        Groups = Groups,
        KnownClasses = KnownClasses,
        PatternOfPerson = PatternOfPerson,
        TotalWeight = SquaredWeights!.Sum(),
    };

    /// <summary>A run of patterns as a table of its own, with positions instead of persons: <see cref="PatternOfPerson"/> is empty.</summary>
    /// <param name="first">First pattern.</param>
    /// <param name="count">Number of patterns.</param>
    internal PatternTable Slice(int first, int count)
    {
        if (first == 0 && count == PatternCount)
            return this;
        double[] frequency = Frequency[first..(first + count)];
        return new PatternTable(rows, rowOfPattern, firstPattern + first, CategoryCount)
        {
            Frequency = frequency,
            Groups = Groups[first..(first + count)],
            KnownClasses = KnownClasses[first..(first + count)],
            CovariateRows = CovariateRows.Length == 0 ? [] : CovariateRows[first..(first + count)],
            PatternOfPerson = [],
            TotalWeight = frequency.Sum(),
        };
    }

    /// <summary>The patterns of some groups, as a table of these groups alone; <see cref="PatternOfPerson"/> is empty.</summary>
    /// <param name="patterns">The patterns, which have no covariates.</param>
    /// <param name="groups">Their groups, in their new order.</param>
    internal PatternTable Select(int[] patterns, int[] groups)
    {
        double[] frequency = Array.ConvertAll(patterns, pattern => Frequency[pattern]);
        return new PatternTable(
            rows, Array.ConvertAll(patterns, pattern => rowOfPattern is null ? firstPattern + pattern : rowOfPattern[firstPattern + pattern]), 0, CategoryCount)
        {
            Frequency = frequency,
            Groups = Array.ConvertAll(patterns, pattern => Array.IndexOf(groups, Groups[pattern])),
            KnownClasses = Array.ConvertAll(patterns, pattern => KnownClasses[pattern]),
            PatternOfPerson = [],
            TotalWeight = frequency.Sum(),
        };
    }

    /// <summary>The same patterns with covariates.</summary>
    /// <param name="rows">Which row of covariates each has. [pattern]</param>
    internal PatternTable WithCovariateRows(int[] rows) => new(this.rows, rowOfPattern, firstPattern, CategoryCount)
    {
        Frequency = Frequency,
        Groups = Groups,
        KnownClasses = KnownClasses,
        CovariateRows = rows,
        PatternOfPerson = PatternOfPerson,
        TotalWeight = TotalWeight,
    };

    /// <summary>Finds the distinct rows, in the order of their first appearance.</summary>
    /// <param name="data">Coded responses.</param>
    public static PatternTable Compress(ResponseData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        int personCount = data.PersonCount;
        int[] patternOfPerson = new int[personCount];
        int patternCount = PatternIndex.Assign(data, patternOfPerson);
        bool isCompressed = patternCount < personCount;
        double[]? weights = data.AreSamplingWeights ? Scale(data.Weights!) : data.Weights;
        double[] frequency = !isCompressed && weights is not null ? weights : new double[patternCount];
        double[]? squares = data.AreSamplingWeights ? new double[patternCount] : null;
        double totalWeight = 0;
        for (int person = 0; person < personCount; person++)
        {
            double weight = weights?[person] ?? 1;
            totalWeight += weight;
            if (frequency != weights)
                frequency[patternOfPerson[person]] += weight;
            if (squares is not null)
                squares[patternOfPerson[person]] += weight * weight;
        }
        return new PatternTable(data.Responses, isCompressed ? FirstPersons(patternOfPerson, patternCount) : null, 0, [.. data.CategoryCodes.Select(codes => codes.Length)])
        {
            Frequency = frequency,
            Groups = data.Groups is null ? new int[patternCount] : FirstOf(data.Groups, patternOfPerson, patternCount),
            KnownClasses = data.KnownClasses is null ? NoClasses(patternCount) : FirstOf(data.KnownClasses, patternOfPerson, patternCount),
            PatternOfPerson = patternOfPerson,
            TotalWeight = totalWeight,
            SquaredWeights = squares,
        };
    }

    /// <summary>Weights that sum to the number of those that are not 0; in two steps, so that no sum overflows.</summary>
    private static double[] Scale(double[] weights)
    {
        double largest = weights.Max();
        if (!(largest > 0))
            return weights;
        double sum = 0;
        foreach (double weight in weights)
            sum += weight / largest;
        double factor = weights.Count(weight => weight > 0) / sum;
        return Array.ConvertAll(weights, weight => weight / largest * factor);
    }

    private static int[] FirstPersons(int[] patternOfPerson, int patternCount)
    {
        int[] first = new int[patternCount];
        int pattern = 0;
        for (int person = 0; pattern < patternCount; person++)
        {
            if (patternOfPerson[person] == pattern)
                first[pattern++] = person;
        }
        return first;
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
