using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Backend;

/// <summary>Several model points in the launches of one: the same bits as one by one, in fewer launches.</summary>
public sealed class PointBatchTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private static readonly ModelCase Mixed = new()
    {
        Functions =
        [
            ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.FourParameter, ItemFunction.Nominal, ItemFunction.Sequential,
        ],
        Items = 7,
        Classes = 2,
        Missing = 0.2,
        HasWeights = true,
    };

    private static readonly Dictionary<string, ModelCase> Cases = new()
    {
        ["classes"] = Mixed,
        ["groups with items of their own"] = Mixed with { Classes = 1, Groups = 3, EqualAcrossGroups = "q0001-q0003" },
        ["groups by known classes, moving nodes in 2 dimensions"] = Mixed with
        {
            Groups = 2,
            KnownShare = 0.3,
            Rule = QuadratureRule.GaussHermite,
            Attributes = 2,
            Nodes = 3,
        },
        ["more than a chunk of nodes"] = Mixed with { Nodes = 37 },
    };

    private static readonly Dictionary<string, ModelCase> FusedCases = new(Cases)
    {
        ["a node block"] = Mixed with { Classes = 1, Nodes = 21 },
        ["column groups"] = Mixed with { Functions = [ItemFunction.Graded], Categories = [5], Items = 52, Nodes = 21 },
    };

    /// <summary>The same of items that have weighted scores; node totals and moments are then summed in parts of their own.</summary>
    private static readonly Dictionary<string, ModelCase> ScoreCases = Cases.ToDictionary(entry => entry.Key, entry => entry.Value with { Functions = Catalogue.Family });

    public enum Way
    {
        KernelAStep,
        Fused,
        WeightedScore,
    }

    public static TheoryData<string, string, int, int, bool, Way> DevicesAndCuts
    {
        get
        {
            TheoryData<string, string, int, int, bool, Way> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                foreach (string name in Cases.Keys)
                {
                    data.Add(device, name, 100, 1, true, Way.KernelAStep);
                    data.Add(device, name, 16, 3, true, Way.KernelAStep);
                    data.Add(device, name, 16, 3, true, Way.WeightedScore);
                }
                data.Add(device, "classes", 9, 2, false, Way.KernelAStep);
                data.Add(device, "classes", 9, 2, false, Way.WeightedScore);
                if (!TestDevices.IsCuda(device))
                    continue;
                foreach (string name in FusedCases.Keys)
                    data.Add(device, name, 16, 3, true, Way.Fused);
                data.Add(device, "classes", 9, 2, false, Way.Fused);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(DevicesAndCuts))]
    public void Each_point_gets_the_bits_that_it_gets_alone(string device, string name, int patternTile, int slices, bool isResident, Way way)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (way == Way.WeightedScore ? ScoreCases : FusedCases)[name].Build();
        AnsweredSets? sets = way == Way.WeightedScore ? EStepChoice.ForDevice(plan, patterns, EStepForm.WeightedScore).DeviceSets : null;
        MemoryPlan memory = TestDevices.Cut(device, plan, patterns, whole => whole with
        {
            PatternTileCapacity = patternTile,
            SliceCount = slices,
            IsResident = isResident,
            LaneCount = 2,
            ScoreChunkCount = 2,
        }, sets);
        using IlgpuBackend backend = devices.Open(device, plan, patterns, memory, sets, fuse: way == Way.Fused);
        Assert.Equal(way == Way.Fused, backend.Description.Contains("fused", StringComparison.Ordinal));
        ModelPoint[] points = [point, .. Enumerable.Range(1, 3).Select(seed => Elsewhere(point, seed))];
        using IPointBatch batch = backend.Capabilities.TryOpenBatch(points.Length)!;
        Assert.Equal(points.Length, batch.Capacity);
        foreach (int first in new[] { 0, 2, 1 }) // all, then fewer, then others than before in the same place
        {
            ModelPoint[] some = points[first..];
            Expectation[] together = batch.ComputeExpectations(some);
            double[][] slots = [.. some.Select(at => at.Parameters.Slots.Select(value => 0.97 * value).ToArray())];
            ItemEvaluation[] derivatives = [.. slots.Select(at => Question(plan, at, withDerivatives: true))];
            ItemEvaluation[] values = [.. slots.Select(at => Question(plan, at, withDerivatives: false))];
            batch.Evaluate([.. derivatives.Select((question, index) => index == 0 || index == some.Length - 1 ? question : null)]);
            batch.Evaluate(values);
            for (int index = 0; index < some.Length; index++)
            {
                using Expectation alone = backend.ComputeExpectation(some[index]);
                Assert.Equal(alone.EvaluateAll(plan, slots[index], withDerivatives: false).Value, values[index].Value);
                if (index == 0 || index == some.Length - 1)
                {
                    ItemEvaluation expected = alone.EvaluateAll(plan, slots[index], withDerivatives: true);
                    Assert.Equal(expected.Value, derivatives[index].Value);
                    Assert.Equal(expected.Gradient, derivatives[index].Gradient);
                    Assert.Equal(expected.Hessian, derivatives[index].Hessian);
                }
                ExpectationReading.AssertSameBits(plan, slots[index], alone, together[index]);
            }
            Assert.NotEqual(together[0].LogLikelihood, together[^1].LogLikelihood);
        }
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void The_launches_of_an_E_step_are_those_of_one_point_whatever_their_number(string device)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Mixed.Build();
        using IlgpuBackend backend = devices.Open(device, plan, patterns, TestDevices.Cut(device, plan, patterns, null), fuse: true);
        DeviceTraffic before = backend.Traffic;
        backend.ComputeExpectation(point);
        long alone = (backend.Traffic - before).Launches;
        ModelPoint[] points = [.. Enumerable.Range(0, 10).Select(seed => Elsewhere(point, seed))];
        using PointBatch batch = (PointBatch)backend.Capabilities.TryOpenBatch(points.Length)!;
        batch.ComputeExpectations(points);
        Assert.Equal(alone, batch.Traffic.Launches);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 3)]
    public void A_search_over_starts_ends_with_the_same_bits_as_one_run_after_the_other(int classes, int starts)
    {
        (CalibrationPlan plan, PatternTable patterns, _) = (Mixed with { Classes = classes, Persons = 60, Functions = [ItemFunction.Graded], Items = 5 }).Build();
        using IComputeBackend opened = devices.Open("ilgpu-cpu", plan, patterns);
        double[][] begun = [.. StartingValues.Search(plan, patterns, null, starts, seed: 1).Select(start => start.Free)];
        CountingBackend together = new((IlgpuBackend)opened, isBatched: true);
        CountingBackend inTurn = new((IlgpuBackend)opened, isBatched: false);
        (EmOutcome<EvaluatedPoint> Outcome, IReadOnlyList<StartOutcome> Maxima) Search(IComputeBackend backend) => new StartSearch<EvaluatedPoint>(
            new ItemResponseProblem(plan, backend, iterations: 1, threads: 2), new EmOptions { MaxCycles = 25 }).Run(begun, null, null, TestContext.Current.CancellationToken);
        (EmOutcome<EvaluatedPoint> outcome, IReadOnlyList<StartOutcome> maxima) = Search(together);
        (EmOutcome<EvaluatedPoint> expected, IReadOnlyList<StartOutcome> expectedMaxima) = Search(inTurn);
        Assert.Equal(expected.Parameters, outcome.Parameters);
        Assert.Equal(expected.Expectation.LogLikelihood, outcome.Expectation.LogLikelihood);
        Assert.Equal(expected.EStepCount, outcome.EStepCount);
        Assert.Equal(expectedMaxima, maxima);
        Assert.InRange(together.ESteps, 1, inTurn.ESteps / 2); // the short runs are in the batch

        long launchesTogether = together.BatchLaunches;
        long launchesInTurn = inTurn.Launches - together.Launches; // the full runs are the same on both
        TestContext.Current.SendDiagnosticMessage(FormattableString.Invariant(
            $"{classes} classes: {inTurn.ESteps - together.ESteps} E-steps of short runs; launches in turn {launchesInTurn}, together {launchesTogether}"));
        Assert.InRange(launchesTogether, 1, launchesInTurn / 2);
    }

    [Fact]
    public void There_is_no_batch_where_nodes_are_tiled_or_memory_is_short()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = (Mixed with { Nodes = 14 }).Build();
        MemoryPlan memory = TestDevices.Cut("ilgpu-cpu", plan, patterns, null);
        using IlgpuBackend tiled = devices.Open("ilgpu-cpu", plan, patterns, memory with { NodeTileWidth = 8 });
        Assert.Null(tiled.Capabilities.TryOpenBatch(4));

        long ofPoint = memory.TotalBytes - memory.PatternBytes;
        Assert.Equal(0, memory.PointCapacity(9, -1));
        Assert.Equal(1, memory.PointCapacity(9, 2 * ofPoint));
        Assert.Equal(3, memory.PointCapacity(9, 5 * ofPoint));
        Assert.Equal(9, memory.PointCapacity(9, long.MaxValue));

        long left = long.MaxValue;
        using DeviceSession session = TestDevices.OpenSession("ilgpu-cpu", bytes => Spend(ref left, bytes));
        using IlgpuBackend full = new(session, plan, patterns, memory: memory);
        left = 2 * ofPoint;
        Assert.Null(full.Capabilities.TryOpenBatch(8)); // refused by the driver, not by the plan
        left = long.MaxValue;
        using IPointBatch? batch = full.Capabilities.TryOpenBatch(8);
        Assert.Equal(8, batch?.Capacity);
    }

    private static void Spend(ref long left, long bytes)
    {
        left -= bytes;
        if (left < 0)
            throw new InsufficientMemoryException("full");
    }

    private static ItemEvaluation Question(CalibrationPlan plan, double[] slots, bool withDerivatives)
    {
        ItemEvaluation question = new(plan) { WithDerivatives = withDerivatives };
        slots.CopyTo(question.Slots, 0);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
            question.Add(set);
        return question;
    }

    private static ModelPoint Elsewhere(ModelPoint point, int seed)
    {
        Random random = new(seed);
        double[] free = [.. point.Parameters.Free.Select(value => value + 0.1 * (random.NextDouble() - 0.5))];
        return ModelPoint.TryCreate(point.Plan, new ParameterVector(point.Plan.Layout, free))!;
    }

    /// <summary>Passes everything on, counts what the backend itself and its batch are asked for.</summary>
    private sealed class CountingBackend(IlgpuBackend inner, bool isBatched) : IComputeBackend
    {
        private readonly DeviceTraffic before = inner.Traffic;
        private DeviceTraffic after = inner.Traffic;

        public int ESteps { get; private set; }

        public long Launches => (after - before).Launches;

        public long BatchLaunches { get; private set; }

        public string Description => inner.Description;

        public Expectation ComputeExpectation(ModelPoint point)
        {
            ESteps++;
            Expectation counts = inner.ComputeExpectation(point);
            after = inner.Traffic;
            return counts;
        }

        public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
            where TVisitor : IPosteriorVisitor => inner.VisitPosteriors(point, createVisitor);

        public EStepForm Form => inner.Form;

        public BackendCapabilities Capabilities => new()
        {
            TryOpenBatch = wanted => isBatched
                ? new CountingBatch((PointBatch)inner.Capabilities.TryOpenBatch(wanted)!, launches => BatchLaunches = launches)
                : null,
        };

        public void Dispose()
        {
        }
    }

    private sealed class CountingBatch(PointBatch inner, Action<long> count) : IPointBatch
    {
        public int Capacity => inner.Capacity;

        public Expectation[] ComputeExpectations(IReadOnlyList<ModelPoint> points) => inner.ComputeExpectations(points);

        public void Evaluate(IReadOnlyList<ItemEvaluation?> evaluations) => inner.Evaluate(evaluations);

        public void Dispose()
        {
            count(inner.Traffic.Launches);
            inner.Dispose();
        }
    }
}
