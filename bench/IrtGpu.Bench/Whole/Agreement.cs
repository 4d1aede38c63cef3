using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Whole;

/// <summary>A backend must give the reference's counts before it is timed.</summary>
internal static class Agreement
{
    private const double Tolerance = 1e-9; // relative for log L, relative to the number of persons for counts
    private const double LargestPins = 2e7;

    /// <summary>Compares one E-step on part of the data.</summary>
    /// <returns>The largest relative difference.</returns>
    /// <exception cref="InvalidOperationException">They differ: figures of this backend would mean nothing.</exception>
    public static double Check(Problem problem, string device, int threads, EStepForm form = EStepForm.Tables)
    {
        Problem part = problem.Thinned(LargestPins);
        using IComputeBackend backend = BackendCatalog.Create(StepTimer.Compute(device, threads, form), part.Plan, part.Patterns);
        return Check(part, backend);
    }

    /// <summary>Compares one E-step of a backend that has all of the problem's data.</summary>
    /// <remarks>
    /// Where an E-step goes through sufficient statistics or sums over dimensions there are no counts by category and node to compare:
    /// the gradient of the expected log-likelihood takes their place, which is what an M-step sees of them.
    /// </remarks>
    public static double Check(Problem part, IComputeBackend backend)
    {
        using ReferenceBackend reference = new(part.Plan, part.Patterns);
        using Expectation actual = backend.ComputeExpectation(part.Point);
        using Expectation expected = reference.ComputeExpectation(part.Point);
        double difference = Math.Abs(actual.LogLikelihood - expected.LogLikelihood) / Math.Abs(expected.LogLikelihood);
        double persons = part.Patterns.TotalWeight;
        MStep mStep = new(part.Plan, iterations: 1, threads: 1);
        difference = Math.Max(difference, Largest(mStep.Derivatives(part.Point, actual), mStep.Derivatives(part.Point, expected)) / persons);
        for (int block = 0; block < part.Plan.Blocks.Count; block++)
            difference = Math.Max(difference, Largest(actual.TryNodeTotals(block)!, expected.TryNodeTotals(block)!) / persons);
        for (int table = 0; table < part.Plan.Tables.Count; table++)
        {
            for (int item = 0; item < part.Plan.ItemCount; item++)
            {
                ItemCounts counts = expected.TryItemCounts(table, item, out _)!;
                if (actual.TryItemCounts(table, item, out _) is { } found && found.NodeCount == counts.NodeCount)
                    difference = Math.Max(difference, Largest(found.Counts, counts.Counts) / persons);
            }
        }
        return difference < Tolerance ? difference : throw new InvalidOperationException(FormattableString.Invariant(
            $"The E-step of '{backend.Description}' differs from the reference by {difference:g3} (relative; {Tolerance:g1} is allowed), so it is not timed."));
    }

    private static double Largest(double[] actual, double[] expected)
    {
        double largest = 0;
        for (int k = 0; k < actual.Length; k++)
        {
            double difference = Math.Abs(actual[k] - expected[k]);
            largest = difference <= largest ? largest : difference; // NaN comes through
        }
        return largest;
    }
}
