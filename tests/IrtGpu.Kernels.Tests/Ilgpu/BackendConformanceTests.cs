using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu.Kernels.Tests;

/// <summary>Every backend against the plain reference loops.</summary>
public sealed class BackendConformanceTests
{
    private static readonly ItemFunction[] Mixed =
        [ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.Nominal, ItemFunction.GeneralizedPartialCredit];

    private static readonly Dictionary<string, CalibrationCase> Cases = new()
    {
        ["2pl"] = new() { Functions = [ItemFunction.TwoParameter], Items = 9 },
        ["gpcm"] = new() { Functions = [ItemFunction.GeneralizedPartialCredit] },
        ["grm"] = new() { Functions = [ItemFunction.Graded] },
        ["3pl and 4pl"] = new() { Functions = [ItemFunction.ThreeParameter, ItemFunction.FourParameter] },
        ["nominal"] = new() { Functions = [ItemFunction.Nominal] },
        ["mixed"] = new() { Functions = Mixed, Items = 7, HasMissing = true },
        ["2 dimensions"] = new() { Functions = Mixed, Attributes = 2, Nodes = 5, Items = 7 },
        ["3 dimensions"] = new() { Functions = Mixed, Attributes = 3, Nodes = 3, Items = 7, HasWeights = true },
        ["groups"] = new() { Functions = Mixed, Groups = 2, HasMissing = true, HasWeights = true },
        ["groups with items of their own"] = new() { Groups = 3, EqualAcrossGroups = "i0,i1", Persons = 60 },
        ["classes"] = new() { Classes = 2, Functions = Mixed, HasWeights = true },
        ["classes with equal items"] = new() { Classes = 2, EqualAcrossClasses = "all" },
        ["known classes"] = new() { Classes = 3, HasKnownClasses = true, HasMissing = true },
        ["groups, known classes, moving nodes"] = new()
        {
            Functions = Mixed,
            Groups = 2,
            Classes = 2,
            HasKnownClasses = true,
            HasMissing = true,
            HasWeights = true,
            Rule = QuadratureRule.GaussHermite,
            Attributes = 2,
            Nodes = 3,
            Items = 7,
        },
        ["two nodes"] = new() { Nodes = 2 },
        ["one pattern"] = new() { Persons = 1, Items = 1, Functions = [ItemFunction.Rasch] },
        ["many nodes"] = new() { Nodes = 131, Items = 3, Persons = 10 },
    };

