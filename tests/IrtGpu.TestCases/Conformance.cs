using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Scoring;

namespace IrtGpu.TestCases;

/// <summary>The suite that holds every engine against the plain loops of the reference.</summary>
internal static class Conformance
{
    /// <summary>Every engine that applies to a case of the catalogue.</summary>
    public static void AssertCase(IEnumerable<Engine> engines, string name) => AssertCases(engines, [(name, Catalogue.Get(name))], 1, 99);

    /// <summary>Every engine that applies to a case of the catalogue, where the means of persons differ within blocks: it agrees, or says why it does not take them.</summary>
    public static void AssertShifted(IEnumerable<Engine> engines, string name)
    {
        ModelCase problem = Catalogue.Get(name);
        (_, PatternTable plain, CalibrationPlan plan) = problem.Plan();
        (PatternTable patterns, ModelPoint point) = ModelCase.Shift(plain, ModelCase.RandomPoint(plan, plain, 1), 7);
        Expected[] expected = Expect(plan, patterns, point);
        foreach (Engine engine in engines.Where(engine => engine.Applies(problem)))
        {
            using IComputeBackend backend = engine.Open(plan, patterns);
            if (backend.Capabilities.ShiftRefusal is { } reason)
                Assert.Equal(reason, Assert.Throws<NotSupportedException>(() => backend.ComputeExpectation(point)).Message);
            else
                AssertConforms(backend, patterns, expected, engine.Tolerance(problem));
        }
    }

    /// <summary>Every engine on every case of the product with these functions.</summary>
    public static void AssertProduct(IEnumerable<Engine> engines, params ItemFunction[] functions) => AssertCases(engines, Catalogue.Product(functions), 1);

    /// <summary>One backend against the reference at one point.</summary>
    public static void AssertConforms(IComputeBackend backend, PatternTable patterns, ModelPoint point, double tolerance, double countFloor = 0) =>
        AssertConforms(backend, patterns, Expect(point.Plan, patterns, point), tolerance, countFloor);

    /// <param name="engines">Of which those that apply are tested.</param>
    /// <param name="cases">On these.</param>
    /// <param name="seeds">Of the points in turn: several, since buffers are reused.</param>
    private static void AssertCases(IEnumerable<Engine> engines, IEnumerable<(string Name, ModelCase Case)> cases, params int[] seeds)
    {
        List<string> failures = [];
        int count = 0;
        foreach ((string name, ModelCase problem) in cases)
        {
            (_, PatternTable patterns, CalibrationPlan plan) = problem.Plan();
            Expected[] expected = Expect(plan, patterns, [.. seeds.Select(seed => ModelCase.RandomPoint(plan, patterns, seed))]);
            foreach (Engine engine in engines.Where(engine => engine.Applies(problem)))
            {
                count++;
                try
                {
                    using IComputeBackend backend = engine.Open(plan, patterns);
                    if (engine.Form != EStepForm.Auto)
                        Assert.Equal(engine.Form, backend.Form);
                    AssertConforms(backend, patterns, expected, engine.Tolerance(problem), engine.CountFloor);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    failures.Add($"{engine.Name}, {name}: {exception.Message}");
                }
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {count}:\n{string.Join('\n', failures)}");
    }

    private static void AssertConforms(IComputeBackend backend, PatternTable patterns, Expected[] expected, double tolerance, double countFloor = 0)
    {
        foreach (Expected at in expected)
        {
            EStepOutcome actual = EStepOutcome.Compute(backend, at.Point);
            Closeness.AssertNear(at.Outcome, actual, tolerance, patterns.TotalWeight, countFloor);
            AssertPosteriors(backend, patterns, at, tolerance);
            Closeness.AssertSame(actual, EStepOutcome.Compute(backend, at.Point)); // after another use of the buffers
        }
    }

    private static void AssertPosteriors(IComputeBackend backend, PatternTable patterns, Expected at, double tolerance)
    {
        Posteriors posteriors = Posteriors.Of(backend, at.Point, patterns.PatternCount);
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            Closeness.AssertRelative(at.Posteriors.LogLikelihood[pattern], posteriors.LogLikelihood[pattern], tolerance, "log-likelihood of a pattern");
            Closeness.AssertNear(at.Posteriors.Weight[pattern], posteriors.Weight[pattern], 10 * tolerance, "posterior");
        }
        PatternScores scores = PatternScorer.Score(at.Point, patterns.Groups, backend);
        Closeness.AssertNear(at.Scores.LogLikelihood, scores.LogLikelihood, tolerance * Math.Max(1, -at.Scores.LogLikelihood.Min()), "log-likelihoods beside scores");
        Closeness.AssertNear(at.Scores.ClassProbability, scores.ClassProbability, 10 * tolerance, "class probabilities");
        Closeness.AssertNear(at.Scores.Mean, scores.Mean, 100 * tolerance, "means");
        Closeness.AssertNear(at.Scores.Covariance, scores.Covariance, 1000 * tolerance, "covariances");
        at.Posteriors.AssertLargestButForTies(at.Point, patterns.Groups, scores.MapTheta);
    }

    private static Expected[] Expect(CalibrationPlan plan, PatternTable patterns, params ModelPoint[] points)
    {
        using ReferenceBackend reference = new(plan, patterns);
        return [.. points.Select(point => new Expected(
            point, EStepOutcome.Compute(reference, point), Posteriors.Of(reference, point, patterns.PatternCount), PatternScorer.Score(point, patterns.Groups, reference)))];
    }

    /// <summary>What the reference says.</summary>
    private sealed record Expected(ModelPoint Point, EStepOutcome Outcome, Posteriors Posteriors, PatternScores Scores);
}
