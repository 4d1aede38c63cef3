using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Simulation;

namespace IrtGpu.Scoring;

/// <summary>Draws plausible values: random draws from each person's posterior over the quadrature nodes.</summary>
/// <remarks>
/// Persons with the same responses get different draws. Values lie on the nodes, so that their mean and variance over many draws
/// are those of the posterior as EAP sees it. Mislevy (1991), Psychometrika 56, 177–196.
/// </remarks>
public static class PlausibleValues
{
    /// <summary>Draws per person when nothing else is said.</summary>
    public const int DefaultDraws = 5;

    /// <summary>Draws for every person.</summary>
    /// <param name="point">The model at its estimates.</param>
    /// <param name="patterns">The patterns of the backend.</param>
    /// <param name="backend">Computes the posteriors.</param>
    /// <param name="seed">Seed; a person's draws depend on it and on the person's row number alone.</param>
    /// <param name="draws">Draws per person.</param>
    /// <returns>[person, draw, attribute]</returns>
    public static double[] Draw(ModelPoint point, PatternTable patterns, IComputeBackend backend, int seed, int draws = DefaultDraws)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(backend);
        double[] values = new double[(long)patterns.PatternOfPerson.Length * draws * point.Plan.AttributeCount];
        int PatternOf(int person) => patterns.PatternOfPerson[person];
        int[] firstPerson = CountingSort.Begin(patterns.PatternOfPerson.Length, patterns.PatternCount, PatternOf);
        int[] persons = CountingSort.Order(firstPerson, PatternOf);
        backend.VisitPosteriors(point, () => new Visitor(point, patterns, firstPerson, persons, seed, draws, values));
        return values;
    }

    // Every person has elements of its own in the values, so visitors of different shards never meet.
    private sealed class Visitor(
        ModelPoint point, PatternTable patterns, int[] firstPerson, int[] persons, int seed, int draws, double[] values) : IPosteriorVisitor
    {
        private readonly double[] cumulative = new double[point.Plan.ClassCount * point.Plan.NodeCount];

        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            CalibrationPlan plan = point.Plan;
            double total = 0;
            for (int k = 0; k < posterior.Length; k++)
                cumulative[k] = total += posterior[k];
            for (int index = firstPerson[pattern]; index < firstPerson[pattern + 1]; index++)
            {
                PersonRandom random = new(seed, persons[index]);
                for (int draw = 0; draw < draws; draw++)
                {
                    int found = Array.BinarySearch(cumulative, random.NextUniform() * total);
                    int chosen = Math.Min(found < 0 ? ~found : found + 1, cumulative.Length - 1);
                    while (posterior[chosen] == 0 && chosen > 0)
                        chosen--;
                    PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + chosen / plan.NodeCount];
                    point.ThetaOfBlock(block).AsSpan(chosen % plan.NodeCount * plan.AttributeCount, plan.AttributeCount)
                        .CopyTo(values.AsSpan((persons[index] * draws + draw) * plan.AttributeCount));
                }
            }
        }
    }
}
