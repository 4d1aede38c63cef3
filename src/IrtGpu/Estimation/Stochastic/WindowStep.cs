namespace IrtGpu.Estimation.Stochastic;

/// <summary>What a window says: the Newton step to where the mean gradient would vanish, and how far noise alone would take it.</summary>
/// <param name="Step">V s. [interior]</param>
/// <param name="Errors">Monte-Carlo standard errors of the estimates that average all draws so far. [interior]</param>
/// <param name="Signal">Mean square of the step over the error that it has from its own draws and from those before; near 1 where it is noise.</param>
/// <param name="LargestChange">Largest element of the step.</param>
/// <param name="LargestShare">The same in standard errors of the parameters.</param>
/// <param name="LargestErrorShare">Largest Monte-Carlo standard error in standard errors of the parameters.</param>
/// <param name="LargestErrorPosition">Whose that is.</param>
/// <param name="PerDraw">The same of one draw.</param>
/// <param name="GradientNorm">Norm of the mean gradient.</param>
internal sealed record WindowStep(
    double[] Step, double[] Errors, double Signal, double LargestChange, double LargestShare, double LargestErrorShare, int LargestErrorPosition, double PerDraw,
    double GradientNorm)
{
    /// <summary>Evaluates a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="interior">Free parameters that move.</param>
    /// <param name="solver">V.</param>
    /// <param name="before">Draws that the estimates average already.</param>
    public static WindowStep Of(WindowSums window, int[] interior, InformationSolver solver, double before)
    {
        double[] mean = window.Mean(interior);
        double[] step = solver.Apply(mean);
        double[] variance = new double[interior.Length]; // of the step of one draw
        for (int batch = 0; batch < window.BatchCount; batch++)
        {
            double[] difference = window.BatchMean(batch, interior);
            for (int k = 0; k < difference.Length; k++)
                difference[k] -= mean[k];
            double[] moved = solver.Apply(difference);
            for (int k = 0; k < moved.Length; k++)
                variance[k] += moved[k] * moved[k] * window.DrawCount / window.BatchCount / (window.BatchCount - 1);
        }
        double total = before + window.DrawCount;
        double effective = before > 0 ? before * window.DrawCount / total : window.DrawCount; // draws that a step has the error of
        double[] errors = [.. variance.Select(one => Math.Sqrt(one / total))];
        double signal = 0;
        double change = 0;
        double share = 0;
        double errorShare = 0;
        int errorPosition = -1;
        for (int k = 0; k < step.Length; k++)
        {
            double standardError = solver.StandardError(k);
            signal += variance[k] > 0 ? step[k] * step[k] * effective / variance[k] / step.Length : 0;
            change = Math.Max(change, Math.Abs(step[k]));
            share = Math.Max(share, Math.Abs(step[k]) / standardError);
            if (errors[k] / standardError > errorShare)
                (errorShare, errorPosition) = (errors[k] / standardError, k);
        }
        return new WindowStep(
            step, errors, signal, change, share, errorShare, errorPosition, errorShare * Math.Sqrt(total), Math.Sqrt(mean.Sum(value => value * value)));
    }
}
