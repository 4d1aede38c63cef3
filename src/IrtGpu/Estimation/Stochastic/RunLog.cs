using System.Diagnostics;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation.Stochastic;

/// <summary>The trace of a run, one record a draw.</summary>
internal sealed class RunLog(CalibrationPlan plan, IProgress<IterationRecord>? progress)
{
    /// <summary>Step of a cycle of <see cref="Approach"/>.</summary>
    public const string StochasticEm = "stochastic-em";

    /// <summary>Step of a draw of <see cref="Refinement"/>.</summary>
    public const string Average = "average";

    private readonly List<IterationRecord> history = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>The records.</summary>
    public IReadOnlyList<IterationRecord> History => history;

    /// <summary>Records a draw.</summary>
    /// <param name="change">Largest change, or what takes its place.</param>
    /// <param name="free">Whose it is; −1: nobody's.</param>
    /// <param name="step">What the draw was for.</param>
    public void Record(double change, int free, string step)
    {
        string name = free < 0 ? "" : SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[free]);
        IterationRecord record = new(history.Count + 1, double.NaN, double.NaN, change, name, step, clock.Elapsed.TotalSeconds);
        history.Add(record);
        progress?.Report(record);
    }
}
