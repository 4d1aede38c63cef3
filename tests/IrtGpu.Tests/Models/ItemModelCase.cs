using IrtGpu.Models;

namespace IrtGpu.Tests.Models;

/// <summary>Arguments of an item model at which it is compared with its definition.</summary>
internal sealed record ItemModelCase(double Z, double[] Shape, double[] Scores)
{
    private static readonly double[] ExtremePredictors = [-700, -120, -30, 0, 37, 250, 700];

    public override string ToString() =>
        $"z = {Z:R}, shape [{string.Join(", ", Shape)}], scores [{string.Join(", ", Scores)}]";

    /// <summary>Random ordinary and extreme arguments for M = 2…6.</summary>
    public static IEnumerable<ItemModelCase> For(ItemModelKind kind, int repetitions)
    {
        var random = new Random(4711 + (int)kind);
        int largest = kind == ItemModelKind.FourParameterLogistic ? 2 : 6;
        for (int categoryCount = 2; categoryCount <= largest; categoryCount++)
        {
            for (int repetition = 0; repetition < repetitions; repetition++)
                yield return Draw(kind, random, categoryCount, 6 * random.NextDouble() - 3);
            foreach (double z in ExtremePredictors)
                yield return Draw(kind, random, categoryCount, z);
        }

        if (kind == ItemModelKind.FourParameterLogistic)
        {
            foreach (ItemModelCase extreme in ExtremeAsymptotes())
                yield return extreme;
        }
    }

    private static ItemModelCase Draw(ItemModelKind kind, Random random, int categoryCount, double z)
    {
        // Any real scores are allowed, in any order; the first is not 0 on purpose.
        double[] scores = [.. Enumerable.Range(0, categoryCount).Select(m => m + 2 * random.NextDouble() - 0.5)];
        double[] intercepts = [.. Enumerable.Range(1, categoryCount - 1).Select(_ => 4 * random.NextDouble() - 2)];
        double[] shape = kind switch
        {
            ItemModelKind.GeneralizedPartialCredit or ItemModelKind.SequentialResponse => intercepts,
            ItemModelKind.GradedResponse => Ordered(random, intercepts),
            ItemModelKind.FourParameterLogistic => [intercepts[0], -1.5 - random.NextDouble(), 1 + 2 * random.NextDouble()],
            _ => [.. intercepts, .. Enumerable.Range(1, categoryCount - 2).Select(m => m + random.NextDouble() - 0.5)],
        };
        return new ItemModelCase(z, shape, scores);
    }

    /// <summary>Decreasing, some neighbours 1e-6 apart and some far.</summary>
    private static double[] Ordered(Random random, double[] intercepts)
    {
        double[] ordered = [.. intercepts.OrderDescending()];
        double[] gaps = [1e-6, 1e-3, 0.3, 1.5, 45];
        for (int t = 1; t < ordered.Length; t++)
            ordered[t] = ordered[t - 1] - gaps[random.Next(gaps.Length)] * (1 + random.NextDouble());
        return ordered;
    }

    private static IEnumerable<ItemModelCase> ExtremeAsymptotes()
    {
        (double Lower, double Upper)[] asymptotes =
        [
            (double.NegativeInfinity, double.PositiveInfinity), (-1.4, double.PositiveInfinity), (double.NegativeInfinity, 2.2),
            (-15, 15), (-700, 700), (14, 15), (30, double.PositiveInfinity), (-15, -14), (0.3, 0.3 + 1e-6), (double.NegativeInfinity, -30),
        ];
        foreach ((double lower, double upper) in asymptotes)
        {
            foreach (double z in ExtremePredictors)
                yield return new ItemModelCase(z, [0.4, lower, upper], [0, 1]);
        }
    }
}
