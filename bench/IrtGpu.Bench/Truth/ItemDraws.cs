using IrtGpu.Items;

namespace IrtGpu.Bench.Truth;

/// <summary>Draws the items of tests like real ones for the benchmarks.</summary>
internal static class ItemDraws
{
    /// <summary>Draws a test of one function; with several attributes item i measures attribute i mod J alone.</summary>
    /// <param name="function">Function of all items.</param>
    /// <param name="count">Number of items.</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="attributeCount">J.</param>
    /// <param name="seed">Seed.</param>
    public static TrueItem[] Test(ItemFunction function, int count, int categoryCount = 2, int attributeCount = 1, int seed = 1)
    {
        Random random = NormalDraw.Generator(seed);
        TrueItem[] items = new TrueItem[count];
        for (int item = 0; item < count; item++)
        {
            double[] slopes = new double[attributeCount];
            double typical = function == ItemFunction.GeneralizedPartialCredit ? 2.0 / categoryCount : 1.1;
            slopes[item % attributeCount] = NormalDraw.NextLogNormal(random, typical, 0.1 * typical * typical);
            items[item] = new TrueItem(function, slopes, Intercepts(function, categoryCount, random), function == ItemFunction.ThreeParameter ? 0.1 + 0.2 * random.NextDouble() : 0);
        }
        return items;
    }

    private static double[] Intercepts(ItemFunction function, int categoryCount, Random random)
    {
        double location = NormalDraw.Next(random);
        int stepCount = categoryCount - 1;
        double[] intercepts = new double[stepCount];
        double cumulated = 0;
        for (int step = 0; step < stepCount; step++)
        {
            double easiness = location + 3.0 * (stepCount - 1 - 2 * step) / Math.Max(2 * stepCount, 1);
            cumulated += easiness * (stepCount > 1 ? 0.6 : 1);
            intercepts[step] = function == ItemFunction.Graded ? easiness : cumulated;
        }
        return intercepts;
    }
}
