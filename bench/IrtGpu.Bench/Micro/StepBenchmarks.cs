using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using IrtGpu.Bench.Whole;
using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Bench.Micro;

/// <summary>One E-step: through tables by every target, in its other forms by the processor where the model allows.</summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class EStepBenchmarks
{
    private Problem problem = null!;
    private IComputeBackend backend = null!;

    public static IEnumerable<object> Cases
    {
        get
        {
            MicroSession session = MicroSession.Current;
            IEnumerable<MicroTarget> accelerators = session.Accelerators.SelectMany(target => (MicroTarget[])[target, target with { IsStreamed = true }]);
            return session.Cases([MicroSession.Reference, .. session.ProcessorForms(), .. accelerators]);
        }
    }

    [ParamsSource(nameof(Cases))]
    public object Case { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        MicroCase one = (MicroCase)Case;
        problem = MicroSession.Current.CheckedProblem(one);
        backend = one.Target.Open(problem);
    }

    [GlobalCleanup]
    public void Cleanup() => backend.Dispose();

    [Benchmark]
    public void ComputeExpectation() => backend.ComputeExpectation(problem.Point).Dispose();
}

/// <summary>One M-step: the reductions of all items' counts, a Newton iteration, the population.</summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class MStepBenchmarks
{
    private Problem problem = null!;
    private IComputeBackend backend = null!;
    private Expectation expectation = null!;
    private MStep mStep = null!;

    public static IEnumerable<object> Cases => MicroSession.Current.Cases(
        [.. MicroSession.Current.ProcessorForms(), .. MicroSession.Current.Accelerators]);

    [ParamsSource(nameof(Cases))]
    public object Case { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        MicroCase one = (MicroCase)Case;
        problem = MicroSession.Current.CheckedProblem(one);
        backend = one.Target.Open(problem);
        expectation = backend.ComputeExpectation(problem.Point);
        mStep = new MStep(problem.Plan, iterations: 1, one.Target.Threads);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        expectation.Dispose();
        backend.Dispose();
    }

    [Benchmark]
    public object Maximize() => mStep.Maximize(problem.Point, expectation);
}

/// <summary>One whole cycle: item tables, E-step, M-step.</summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class CycleBenchmarks
{
    private Problem problem = null!;
    private IComputeBackend backend = null!;
    private MStep mStep = null!;

    public static IEnumerable<object> Cases
    {
        get
        {
            MicroSession session = MicroSession.Current;
            return session.Cases(
                [MicroSession.Reference, .. session.ProcessorForms(withOneThread: false), .. session.Accelerators]);
        }
    }

    [ParamsSource(nameof(Cases))]
    public object Case { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        MicroCase one = (MicroCase)Case;
        problem = MicroSession.Current.CheckedProblem(one);
        backend = one.Target.Open(problem);
        mStep = new MStep(problem.Plan, iterations: 1, one.Target.Threads);
    }

    [GlobalCleanup]
    public void Cleanup() => backend.Dispose();

    [Benchmark]
    public ParameterVector Cycle()
    {
        using Expectation expectation = backend.ComputeExpectation(problem.Point);
        return mStep.Maximize(problem.Point, expectation);
    }
}
