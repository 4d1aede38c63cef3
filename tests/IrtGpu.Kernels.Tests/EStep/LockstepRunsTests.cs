using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

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
                backend.ComputeExpectation(point);
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
                backend.ComputeExpectation(point);
            return 0;
        }));
        Assert.Equal("full", failure.Message);
    }

    [Fact]
    public void Derivatives_are_served_before_E_steps_and_only_to_who_asked()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Problem.Build();
        PlainBatch batch = new(plan, patterns, 3) { Echoes = true };
        LockstepRuns.Run(batch, 3, (task, backend) =>
        {
            Expectation expectation = backend.ComputeExpectation(point);
            ItemEvaluation question = new(plan);
            for (int k = 0; k < task; k++)
            {
                question.Slots[0] = 10 * task + k;
                question.WithDerivatives = k % 2 == 0;
                expectation.Evaluate(question);
                Assert.Equal(10 * task + k + (k % 2 == 0 ? 0.5 : 0), question.Value[0]);
            }
            backend.ComputeExpectation(point);
            return 0;
        });
        Assert.Equal([3, 3], batch.Widths);
        Assert.Equal(["1+2", "2"], batch.Asked); // and no E-step between them
    }

    /// <summary>A batch that computes point by point with the reference.</summary>
    private sealed class PlainBatch(CalibrationPlan plan, PatternTable patterns, int capacity) : IPointBatch
    {
        private readonly ReferenceBackend reference = new(plan, patterns);
        private Expectation[] last = [];

        public int Capacity => capacity;

        /// <summary>Number of points of each E-step.</summary>
        public List<int> Widths { get; } = [];

        /// <summary>Tasks of each question.</summary>
        public List<string> Asked { get; } = [];

        /// <summary>Whether an answer is the first parameter of the question, plus a half where derivatives are wanted.</summary>
        public bool Echoes { get; init; }

        /// <summary>E-step that fails; 0: none.</summary>
        public int FailsAt { get; init; }

        public Expectation[] ComputeExpectations(IReadOnlyList<ModelPoint> points)
        {
            Widths.Add(points.Count);
            return Widths.Count == FailsAt ? throw new DeviceMemoryException("full") : last = [.. points.Select(reference.ComputeExpectation)];
        }

        public void Evaluate(IReadOnlyList<ItemEvaluation?> evaluations)
        {
            Asked.Add(string.Join('+', evaluations.OfType<ItemEvaluation>().Select(question => (int)question.Slots[0] / 10).Order()));
            for (int point = 0; point < evaluations.Count; point++)
            {
                if (evaluations[point] is not { } question)
                    continue;
                if (Echoes)
                    question.Value[0] = question.Slots[0] + (question.WithDerivatives ? 0.5 : 0);
                else
                    last[point].Evaluate(question);
            }
        }

        public void Dispose() => reference.Dispose();
    }
}
