namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>The logistic function, without loss in the tails.</summary>
internal static class Logistic
{
    /// <summary>1 / (1 + exp(−x)).</summary>
    public static double Of(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>log of it.</summary>
    public static double LogOf(double x) => Math.Min(x, 0) - Log1P(Math.Exp(-Math.Abs(x)));

    private static double Log1P(double small)
    {
        double sum = 1 + small;
        return sum == 1 ? small : Math.Log(sum) * small / (sum - 1); // Kahan's
    }
}
