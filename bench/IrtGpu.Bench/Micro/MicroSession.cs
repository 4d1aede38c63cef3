using System.Collections.Concurrent;
using IrtGpu.Bench.Whole;
using IrtGpu.Compute;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Bench.Micro;

/// <summary>What the micro-benchmarks of one run share: their options, problems drawn once, checks made once.</summary>
/// <remarks>BenchmarkDotNet makes the benchmark classes itself, so this hangs at <see cref="Current"/>, which the suite sets.</remarks>
/// <param name="options">The command.</param>
internal sealed class MicroSession(BenchOptions options)
{
    private const int QuickShare = 20;

    private readonly ConcurrentDictionary<(string Model, int Persons), Problem> problems = [];
    private readonly ConcurrentDictionary<MicroCase, double> eSteps = [];
    private readonly ConcurrentDictionary<string, bool> checkedCases = [];
    private readonly ConcurrentDictionary<(string Model, EStepForm Form), bool> forms = [];

    public static MicroSession Current { get; set; } = null!;

    public BenchOptions Options => options;

    /// <summary>Every model on the targets that a step is measured on.</summary>
    public IEnumerable<MicroCase> Cases(IEnumerable<MicroTarget> targets, IEnumerable<string>? models = null) =>
        from model in models ?? MicroProblems.Names
        from target in targets
        where forms.GetOrAdd((model, target.Form), key => MicroProblems.Has(key.Model, key.Form))
        let one = new MicroCase(model, target)
        where options.Wants(one.ToString())
        select one;

    public static MicroTarget Reference => new("reference");

    /// <summary>The processor with every form of the E-step, all of which not every model has.</summary>
    /// <param name="withOneThread">Whether on one thread, too.</param>
    public IEnumerable<MicroTarget> ProcessorForms(bool withOneThread = true) =>
        Enum.GetValues<EStepForm>().Where(form => form != EStepForm.Auto).SelectMany(form => Processor(form).TakeLast(withOneThread ? 2 : 1));

    public IEnumerable<MicroTarget> Processor(EStepForm form) => options.ThreadCounts.Select(threads => new MicroTarget("cpu", threads, form));

    public IEnumerable<MicroTarget> Accelerators => options.Accelerators.Select(device => new MicroTarget(device));

    public int PersonCount(MicroTarget target) => options.IsQuick ? Math.Max(100, target.PersonCount / QuickShare) : target.PersonCount;

    public Problem Problem(MicroCase one) =>
        problems.GetOrAdd((one.Model, PersonCount(one.Target)), key => MicroProblems.Create(key.Model, key.Persons));

    /// <summary>The problem, once the target gave the reference's counts for it.</summary>
    /// <exception cref="InvalidOperationException">It did not, so it is not timed.</exception>
    public Problem CheckedProblem(MicroCase one)
    {
        Problem problem = Problem(one);
        checkedCases.GetOrAdd(one.ToString(), _ =>
        {
            Problem part = problem.Thinned(options.IsQuick ? 1e6 : 2e7);
            using IComputeBackend backend = one.Target.Open(part);
            Agreement.Check(part, backend);
            return true;
        });
        return problem;
    }

    /// <summary>Remembers how many E-steps a calibration took.</summary>
    public void NoteESteps(MicroCase one, int count) => eSteps[one] = count;

    /// <summary>E-steps of the calibration noted; 1 where the step is no calibration.</summary>
    public double ESteps(MicroCase one, bool isCalibration) => isCalibration ? eSteps.GetValueOrDefault(one, double.NaN) : 1;
}
