using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Optimization;

namespace IrtGpu.Regression.Mixtures.Search;

/// <summary>Newton's method with bounds on arguments: those at a bound whose gradient points outwards are held.</summary>
/// <remarks>Bertsekas (1982), SIAM J. Control Optim. 20, 221–246, with steps cut at the first bound they meet.</remarks>
internal static class BoundedNewton
{
    private const int MostIterations = 100;
    private const int MostHalvings = 40;
    private const double SmallStep = 1e-12;

    /// <summary>Moves to the maximum.</summary>
    /// <param name="x">In: start, within the bounds; out: maximum.</param>
    /// <param name="lower">Least arguments.</param>
    /// <param name="upper">Largest arguments.</param>
    /// <param name="objective">The function.</param>
    public static void Maximize(double[] x, double[] lower, double[] upper, NewtonMaximizer.Objective objective)
    {
        int n = x.Length;
        double[] gradient = new double[n];
        double[] information = new double[n * n];
        double[] factor = new double[n * n];
        double[] candidate = new double[n];
        for (int index = 0; index < n; index++)
            x[index] = Math.Clamp(x[index], lower[index], upper[index]);
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            gradient.AsSpan().Clear();
            information.AsSpan().Clear();
            double value = objective(x, gradient, information);
            for (int index = 0; index < n; index++)
            {
                bool isHeld = (x[index] <= lower[index] && gradient[index] <= 0) || (x[index] >= upper[index] && gradient[index] >= 0);
                if (!isHeld)
                    continue;
                gradient[index] = 0;
                for (int other = 0; other < n; other++)
                    information[index * n + other] = information[other * n + index] = other == index ? 1 : 0;
            }
            CholeskySolver.FactorWithRidge(information, factor, n);
            CholeskySolver.Solve(factor, gradient, n);
            double largest = gradient.Max(Math.Abs);
            if (!(largest > SmallStep) || !double.IsFinite(largest))
                return;
            bool isAccepted = false;
            double length = 1;
            for (int halving = 0; halving < MostHalvings && !isAccepted; halving++, length /= 2)
            {
                for (int index = 0; index < n; index++)
                    candidate[index] = Math.Clamp(x[index] + length * gradient[index], lower[index], upper[index]);
                isAccepted = objective(candidate, [], []) >= value - 1e-13 * Math.Abs(value) && candidate.AsSpan().SequenceCompareTo(x) != 0;
            }
            if (!isAccepted)
                return;
            candidate.CopyTo(x, 0);
        }
    }
}
