namespace IrtGpu.Cli.Progress;

/// <summary>Where cycles end.</summary>
/// <param name="Tolerance">Largest change of a parameter at convergence.</param>
/// <param name="MaxCycles">Largest number of cycles.</param>
internal sealed record CycleGoal(double Tolerance, int MaxCycles);
