using IrtGpu.Foundation.Estimation;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation;

/// <summary>Keeps the trace, guards the log-likelihood and applies the stop rules.</summary>
internal sealed class ConvergenceMonitor(CalibrationPlan plan, CalibrationOptions options, CancellationToken cancellation)
{
    private readonly List<IterationRecord> history = [];
    private double lastObjective = double.NegativeInfinity;

    public IReadOnlyList<IterationRecord> History => history;

    /// <summary>Gain of the penalised log-likelihood in the last accepted cycle; infinite before the second.</summary>
    public double LastGain { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether the penalised log-likelihood is below the last accepted one by more than rounding, or no number.</summary>
    /// <remarks>Moving nodes change the quadrature from cycle to cycle, so there the log-likelihood may move by its error.</remarks>
    public bool HasFallen(double objective)
    {
        double slack = plan.Grid.Moves ? 1e-3 + 1e-7 * Math.Abs(lastObjective) : 1e-9 + 1e-12 * Math.Abs(lastObjective);
        return !(objective >= lastObjective - slack);
    }

    public Termination DescribeFall(double objective) => new(
        TerminationKind.Failed,
        double.IsFinite(objective)
            ? FormattableString.Invariant($"The log-likelihood fell from {lastObjective} to {objective} in a plain EM step, which exact arithmetic forbids. The quadrature may be too coarse for these data: raise --nodes or widen --range.")
            : FormattableString.Invariant($"The log-likelihood became {objective}. Some response has probability 0 under the parameters: check fixed values, and widen --range if abilities lie outside it."));

    public IterationRecord RecordRejection(int cycle, double logLikelihood, double seconds)
    {
        IterationRecord record = new(cycle, logLikelihood, double.NaN, double.NaN, "", "rejected", seconds);
        history.Add(record);
        return record;
    }

    public IterationRecord Record(
        int cycle, double logLikelihood, double objective, ParameterVector current, ParameterVector mapped, string step, double seconds)
    {
        (double largest, int index) = LargestChange(current.Free, mapped.Free);
        string name = index < 0 ? "" : SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[index]);
        double change = double.IsNegativeInfinity(lastObjective) ? double.NaN : -2 * (objective - lastObjective);
        LastGain = objective - lastObjective;
        lastObjective = objective;
        IterationRecord record = new(cycle, logLikelihood, change, largest, name, step, seconds);
        history.Add(record);
        return record;
    }

    public Termination? Judge(IterationRecord record)
    {
        double devianceTolerance = Math.Max(Math.Min(1e-3, 10 * options.Tolerance), 1e-13 * Math.Abs(record.Deviance));
        if (record.LargestChange < options.Tolerance && (Math.Abs(record.Change) < devianceTolerance || plan.Layout.FreeCount == 0))
        {
            return new Termination(TerminationKind.Converged, FormattableString.Invariant(
                $"Converged in {record.Cycle} cycles: largest change {record.LargestChange:g2} (tolerance {options.Tolerance:g2})."));
        }
        return JudgeLimits(record.Cycle);
    }

    public Termination? JudgeLimits(int cycle)
    {
        IterationRecord? last = history.FindLast(record => record.Step != "rejected");
        string state = last is null ? "" : FormattableString.Invariant(
            $"largest change {last.LargestChange:g2} in {last.Parameter} (tolerance {options.Tolerance:g2}); -2 log-likelihood changed by {last.Change:g2} in the last cycle");
        if (cancellation.IsCancellationRequested)
            return new Termination(TerminationKind.Interrupted, $"Interrupted after {cycle} cycles: {state}. The results are what was reached.");
        if (cycle >= options.MaxCycles)
            return new Termination(TerminationKind.CycleLimit, $"Not converged: {cycle} cycles, {state}. Raise --max-cycles.");
        return null;
    }

    /// <summary>Largest change of a free parameter.</summary>
    public double LargestChange(ParameterVector current, ParameterVector mapped) => LargestChange(current.Free, mapped.Free).Largest;

    /// <summary>Changes of asymptotes are taken on the probability scale, where a boundary is reached in finite time.</summary>
    private (double Largest, int Index) LargestChange(double[] current, double[] mapped)
    {
        double largest = 0;
        int index = -1;
        for (int k = 0; k < current.Length; k++)
        {
            double change = plan.Layout.IsBoundedLogit[k]
                ? Math.Abs(Elementary.Sigmoid(mapped[k]) - Elementary.Sigmoid(current[k]))
                : Math.Abs(mapped[k] - current[k]);
            if (change > largest || index < 0)
                (largest, index) = (change, k);
        }
        return (largest, index);
    }
}
