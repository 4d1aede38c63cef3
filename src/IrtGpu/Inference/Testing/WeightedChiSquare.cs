using System.Numerics;

namespace IrtGpu.Inference.Testing;

/// <summary>Upper tail of Q = Σ λ_r χ²(h_r), independent χ² variables with weights: what quadratic forms in normal variables are distributed as.</summary>
/// <remarks>
/// P(Q &gt; q) = (2πi)⁻¹ ∫ exp(K(s) − s q)/s ds with K(s) = −½ Σ h_r log(1 − 2 λ_r s), along a path from below to above that crosses the real
/// axis between 0 and 1/(2 max λ). The path goes through the saddle point and bends to the right as a hyperbola, where the integrand falls
/// exponentially, so that the trapezoidal rule has the accuracy of rounding in either tail. Imhof (1961), Biometrika 48, 419–426, has the
/// integral along the imaginary axis; Helstrom (1996), IEEE Transactions on Aerospace and Electronic Systems 32, 33–38, paths through saddle points.
/// </remarks>
internal static class WeightedChiSquare
{
    private const double LeastWeight = 1e-12; // of the largest
    private const double Bend = 0.25;
    private const double Accuracy = 1e-12;

    /// <summary>P(Q &gt; q).</summary>
    /// <param name="q">Value.</param>
    /// <param name="weights">λ, of either sign. [term]</param>
    /// <param name="degrees">h, above 0; empty: all 1. [term]</param>
    /// <returns>NaN where a weight or the value is none; 0 or 1 where all weights are 0</returns>
    public static double UpperTail(double q, ReadOnlySpan<double> weights, ReadOnlySpan<double> degrees = default)
    {
        double largest = 0;
        foreach (double weight in weights)
            largest = Math.Max(largest, Math.Abs(weight));
        if (double.IsNaN(q) || !double.IsFinite(largest))
            return double.NaN;
        if (largest == 0 || double.IsInfinity(q))
            return q < 0 ? 1 : 0;
        List<(double Weight, double Degrees)> terms = []; // scaled to a largest weight of 1
        for (int term = 0; term < weights.Length; term++)
        {
            if (Math.Abs(weights[term]) > LeastWeight * largest)
                terms.Add((weights[term] / largest, degrees.IsEmpty ? 1 : degrees[term]));
        }
        double value = q / largest;
        if (value == 0 && terms.Exists(term => term.Weight < 0))
            value = double.Epsilon; // Q is continuous: its tail at 0 is the limit
        return value >= 0
            ? Upper(value, terms)
            : 1 - Upper(-value, [.. terms.Select(term => (-term.Weight, term.Degrees))]);
    }

    /// <summary>For a value that is not below 0.</summary>
    private static double Upper(double q, List<(double Weight, double Degrees)> terms)
    {
        double most = terms.Max(term => term.Weight);
        if (most <= 0)
            return 0;
        if (q == 0)
            return 1;
        double saddle = Saddle(q, 0.5 / most, terms);
        double curvature = 1 / (saddle * saddle) + terms.Sum(term => 2 * term.Degrees * Math.Pow(term.Weight / (1 - 2 * term.Weight * saddle), 2));
        double width = 1 / Math.Sqrt(curvature);
        double step = 0.5;
        double sum = Trapezoid(q, saddle, width, step, 0, terms);
        for (int halving = 0; halving < 12; halving++)
        {
            step /= 2;
            double finer = sum / 2 + Trapezoid(q, saddle, width, 2 * step, step, terms) / 2;
            bool isDone = Math.Abs(finer - sum) <= Accuracy * Math.Abs(finer);
            sum = finer;
            if (isDone)
                break;
        }
        return Math.Clamp(sum, 0, 1);
    }

    /// <summary>Where K(s) − s q − log s is least between 0 and the end.</summary>
    private static double Saddle(double q, double end, List<(double Weight, double Degrees)> terms)
    {
        (double low, double high) = (0, end);
        for (int halving = 0; halving < 200; halving++)
        {
            double s = (low + high) / 2;
            if (s == low || s == high)
                break;
            double slope = -q - 1 / s;
            foreach ((double weight, double degrees) in terms)
                slope += degrees * weight / (1 - 2 * weight * s);
            (low, high) = slope > 0 ? (low, s) : (s, high);
        }
        return low;
    }

    /// <summary>The rule over t = first, first + step, …; the value at 0 counts half.</summary>
    private static double Trapezoid(double q, double saddle, double width, double step, double first, List<(double Weight, double Degrees)> terms)
    {
        const double negligible = 1e-18;
        const double farthest = 800;
        double sum = 0;
        double largest = 0;
        for (double t = first; t < farthest; t += step)
        {
            Complex s = new(saddle + Bend * width * (Math.Cosh(t) - 1), width * Math.Sinh(t));
            if (!Complex.IsFinite(s))
                break;
            Complex exponent = -s * q - Complex.Log(s);
            foreach ((double weight, double degrees) in terms)
                exponent -= 0.5 * degrees * Complex.Log(1 - 2 * weight * s);
            Complex value = Complex.Exp(exponent) * new Complex(Bend * width * Math.Sinh(t), width * Math.Cosh(t));
            largest = Math.Max(largest, Complex.Abs(value));
            sum += t == 0 ? value.Imaginary / 2 : value.Imaginary;
            if (Complex.Abs(value) < negligible * largest)
                break;
        }
        return sum * step / Math.PI;
    }
}
