using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>Rows in levels, drawn: y = x'β_k + z'u + ε with two or more classes.</summary>
internal sealed class LevelSample
{
    public required int[] Level { get; init; }

    public required double[][] Fixed { get; init; }

    public required double[][] Effects { get; init; }

    public required double[] Response { get; init; }

    public int LevelCount => Level.Max() + 1;

    public static LevelSample Draw(int levels, int rowsPerLevel, int effects, int seed, bool isClassOfRow = false)
    {
        StreamRandom random = new(seed, 0);
        int n = levels * rowsPerLevel;
        int[] level = new int[n];
        double[][] x = [new double[n], new double[n]];
        double[] y = new double[n];
        for (int g = 0; g < levels; g++)
        {
            bool isSecond = random.NextUniform() < 0.4;
            double intercept = 0.5 * random.NextNormal();
            double slope = 0.3 * random.NextNormal();
            for (int i = 0; i < rowsPerLevel; i++)
            {
                int row = g * rowsPerLevel + i;
                level[row] = g;
                x[0][row] = 1;
                x[1][row] = i / (double)rowsPerLevel + 0.1 * random.NextNormal();
                if (isClassOfRow)
                    isSecond = random.NextUniform() < 0.4;
                y[row] = (isSecond ? 1.5 - x[1][row] : -0.5 + x[1][row]) + intercept + slope * x[1][row] + 0.6 * random.NextNormal();
            }
        }
        return new LevelSample { Level = level, Fixed = x, Effects = [.. x.Take(effects)], Response = y };
    }

    public ClosedFormLevels ClosedForm(int threads = 1, int[]? unit = null) =>
        new(LevelCells.Of(unit ?? Level, Level), Fixed, Effects, Response, threads);

    public static LevelParameters Parameters(int effects, int sets = 2) => new(
        [-0.4, 0.9, 1.3, -0.8], [0.55, 0.7],
        [.. Enumerable.Range(0, sets).Select(set => effects switch
        {
            0 => [],
            1 => new[] { 0.5 + 0.2 * set },
            _ => [0.5 + 0.2 * set, 0, 0.15 - 0.1 * set, 0.35],
        })]);

    public static double[][] Prior(int units, double second = 0.4) => [Filled(units, Math.Log(1 - second)), Filled(units, Math.Log(second))];

    private static double[] Filled(int count, double value)
    {
        double[] values = new double[count];
        Array.Fill(values, value);
        return values;
    }
}
