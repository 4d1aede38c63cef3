namespace IrtGpu.Foundation.Estimation.Convergence;

/// <summary>Keeps the trace, guards the objective and applies the stop rules.</summary>
internal sealed class ConvergenceMonitor(IEmProblem problem, EmOptions options)
{
    private readonly List<IterationRecord> history = [];
    private double lastObjective = double.NegativeInfinity;

    public IReadOnlyList<IterationRecord> History => history;

    /// <summary>Gain of the objective in the last accepted cycle; infinite before the second.</summary>
    public double LastGain { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether the objective is below the last accepted one by more than its error, or no number.</summary>
    public bool HasFallen(double objective) =>
        !double.IsFinite(objective) || (History.Count > 0 && !(objective >= lastObjective - problem.Slack(lastObjective)));

    public Termination DescribeFall(double objective) => new(
        TerminationKind.Failed,
        double.IsFinite(objective)
            ? FormattableString.Invariant($"The log-likelihood fell from {lastObjective} to {objective} in a plain EM step, which exact arithmetic forbids. {problem.Remedy(EmFailure.ObjectiveFell)}")
            : FormattableString.Invariant($"The log-likelihood {(history.Count == 0 ? "is" : "became")} {(double.IsNaN(objective) ? "no number" : "infinite")}{(history.Count == 0 ? " at the start" : $" after {history.Count} cycles")}. {problem.Remedy(EmFailure.ObjectiveIsNoNumber)}"));

    public Termination DescribeOutgrowth() => new(
        TerminationKind.Outgrown, FormattableString.Invariant($"After {history.Count} cycles the parameters left what the model was prepared for."));

    /// <summary>Compares no further objective with those so far.</summary>
    public void Interrupt() => lastObjective = double.NegativeInfinity;

    public void RecordRejection(double logLikelihood, double seconds) =>
        history.Add(new IterationRecord(history.Count + 1, logLikelihood, double.NaN, double.NaN, "", "rejected", seconds));

    public void Record(double logLikelihood, double objective, double[] current, double[] mapped, string step, double seconds)
    {
        (double largest, int index) = LargestChange(current, mapped);
        string name = index < 0 ? "" : problem.Describe(index);
        double change = double.IsNegativeInfinity(lastObjective) ? double.NaN : -2 * (objective - lastObjective);
        LastGain = objective - lastObjective;
        lastObjective = objective;
        history.Add(new IterationRecord(history.Count + 1, logLikelihood, change, largest, name, step, seconds));
    }

    /// <summary>Whether the last cycle ends the run, and how; null: it goes on.</summary>
    /// <param name="isInterrupted">Whether the user wants it to end.</param>
    public Termination? Judge(bool isInterrupted)
    {
        IterationRecord last = history[^1];
        double devianceTolerance = Math.Max(Math.Min(1e-3, 10 * options.Tolerance), 1e-13 * Math.Abs(last.Deviance));
        if (last.LargestChange < options.Tolerance && (Math.Abs(last.Change) < devianceTolerance || problem.ParameterCount == 0))
        {
            return new Termination(TerminationKind.Converged, FormattableString.Invariant(
                $"Converged in {last.Cycle} cycles: largest change {last.LargestChange:g2} (tolerance {options.Tolerance:g2})."));
        }
        if (!isInterrupted && last.Cycle < options.MaxCycles)
            return null;
        IterationRecord? accepted = history.FindLast(record => record.Step != "rejected");
        string cycles = last.Cycle == 1 ? "1 cycle" : FormattableString.Invariant($"{last.Cycle} cycles");
        string state = accepted is null ? "" : Describe(accepted);
        return isInterrupted
            ? new Termination(TerminationKind.Interrupted, $"Interrupted after {cycles}{state}. The results are what was reached.")
            : new Termination(TerminationKind.CycleLimit, $"Not converged: {cycles}{state}. Raise --max-cycles.");
    }

    /// <summary>Writes what it knows of the cycles so far.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        writer.Write(lastObjective);
        writer.Write(LastGain);
        writer.Write(history.Count);
        foreach (IterationRecord record in history)
        {
            writer.Write(record.LogLikelihood);
            writer.Write(record.Change);
            writer.Write(record.LargestChange);
            writer.Write(record.Parameter);
            writer.Write(record.Step);
            writer.Write(record.Seconds);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    public void Load(BinaryReader reader)
    {
        lastObjective = reader.ReadDouble();
        LastGain = reader.ReadDouble();
        int count = reader.ReadInt32();
        for (int cycle = 1; cycle <= count; cycle++)
        {
            history.Add(new IterationRecord(
                cycle, reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadString(), reader.ReadString(), reader.ReadDouble()));
        }
    }

    private string Describe(IterationRecord accepted) =>
        FormattableString.Invariant($", largest change {accepted.LargestChange:g2}{(accepted.Parameter.Length > 0 ? $" in {accepted.Parameter}" : "")} (tolerance {options.Tolerance:g2})")
        + (double.IsNaN(accepted.Change) ? "" : FormattableString.Invariant($"; -2 log-likelihood changed by {accepted.Change:g2} in the last cycle"));

    private (double Largest, int Index) LargestChange(double[] current, double[] mapped)
    {
        double largest = 0;
        int index = -1;
        for (int k = 0; k < current.Length; k++)
        {
            double change = problem.Change(k, current, mapped);
            if (change > largest || index < 0)
                (largest, index) = (change, k);
        }
        return (largest, index);
    }
}
