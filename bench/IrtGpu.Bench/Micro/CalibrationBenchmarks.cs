using BenchmarkDotNet.Attributes;
using IrtGpu.Bench.Whole;
using IrtGpu.Data;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Micro;

/// <summary>A whole calibration from responses in memory to estimates: compressing, planning, opening the device, uploading, all cycles.</summary>
public class CalibrationBenchmarks
{
    private CalibrationOptions options = new();
    private ResponseData data = null!;
    private ModelSpecification specification = null!;

    public static IEnumerable<object> Cases => MicroSession.Current.Cases(
        [MicroSession.Reference, .. MicroSession.Current.Processor(EStepForm.Auto).TakeLast(1), .. MicroSession.Current.Accelerators], ["2pl", "grm"]);

    [ParamsSource(nameof(Cases))]
    public object Case { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        MicroCase one = (MicroCase)Case;
        Problem problem = MicroSession.Current.CheckedProblem(one);
        data = problem.Data;
        specification = MicroProblems.Specification(MicroProblems.Truth(one.Model, data.PersonCount));
        options = StepTimer.Compute(one.Target.Device, one.Target.Threads, one.Target.Form) with
        {
            StandardErrors = StandardErrorMethod.None,
            Scores = ScoreMethod.None,
        };
        CalibrationResult result = Calibrate();
        if (!result.Termination.IsConverged)
            throw new InvalidOperationException($"The calibration did not converge, so it is not timed: {result.Termination.Message}");
        MicroSession.Current.NoteESteps(one, result.EStepCount);
    }

    [Benchmark]
    public CalibrationResult Calibrate() => Calibration.Run(data, specification, options);
}
