using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Regression.Mixtures.Search;

/// <summary>Newton steps from where EM ended: its last digits, which EM takes long for.</summary>
internal static class NewtonPolish
{
    /// <summary>Beyond it EM has not been at its end.</summary>
    public const double LargestStep = 0.05;

    private const int MostSteps = 8;
    private const double SmallStep = 1e-9;

    /// <summary>Moves to the stationary point nearby, while the value does not fall.</summary>
    /// <param name="posterior">Value and gradient.</param>
    /// <param name="hessian">Second derivatives at a point. [free, free]</param>
    /// <param name="free">In: where EM ended; out: the maximum. [free]</param>
    /// <param name="held">Free parameters at a bound, which stay where they are.</param>
    /// <param name="largestStep">Largest step that is tried.</param>
    /// <returns>Second derivatives there, the largest last step, and the number of evaluations.</returns>
    public static (double[] Hessian, double LastStep, int Evaluations) Run(MixturePosterior posterior, Func<double[], double[]> hessian, double[] free, IReadOnlyList<int>? held = null, double largestStep = LargestStep)
    {
        int n = free.Length;
        double[] gradient = new double[n];
        double[] step = new double[n];
        double[] candidate = new double[n];
        double value = posterior.Evaluate(free, gradient);
        int evaluations = 1;
        double[] second = hessian(free);
        double last = 0;
        for (int count = 0; count < MostSteps; count++)
        {
            double[] information = Array.ConvertAll(second, element => -element);
            foreach (int index in held ?? [])
            {
                gradient[index] = 0;
                for (int other = 0; other < n; other++)
                    information[index * n + other] = information[other * n + index] = other == index ? 1 : 0;
            }
            if (!CholeskySolver.TryFactor(information, n))
                return (second, double.NaN, evaluations); // no maximum, or a flat one
            gradient.CopyTo(step, 0);
            CholeskySolver.Solve(information, step, n);
            last = n == 0 ? 0 : step.Max(Math.Abs);
            if (last < SmallStep || last > largestStep)
                return (second, last, evaluations);
            for (int index = 0; index < n; index++)
                candidate[index] = free[index] + step[index];
            double next = posterior.Evaluate(candidate, gradient);
            evaluations++;
            if (!(next >= value - 1e-9 - 1e-13 * Math.Abs(value)))
                return (second, last, evaluations);
            candidate.CopyTo(free, 0);
            value = next;
            second = hessian(free);
        }
        return (second, last, evaluations);
    }
}
