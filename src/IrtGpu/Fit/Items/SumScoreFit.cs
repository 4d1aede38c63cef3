using System.Numerics.Tensors;
using IrtGpu.Data;
using IrtGpu.Fit.Branches;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Items;

/// <summary>S-X² of the items of one observed group: answers of persons with equal sum scores against what the model expects of them.</summary>
/// <remarks>
/// E(item i in category c | score s) = Σ_l w_l P_ic f_(−i)(s − c | l) / Σ_l w_l f(s | l), f by the recursion of Lord and Wingersky over the nodes,
/// however many dimensions they have (<see cref="BranchScores"/>). Orlando and Thissen (2000), Applied Psychological Measurement 24, 50–64; Kang and Chen (2008), Journal of
/// Educational Measurement 45, 391–406. Where persons answered different sets of items, scores of each set are strata of their own, whose
/// χ² and degrees of freedom add up. Degrees of freedom lose the item's free parameters and those of the group's population.
/// </remarks>
internal static class SumScoreFit
{
    private const int PatternsPerShard = 4096;
    private const int LargestShardCount = 8;
    private const double FewestPersons = 30; // of a stratum
    private const int LargestStratumCount = 500;
    private const int LargestCorrectedCount = 20; // strata

    /// <summary>Tests every item.</summary>
    /// <param name="population">The group.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    /// <param name="derivatives">For the corrected p; null: there is none.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>[item]; null where the item is not given in the group</returns>
    public static ItemTest?[] Of(
        BranchedPopulation population, PatternTable patterns, int[] members, ScoreShareDerivatives? derivatives, int threads, CancellationToken cancellation)
    {
        CalibrationPlan plan = population.Plan;
        double[] chiSquare = new double[plan.ItemCount];
        int[] df = new int[plan.ItemCount];
        double[] persons = new double[plan.ItemCount];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        (int[] Items, int[] Members)[] strata = [.. Strata(population, patterns, members).Where(stratum => stratum.Items.Length > 1)];
        if (strata.Length > LargestCorrectedCount || Array.Exists(strata, stratum => derivatives?.IsTooLarge(population, stratum.Items) ?? true))
            derivatives = null;
        SumScoreCorrection[]? corrections = derivatives is null ? null : [.. plan.Items.Select(_ => new SumScoreCorrection(derivatives.Covariance))];
        foreach ((int[] items, int[] own) in strata)
        {
            cancellation.ThrowIfCancellationRequested();
            double[][,] observed = Observe(plan, patterns, items, own, threads, cancellation);
            double[][,] expected = Expect(population, items);
            double[][][]? moves = derivatives?.Of(population.Group, at => Expect(at, items), parallel);
            Parallel.For(0, items.Length, parallel, position =>
            {
                int item = items[position];
                persons[item] += Sum(observed[position]);
                if (Compare(observed[position], expected[position]) is { } table)
                {
                    chiSquare[item] += table.ChiSquare;
                    df[item] += table.Df;
                    corrections?[item].Add(table, expected[position], ByScore(observed[position]), moves![position]);
                }
            });
        }
        int ofPopulation = FreeParameterCounts.OfPopulation(plan, population.Group);
        ItemTest?[] tests = new ItemTest?[plan.ItemCount];
        foreach (int item in population.Items)
        {
            int left = df[item] - FreeParameterCounts.OfItem(plan, population.Group, item) - ofPopulation;
            tests[item] = left > 0
                ? new ItemTest(chiSquare[item], left, persons[item], null) { CorrectedP = corrections?[item].P(chiSquare[item]) ?? double.NaN }
                : new ItemTest(double.NaN, left, persons[item], df[item] == 0 ? "no two sum scores with enough persons" : "no degrees of freedom left by its parameters");
        }
        return tests;
    }

