using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Starts;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Backend;

/// <summary>Runs side by side on a batch of plain loops: who is served when, and what happens when one fails.</summary>
public sealed class LockstepRunsTests
{
    private static readonly ModelCase Problem = new() { Classes = 2, Persons = 60 };

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Runs_of_different_length_end_where_they_end_alone(int capacity)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (Problem with { Classes = 1, Functions = [ItemFunction.TwoParameter], Persons = 400 }).Build();
        using ReferenceBackend reference = new(plan, patterns);
        double[][] starts = [.. Enumerable.Range(0, 5).Select(start => StartingValues.Disturb(plan, point.Parameters, start, 0.2 * start).Free)];
        EmOptions options = new() { MaxCycles = 100, Tolerance = 1e-2 };
        PlainBatch batch = new(plan, patterns, capacity);
        ItemResponseProblem problem = new(plan, reference, iterations: 2, threads: 1);
        starts[0] = new EmAlgorithm<EvaluatedPoint>(problem, options, null, TestContext.Current.CancellationToken).Run(starts[1]).Parameters; // it ends at once
        IReadOnlyList<EmOutcome<EvaluatedPoint>> together = LockstepRuns.Run(
            new ItemResponseBatch(problem, batch), problem, starts, options, null, TestContext.Current.CancellationToken);
        Assert.True(together.Select(outcome => outcome.EStepCount).Distinct().Count() > 1, $"E-steps {string.Join(", ", together.Select(outcome => outcome.EStepCount))}: nothing is tested.");
        for (int start = 0; start < 5; start++)
        {
            EmOutcome<EvaluatedPoint> alone = new EmAlgorithm<EvaluatedPoint>(problem, options, null, TestContext.Current.CancellationToken).Run(starts[start]);
            Assert.Equal(alone.Parameters, together[start].Parameters);
            Assert.Equal(alone.EStepCount, together[start].EStepCount);
            Assert.Equal(alone.Termination, together[start].Termination);
        }
        Assert.Equal(capacity, batch.Widths.Max());
        Assert.Equal(together.Sum(outcome => outcome.EStepCount), batch.Widths.Sum()); // every E-step once
        Assert.InRange(batch.Widths.Count, 1, batch.Widths.Sum() - 1);
        Assert.Contains(batch.Asked, count => count > 1); // questions of several runs at once
    }

    [Fact]
    public void A_device_that_fails_ends_every_run()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        using ReferenceBackend reference = new(plan, patterns);
        ItemResponseProblem problem = new(plan, reference, iterations: 1, threads: 1);
        DeviceMemoryException failure = Assert.Throws<DeviceMemoryException>(() => LockstepRuns.Run(
            new ItemResponseBatch(problem, new PlainBatch(plan, patterns, 3) { FailsAt = 2 }), problem, [.. Enumerable.Repeat(point.Parameters.Free, 3)], new EmOptions(), null, CancellationToken.None));
        Assert.Equal("full", failure.Message);
    }

    /// <summary>A batch that computes point by point with the reference.</summary>
    private sealed class PlainBatch(CalibrationPlan plan, PatternTable patterns, int capacity) : IPointBatch
    {
        private readonly ReferenceBackend reference = new(plan, patterns);
        private Expectation[] last = [];

        public int Capacity => capacity;

        /// <summary>Number of points of each E-step.</summary>
        public List<int> Widths { get; } = [];

        /// <summary>Number of points that each question is about.</summary>
        public List<int> Asked { get; } = [];

        /// <summary>E-step that fails; 0: none.</summary>
        public int FailsAt { get; init; }

        public Expectation[] ComputeExpectations(IReadOnlyList<ModelPoint> points)
        {
            Widths.Add(points.Count);
            return Widths.Count == FailsAt ? throw new DeviceMemoryException("full") : last = [.. points.Select(reference.ComputeExpectation)];
        }

        public void Evaluate(IReadOnlyList<ItemEvaluation?> evaluations)
        {
            Assert.Equal(last.Length, evaluations.Count);
            Assert.Single(evaluations.OfType<ItemEvaluation>().Select(question => question.WithDerivatives).Distinct());
            Asked.Add(evaluations.OfType<ItemEvaluation>().Count());
            for (int point = 0; point < evaluations.Count; point++)
            {
                if (evaluations[point] is { } question)
                    last[point].Evaluate(question);
            }
        }

        public void Dispose() => reference.Dispose();
    }
}
