using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Items.Imputation;

/// <summary>PV-Q1 of the items of one observed group: Pearson's statistic over ten ranges of θ, averaged over draws of plausible values.</summary>
/// <remarks>
/// Unlike θ̂, a plausible value is distributed with the answers as θ is, so that the statistic of a draw is one of persons with known θ.
/// Chalmers and Ng (2017), Applied Psychological Measurement 41, 372–387. Ranges hold equally many of all draws of the group together; expected
/// is Σ P(category | θ) over the persons of a range; cells with fewer than five expected persons are merged.
/// </remarks>
internal sealed class PlausibleValueFit
{
    private const int PersonsPerShard = 512;
    private const int LargestShardCount = 16;
    private const int PersonsPerBlock = 32;
    private const long LargestBytes = 1L << 29;
    private const double LargestWork = 1e11; // multiply-adds

    private readonly ModelPoint point;
    private readonly PatternTable patterns;
    private readonly int[] persons;
    private readonly int[] items;
    private readonly int[] setOfItem;
    private readonly double[] values;
    private readonly int draws;
    private readonly AbilityRanges ranges;
    private readonly PersonScores? scores;

    private PlausibleValueFit(ModelPoint point, GroupPopulation population, PatternTable patterns, int[] persons, double[] values, int draws, bool hasScores)
    {
        this.point = point;
        this.patterns = patterns;
        this.persons = persons;
        this.values = values;
        this.draws = draws;
        items = population.Items;
        setOfItem = point.Plan.Tables[population.Block(0).Table].SetOfItem;
        ranges = AbilityRanges.Of([.. persons.SelectMany(person => values.AsSpan(person * draws, draws).ToArray())]);
        scores = hasScores ? new PersonScores(point, population, patterns) : null;
    }

    private CalibrationPlan Plan => point.Plan;

    /// <summary>Why it is not computed for these data; null where it is.</summary>
    /// <param name="patterns">The data.</param>
    public static string? Refusal(PatternTable patterns)
    {
        double[] rows = new double[patterns.PatternCount];
        foreach (int pattern in patterns.PatternOfPerson)
            rows[pattern]++;
        return rows.AsSpan().SequenceEqual(patterns.Frequency) ? null
            : "With weights a row stands for several persons (or none), who would need plausible values of their own. Give a row for each person.";
    }

    /// <summary>Tests every item.</summary>
    /// <param name="point">The estimates; one attribute, one class.</param>
    /// <param name="population">The group.</param>
    /// <param name="patterns">The data, without a <see cref="Refusal"/>.</param>
    /// <param name="values">Plausible values. [person, draw]</param>
    /// <param name="draws">Draws a person, at least two.</param>
    /// <param name="errors">Covariance of the estimates.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>[item]; null where the item is not given in the group</returns>
    public static ItemTest?[] Of(
        ModelPoint point, GroupPopulation population, PatternTable patterns, double[] values, int draws, StandardErrors errors, int threads, CancellationToken cancellation)
    {
        CalibrationPlan plan = point.Plan;
        int[] persons =
        [
            .. CountingSort.Order(patterns.PatternOfPerson.Length, patterns.PatternCount, person => patterns.PatternOfPerson[person])
                .Where(person => patterns.Groups[patterns.PatternOfPerson[person]] == population.Group),
        ]; // those of a pattern in a row
        int freeCount = plan.Layout.FreeCount;
        double[]? covariance = freeCount == 0 ? [] : errors.WithoutLimit.Count == 0 ? errors.Covariance : null;
        if (covariance is not null && IsTooLarge(plan, population.Items, persons.Length, draws))
            covariance = null;
        PlausibleValueFit fit = new(point, population, patterns, persons, values, draws, covariance is { Length: > 0 });
        ImputedResiduals[] sums = fit.Sum(covariance is null ? -1 : freeCount, threads, cancellation);
        ItemTest?[] tests = new ItemTest?[plan.ItemCount];
        Parallel.For(0, population.Items.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, position =>
        {
            int item = population.Items[position];
            tests[item] = PlausibleValueTest.Of(
                sums[position], plan.Items[item].CategoryCount, draws, FreeParameterCounts.OfItem(plan, population.Group, item), covariance);
        });
        return tests;
    }