    public static TheoryData<string, string> DevicesAndCases
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string device in TestDevices.Names)
            {
                foreach (string name in Cases.Keys)
                    data.Add(device, name);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Expected_counts_are_the_references_and_the_same_bits_twice(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using ReferenceBackend reference = new(plan, patterns);
        using IComputeBackend backend = TestDevices.Open(device, plan, patterns);
        ExpectedCounts first = backend.ComputeExpectedCounts(point);
        BackendComparison.AssertAgrees(reference.ComputeExpectedCounts(point), first, TestDevices.Tolerance(device));
        BackendComparison.AssertSameBits(first, backend.ComputeExpectedCounts(point));
    }

    [Theory]
    [MemberData(nameof(DevicesAndCases))]
    public void Posteriors_and_scores_are_the_references(string device, string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        using ReferenceBackend reference = new(plan, patterns);
        using IComputeBackend backend = TestDevices.Open(device, plan, patterns, memory => memory with { PatternTileCapacity = 9 });
        double tolerance = TestDevices.Tolerance(device);
        (double[] expected, int[] _) = Posteriors(reference, plan, patterns, point);
        (double[] actual, int[] visits) = Posteriors(backend, plan, patterns, point);
        Assert.All(visits, count => Assert.Equal(1, count));
        BackendComparison.AssertAgrees(expected, actual, tolerance, "posteriors");

        PatternScores expectedScores = PatternScorer.Score(point, patterns.Groups, reference);
        PatternScores scores = PatternScorer.Score(point, patterns.Groups, backend);
        AssertNear(expectedScores.LogLikelihood, scores.LogLikelihood, 100 * tolerance);
        BackendComparison.AssertAgrees(expectedScores.ClassProbability, scores.ClassProbability, tolerance, "class probabilities");
        AssertNear(expectedScores.Mean, scores.Mean, 100 * tolerance);
        AssertNear(expectedScores.Covariance, scores.Covariance, 1000 * tolerance);
        AssertNear(expectedScores.MapTheta, scores.MapTheta, tolerance);
    }

    public static TheoryData<string, int, int, int, bool> Cuts
    {
        get
        {
            TheoryData<string, int, int, int, bool> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                foreach (bool isResident in new[] { true, false })
                {
                    foreach (int tile in new[] { 1, 16, 41, 42 })
                        data.Add(device, tile, 16, 1, isResident);
                    data.Add(device, 16, 8, 3, isResident);
                    data.Add(device, 40, 4, 1, isResident);
                    data.Add(device, 41, 16, 5, isResident);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Results_do_not_depend_on_how_the_problem_is_cut(string device, int patternTile, int nodeTile, int slices, bool isResident)
    {
        CalibrationCase cut = new() { Functions = Mixed, Nodes = 14, Groups = 2, Classes = 2, HasMissing = true, HasWeights = true };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = cut.Build();
        using ReferenceBackend reference = new(plan, patterns);
        using IlgpuBackend backend = TestDevices.OpenAccelerator(device, plan, patterns, memory => memory with
        {
            PatternTileCapacity = patternTile,
            NodeTileWidth = nodeTile,
            SliceCount = slices,
            IsResident = isResident,
        });
        ExpectedCounts first = backend.ComputeExpectedCounts(point);
        BackendComparison.AssertAgrees(reference.ComputeExpectedCounts(point), first, TestDevices.Tolerance(device));
        BackendComparison.AssertSameBits(first, backend.ComputeExpectedCounts(point));
        BackendComparison.AssertAgrees(
            Posteriors(reference, plan, patterns, point).Posterior, Posteriors(backend, plan, patterns, point).Posterior, TestDevices.Tolerance(device), "posteriors");
        AssertNear(
            PatternScorer.Score(point, patterns.Groups, reference).Mean, PatternScorer.Score(point, patterns.Groups, backend).Mean, 1e-10);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("ilgpu-cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void Two_shards_of_patterns_add_to_the_whole(string device)
    {
        CalibrationCase sharded = new() { Functions = Mixed, Groups = 2, Classes = 2, HasKnownClasses = true, HasMissing = true };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = sharded.Build();
        using ReferenceBackend reference = new(plan, patterns);
        using ShardedBackend backend = new(plan, patterns, 2, (_, part) => TestDevices.Open(device, plan, part));
        ExpectedCounts first = backend.ComputeExpectedCounts(point);
        BackendComparison.AssertAgrees(reference.ComputeExpectedCounts(point), first, TestDevices.Tolerance(device));
        BackendComparison.AssertSameBits(first, backend.ComputeExpectedCounts(point));
        BackendComparison.AssertAgrees(
            Posteriors(reference, plan, patterns, point).Posterior, Posteriors(backend, plan, patterns, point).Posterior, TestDevices.Tolerance(device), "posteriors");
        AssertNear(
            PatternScorer.Score(point, patterns.Groups, reference).Mean, PatternScorer.Score(point, patterns.Groups, backend).Mean, 1e-10);
    }

    private static (double[] Posterior, int[] Visits) Posteriors(IComputeBackend backend, CalibrationPlan plan, PatternTable patterns, ModelPoint point)
    {
        int width = plan.ClassCount * plan.NodeCount + 1;
        double[] all = new double[patterns.PatternCount * width];
        int[] visits = new int[patterns.PatternCount];
        backend.VisitPosteriors(point, () => new Recorder(all, visits, width));
        return (all, visits);
    }

    private static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.InRange(actual[k], expected[k] - tolerance, expected[k] + tolerance);
    }

    private sealed class Recorder(double[] all, int[] visits, int width) : IPosteriorVisitor
    {
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            Interlocked.Increment(ref visits[pattern]);
            all[pattern * width] = Math.Exp(logLikelihood);
            posterior.CopyTo(all.AsSpan(pattern * width + 1, width - 1));
        }
    }
}
