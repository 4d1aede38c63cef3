using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Regression;

/// <summary>Who is told how far a fit is.</summary>
/// <param name="Steps">Told of each step of the estimation; null: no one.</param>
/// <param name="Phase">Told in words what is being done and how far it is; null: no one.</param>
public sealed record RegressionProgress(IProgress<IterationRecord>? Steps = null, IProgress<string>? Phase = null);
