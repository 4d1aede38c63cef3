namespace IrtGpu.Tests.Models.Functions;

/// <summary>Arguments of an item model at which it is compared with its definition.</summary>
internal sealed record ItemModelCase(double Z, double[] Shape, double[] Scores)
{
    private static readonly double[] ExtremePredictors = [-700, -120, -30, 0, 37, 250, 700];

    public override string ToString() =>
        $"z = {Z:R}, shape [{string.Join(", ", Shape)}], scores [{string.Join(", ", Scores)}]";

    /// <summary>Random ordinary and extreme arguments for M = 2…6.</summary>
    public static IEnumerable<ItemModelCase> For(ItemModelSubject subject, int repetitions)
    {
        var random = new Random(4711 + subject.Seed);
        for (int categoryCount = 2; categoryCount <= subject.LargestCategoryCount; categoryCount++)
        {
            for (int repetition = 0; repetition < repetitions; repetition++)
                yield return Draw(subject, random, categoryCount, 6 * random.NextDouble() - 3);
            foreach (double z in ExtremePredictors)
                yield return Draw(subject, random, categoryCount, z);
        }
        foreach (double[] shape in subject.ExtremeShapes)
        {
            foreach (double z in ExtremePredictors)
                yield return new ItemModelCase(z, shape, [0, 1]);
        }
    }

    private static ItemModelCase Draw(ItemModelSubject subject, Random random, int categoryCount, double z)
    {
        // Any real scores are allowed, in any order; the first is not 0 on purpose.
        double[] scores = [.. Enumerable.Range(0, categoryCount).Select(m => m + 2 * random.NextDouble() - 0.5)];
        double[] intercepts = [.. Enumerable.Range(1, categoryCount - 1).Select(_ => 4 * random.NextDouble() - 2)];
        return new ItemModelCase(z, subject.DrawShape(random, intercepts), scores);
    }
}
