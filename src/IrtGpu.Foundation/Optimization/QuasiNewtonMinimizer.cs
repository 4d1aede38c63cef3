using System.Numerics.Tensors;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.Optimization;

/// <summary>Newton steps with an approximate Hessian that the last step corrects, lower bounds, and a line search.</summary>
/// <remarks>
/// Where the objective offers a Hessian it is taken afresh at each point and given one BFGS correction, so that it is exact along the step just
/// made; else BFGS from the identity. Arguments at a bound whose gradient points outwards are held. Nocedal &amp; Wright (2006), Numerical
/// Optimization, §§3.5, 6.1, 16.7.
/// </remarks>
internal sealed class QuasiNewtonMinimizer
{
    private const int MostHalvings = 40;
    private const double Armijo = 1e-4;

    private readonly ISmoothObjective objective;
    private readonly int n;
    private readonly double[] hessian;
    private readonly double[] factor;
    private readonly double[] direction;

    public QuasiNewtonMinimizer(ISmoothObjective objective)
    {
        this.objective = objective;
        n = objective.Count;
        hessian = new double[n * n];
        factor = new double[n * n];
        direction = new double[n];
    }

    /// <summary>Ends when another step would lower the value by less than this.</summary>
    public double Tolerance { get; init; } = 1e-10;

    /// <summary>Largest number of steps.</summary>
    public int MaxIterations { get; init; } = 200;

    /// <summary>Largest change of an argument in one step.</summary>
    public double LargestStep { get; init; } = 2;

    /// <summary>Lower bounds; empty where there are none. [n]</summary>
    public double[] Lower { get; init; } = [];

    /// <summary>Told of each step.</summary>
    public Action<MinimizationStep>? Progress { get; init; }

    /// <summary>Goes downhill from a start.</summary>
    /// <param name="start">Where to begin; its value must be finite.</param>
    /// <param name="cancellation">Asks to stop after the step at work.</param>
    public Minimum Minimize(ReadOnlySpan<double> start, CancellationToken cancellation = default)
    {
        double[] x = start.ToArray();
        double[] gradient = new double[n];
        double value = objective.Evaluate(x, gradient);
        int evaluations = 1;
        if (n == 0)
            return new Minimum(x, value, gradient, 0, MinimizationEnd.Converged, 0, evaluations);
        double[] candidate = new double[n];
        double[] candidateGradient = new double[n];
        bool hasHessian = StartHessian();
        double decrement = double.PositiveInfinity;
        for (int iteration = 1; ; iteration++)
        {
            decrement = Direction(x, gradient);
            if (!(decrement > Tolerance))
                return new Minimum(x, value, gradient, decrement, MinimizationEnd.Converged, iteration - 1, evaluations);
            if (iteration > MaxIterations)
                return new Minimum(x, value, gradient, decrement, MinimizationEnd.IterationLimit, iteration - 1, evaluations);
            if (cancellation.IsCancellationRequested)
                return new Minimum(x, value, gradient, decrement, MinimizationEnd.Interrupted, iteration - 1, evaluations);
            double slope = FixedOrderSums.Dot(direction, gradient);
            double noise = 1e-14 * (Math.Abs(value) + 1); // changes of the value below this say nothing
            double length = Math.Min(1, LargestStep / LargestMagnitude(direction));
            double next = double.NaN;
            bool accepted = false;
            for (int halving = 0; halving < MostHalvings && !accepted; halving++)
            {
                Move(x, length, candidate);
                next = objective.Evaluate(candidate, candidateGradient);
                evaluations++;
                accepted = next <= value + Armijo * length * slope + noise;
                if (!accepted)
                    length *= Shorten(value, next, length * slope);
            }
            if (!accepted)
            {
                MinimizationEnd end = decrement <= Math.Max(1e3 * Tolerance, 100 * noise) ? MinimizationEnd.Converged : MinimizationEnd.NoDescent;
                objective.Evaluate(x, gradient); // leaves the objective where the minimum is
                return new Minimum(x, value, gradient, decrement, end, iteration - 1, evaluations + 1);
            }
            double[] step = new double[n];
            double[] turn = new double[n];
            TensorPrimitives.Subtract(candidate, x, step);
            TensorPrimitives.Subtract(candidateGradient, gradient, turn);
            if (hasHessian)
                hasHessian = objective.TryApproximateHessian(hessian);
            Correct(step, turn, isFirst: iteration == 1 && !hasHessian);
            Progress?.Invoke(Describe(iteration, next, next - value, step));
            candidate.CopyTo(x, 0);
            candidateGradient.CopyTo(gradient, 0);
            value = next;
        }
    }

    private static double LargestMagnitude(ReadOnlySpan<double> values) => Math.Abs(TensorPrimitives.MaxMagnitude(values));

    private static MinimizationStep Describe(int iteration, double value, double change, double[] step)
    {
        int argument = TensorPrimitives.IndexOfMaxMagnitude<double>(step);
        return new MinimizationStep(iteration, value, change, Math.Abs(step[argument]), argument);
    }

    /// <summary>By how much to shorten a step: to the minimum of the parabola through what is known, within a tenth and a half.</summary>
    private static double Shorten(double value, double next, double slope)
    {
        double denominator = 2 * (next - value - slope);
        return double.IsFinite(denominator) && denominator > 0 ? Math.Clamp(-slope / denominator, 0.1, 0.5) : 0.25;
    }

    private bool StartHessian()
    {
        if (objective.TryApproximateHessian(hessian))
            return true;
        hessian.AsSpan().Clear();
        for (int i = 0; i < n; i++)
            hessian[i * n + i] = 1;
        return false;
    }

    /// <summary>The step −H⁻¹g of the arguments that are free to move, and half of what it is predicted to gain, twice.</summary>
    private double Direction(double[] x, double[] gradient)
    {
        bool[] held = new bool[n];
        for (int i = 0; i < Lower.Length; i++)
            held[i] = x[i] <= Lower[i] && gradient[i] > 0;
        double[] system = (double[])hessian.Clone();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                if (held[i] || held[j])
                    system[i * n + j] = i == j ? 1 : 0;
            }
        }
        CholeskySolver.FactorWithRidge(system, factor, n);
        for (int i = 0; i < n; i++)
            direction[i] = held[i] ? 0 : -gradient[i];
        CholeskySolver.Solve(factor, direction, n);
        return -0.5 * FixedOrderSums.Dot(direction, gradient);
    }

    private void Move(double[] x, double length, double[] candidate)
    {
        for (int i = 0; i < n; i++)
        {
            candidate[i] = x[i] + length * direction[i];
            if (i < Lower.Length)
                candidate[i] = Math.Max(candidate[i], Lower[i]);
        }
    }

    /// <summary>BFGS: the smallest change of H that makes it exact along the step.</summary>
    private void Correct(double[] step, double[] turn, bool isFirst)
    {
        double curvature = FixedOrderSums.Dot(step, turn);
        double stepLength = FixedOrderSums.Norm(step);
        if (!(curvature > 1e-10 * stepLength * FixedOrderSums.Norm(turn)))
            return;
        if (isFirst)
        {
            double scale = curvature / (stepLength * stepLength);
            for (int i = 0; i < n; i++)
                hessian[i * n + i] = scale;
        }
        double[] product = new double[n];
        for (int i = 0; i < n; i++)
            product[i] = FixedOrderSums.Dot(hessian.AsSpan(i * n, n), step);
        double own = FixedOrderSums.Dot(product, step);
        if (!(own > 0))
            return;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                hessian[i * n + j] += turn[i] * turn[j] / curvature - product[i] * product[j] / own;
        }
    }
}
