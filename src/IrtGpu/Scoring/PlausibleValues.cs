using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Scoring;

/// <summary>Draws plausible values: random draws from each person's posterior distribution of the attributes.</summary>
/// <remarks>
/// The posterior is continuous: the class is drawn from the class probabilities, then θ given the class by Metropolis' and Hastings'
/// rule with independent proposals from a t distribution with 6 degrees of freedom, centred at the mode of the posterior and with
/// its curvature. Each draw has a chain of its own, so the draws of a person are independent; where the proposal fits, as it does unless
/// a posterior is strongly bent, what remains of a chain's start is below 1e-4. Persons with the same responses get different
/// draws. Mislevy (1991), Psychometrika 56, 177–196; Tierney (1994), Annals of Statistics 22, 1701–1728, section 2.3.3.
/// </remarks>
public static class PlausibleValues
{
    /// <summary>Draws per person when nothing else is said.</summary>
    public const int DefaultDraws = 5;

    private const int ChainLength = 8;
    private const int DegreesOfFreedom = 6; // even: a χ² of them is a sum of logarithms

    /// <summary>Draws for every person.</summary>
    /// <param name="point">The model at its estimates.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="summaries">Their posterior summaries: class probabilities, and nodes to begin at.</param>
    /// <param name="seed">Seed; a person's draws depend on it and on the person's row number alone.</param>
    /// <param name="draws">Draws per person.</param>
    /// <param name="threads">Number of threads; 0: all processors. Does not change the draws.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>[person, draw, attribute]</returns>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static double[] Draw(ModelPoint point, PatternTable patterns, PatternScores summaries, int seed, int draws = DefaultDraws, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(summaries);
        double[] values = new double[(long)patterns.PatternOfPerson.Length * draws * point.Plan.AttributeCount];
        int PatternOf(int person) => patterns.PatternOfPerson[person];
        int[] firstPerson = CountingSort.Begin(patterns.PatternOfPerson.Length, patterns.PatternCount, PatternOf);
        int[] persons = CountingSort.Order(firstPerson, PatternOf);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.For(0, patterns.PatternCount, parallel, () => new Sampler(point, patterns, summaries), (pattern, _, sampler) =>
        {
            sampler.SetPattern(pattern);
            for (int index = firstPerson[pattern]; index < firstPerson[pattern + 1]; index++)
            {
                cancellation.ThrowIfCancellationRequested();
                StreamRandom random = new(seed, persons[index]);
                for (int draw = 0; draw < draws; draw++)
                    sampler.Draw(ref random, values.AsSpan((persons[index] * draws + draw) * point.Plan.AttributeCount, point.Plan.AttributeCount));
            }
            return sampler;
        }, _ => { });
        return values;
    }

    /// <summary>Draws from the posterior of one pattern after the other; one instance serves one thread.</summary>
    private sealed class Sampler(ModelPoint point, PatternTable patterns, PatternScores summaries)
    {
        private readonly CalibrationPlan plan = point.Plan;
        private readonly ClassPosterior?[] classes = new ClassPosterior?[point.Plan.ClassCount]; // made when first drawn from
        private int current;

        public void SetPattern(int pattern)
        {
            current = pattern;
            for (int k = 0; k < classes.Length; k++)
                classes[k]?.Forget();
        }

        public void Draw(ref StreamRandom random, Span<double> theta)
        {
            int k = DrawClass(ref random);
            ClassPosterior posterior = classes[k] ??= new ClassPosterior(point);
            if (!posterior.IsSet)
            {
                PlannedBlock block = plan.Blocks[patterns.Groups[current] * plan.ClassCount + k];
                posterior.Set(
                    block, patterns.Row(current), point.Populations[block.Index], point.ShiftOf(block, patterns, current),
                    summaries.MapTheta.AsSpan(current * plan.AttributeCount, plan.AttributeCount));
            }
            posterior.Draw(ref random, theta);
        }

        private int DrawClass(ref StreamRandom random)
        {
            if (plan.ClassCount == 1)
                return 0;
            ReadOnlySpan<double> probability = summaries.ClassProbability.AsSpan(current * plan.ClassCount, plan.ClassCount);
            double rest = random.NextUniform();
            int last = 0;
            for (int k = 0; k < probability.Length; k++)
            {
                if (probability[k] == 0)
                    continue;
                last = k;
                rest -= probability[k];
                if (rest < 0)
                    break;
            }
            return last;
        }
    }

    /// <summary>The posterior of a pattern within one class.</summary>
    private sealed class ClassPosterior
    {
        private readonly int attributeCount;
        private readonly int[] all;
        private readonly PersonLikelihood likelihood;
        private readonly LikelihoodMaximizer maximizer;
        private readonly double[] mode; // [attribute]
        private readonly double[] factor; // of the proposal's scale: lower Cholesky factor [attribute, attribute]
        private readonly double[] proposal; // [attribute]
        private readonly double[] normal; // [attribute]

        public ClassPosterior(ModelPoint point)
        {
            attributeCount = point.Plan.AttributeCount;
            all = [.. Enumerable.Range(0, attributeCount)];
            likelihood = new PersonLikelihood(point);
            maximizer = new LikelihoodMaximizer(likelihood, attributeCount);
            mode = new double[attributeCount];
            factor = new double[attributeCount * attributeCount];
            proposal = new double[attributeCount];
            normal = new double[attributeCount];
        }

        public bool IsSet { get; private set; }

        public void Forget() => IsSet = false;

        public void Set(PlannedBlock block, ReadOnlySpan<byte> row, IPopulation population, ReadOnlySpan<double> shift, ReadOnlySpan<double> start)
        {
            likelihood.SetPattern(block, row, population, shift);
            start.CopyTo(mode);
            if (attributeCount == 1)
                factor[0] = 1 / Math.Sqrt(maximizer.MaximizeOne(mode, 0));
            else if (!maximizer.Maximize(mode, all, factor) || !CholeskySolver.TryFactor(factor, attributeCount))
                throw new InvalidOperationException("A posterior with a normal prior has no mode: its parameters are not numbers.");
            IsSet = true;
        }

        public void Draw(ref StreamRandom random, Span<double> theta)
        {
            double logRatio = Propose(ref random); // of the posterior to the proposal's density
            proposal.CopyTo(theta);
            for (int step = 1; step < ChainLength; step++)
            {
                double candidate = Propose(ref random);
                if (candidate >= logRatio || random.NextUniform() < Math.Exp(candidate - logRatio))
                {
                    logRatio = candidate;
                    proposal.CopyTo(theta);
                }
            }
        }

        private double Propose(ref StreamRandom random)
        {
            double square = 0;
            for (int j = 0; j < attributeCount; j++)
            {
                normal[j] = random.NextNormal();
                square += normal[j] * normal[j];
            }
            double product = 1;
            for (int k = 0; k < DegreesOfFreedom / 2; k++)
                product *= 1 - random.NextUniform();
            double mixing = DegreesOfFreedom / (-2 * Math.Log(product)); // ν / χ²
            double spread = Math.Sqrt(mixing);
            for (int j = 0; j < attributeCount; j++)
            {
                proposal[j] = mode[j];
                for (int k = 0; k <= j; k++)
                    proposal[j] += spread * factor[j * attributeCount + k] * normal[k];
            }
            double logDensity = -0.5 * (DegreesOfFreedom + attributeCount) * Math.Log(1 + mixing * square / DegreesOfFreedom);
            return likelihood.Value(proposal) - logDensity;
        }
    }
}
