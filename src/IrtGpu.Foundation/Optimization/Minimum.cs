namespace IrtGpu.Foundation.Optimization;

/// <summary>Why a minimisation ended.</summary>
internal enum MinimizationEnd
{
    /// <summary>Another step would lower the value by less than the tolerance.</summary>
    Converged,

    /// <summary>The largest number of iterations was reached.</summary>
    IterationLimit,

    /// <summary>No step along the direction lowers the value.</summary>
    NoDescent,

    /// <summary>Someone asked to stop.</summary>
    Interrupted,
}

/// <summary>Where a minimisation ended.</summary>
/// <param name="X">The point.</param>
/// <param name="Value">The function there.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="Decrement">What another step is predicted to lower the value by.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Evaluations">Evaluations of value and gradient.</param>
internal sealed record Minimum(double[] X, double Value, double[] Gradient, double Decrement, MinimizationEnd End, int Iterations, int Evaluations);

/// <summary>One step of a minimisation, for progress.</summary>
/// <param name="Iteration">1-based.</param>
/// <param name="Value">The function after the step.</param>
/// <param name="Change">Change of the value.</param>
/// <param name="LargestStep">Largest change of an argument.</param>
/// <param name="Argument">Position of that argument.</param>
internal readonly record struct MinimizationStep(int Iteration, double Value, double Change, double LargestStep, int Argument);
