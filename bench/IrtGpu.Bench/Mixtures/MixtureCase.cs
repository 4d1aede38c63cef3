using System.Globalization;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Bench.Mixtures;

/// <summary>A mixture of regressions and its data: classes with intercepts 2.5 apart and coefficients of their own.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Formula">The model.</param>
/// <param name="Columns">The data.</param>
internal sealed record MixtureCase(int Rows, int Classes, string Formula, MemoryColumns Columns)
{
    /// <summary>Predictors beside the constant.</summary>
    public const int PredictorCount = 4;

    private const double Sigma = 0.8;
    private const double Distance = 2.5;

    /// <summary>Name for the tables.</summary>
    public string Name => FormattableString.Invariant($"{Rows:N0} × {PredictorCount + 1}, {Classes} classes");

    /// <summary>The cases.</summary>
    /// <param name="isQuick">Small sizes.</param>
    public static IEnumerable<MixtureCase> All(bool isQuick)
    {
        foreach (int rows in isQuick ? [300, 3000] : new[] { 300, 10_000, 100_000, 1_000_000 })
        {
            foreach (int classes in isQuick ? [2, 3] : new[] { 2, 3, 4, 8 })
            {
                if (rows > 300 || classes < 8)
                    yield return Make(rows, classes);
            }
        }
    }

    /// <summary>Writes the data as a table.</summary>
    public void Write(string path)
    {
        using StreamWriter writer = new(path);
        writer.WriteLine(string.Join(',', Columns.Names));
        for (int row = 0; row < Rows; row++)
            writer.WriteLine(string.Join(',', Columns.Names.Select(name => Columns.Numbers(name)[row].ToString("R", CultureInfo.InvariantCulture))));
    }

    private static MixtureCase Make(int rows, int classes)
    {
        StreamRandom random = new(seed: 1, stream: classes);
        double[][] slopes = [.. Enumerable.Range(0, classes).Select(_ => new double[PredictorCount])];
        foreach (double[] own in slopes)
        {
            for (int predictor = 0; predictor < PredictorCount; predictor++)
                own[predictor] = random.NextNormal();
        }
        double[] y = new double[rows];
        double[][] x = [.. Enumerable.Range(0, PredictorCount).Select(_ => new double[rows])];
        for (int row = 0; row < rows; row++)
        {
            int ofClass = (int)(classes * random.NextUniform());
            y[row] = Distance * ofClass + Sigma * random.NextNormal();
            for (int predictor = 0; predictor < PredictorCount; predictor++)
            {
                x[predictor][row] = random.NextNormal();
                y[row] += slopes[ofClass][predictor] * x[predictor][row];
            }
        }
        MemoryColumns columns = new MemoryColumns().Add("y", y);
        for (int predictor = 0; predictor < PredictorCount; predictor++)
            columns.Add(FormattableString.Invariant($"x{predictor + 1}"), x[predictor]);
        return new MixtureCase(rows, classes, "y ~ " + string.Join(" + ", columns.Names.Skip(1)), columns);
    }
}
