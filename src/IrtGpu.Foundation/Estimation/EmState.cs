using System.Diagnostics;
using IrtGpu.Foundation.Estimation.Accelerators;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Foundation.Estimation;

/// <summary>A run of EM between two E-steps: what is to be evaluated next, and everything remembered of the past.</summary>
/// <remarks>
/// A cycle is <see cref="Receive"/> with the E-step at <see cref="Parameters"/>, <see cref="Advance"/> with the EM step from there where
/// one is wanted, and <see cref="Judge"/>. Once a stop rule holds, one more E-step at the estimates finishes the run. A run that was
/// saved between two cycles and loaded goes on with the same bits.
/// </remarks>
internal sealed class EmState
{
    private const double ExpansionGain = 1e-2; // gain of the objective a cycle below which a rejected proposal ends the expansion

    private const int SettlingCycles = 5; // before it is asked whether parameters left what the model was prepared for

    private readonly IEmProblem problem;
    private readonly IAccelerator? accelerator;
    private readonly ConvergenceMonitor monitor;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private double secondsBefore; // of the run up to where it was saved
    private double[] plain; // the last plain EM step: where a rejected proposal falls back to
    private double[] accepted; // where the last EM step was made
    private double[] next; // where the next E-step is made if the run goes on
    private double[]? estimates; // where it ends, once a stop rule holds
    private bool isProposal;
    private IExpectation? received;

