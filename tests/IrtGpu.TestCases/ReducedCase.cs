using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Integration;
using IrtGpu.Planning.Layout;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu.TestCases;

/// <summary>A made-up problem twice: attributes summed out one after the other, and by plain loops over all nodes of the product grid.</summary>
internal sealed class ReducedCase
{
    private readonly CalibrationPlan dense;

    /// <summary>Plans both.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="change">What is asked for beside.</param>
    public ReducedCase(ModelCase problem, Func<ModelSpecification, ModelSpecification> change)
    {
        ResponseData data = problem.Data();
        Patterns = PatternTable.Compress(data);
        Plan = CalibrationPlanner.Plan(change(problem.Specification) with { Integration = IntegrationMethod.Reduced }, DataShape.Of(data, Patterns));
        dense = CalibrationPlanner.Plan(Plan.Specification with { Integration = IntegrationMethod.Grid }, Plan.Shape);
        Assert.Equal(dense.Grid.Line, Plan.Grid.Line);
    }

    public PatternTable Patterns { get; }

    public CalibrationPlan Plan { get; }

    /// <summary>A general attribute and specific ones in turn.</summary>
    public static ReducedCase Bifactor(ModelCase problem) => new(problem, model => model with { IsOrthogonal = true, QMatrix = BifactorMatrix(problem) });

    /// <summary>Items on a general attribute and in turn on the others.</summary>
    public static Dictionary<string, int[]> BifactorMatrix(ModelCase problem) =>
        Matrix(problem, (item, j) => j == 0 || j == 1 + item % (problem.Attributes - 1));

    /// <summary>Items by the attributes that they measure.</summary>
    public static Dictionary<string, int[]> Matrix(ModelCase problem, Func<int, int, bool> measures) => Enumerable.Range(0, problem.Items).ToDictionary(
        SimulatedData.Name, item => Enumerable.Range(0, problem.Attributes).Select(j => measures(item, j) ? 1 : 0).ToArray());

    public ModelPoint Point(int seed) => ModelPoint.TryCreate(Plan, new ParameterVector(Plan.Layout, ModelCase.RandomPoint(dense, Patterns, seed).Parameters.Free))!;

    /// <summary>Holds a backend of the plan against the plain loops at a random point.</summary>
    /// <param name="backend">Of <see cref="Plan"/>.</param>
    /// <param name="seed">Decides the point.</param>
    /// <param name="tolerance">Relative for log-likelihoods, a person's share for sums.</param>
    public void AssertAgrees(IComputeBackend backend, int seed, double tolerance)
    {
        using ReferenceBackend reference = new(dense, Patterns);
        ModelPoint point = ModelCase.RandomPoint(dense, Patterns, seed);
        ModelPoint at = Point(seed);
        EStepOutcome expected = EStepOutcome.Compute(reference, point);
        EStepOutcome actual = EStepOutcome.Compute(backend, at);
        Closeness.AssertNear(
            expected with { Population = OfSets(expected.Population) }, actual with { Population = OfSets(actual.Population) }, tolerance, Patterns.TotalWeight);
        PatternScores known = PatternScorer.Score(point, Patterns.Groups, reference, TestContext.Current.CancellationToken);
        PatternScores scores = PatternScorer.Score(at, Patterns.Groups, backend, TestContext.Current.CancellationToken);
        Closeness.AssertNear(known.LogLikelihood, scores.LogLikelihood, tolerance * Math.Max(1, -known.LogLikelihood.Min()), "log-likelihoods");
        Closeness.AssertNear(known.ClassProbability, scores.ClassProbability, 10 * tolerance, "class probabilities");
        Closeness.AssertNear(known.Mean, scores.Mean, 100 * tolerance, "means");
        Closeness.AssertNear(known.Covariance, scores.Covariance, 100 * tolerance, "covariances");
        Posteriors.Of(reference, point, Patterns.PatternCount).AssertLargestButForTies(point, Patterns.Groups, scores.MapTheta);
    }

    /// <summary>Moments but for products of attributes that are independent by the model.</summary>
    private double[] OfSets(double[] population)
    {
        EliminationTree tree = Plan.Integration.Tree!;
        double[] kept = [.. population];
        int length = kept.Length / Plan.Blocks.Count;
        int pairs = length - Plan.CovarianceCount;
        for (int index = 0; index < kept.Length; index++)
        {
            int pair = index % length - pairs;
            int j = 0;
            while (pair >= 0 && (j + 1) * (j + 2) / 2 <= pair)
                j++;
            if (pair >= 0 && !tree.Populations.Any(set => set.Contains(j) && set.Contains(pair - j * (j + 1) / 2)))
                kept[index] = 0;
        }
        return kept;
    }
}