    private static IEnumerable<(int[] Items, int[] Members)> Strata(BranchedPopulation population, PatternTable patterns, int[] members)
    {
        Dictionary<string, List<int>> ofKey = [];
        char[] key = new char[(population.Items.Length + 14) / 15];
        Dictionary<string, List<int>>.AlternateLookup<ReadOnlySpan<char>> lookup = ofKey.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (int pattern in members)
        {
            AnsweredShares.FillKey(patterns.Row(pattern), population.Items, key);
            if (!lookup.TryGetValue(key, out List<int>? own))
                lookup[key] = own = [];
            own.Add(pattern);
        }
        return ofKey.Values
            .Select(own => (Own: own, Persons: own.Sum(pattern => patterns.Frequency[pattern])))
            .Where(stratum => stratum.Persons >= FewestPersons)
            .OrderByDescending(stratum => stratum.Persons).ThenBy(stratum => stratum.Own[0]).Take(LargestStratumCount)
            .Select(stratum => ((int[])[.. population.Items.Where(item => patterns.Row(stratum.Own[0])[item] != ResponseData.Missing)], stratum.Own.ToArray()));
    }

    /// <summary>Counts persons. [position of the item][score, category]</summary>
    private static double[][,] Observe(CalibrationPlan plan, PatternTable patterns, int[] items, int[] members, int threads, CancellationToken cancellation)
    {
        int largest = items.Sum(item => plan.Items[item].CategoryCount - 1);
        Shards shards = Shards.Cut(members.Length, PatternsPerShard, LargestShardCount);
        double[][][,] parts = new double[shards.Count][][,];
        Parallel.For(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, shard =>
        {
            double[][,] counts = parts[shard] = [.. items.Select(item => new double[largest + 1, plan.Items[item].CategoryCount])];
            for (int member = shards.Begin(shard); member < shards.End(shard); member++)
            {
                ReadOnlySpan<byte> row = patterns.Row(members[member]);
                int score = 0;
                foreach (int item in items)
                    score += row[item];
                for (int position = 0; position < items.Length; position++)
                    counts[position][score, row[items[position]]] += patterns.Frequency[members[member]];
            }
        });
        for (int shard = 1; shard < shards.Count; shard++)
        {
            for (int position = 0; position < items.Length; position++)
            {
                Span<double> sum = Flat(parts[0][position]);
                TensorPrimitives.Add(sum, Flat(parts[shard][position]), sum);
            }
        }
        return parts[0];
    }

    /// <summary>Probability of each category among persons of a score; NaN where it cannot have the score. [position of the item][score, category]</summary>
    private static double[][,] Expect(BranchedPopulation population, int[] items)
    {
        double[][,] expected = new BranchScores(population, items).OfItems();
        foreach (double[,] own in expected)
        {
            for (int score = 0; score < own.GetLength(0); score++)
            {
                double total = 0;
                for (int category = 0; category < own.GetLength(1); category++)
                    total += double.IsNaN(own[score, category]) ? 0 : own[score, category];
                for (int category = 0; category < own.GetLength(1); category++)
                    own[score, category] = total > 0 ? own[score, category] / total : own[score, category];
            }
        }
        return expected;
    }

    /// <summary>The merged table of the scores from 1 to the largest but one.</summary>
    private static CellTable? Compare(double[,] observed, double[,] share)
    {
        int scoreCount = observed.GetLength(0);
        int categoryCount = observed.GetLength(1);
        double[][] rows = new double[scoreCount - 2][];
        double[][] expected = new double[scoreCount - 2][];
        for (int score = 1; score < scoreCount - 1; score++)
        {
            rows[score - 1] = new double[categoryCount];
            expected[score - 1] = new double[categoryCount];
            double persons = 0;
            for (int category = 0; category < categoryCount; category++)
                persons += rows[score - 1][category] = observed[score, category];
            for (int category = 0; category < categoryCount; category++)
                expected[score - 1][category] = persons * share[score, category];
        }
        return CellTable.Collapse(rows, expected);
    }

    private static double[] ByScore(double[,] observed)
    {
        double[] persons = new double[observed.GetLength(0)];
        for (int score = 0; score < persons.Length; score++)
        {
            for (int category = 0; category < observed.GetLength(1); category++)
                persons[score] += observed[score, category];
        }
        return persons;
    }

    private static double Sum(double[,] counts) => FixedOrderSums.Sum(Flat(counts));

    private static Span<double> Flat(double[,] matrix) =>
        System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref matrix[0, 0], matrix.Length);
}
