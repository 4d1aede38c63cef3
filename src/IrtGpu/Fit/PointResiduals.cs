using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit.Items;
using IrtGpu.Fit.LocalDependence;
using IrtGpu.Fit.Persons;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning;

namespace IrtGpu.Fit;

/// <summary>What residuals at a θ̂ a pattern say of the items, of pairs of items and of the persons of one observed group: one pass for all three.</summary>
/// <remarks>
/// Shards of patterns have sums of their own that are added in order. With one attribute and one class; with several attributes there is no
/// l_z*, with several classes nothing, as their curves differ.
/// </remarks>
internal sealed class PointResiduals
{
    private const int LargestShardCount = 16;
    private const long LargestBytes = 1L << 29;
    private const double LeastVariance = 0.00316227766016838; // √1e-5, below which mirt takes no variance of an answer to be

    private readonly ModelPoint point;
    private readonly PatternTable patterns;
    private readonly PointEstimates estimates;
    private readonly PersonFit? persons;
    private readonly PersonResiduals? ofPersons;
    private readonly int[] setOfItem;
    private readonly PlannedBlock block;

    private PointResiduals(ModelPoint point, int group, PatternTable patterns, PointEstimates estimates, PersonFit? persons)
    {
        this.point = point;
        this.patterns = patterns;
        this.estimates = estimates;
        this.persons = persons;
        block = point.Plan.Blocks[group * point.Plan.ClassCount];
        setOfItem = point.Plan.Tables[block.Table].SetOfItem;
        ofPersons = persons is null ? null : new PersonResiduals(point, block, estimates.Name);
    }

    private CalibrationPlan Plan => point.Plan;

    /// <summary>Passes over the group's patterns that have a θ̂.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="group">Observed group.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    /// <param name="estimates">θ̂.</param>
    /// <param name="persons">Receives the fit of persons; null: not wanted.</param>
    /// <param name="withPairs">Whether correlations of residuals are wanted.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Mean squares by item, and sums of products of residuals where wanted.</returns>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static (MeanSquares[] Items, ResidualProducts? Pairs) Of(
        ModelPoint point, int group, PatternTable patterns, int[] members, PointEstimates estimates, PersonFit? persons, bool withPairs, int threads,
        CancellationToken cancellation)
    {
        PointResiduals pass = new(point, group, patterns, estimates, persons);
        int[] own = [.. members.Where(pattern => estimates.Has(pattern, point.Plan.AttributeCount))];
        int itemCount = point.Plan.ItemCount;
        bool isComplete = own.All(pattern => pass.IsComplete(patterns.Row(pattern)));
        long bytes = withPairs ? ResidualProducts.Bytes(itemCount, isComplete) : 1;
        Shards shards = Shards.Cut(own.Length, 2 * ResidualBlock.Size, Math.Min(LargestShardCount, LargestBytes / bytes));
        MeanSquareSums[][] sums = new MeanSquareSums[shards.Count][];
        ResidualProducts?[] products = new ResidualProducts?[shards.Count];
        Parallel.For(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, shard =>
        {
            sums[shard] = new MeanSquareSums[itemCount];
            products[shard] = withPairs ? new ResidualProducts(itemCount, isComplete) : null;
            ResidualBlock work = new(point, patterns);
            for (int begin = shards.Begin(shard); begin < shards.End(shard) && !cancellation.IsCancellationRequested; begin += ResidualBlock.Size)
            {
                work.Choose(own.AsSpan(begin, Math.Min(ResidualBlock.Size, shards.End(shard) - begin)), estimates);
                pass.Visit(work, sums[shard], products[shard]);
            }
        });
        cancellation.ThrowIfCancellationRequested();
        for (int shard = 1; shard < shards.Count; shard++)
        {
            for (int item = 0; item < itemCount; item++)
                sums[0][item].Add(sums[shard][item]);
            products[0]?.Add(products[shard]!);
        }
        return ([.. sums[0].Select(sum => sum.Result())], products[0]);
    }

    private bool IsComplete(ReadOnlySpan<byte> row)
    {
        for (int item = 0; item < row.Length; item++)
        {
            if (row[item] == ResponseData.Missing && setOfItem[item] >= 0)
                return false;
        }
        return true;
    }

    private void Visit(ResidualBlock work, MeanSquareSums[] sums, ResidualProducts? products)
    {
        int count = work.Members.Length;
        Span<double> probability = stackalloc double[Plan.Items.Max(item => item.CategoryCount)];
        MeanSquareSums[] ofPerson = new MeanSquareSums[persons is null ? 0 : count];
        PersonSums[] likelihood = new PersonSums[persons is null ? 0 : count];
        products?.Begin(count);
        for (int item = 0; item < Plan.ItemCount; item++)
        {
            if (setOfItem[item] < 0)
                continue;
            ItemParameterSet set = Plan.ParameterSets[setOfItem[item]];
            int categoryCount = Plan.Items[item].CategoryCount;
            ReadOnlySpan<double> logProbability = work.Evaluate(set);
            for (int k = 0; k < count; k++)
            {
                byte response = work.Response(k, item);
                if (response == ResponseData.Missing)
                    continue;
                for (int category = 0; category < categoryCount; category++)
                    probability[category] = Math.Exp(logProbability[category * count + k]);
                CategoryMoments moments = CategoryMoments.Of(probability[..categoryCount]);
                moments = moments with { Variance = Math.Max(moments.Variance, LeastVariance) };
                double weight = patterns.Frequency[work.Members[k]];
                sums[item].Add(response, moments, weight);
                products?.Set(item, k, response - moments.Mean, weight);
                if (persons is not null)
                    ofPerson[k].Add(response, moments, 1);
            }
            ofPersons?.Add(work, set, logProbability, likelihood);
        }
        products?.End();
        for (int k = 0; k < ofPerson.Length; k++)
        {
            int pattern = work.Members[k];
            persons!.MeanSquares[pattern] = ofPerson[k].Result();
            (persons.Lz[pattern], persons.LzStar[pattern]) = ofPersons!.Result(likelihood[k], estimates.Theta.AsSpan(pattern * Plan.AttributeCount, Plan.AttributeCount));
        }
    }
}
