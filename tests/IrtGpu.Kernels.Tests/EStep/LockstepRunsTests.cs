using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>Runs side by side on a batch of plain loops: who is served when, and what happens when one fails.</summary>
public sealed class LockstepRunsTests
{
    private static readonly CalibrationCase Problem = new() { Classes = 2, Persons = 60 };

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Runs_of_different_length_end_where_they_end_alone(int capacity)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        using ReferenceBackend reference = new(plan, patterns);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        EmOutcome Run(int start, IComputeBackend backend) => new EmAlgorithm(
            plan, backend, new CalibrationOptions { MaxCycles = 3 + 4 * (start % 3) }, null, cancellation)
            .Run(StartingValues.Disturb(plan, point.Parameters, start, 0.3));
        PlainBatch batch = new(plan, patterns, capacity);
        EmOutcome[] together = LockstepRuns.Run(batch, 5, Run);
        for (int start = 0; start < 5; start++)
        {
            EmOutcome alone = Run(start, reference);
            Assert.Equal(alone.Point.Parameters.Free, together[start].Point.Parameters.Free);
            Assert.Equal(alone.EStepCount, together[start].EStepCount);
        }
        Assert.Equal(capacity, batch.Widths.Max());
        Assert.Equal(together.Sum(outcome => outcome.EStepCount), batch.Widths.Sum()); // every E-step once
        Assert.InRange(batch.Widths.Count, 1, batch.Widths.Sum() - 1);
    }

    [Fact]
    public void A_run_that_fails_is_reported_when_the_others_have_ended()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        int ended = 0;
        PlainBatch batch = new(plan, patterns, 3);
        ArithmeticException failure = Assert.Throws<ArithmeticException>(() => LockstepRuns.Run(batch, 5, (task, backend) =>
        {
            for (int step = 0; step < 4; step++)
            {
                backend.ComputeExpectedCounts(point);
                if (task is 1 or 3 && step == 2)
                    throw new ArithmeticException($"run {task}");
            }
            return Interlocked.Increment(ref ended);
        }));
        Assert.Equal("run 1", failure.Message);
        Assert.Equal(3, ended);
    }

    [Fact]
    public void A_device_that_fails_ends_every_run()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        PlainBatch batch = new(plan, patterns, 3) { FailsAt = 2 };
        DeviceMemoryException failure = Assert.Throws<DeviceMemoryException>(() => LockstepRuns.Run(batch, 3, (_, backend) =>
        {
            for (int step = 0; step < 4; step++)
                backend.ComputeExpectedCounts(point);
            return 0;
        }));
        Assert.Equal("full", failure.Message);
    }

    [Fact]
    public void Derivatives_are_served_before_E_steps_and_only_to_who_asked()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        PlainBatch batch = new(plan, patterns, 3) { HoldsCounts = true };
        LockstepRuns.Run(batch, 3, (task, backend) =>
        {
            IItemDerivativesBackend reducer = (IItemDerivativesBackend)backend;
            Assert.Throws<InvalidOperationException>(() => reducer.ComputeItemDerivatives([0.0], withDerivatives: true));
            ExpectedCounts counts = backend.ComputeExpectedCounts(point);
            for (int k = 0; k < task; k++)
            {
                Assert.True(reducer.Holds(counts));
                ItemDerivatives derivatives = reducer.ComputeItemDerivatives([10 * task + k], withDerivatives: k % 2 == 0);
                Assert.Equal(10 * task + k + (k % 2 == 0 ? 0.5 : 0), derivatives.Value[0]);
            }
            backend.ComputeExpectedCounts(point);
            Assert.False(reducer.Holds(counts));
            return 0;
        });
        Assert.Equal([3, 3], batch.Widths);
        Assert.Equal(["1+2", "2"], batch.Asked); // and no E-step between them
    }

    /// <summary>A batch that computes point by point with the reference; derivatives echo the parameter they were asked at.</summary>
    private sealed class PlainBatch(CalibrationPlan plan, PatternTable patterns, int capacity) : IPointBatch
    {
        private readonly ReferenceBackend reference = new(plan, patterns);

        public int Capacity => capacity;

        public bool HoldsCounts { get; init; }

        /// <summary>Number of points of each E-step.</summary>
        public List<int> Widths { get; } = [];

        /// <summary>Tasks of each request for derivatives.</summary>
        public List<string> Asked { get; } = [];

        /// <summary>E-step that fails; 0: none.</summary>
        public int FailsAt { get; init; }

        public ExpectedCounts[] ComputeExpectedCounts(IReadOnlyList<ModelPoint> points)
        {
            Widths.Add(points.Count);
            return Widths.Count == FailsAt ? throw new DeviceMemoryException("full") : [.. points.Select(reference.ComputeExpectedCounts)];
        }

        public ItemDerivatives?[] ComputeItemDerivatives(IReadOnlyList<double[]?> slotsOfPoint, bool withDerivatives)
        {
            Asked.Add(string.Join('+', slotsOfPoint.OfType<double[]>().Select(slots => (int)slots[0] / 10).Order()));
            return [.. slotsOfPoint.Select(slots =>
            {
                if (slots is null)
                    return null;
                ItemDerivatives echo = new(plan);
                echo.Value[0] = slots[0] + (withDerivatives ? 0.5 : 0);
                return echo;
            })];
        }

        public void Dispose() => reference.Dispose();
    }
}
