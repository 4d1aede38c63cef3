using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Inference;

/// <summary>The cross-product of the patterns' gradients on devices against the host's sum over the reference's posteriors.</summary>
public sealed class CrossProductTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private const double Tolerance = 1e-10;

    private static readonly ItemFunction[] Mixed =
        [ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.Nominal, ItemFunction.GeneralizedPartialCredit, ItemFunction.Sequential];

    private static readonly Dictionary<string, ModelCase> Cases = new()
    {
        ["2pl"] = new() { Items = 9 },
        ["3pl"] = new() { Functions = [ItemFunction.ThreeParameter] },
        ["grm"] = new() { Functions = [ItemFunction.Graded] },
        ["gpcm"] = new() { Functions = [ItemFunction.GeneralizedPartialCredit] },
        ["nominal"] = new() { Functions = [ItemFunction.Nominal] },
        ["mixed with gaps and weights"] = new() { Functions = Mixed, Items = 7, Missing = 0.2, HasWeights = true },
        ["one slope for all items"] = new() { Functions = [ItemFunction.OneParameter], Items = 6, Missing = 0.2 },
        ["a scale's shared intercepts"] = new() { Functions = [ItemFunction.RatingScale] },
        ["2 dimensions"] = new() { Functions = Mixed, Attributes = 2, Nodes = 5, Items = 8 },
        ["groups with free means"] = new() { Functions = Mixed, Groups = 2, Items = 7, Persons = 60, HasWeights = true },
        ["groups with items of their own"] = new() { Groups = 3, EqualAcrossGroups = "q0001,q0002", Persons = 60 },
        ["2 classes"] = new() { Functions = Mixed, Classes = 2, Items = 7, HasWeights = true },
        ["groups, known classes, moving nodes"] = new()
        {
            Functions = Mixed,
            Groups = 2,
            Classes = 2,
            KnownShare = 0.3,
            Missing = 0.2,
            HasWeights = true,
            Rule = QuadratureRule.GaussHermite,
            Attributes = 2,
            Nodes = 3,
            Items = 7,
        },
        ["many nodes"] = new() { Nodes = 131, Items = 3, Persons = 10 },
        ["one pattern"] = new() { Persons = 1, Items = 1, Functions = [ItemFunction.Rasch] },
    };

    public static TheoryData<string, string> DevicesAndCases => TestDevices.Each(Cases.Keys);

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void The_sum_is_the_hosts_and_the_same_bits_twice(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using IComputeBackend backend = devices.Open(device, plan, patterns);
        double[] first = backend.Capabilities.TryCrossProduct(point)!;
        AssertAgrees(plan, OnHost(plan, patterns, point), first);
        Assert.True(first.AsSpan().SequenceEqual(backend.Capabilities.TryCrossProduct(point)));
    }

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Missing_information_is_the_hosts_and_the_same_bits_twice(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using IComputeBackend backend = devices.Open(device, plan, patterns);
        double[] first = backend.Capabilities.TrySumMissingInformation(point)!;
        AssertAgrees(plan, MissingOnHost(plan, patterns, point), first, OnHost(plan, patterns, point));
        Assert.True(first.AsSpan().SequenceEqual(backend.Capabilities.TrySumMissingInformation(point)));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 4)]
    public void Tiles_of_nine_patterns_agree_resident_streamed_and_in_slices(bool isResident, int slices)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (Cases["2 classes"] with { Groups = 2, Missing = 0.2, Persons = 90 }).Build();
        using IComputeBackend backend = devices.Open(
            "ilgpu-cpu", plan, patterns, memory => memory with { PatternTileCapacity = 9, IsResident = isResident, SliceCount = slices });
        AssertAgrees(plan, OnHost(plan, patterns, point), backend.Capabilities.TryCrossProduct(point)!);
        AssertAgrees(plan, MissingOnHost(plan, patterns, point), backend.Capabilities.TrySumMissingInformation(point)!, OnHost(plan, patterns, point));
    }

    /// <summary>More parameters than nodes: gradients of a whole tile would be larger than its posteriors.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Runs_shorter_than_a_tile_agree(int slices)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = new ModelCase { Items = 9, Nodes = 2, Persons = 300, HasWeights = true }.Build();
        using IlgpuBackend backend = devices.Open(
            "ilgpu-cpu", plan, patterns, memory => memory with { PatternTileCapacity = 150, SliceCount = slices });
        DeviceTraffic before = backend.Traffic;
        AssertAgrees(plan, OnHost(plan, patterns, point), backend.Capabilities.TryCrossProduct(point)!);
        int tiles = (patterns.PatternCount + 149) / 150;
        Assert.InRange((backend.Traffic - before).Launches, 2 + 9 * tiles, 100); // five of a tile, and two of each of several runs
    }

    [Fact]
    public void Weighted_scores_give_it_too_and_an_E_step_after_it_is_not_disturbed()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (Cases["gpcm"] with { Missing = 0.2, Persons = 80 }).Build();
        using IlgpuBackend backend = devices.OpenByScores("ilgpu-cpu", plan, patterns);
        using Expectation before = backend.ComputeExpectation(point);
        AssertAgrees(plan, OnHost(plan, patterns, point), backend.Capabilities.TryCrossProduct(point)!);
        backend.AssertSameBitsTwice(point);
    }

    [Fact]
    public void Shards_add_theirs()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases["groups with free means"].Build();
        using ShardedBackend backend = new(plan, patterns, 2, (_, part) => devices.Open("ilgpu-cpu", plan, part));
        AssertAgrees(plan, OnHost(plan, patterns, point), backend.Capabilities.TryCrossProduct(point)!);
        AssertAgrees(plan, MissingOnHost(plan, patterns, point), backend.Capabilities.TrySumMissingInformation(point)!, OnHost(plan, patterns, point));
        using ShardedBackend mixed = new(
            plan, patterns, 2, (shard, part) => shard == 0 ? new ReferenceBackend(plan, part) : devices.Open("ilgpu-cpu", plan, part));
        Assert.Null(mixed.Capabilities.TryCrossProduct(point));
        Assert.Null(mixed.Capabilities.TrySumMissingInformation(point));
    }

    [Theory]
    [InlineData(StandardErrorMethod.CrossProduct)]
    [InlineData(StandardErrorMethod.Sandwich)]
    [InlineData(StandardErrorMethod.Louis)]
    public void Standard_errors_take_it_and_no_posterior_leaves_the_device(StandardErrorMethod method)
    {
        ModelCase problem = new() { Items = 4, Persons = 400, Missing = 0.2 };
        CalibrationResult fit = Calibration.Run(problem.Data(), problem.Specification, cancellation: TestContext.Current.CancellationToken); // elsewhere there may be no information to invert
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (fit.Plan, fit.Patterns, fit.Point);
        using ReferenceBackend reference = new(plan, patterns);
        using NoVisits backend = new(devices.Open("ilgpu-cpu", plan, patterns));
        StandardErrors expected = new StandardErrorEstimator(point, reference.ComputeExpectation(point), patterns, reference, 1).Estimate(method);
        StandardErrors actual = new StandardErrorEstimator(point, backend.ComputeExpectation(point), patterns, backend, 1).Estimate(method);
        Assert.NotNull(expected.Covariance);
        double scale = expected.Covariance.Max(Math.Abs);
        Closeness.AssertNear(expected.Covariance, actual.Covariance!, 1e-7 * scale); // the inverse loses digits
    }

    [Fact]
    public void What_comes_down_is_the_sum_alone()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = new ModelCase { Persons = 300 }.Build();
        using IlgpuBackend backend = devices.Open("ilgpu-cpu", plan, patterns);
        DeviceTraffic before = backend.Traffic;
        Assert.NotNull(backend.Capabilities.TryCrossProduct(point));
        Assert.Equal(sizeof(double) * plan.Layout.FreeCount * plan.Layout.FreeCount, (backend.Traffic - before).BytesDown);
    }

    [Fact]
    public void Tiled_nodes_leave_it_to_the_host()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (Cases["many nodes"] with { Persons = 200 }).Build();
        using IlgpuBackend backend = devices.Open("ilgpu-cpu", plan, patterns, memory => memory with { NodeTileWidth = 44 });
        Assert.Null(backend.Capabilities.TryCrossProduct(point));
        using ReferenceBackend reference = new(plan, patterns);
        double[] expected = Errors(reference).Covariance!;
        Closeness.AssertNear(expected, Errors(backend).Covariance!, 1e-7 * expected.Max(Math.Abs));

        StandardErrors Errors(IComputeBackend of) =>
            new StandardErrorEstimator(point, of.ComputeExpectation(point), patterns, of, 1).Estimate(StandardErrorMethod.CrossProduct);
    }

    [Fact]
    public void A_device_that_is_full_leaves_it_to_the_host()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases["2pl"].Build();
        bool isFull = false;
        using DeviceSession session = TestDevices.OpenSession("ilgpu-cpu", _ =>
        {
            if (isFull)
                throw new InsufficientMemoryException("none left");
        });
        using IlgpuBackend backend = new(
            session, plan, patterns, memory: TestDevices.Cut("ilgpu-cpu", plan, patterns, cut: null));
        isFull = true;
        Assert.Null(backend.Capabilities.TryCrossProduct(point));
        isFull = false;
        AssertAgrees(plan, OnHost(plan, patterns, point), backend.Capabilities.TryCrossProduct(point)!);
    }

    private static double[] OnHost(CalibrationPlan plan, PatternTable patterns, ModelPoint point)
    {
        CompleteDataGradients gradients = new(point, patterns);
        using ReferenceBackend reference = new(plan, patterns);
        return Assert.Single(reference.VisitPosteriors(point, () => new CrossProductVisitor(gradients))).Sum;
    }

    private static double[] MissingOnHost(CalibrationPlan plan, PatternTable patterns, ModelPoint point)
    {
        CompleteDataGradients gradients = new(point, patterns);
        using ReferenceBackend reference = new(plan, patterns);
        return Assert.Single(reference.VisitPosteriors(point, () => new MissingInformationVisitor(gradients))).Sum;
    }

    /// <summary>Lower triangles, in units of what the two parameters' diagonal elements allow; where these are 0, so is the sum.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="expected">[free, free]</param>
    /// <param name="actual">[free, free]</param>
    /// <param name="less">What was taken away from what was summed; null: nothing. [free, free]</param>
    private static void AssertAgrees(CalibrationPlan plan, double[] expected, double[] actual, double[]? less = null)
    {
        int n = plan.Layout.FreeCount;
        Assert.Equal(expected.Length, actual.Length);
        Assert.Contains(expected, value => value > 0);
        for (int r = 0; r < n; r++)
        {
            for (int c = 0; c <= r; c++)
            {
                double scale = Math.Sqrt((expected[r * n + r] + (less?[r * n + r] ?? 0)) * (expected[c * n + c] + (less?[c * n + c] ?? 0)));
                double difference = Math.Abs(expected[r * n + c] - actual[r * n + c]);
                Assert.True(
                    difference <= Tolerance * Math.Max(scale, 1e-6),
                    FormattableString.Invariant($"[{r}, {c}]: expected {expected[r * n + c]:r}, got {actual[r * n + c]:r}; scale {scale:g3}."));
            }
        }
    }

    /// <summary>Refuses to show posteriors.</summary>
    private sealed class NoVisits(IlgpuBackend inner) : IComputeBackend
    {
        public string Description => inner.Description;

        public Expectation ComputeExpectation(ModelPoint point) => inner.ComputeExpectation(point);

        public EStepForm Form => inner.Form;

        public BackendCapabilities Capabilities => new()
        {
            TryCrossProduct = inner.Capabilities.TryCrossProduct,
            TrySumMissingInformation = inner.Capabilities.TrySumMissingInformation,
        };

        public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
            where TVisitor : IPosteriorVisitor => throw new InvalidOperationException("A posterior left the device.");

        public void Dispose() => inner.Dispose();
    }
}