    /// <summary>Whether the corrected p would take too long, or too much memory.</summary>
    private static bool IsTooLarge(CalibrationPlan plan, int[] items, int personCount, int draws)
    {
        int freeCount = plan.Layout.FreeCount;
        double rows = items.Sum(item => (double)plan.Items[item].CategoryCount);
        return Math.Min(draws, AbilityRanges.Count / 2) * rows * freeCount * personCount > LargestWork
            || items.Sum(item => ImputedResiduals.Size(plan.Items[item].CategoryCount, draws, freeCount)) * sizeof(double) > LargestBytes;
    }

    /// <summary>One pass over the persons, in shards that are added in order. [position of the item]</summary>
    private ImputedResiduals[] Sum(int freeCount, int threads, CancellationToken cancellation)
    {
        long bytes = items.Sum(item => ImputedResiduals.Size(Plan.Items[item].CategoryCount, draws, freeCount)) * sizeof(double);
        Shards shards = Shards.Cut(persons.Length, PersonsPerShard, Math.Min(LargestShardCount, LargestBytes / Math.Max(1, bytes)));
        ImputedResiduals[][] parts = new ImputedResiduals[shards.Count][];
        Parallel.For(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, shard =>
        {
            parts[shard] = [.. items.Select(item => new ImputedResiduals(Plan.Items[item].CategoryCount, draws, freeCount))];
            Block block = new(this);
            for (int begin = shards.Begin(shard); begin < shards.End(shard) && !cancellation.IsCancellationRequested; begin += PersonsPerBlock)
                block.Add(persons.AsSpan(begin, Math.Min(PersonsPerBlock, shards.End(shard) - begin)), parts[shard]);
        });
        cancellation.ThrowIfCancellationRequested();
        for (int shard = 1; shard < shards.Count; shard++)
        {
            for (int position = 0; position < items.Length; position++)
                parts[0][position].Add(parts[shard][position]);
        }
        return parts[0];
    }

    /// <summary>Some persons at a time, all of whose draws stand where tables of items have nodes; one instance serves one thread.</summary>
    private sealed class Block(PlausibleValueFit fit)
    {
        private readonly double[] theta = new double[PersonsPerBlock * fit.draws];
        private readonly byte[] ranges = new byte[PersonsPerBlock * fit.draws];
        private readonly double[] z = new double[PersonsPerBlock * fit.draws];
        private readonly double[] probability = new double[PersonsPerBlock * fit.draws * fit.items.Max(item => fit.Plan.Items[item].CategoryCount)];
        private readonly double[] score = new double[fit.scores is null ? 0 : PersonsPerBlock * fit.Plan.Layout.FreeCount];
        private readonly PersonScores.Scratch? scratch = fit.scores?.CreateScratch();

        public void Add(ReadOnlySpan<int> persons, ImputedResiduals[] sums)
        {
            int stride = persons.Length * fit.draws;
            int freeCount = score.Length / PersonsPerBlock;
            for (int k = 0; k < persons.Length; k++)
            {
                fit.values.AsSpan(persons[k] * fit.draws, fit.draws).CopyTo(theta.AsSpan(k * fit.draws));
                scratch?.Score(fit.patterns.PatternOfPerson[persons[k]], score.AsSpan(k * freeCount, freeCount));
            }
            for (int at = 0; at < stride; at++)
                ranges[at] = (byte)fit.ranges.Of(theta[at]);
            for (int position = 0; position < fit.items.Length; position++)
            {
                int item = fit.items[position];
                ItemParameterSet set = fit.Plan.ParameterSets[fit.setOfItem[item]];
                PlannedItem planned = fit.Plan.Items[item];
                Span<double> rows = probability.AsSpan(0, stride * planned.CategoryCount);
                ItemTables.FillItem(fit.point, set, theta.AsSpan(0, stride), planned.Attributes, 1, z.AsSpan(0, stride), rows, stride);
                foreach (ref double value in rows)
                    value = Math.Exp(value);
                for (int k = 0; k < persons.Length; k++)
                {
                    byte category = fit.patterns.Row(fit.patterns.PatternOfPerson[persons[k]])[item];
                    if (category != ResponseData.Missing)
                        sums[position].Add(category, ranges.AsSpan(k * fit.draws, fit.draws), rows[(k * fit.draws)..], stride, score.AsSpan(k * freeCount, freeCount));
                }
            }
        }
    }
}