    /// <summary>Begins a run.</summary>
    /// <param name="problem">The model.</param>
    /// <param name="options">Acceleration and stop rules.</param>
    /// <param name="start">Where to begin. [parameter]</param>
    public EmState(IEmProblem problem, EmOptions options, double[] start)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(start.Length, problem.ParameterCount, nameof(start));
        this.problem = problem;
        accelerator = Create(options.Acceleration, problem.Memory);
        monitor = new ConvergenceMonitor(problem, options);
        IsExpanding = options.Acceleration == Acceleration.Auto && problem.CanExpand;
        next = plain = accepted = start;
    }

    /// <summary>Where the next E-step is to be made. [parameter]</summary>
    public double[] Parameters => estimates ?? next;

    /// <summary>Whether EM steps are to have parameter expansion.</summary>
    public bool IsExpanding { get; private set; }

    /// <summary>Number of E-steps so far.</summary>
    public int EStepCount { get; private set; }

    /// <summary>How the run ends; null while it goes on.</summary>
    public Termination? Termination { get; private set; }

    /// <summary>Whether the last E-step was that at the estimates.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>One record a cycle.</summary>
    public IReadOnlyList<IterationRecord> History => monitor.History;

    private double Seconds => secondsBefore + clock.Elapsed.TotalSeconds;

    /// <summary>Takes the E-step at <see cref="Parameters"/>.</summary>
    /// <param name="expectation">What it yields; null where the parameters are outside the model's domain.</param>
    /// <returns>Whether an EM step from there is wanted.</returns>
    /// <exception cref="ArgumentException">The start is outside the domain.</exception>
    public bool Receive(IExpectation? expectation)
    {
        EStepCount++;
        received = expectation;
        if (Termination is not null)
        {
            IsFinished = true;
            return false;
        }
        if (expectation is not null && !monitor.HasFallen(expectation.Objective))
            return true;
        if (isProposal)
        {
            Reject(expectation?.LogLikelihood ?? double.NaN, plain);
        }
        else if (History.Count > 0 && problem.TryGuard())
        {
            Reject(expectation?.LogLikelihood ?? double.NaN, accepted);
        }
        else if (expectation is not null && !double.IsFinite(expectation.Objective) && History.Count > 0)
        {
            End(monitor.DescribeFall(expectation.Objective), accepted); // the last point that has a likelihood
        }
        else if (expectation is not null)
        {
            End(monitor.DescribeFall(expectation.Objective), next);
            IsFinished = true;
        }
        else if (History.Count > 0)
        {
            End(new Termination(TerminationKind.Failed, $"After {History.Count} cycles a plain EM step led out of the domain of the model. {problem.Remedy(EmFailure.LeftDomain)}"), accepted);
        }
        else
        {
            throw new ArgumentException($"The start is outside the domain of the model. {problem.Remedy(EmFailure.LeftDomain)}");
        }
        return false;
    }

    /// <summary>Takes the EM step from <see cref="Parameters"/> and decides where to go from there.</summary>
    /// <param name="step">What the EM map made of the last E-step.</param>
    public void Advance(EmStep step)
    {
        double[]? proposal = accelerator?.Propose(problem.Straighten(next), problem.Straighten(step.Mapped));
        if (proposal is not null)
        {
            proposal = problem.Bend(proposal, step.Mapped);
            if (!problem.TryAdmit(proposal))
                proposal = null;
        }
        isProposal = proposal is not null;
        monitor.Record(received!.LogLikelihood, received.Objective, next, step.Plain, isProposal ? accelerator!.Name : "em", Seconds);
        accepted = next;
        plain = step.Plain;
        next = proposal ?? plain;
    }

    /// <summary>Applies the stop rules to the last cycle.</summary>
    /// <param name="isInterrupted">Whether the user wants the run to end.</param>
    public void Judge(bool isInterrupted)
    {
        if (Termination is not null)
            return;
        if (problem.IsDegenerate(plain))
            End(new Termination(TerminationKind.Degenerate, $"After {(History.Count == 1 ? "1 cycle" : $"{History.Count} cycles")} the objective grows without bound: there is no maximum this way. {problem.Remedy(EmFailure.GrowsWithoutBound)}"), accepted); // which has a likelihood, as the step from it may not
        else if (monitor.Judge(isInterrupted) is { } termination)
            End(termination, plain);
        else if (History.Count >= SettlingCycles && problem.IsOutgrown(plain))
            End(monitor.DescribeOutgrowth(), plain);
    }

    /// <summary>Goes on from <see cref="Parameters"/> with an objective that differs a little from the one so far, whatever stop rule held for that.</summary>
    public void ChangeObjective()
    {
        next = plain = accepted = Parameters;
        estimates = null;
        Termination = null;
        isProposal = false;
        accelerator?.Interrupt();
        monitor.Interrupt();
    }

    private void End(Termination termination, double[] at)
    {
        Termination = termination;
        estimates = at;
    }

    private void Reject(double logLikelihood, double[] fallback)
    {
        accelerator?.Reset();
        // On a flat ridge changes stay large, and where the expanded map leads off it every proposal would be rejected.
        if (monitor.LastGain < ExpansionGain)
            IsExpanding = false;
        monitor.RecordRejection(logLikelihood, Seconds);
        next = fallback;
        isProposal = false;
    }

    /// <summary>Writes the run as it is between two cycles; that a stop rule ended it is not kept, as others may hold when it goes on.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        writer.Write(accelerator?.Name ?? "");
        writer.WriteVector(next);
        writer.WriteVector(plain);
        writer.WriteVector(accepted);
        writer.Write(isProposal);
        writer.Write(IsExpanding);
        writer.Write(EStepCount);
        writer.Write(Seconds);
        monitor.Save(writer);
        accelerator?.Save(writer);
    }

    /// <summary>Reads a run that <see cref="Save"/> wrote.</summary>
    /// <param name="problem">The same model.</param>
    /// <param name="options">The same acceleration; stop rules may differ.</param>
    /// <param name="reader">Where from.</param>
    /// <exception cref="InvalidDataException">It was another model or another acceleration.</exception>
    public static EmState Load(IEmProblem problem, EmOptions options, BinaryReader reader)
    {
        string name = reader.ReadString();
        double[] parameters = reader.ReadVector();
        if (parameters.Length != problem.ParameterCount)
        {
            throw new InvalidDataException(
                $"The saved run has {parameters.Length} parameters and the model {problem.ParameterCount}: it is of another model. Begin a new run, or give the model it was saved with.");
        }
        EmState state = new(problem, options, parameters);
        if (name != (state.accelerator?.Name ?? ""))
        {
            throw new InvalidDataException(
                $"The saved run was accelerated by '{(name.Length > 0 ? name : "none")}', not by '{state.accelerator?.Name ?? "none"}', so it cannot go on with the same steps. Ask for the acceleration it had.");
        }
        state.plain = reader.ReadVector();
        state.accepted = reader.ReadVector();
        state.isProposal = reader.ReadBoolean();
        state.IsExpanding = reader.ReadBoolean();
        state.EStepCount = reader.ReadInt32();
        state.secondsBefore = reader.ReadDouble();
        state.monitor.Load(reader);
        state.accelerator?.Load(reader);
        if (state.History.Count > 0)
            state.Judge(isInterrupted: false);
        return state;
    }

    private static IAccelerator? Create(Acceleration acceleration, int memory) => acceleration switch
    {
        Acceleration.None => null,
        Acceleration.Squarem => new SquaremAccelerator(),
        Acceleration.Auto or Acceleration.Anderson => new AndersonAccelerator(memory),
        _ => throw new ArgumentOutOfRangeException(nameof(acceleration), acceleration, "There is no such acceleration."),
    };
}
