using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using IrtGpu.Bench.Whole;
using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Estimation;

namespace IrtGpu.Bench.Micro;

/// <summary>Tables of item log-probabilities: 40 items at 61 nodes (441 in two dimensions), one thread.</summary>
public class ItemTableBenchmarks
{
    private Problem problem = null!;
    private double[] logProbability = [];

    public static IEnumerable<string> Models => MicroProblems.Names;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        problem = MicroProblems.Create(Model);
        logProbability = new double[problem.Plan.RowCount * problem.Plan.NodeCount];
    }

    [Benchmark]
    public void FillTable() => ItemTables.Fill(problem.Point, 0, logProbability, problem.Plan.NodeCount, threads: 1);
}

/// <summary>One E-step of 5,000 persons by the cpu backend.</summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class EStepBenchmarks
{
    private Problem problem = null!;
    private CpuBackend backend = null!;

    public static IEnumerable<string> Models => MicroProblems.Names;

    public static IEnumerable<int> ThreadCounts => MicroProblems.ThreadCounts;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        problem = MicroProblems.Create(Model);
        Agreement.Check(problem, "cpu", Threads);
        backend = new CpuBackend(problem.Plan, problem.Patterns, Threads);
    }

    [GlobalCleanup]
    public void Cleanup() => backend.Dispose();

    [Benchmark]
    public ExpectedCounts Cpu() => backend.ComputeExpectedCounts(problem.Point);
}

/// <summary>One E-step of 5,000 persons by the plain loops.</summary>
[SuppressMessage("Design", "CA1001", Justification = "It holds no resource.")]
public class ReferenceEStepBenchmarks
{
    private Problem problem = null!;
    private ReferenceBackend backend = null!;

    public static IEnumerable<string> Models => MicroProblems.IsQuick ? ["2pl"] : MicroProblems.Names;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        problem = MicroProblems.Create(Model);
        backend = new ReferenceBackend(problem.Plan, problem.Patterns);
    }

    [Benchmark]
    public ExpectedCounts Reference() => backend.ComputeExpectedCounts(problem.Point);
}

/// <summary>One M-step: a Newton iteration of 40 items and the population.</summary>
public class MStepBenchmarks
{
    private Problem problem = null!;
    private ExpectedCounts counts = null!;
    private MStep mStep = null!;

    public static IEnumerable<string> Models => MicroProblems.Names;

    public static IEnumerable<int> ThreadCounts => MicroProblems.ThreadCounts;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        problem = MicroProblems.Create(Model);
        using CpuBackend backend = new(problem.Plan, problem.Patterns);
        counts = backend.ComputeExpectedCounts(problem.Point);
        mStep = new MStep(problem.Plan, iterations: 1, Threads);
    }

    [Benchmark]
    public object Maximize() => mStep.Maximize(problem.Point, counts);
}
