using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Foundation.Optimization;

/// <summary>Newton's method with step halving for the small smooth problems of populations and proportions.</summary>
internal static class NewtonMaximizer
{
    private const int MaxIterations = 50;
    private const double LargestStep = 2; // of a parameter, or of its size where that is more than 1

    /// <summary>Value, gradient and negative Hessian (or information) at a point; a value of −∞ where it is outside the domain.</summary>
    /// <param name="x">The point.</param>
    /// <param name="gradient">Receives the gradient, cleared before; empty when only the value is wanted.</param>
    /// <param name="information">Receives the lower triangle, cleared before; empty when only the value is wanted. [n, n]</param>
    public delegate double Objective(double[] x, Span<double> gradient, Span<double> information);

    /// <summary>Moves <paramref name="x"/> to the maximum.</summary>
    /// <param name="x">In: start; out: maximum.</param>
    /// <param name="objective">The function.</param>
    public static void Maximize(double[] x, Objective objective)
    {
        int n = x.Length;
        if (n == 0)
            return;
        double[] gradient = new double[n];
        double[] information = new double[n * n];
        double[] factor = new double[n * n];
        double[] candidate = new double[n];
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            gradient.AsSpan().Clear();
            information.AsSpan().Clear();
            double value = objective(x, gradient, information);
            CholeskySolver.FactorWithRidge(information, factor, n);
            CholeskySolver.Solve(factor, gradient, n);
            double largest = gradient.Max(Math.Abs);
            if (!(largest > 1e-13) || !double.IsFinite(largest))
                return;
            double relative = 0;
            for (int k = 0; k < n; k++)
                relative = Math.Max(relative, Math.Abs(gradient[k]) / Math.Max(1, Math.Abs(x[k])));
            double scale = Math.Min(1, LargestStep / relative);
            double slack = 1e-13 * Math.Abs(value);
            bool accepted = false;
            for (int halving = 0; halving < 40 && !accepted; halving++, scale /= 2)
            {
                for (int k = 0; k < n; k++)
                    candidate[k] = x[k] + scale * gradient[k];
                accepted = objective(candidate, [], []) >= value - slack;
            }
            if (!accepted)
                return;
            candidate.CopyTo(x, 0);
            if (largest < 1e-11)
                return;
        }
    }
}
