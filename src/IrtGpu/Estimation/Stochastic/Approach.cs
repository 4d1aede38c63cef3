using IrtGpu.Compute;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Estimation.Stochastic.Complete;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation.Stochastic;

/// <summary>Goes from the start to the neighbourhood of the maximum: stochastic EM, gain 1, until the mean gradient of a window is noise.</summary>
/// <remarks>
/// A cycle draws every person and takes the M-step of EM with the draws for complete data. Where the parameters only wander about the maximum, the
/// gradients of a window of cycles sum to less than independent noise would; where they are still on their way, to more. The mean over the last window
/// is where averaging begins. Celeux &amp; Diebolt (1985); as first stage of stochastic approximation: Cai (2010), Psychometrika 75, 33–57.
/// </remarks>
internal sealed class Approach
{
    private const int WindowLength = 20;
    private const double LargestSignal = 1.2; // mean square of standardised mean gradients; 1 for independent noise, below where parameters wander
    private const int ModeCycles = 5; // between Newton steps of the modes

    private readonly CalibrationPlan plan;
    private readonly PersonSampler sampler;
    private readonly DrawnExpectation expectation;
    private readonly MStep mStep;
    private readonly RunLog log;
    private readonly double[] gradientSum; // of the window [free]
    private readonly double[] gradientSquares;
    private readonly double[] mean; // of the parameters of the window [free]

    public Approach(CalibrationPlan plan, PersonSampler sampler, DrawnExpectation expectation, MStep mStep, RunLog log)
    {
        this.plan = plan;
        this.sampler = sampler;
        this.expectation = expectation;
        this.mStep = mStep;
        this.log = log;
        gradientSum = new double[plan.Layout.FreeCount];
        gradientSquares = new double[plan.Layout.FreeCount];
        mean = new double[plan.Layout.FreeCount];
    }

    /// <summary>Runs.</summary>
    /// <param name="start">Where from.</param>
    /// <param name="mostCycles">Largest number of cycles.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The mean of the parameters over the last window; null where the cycles did not suffice, or it was cancelled before one window was over.</returns>
    public (ModelPoint Point, bool HasArrived) Run(ModelPoint start, int mostCycles, CancellationToken cancellation)
    {
        ModelPoint point = start;
        ModelPoint best = start;
        sampler.Begin(point);
        for (int cycle = 1; cycle <= mostCycles && !cancellation.IsCancellationRequested; cycle++)
        {
            if (cycle > 1)
                sampler.MoveTo(point, cycle <= WindowLength || cycle % ModeCycles == 0 ? 1 : 0);
            sampler.Advance(0);
            sampler.Advance(0.9);
            ParameterVector next = mStep.Maximize(point, expectation);
            AddToWindow(mStep.GradientAtStart(point, expectation), next.Free);
            ModelPoint moved = ModelPoint.TryCreate(plan, next) ?? point;
            (double change, int free) = LargestChange(point.Parameters.Free, next.Free);
            log.Record(change, free, RunLog.StochasticEm);
            point = moved;
            if (cycle % WindowLength != 0)
                continue;
            best = WindowMean() ?? point;
            if (IsNoise())
                return (best, true);
            ClearWindow();
        }
        return (best, false);
    }

    private void AddToWindow(double[] gradient, double[] free)
    {
        for (int k = 0; k < gradient.Length; k++)
        {
            gradientSum[k] += gradient[k];
            gradientSquares[k] += gradient[k] * gradient[k];
            mean[k] += free[k] / WindowLength;
        }
    }

    private void ClearWindow()
    {
        Array.Clear(gradientSum);
        Array.Clear(gradientSquares);
        Array.Clear(mean);
    }

    private ModelPoint? WindowMean()
    {
        ParameterVector parameters = new(plan.Layout, (double[])mean.Clone());
        return plan.IsInDomain(parameters) ? ModelPoint.TryCreate(plan, parameters) : null;
    }

    private bool IsNoise()
    {
        double signal = 0;
        int count = 0;
        for (int k = 0; k < gradientSum.Length; k++)
        {
            double average = gradientSum[k] / WindowLength;
            double variance = (gradientSquares[k] / WindowLength - average * average) / (WindowLength - 1);
            if (!(variance > 0))
                continue;
            signal += average * average / variance;
            count++;
        }
        return count == 0 || signal / count <= LargestSignal;
    }

    private static (double Change, int Free) LargestChange(double[] from, double[] to)
    {
        double largest = 0;
        int index = from.Length > 0 ? 0 : -1;
        for (int k = 0; k < from.Length; k++)
        {
            double change = Math.Abs(to[k] - from[k]);
            if (change > largest)
                (largest, index) = (change, k);
        }
        return (largest, index);
    }
}
