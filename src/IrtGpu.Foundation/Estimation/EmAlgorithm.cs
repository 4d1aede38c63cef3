using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Foundation.Estimation;

/// <summary>The EM algorithm: E-step, M-step, acceleration guarded by the objective, convergence.</summary>
/// <param name="problem">The model.</param>
/// <param name="options">Acceleration and stop rules.</param>
/// <param name="progress">Hears of every cycle.</param>
/// <param name="cancellation">Ends the run after the running cycle.</param>
internal sealed class EmAlgorithm<TExpectation>(
    IEmProblem<TExpectation> problem, EmOptions options, IProgress<IterationRecord>? progress, CancellationToken cancellation)
    where TExpectation : class, IExpectation
{
    /// <summary>Runs from a start until a stop rule holds.</summary>
    /// <param name="start">Where to begin. [parameter]</param>
    public EmOutcome<TExpectation> Run(double[] start)
    {
        problem.Begin(start);
        return Run(new EmState(problem, options, start));
    }

    /// <summary>Runs on until a stop rule holds.</summary>
    /// <param name="state">Where the run is.</param>
    public EmOutcome<TExpectation> Run(EmState state)
    {
        while (true)
        {
            if (Next(state) is { } outcome)
                return outcome;
        }
    }

    /// <summary>One cycle, or the E-step at the estimates.</summary>
    /// <param name="state">Stepped.</param>
    /// <returns>The outcome, once there is one.</returns>
    public EmOutcome<TExpectation>? Next(EmState state)
    {
        TExpectation? expectation = problem.TryExpect(state.Parameters);
        if (state.Receive(expectation))
            state.Advance(problem.Maximize(expectation!, state.IsExpanding));
        return Conclude(state, expectation);
    }

    /// <summary>Reports a cycle and applies the stop rules to it.</summary>
    /// <param name="state">Has received the E-step and, where it wanted one, the EM step.</param>
    /// <param name="expectation">The E-step.</param>
    /// <returns>The outcome, once there is one.</returns>
    public EmOutcome<TExpectation>? Conclude(EmState state, TExpectation? expectation)
    {
        if (state.IsFinished)
            return new EmOutcome<TExpectation>(state.Parameters, expectation!, state.Termination!, state.History, state.EStepCount);
        expectation?.Dispose();
        if (state.Termination is null)
        {
            progress?.Report(state.History[^1]);
            state.Judge(cancellation.IsCancellationRequested);
        }
        return null;
    }
}
