using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Cycles;

/// <summary>The processor's backend, through tables, that remembers where every E-step was evaluated.</summary>
/// <param name="threads">Number of threads.</param>
internal sealed class EStepRecorder(int threads) : IBackendProvider
{
    public const string Kind = "recorded-cpu";

    private readonly List<(double[] Free, double LogLikelihood)> steps = [];

    /// <summary>Free parameters and log-likelihood of each E-step, in order.</summary>
    public IReadOnlyList<(double[] Free, double LogLikelihood)> Steps => steps;

    public IReadOnlyList<string> Kinds { get; } = [Kind];

    public IComputeBackend Create(DeviceName device, CalibrationPlan plan, PatternTable patterns, EStepChoice choice) =>
        new Recording(new CpuBackend(plan, patterns, threads, EStepChoice.ForHost(plan, patterns, EStepForm.Tables)), steps);

    public DeviceName? FindFastDevice() => null;

    private sealed class Recording(CpuBackend inner, List<(double[] Free, double LogLikelihood)> steps) : IComputeBackend
    {
        public string Description => inner.Description;

        public EStepForm Form => inner.Form;

        public Expectation ComputeExpectation(ModelPoint point)
        {
            Expectation counts = inner.ComputeExpectation(point);
            steps.Add(((double[])point.Parameters.Free.Clone(), counts.LogLikelihood));
            return counts;
        }

        public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
            where TVisitor : IPosteriorVisitor => inner.VisitPosteriors(point, createVisitor);

        public void Dispose() => inner.Dispose();
    }
}
