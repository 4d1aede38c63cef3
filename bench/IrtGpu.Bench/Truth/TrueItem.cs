using IrtGpu.Items;

namespace IrtGpu.Bench.Truth;

/// <summary>The true parameters of one item in one block; draws responses with formulas of its own, not the engine's.</summary>
/// <param name="Function">2pl, 3pl, gpcm, grm or rasch.</param>
/// <param name="Slopes">0 where the item does not measure the attribute. [attribute]</param>
/// <param name="Intercepts">d, or d1…d(M−1). [step]</param>
/// <param name="Lower">Lower asymptote g.</param>
internal sealed record TrueItem(ItemFunction Function, double[] Slopes, double[] Intercepts, double Lower = 0)
{
    public int CategoryCount => Intercepts.Length + 1;

    /// <summary>Draws a category.</summary>
    /// <param name="random">Source of uniform numbers.</param>
    /// <param name="theta">[attribute]</param>
    public int Draw(Random random, ReadOnlySpan<double> theta)
    {
        double z = 0;
        for (int j = 0; j < Slopes.Length; j++)
            z += Slopes[j] * theta[j];
        double uniform = random.NextDouble();
        return Function switch
        {
            ItemFunction.Graded => DrawGraded(uniform, z),
            ItemFunction.ThreeParameter => uniform < Lower + (1 - Lower) / (1 + Math.Exp(-(z + Intercepts[0]))) ? 1 : 0,
            ItemFunction.Rasch or ItemFunction.TwoParameter or ItemFunction.GeneralizedPartialCredit => DrawPartialCredit(uniform, z),
            _ => throw new NotSupportedException($"There is no formula for items of function {Function}."),
        };
    }

    // P(Y ≥ m) = 1/(1 + exp(−(d_m + z))), d decreasing: the category is the number of steps passed.
    private int DrawGraded(double uniform, double z)
    {
        int category = 0;
        while (category < Intercepts.Length && uniform < 1 / (1 + Math.Exp(-(Intercepts[category] + z))))
            category++;
        return category;
    }

    // P(Y = m) ∝ exp(d_m + m z), d_0 = 0.
    private int DrawPartialCredit(double uniform, double z)
    {
        double total = 1;
        for (int step = 0; step < Intercepts.Length; step++)
            total += Math.Exp(Intercepts[step] + (step + 1) * z);
        double left = uniform * total - 1;
        int category = 0;
        while (left >= 0 && category < Intercepts.Length)
        {
            left -= Math.Exp(Intercepts[category] + (category + 1) * z);
            category++;
        }
        return category;
    }
}
