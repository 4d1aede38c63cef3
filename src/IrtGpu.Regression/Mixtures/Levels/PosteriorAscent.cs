using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>Climbs a log posterior from where EM has led: by quasi-Newton steps where EM does not hold or does not see all of it, and by Newton steps at the end.</summary>
/// <param name="layout">Where the numbers stand.</param>
/// <param name="posterior">What is climbed.</param>
internal sealed class PosteriorAscent(MixtureLayout layout, MixturePosterior posterior) : ISmoothObjective
{
    private const double Vanished = -9; // log deviations below it are 0 but for rounding: the likelihood is flat there
    private const int MostNewtonSteps = 4;
    private const double Enough = 1e-11; // of what a Newton step gains

    public int Count => posterior.Count;

    /// <summary>Evaluations of the gradient so far.</summary>
    public int Evaluations { get; private set; }

    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        Evaluations++;
        double value = -posterior.Evaluate(x, gradient);
        for (int index = 0; index < gradient.Length; index++)
            gradient[index] = -gradient[index];
        return value;
    }

    public bool TryApproximateHessian(Span<double> hessian) => false;

    /// <summary>Quasi-Newton steps to the mode.</summary>
    /// <param name="free">Where to begin. [free]</param>
    /// <param name="tolerance">Ends when another step would gain less.</param>
    /// <param name="maxSteps">Largest number of steps.</param>
    /// <param name="progress">Told of each step; null: no one.</param>
    /// <param name="cancellation">Asks to stop after the step at work.</param>
    public Minimum Climb(double[] free, double tolerance, int maxSteps, Action<MinimizationStep>? progress, CancellationToken cancellation) =>
        new QuasiNewtonMinimizer(this) { Tolerance = tolerance, MaxIterations = maxSteps, LargestStep = 1, Progress = progress }.Minimize(free, cancellation);

    /// <summary>Newton steps while they gain.</summary>
    /// <param name="free">In: near the mode; out: at it. [free]</param>
    /// <param name="hessian">Second derivatives at the end. [free, free]</param>
    /// <returns>What another step would gain; NaN where the curvature is not that of a maximum.</returns>
    public double Polish(double[] free, out double[] hessian)
    {
        int n = free.Length;
        double[] gradient = new double[n];
        double[] candidate = new double[n];
        double[] other = new double[n];
        double value = Evaluate(free, gradient);
        for (int step = 0; ; step++)
        {
            hessian = HessianByDifferences.Of(posterior, free);
            Evaluations += 4 * n;
            double[] system = Curvature(hessian, free);
            double[] direction = Array.ConvertAll(gradient, slope => -slope);
            for (int index = 0; index < n; index++)
                direction[index] = IsVanished(index, free) ? 0 : direction[index];
            double[] factor = (double[])system.Clone();
            if (!CholeskySolver.TryFactor(factor, n))
                return double.NaN;
            CholeskySolver.Solve(factor, direction, n);
            double gain = 0;
            for (int index = 0; index < n; index++)
            {
                gain -= 0.5 * direction[index] * gradient[index];
                candidate[index] = free[index] + direction[index];
            }
            if (!(gain > Enough) || step == MostNewtonSteps || direction.Max(Math.Abs) > 1)
                return gain;
            double next = Evaluate(candidate, other);
            if (!(next <= value))
                return gain;
            value = next;
            candidate.CopyTo(free, 0);
            other.CopyTo(gradient, 0);
        }
    }

    /// <summary>Whether a free number is a standard deviation of 0, or a correlation with an effect that has one.</summary>
    public bool IsVanished(int free, ReadOnlySpan<double> at)
    {
        MixtureSlot slot = layout.Slots[layout.FirstSlots[free]];
        return slot.Kind switch
        {
            SlotKind.LogDeviation => at[free] < Vanished,
            SlotKind.Correlation => HasVanished(slot.Class, slot.Index, at) || HasVanished(slot.Class, slot.Second, at),
            _ => false,
        };
    }

    private bool HasVanished(int ofClass, int effect, ReadOnlySpan<double> at)
    {
        int free = layout.FreeOf(layout.LogDeviation(ofClass, effect));
        return free >= 0 && at[free] < Vanished;
    }

    /// <summary>−H with 1 on the diagonal of what has vanished.</summary>
    private double[] Curvature(double[] hessian, double[] free)
    {
        int n = free.Length;
        double[] system = Array.ConvertAll(hessian, value => -value);
        for (int row = 0; row < n; row++)
        {
            if (!IsVanished(row, free))
                continue;
            for (int column = 0; column < n; column++)
                system[row * n + column] = system[column * n + row] = 0;
            system[row * n + row] = 1;
        }
        return system;
    }
}
