using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression;

namespace IrtGpu.Bench.Mixtures;

/// <summary>A growth mixture and its data: levels of five rows, each of one class, with an intercept and a slope of their own.</summary>
/// <param name="Levels">Number of levels.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Columns">The data.</param>
internal sealed record GrowthCase(int Levels, int Classes, MemoryColumns Columns)
{
    public const string Formula = "y ~ time + (1 + time | level)";

    private const int RowsPerLevel = 5;

    public string Name => FormattableString.Invariant($"growth, {Levels:N0} levels of {RowsPerLevel}, {Classes} classes");

    public MixtureOptions Options => new() { Classes = Classes, MembershipColumn = "level" };

    /// <summary>The cases.</summary>
    /// <param name="isQuick">Small sizes.</param>
    public static IEnumerable<GrowthCase> All(bool isQuick)
    {
        foreach (int levels in isQuick ? [200] : new[] { 400, 10_000, 100_000 })
        {
            foreach (int classes in isQuick ? [2] : new[] { 2, 3 })
                yield return Make(levels, classes);
        }
    }

    private static GrowthCase Make(int levels, int classes)
    {
        StreamRandom random = new(seed: 2, stream: classes);
        double[] y = new double[levels * RowsPerLevel];
        double[] time = new double[y.Length];
        string[] level = new string[y.Length];
        for (int own = 0; own < levels; own++)
        {
            int ofClass = (int)(classes * random.NextUniform());
            double intercept = 2.5 * ofClass + 0.7 * random.NextNormal();
            double slope = 0.8 - 0.9 * ofClass + 0.3 * random.NextNormal();
            for (int visit = 0; visit < RowsPerLevel; visit++)
            {
                int row = own * RowsPerLevel + visit;
                level[row] = FormattableString.Invariant($"l{own}");
                time[row] = visit;
                y[row] = intercept + slope * visit + 0.6 * random.NextNormal();
            }
        }
        return new GrowthCase(levels, classes, new MemoryColumns().Add("y", y).Add("time", time).Add("level", level));
    }
}
