using IrtGpu.Compute.Adaptive.Modes;
using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive;

/// <summary>E-steps and item sums over patterns and the nodes of each.</summary>
/// <remarks>
/// Dimensions: P patterns, K classes, J attributes, Q nodes a pattern. An E-step is one pass over patterns: nodes θ = m + U z; log P of the
/// answers there, whose sum with the density and the rule's weights gives posterior weights and the marginal log-likelihood; moments of θ;
/// and, from what the items' evaluation left, the first and second derivatives of Σ w log P by the parameters of every item at the point of
/// the E-step itself, which are what a Newton step of the M-step asks for. So a cycle needs one exponential for each dichotomous answer and
/// node, and no other pass. A pattern costs Q (J² + answers · loadings²) products; memory is P K (Q + J²/2) doubles at most, the weights
/// being computed again where they would take more than a GiB.
/// </remarks>
internal sealed class AdaptiveStep : IDisposable
{
    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly PersonNodes[] variants;
    private readonly ParallelOptions parallel;
    private readonly AdaptiveLayout layout;
    private readonly ShardSums sums;
    private readonly int[] allSets;

    /// <summary>Prepares.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="variants">Rules, one of which each pattern has.</param>
    /// <param name="threads">Number of threads.</param>
    public AdaptiveStep(CalibrationPlan plan, PatternTable patterns, PersonNodes[] variants, int threads)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.variants = variants;
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        layout = new AdaptiveLayout(plan, patterns, variants[0].Stride);
        sums = new ShardSums(plan, layout);
        allSets = [.. Enumerable.Range(0, plan.ParameterSets.Count)];
    }

    /// <summary>Lays the nodes of all patterns about their modes at a point.</summary>
    /// <param name="point">The point.</param>
    /// <param name="before">Where they lay, to begin from; null: at the means of the populations.</param>
    public Placements Place(ModelPoint point, Placements? before)
    {
        Placements placements = new(patterns.PatternCount, plan.ClassCount, plan.AttributeCount);
        ItemsAt items = new(plan, point.Parameters.Slots);
        Parallel.For(0, layout.Shards.Count, parallel, () => new PosteriorModes(plan, patterns), (shard, _, modes) =>
        {
            foreach (PlannedBlock block in plan.Blocks)
                Place(point, before, items, modes, placements, block, layout.Shards.Begin(shard), layout.Shards.End(shard));
            return modes;
        }, _ => { });
        return placements;
    }

    /// <summary>The E-step.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="placements">Where nodes lie.</param>
    public AdaptiveExpectation Compute(ModelPoint point, Placements placements)
    {
        int powerCount = 1 + plan.AttributeCount + plan.CovarianceCount;
        Shards shards = layout.Shards;
        double[] logLikelihoods = new double[shards.Count];
        double[][] powers = [.. Enumerable.Range(0, shards.Count).Select(_ => new double[plan.Blocks.Count * powerCount])];
        double[]?[] weights = new double[]?[shards.Count];
        ItemsAt items = new(plan, point.Parameters.Slots);
        ForEachShard(shards, (shard, person) =>
        {
            int first = shards.Begin(shard);
            double[]? kept = layout.KeepsWeights ? new double[(shards.End(shard) - first) * layout.WeightsLength] : null;
            double[] scratch = new double[person.Stride];
            sums.Begin(shard, allSets);
            for (int pattern = first; pattern < shards.End(shard); pattern++)
            {
                double frequency = patterns.Frequency[pattern];
                if (frequency == 0)
                    continue;
                logLikelihoods[shard] += frequency * person.Compute(point, items, pattern, placements);
                PersonLoops.Chosen.Scale(person.AllWeights, frequency);
                if (kept is not null)
                    person.AllWeights.CopyTo(kept.AsSpan((pattern - first) * layout.WeightsLength));
                for (int k = 0; k < plan.ClassCount; k++)
                {
                    if (!person.IsPossible(pattern, k))
                        continue;
                    AddPowers(person, k, frequency, scratch, powers[shard].AsSpan(person.Block(pattern, k).Index * powerCount, powerCount));
                    AddItems(person, pattern, k, items, shard);
                }
            }
            weights[shard] = kept;
        });
        double[] total = new double[plan.Blocks.Count * powerCount];
        double logLikelihood = 0;
        for (int shard = 0; shard < shards.Count; shard++)
        {
            logLikelihood += logLikelihoods[shard];
            for (int index = 0; index < total.Length; index++)
                total[index] += powers[shard][index];
        }
        PopulationMoments[] populations = [.. plan.Blocks.Select(block => new PopulationMoments(total[block.Index * powerCount], total[(block.Index * powerCount)..((block.Index + 1) * powerCount)]))];
        return new AdaptiveExpectation(this, point, placements, populations, weights, TakeDerivatives(point)) { LogLikelihood = logLikelihood };
    }

    /// <summary>Answers what an M-step asks of items.</summary>
    /// <param name="expectation">Of this step.</param>
    /// <param name="evaluation">The question; receives the answer.</param>
    public void Evaluate(AdaptiveExpectation expectation, ItemEvaluation evaluation)
    {
        ItemsAt asked = new(plan, evaluation.Slots, evaluation.Sets);
        ItemsAt? made = layout.KeepsWeights ? null : new ItemsAt(plan, expectation.Point.Parameters.Slots);
        bool[] isAsked = new bool[plan.ParameterSets.Count];
        foreach (int set in evaluation.Sets)
            isAsked[set] = true;
        ForEachShard(layout.Shards, (shard, person) =>
        {
            sums.Begin(shard, evaluation.Sets);
            int first = layout.Shards.Begin(shard);
            for (int pattern = first; pattern < layout.Shards.End(shard); pattern++)
            {
                if (patterns.Frequency[pattern] == 0)
                    continue;
                if (made is null)
                {
                    person.Place(pattern, expectation.Placements);
                }
                else
                {
                    person.Compute(expectation.Point, made, pattern, expectation.Placements);
                    PersonLoops.Chosen.Scale(person.AllWeights, patterns.Frequency[pattern]);
                }
                ReadOnlySpan<double> weights = made is null
                    ? expectation.Weights[shard].AsSpan((pattern - first) * layout.WeightsLength, layout.WeightsLength)
                    : person.AllWeights;
                AddPattern(person, pattern, asked, isAsked, weights, shard, evaluation.WithDerivatives);
            }
        });
        sums.Take(evaluation);
    }

    /// <summary>Log-likelihoods of some patterns.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="placements">Where nodes lie.</param>
    /// <param name="chosen">Patterns.</param>
    /// <returns>In their order.</returns>
    public double[] LogLikelihoods(ModelPoint point, Placements placements, int[] chosen)
    {
        double[] found = new double[chosen.Length];
        ItemsAt items = new(plan, point.Parameters.Slots);
        ForEachShard(Shards.Cut(chosen.Length, 1, layout.Shards.Count), (shards, shard, person) =>
        {
            for (int index = shards.Begin(shard); index < shards.End(shard); index++)
                found[index] = person.Compute(point, items, chosen[index], placements);
        });
        return found;
    }

    /// <summary>Posterior summaries of every pattern; the point of the largest posterior is the mode in the most probable class.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="placements">Where nodes lie.</param>
    public PatternScores Score(ModelPoint point, Placements placements)
    {
        int count = patterns.PatternCount;
        int attributeCount = plan.AttributeCount;
        PatternScores scores = new(
            attributeCount, plan.ClassCount, new double[count * attributeCount], new double[count * plan.CovarianceCount],
            new double[count * attributeCount], new double[count * plan.ClassCount], new double[count]);
        ItemsAt items = new(plan, point.Parameters.Slots);
        ForEachShard(layout.Shards, (shard, person) =>
        {
            double[] scratch = new double[person.Stride];
            double[] powers = new double[1 + attributeCount + plan.CovarianceCount];
            for (int pattern = layout.Shards.Begin(shard); pattern < layout.Shards.End(shard); pattern++)
            {
                scores.LogLikelihood[pattern] = person.Compute(point, items, pattern, placements);
                Array.Clear(powers);
                int likeliest = 0;
                for (int k = 0; k < plan.ClassCount; k++)
                {
                    scores.ClassProbability[pattern * plan.ClassCount + k] = person.Share(k);
                    likeliest = person.Share(k) > person.Share(likeliest) ? k : likeliest;
                    if (person.IsPossible(pattern, k))
                        AddPowers(person, k, 1, scratch, powers);
                }
                PersonMoments.Write(scores, pattern, powers);
                placements.Centre(pattern, likeliest).CopyTo(scores.MapTheta.AsSpan(pattern * attributeCount));
            }
        });
        return scores;
    }

    /// <inheritdoc/>
    public void Dispose() => sums.Dispose();

    private void Place(ModelPoint point, Placements? before, ItemsAt items, PosteriorModes modes, Placements placements, PlannedBlock block, int begin, int end)
    {
        Span<int> chosen = stackalloc int[PosteriorModes.Size];
        int count = 0;
        for (int pattern = begin; pattern < end; pattern++)
        {
            if (patterns.Groups[pattern] == block.Group && (patterns.KnownClasses[pattern] < 0 || patterns.KnownClasses[pattern] == block.Class))
                chosen[count++] = pattern;
            if (count > 0 && (count == chosen.Length || pattern + 1 == end))
            {
                modes.Place(point, items, block, chosen[..count], before, placements);
                count = 0;
            }
        }
    }

    /// <summary>Adds the derivatives of the answers in a class, whose weights are the posterior times the frequency, from what their evaluation left.</summary>
    private void AddItems(PersonPosterior person, int pattern, int k, ItemsAt items, int shard)
    {
        ReadOnlySpan<byte> responses = patterns.Row(pattern);
        int[] setOfItem = plan.Tables[person.Block(pattern, k).Table].SetOfItem;
        for (int item = 0; item < responses.Length; item++)
        {
            int set = setOfItem[item];
            if (responses[item] != ResponseData.Missing)
                items.Operations(set).AddKeptSums(items.At(set, responses[item], person.Theta(k), person.Stride), person.Weights(k), person.Kept(k, item), sums.Of(shard, set));
        }
    }

    /// <summary>Derivatives of all sets at a point; values of those whose evaluation leaves them, NaN elsewhere.</summary>
    private ItemEvaluation TakeDerivatives(ModelPoint point)
    {
        ItemEvaluation found = new(plan) { WithDerivatives = true };
        point.Parameters.Slots.CopyTo(found.Slots, 0);
        foreach (int set in allSets)
            found.Add(set);
        sums.Take(found);
        foreach (int set in allSets)
        {
            PlannedItem item = plan.Items[plan.ParameterSets[set].Item];
            if (!item.Family.Operations.HasKeptValue(item.CategoryCount))
                found.Value[set] = double.NaN;
        }
        return found;
    }

    private void AddPattern(
        PersonPosterior person, int pattern, ItemsAt items, bool[] isAsked, ReadOnlySpan<double> weights, int shard, bool withDerivatives)
    {
        ReadOnlySpan<byte> responses = patterns.Row(pattern);
        for (int k = 0; k < plan.ClassCount; k++)
        {
            if (!person.IsPossible(pattern, k))
                continue;
            int[] setOfItem = plan.Tables[person.Block(pattern, k).Table].SetOfItem;
            for (int item = 0; item < responses.Length; item++)
            {
                int set = setOfItem[item];
                if (responses[item] != ResponseData.Missing && isAsked[set])
                {
                    items.Operations(set).AddResponseSums(
                        items.At(set, responses[item], person.Theta(k), person.Stride), weights.Slice(k * person.Stride, person.Stride), sums.Of(shard, set), withDerivatives);
                }
            }
        }
    }

    /// <summary>Adds Σ w, Σ w θ_j and Σ w θ_j θ_k of one class, whose weights are the posterior times the frequency.</summary>
    private void AddPowers(PersonPosterior person, int k, double frequency, Span<double> scratch, Span<double> powers)
    {
        int attributeCount = plan.AttributeCount;
        ReadOnlySpan<double> theta = person.Theta(k);
        powers[0] += frequency * person.Share(k);
        for (int j = 0; j < attributeCount; j++)
        {
            powers[1 + j] += PersonLoops.Chosen.Multiply(person.Weights(k), theta.Slice(j * person.Stride, person.Stride), scratch);
            for (int i = 0; i <= j; i++)
                powers[1 + attributeCount + PackedTriangle.Index(j, i)] += PersonLoops.Chosen.Dot(scratch, theta.Slice(i * person.Stride, person.Stride));
        }
    }

    private void ForEachShard(Shards shards, Action<int, PersonPosterior> process) =>
        ForEachShard(shards, (_, shard, person) => process(shard, person));

    private void ForEachShard(Shards shards, Action<Shards, int, PersonPosterior> process) =>
        Parallel.For(0, shards.Count, parallel, () => new PersonPosterior(plan, patterns, variants), (shard, _, person) =>
        {
            process(shards, shard, person);
            return person;
        }, person => person.Dispose());
}
