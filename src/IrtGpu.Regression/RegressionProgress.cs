using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;

namespace IrtGpu.Regression;

/// <summary>Who is told how far a fit is.</summary>
/// <param name="Steps">Told of each step of the estimation; null: no one.</param>
/// <param name="Phase">Told what is being done and how far it is; null: no one.</param>
public sealed record RegressionProgress(IProgress<IterationRecord>? Steps = null, IProgress<WorkProgress>? Phase = null);
