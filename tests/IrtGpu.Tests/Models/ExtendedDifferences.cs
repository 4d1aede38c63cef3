using IrtGpu.Tests.Models.Functions;

namespace IrtGpu.Tests.Models;

/// <summary>Central differences of log P in 320-bit arithmetic; truncation about 2^−140, so exact to double precision.</summary>
internal sealed class ExtendedDifferences
{
    private static readonly Extended Step = Extended.PowerOfTwo(-80);
    private readonly Extended[][] first; // [parameter][category]
    private readonly Extended[][] second; // [packed][category]

    public ExtendedDifferences(ItemModelOracle.Definition definition, ItemModelCase argument)
    {
        Extended[] point = [argument.Z, .. ItemModelOracle.Widen(argument.Shape)];
        Extended[] At(int row, int rowSteps, int column, int columnSteps)
        {
            Extended[] moved = [.. point];
            moved[row] += rowSteps * Step;
            moved[column] += columnSteps * Step;
            return definition(moved[0], moved[1..], argument.Scores);
        }

        Extended[] centre = definition(point[0], point[1..], argument.Scores);
        Extended[][] up = [.. point.Select((_, row) => At(row, 1, row, 0))];
        Extended[][] down = [.. point.Select((_, row) => At(row, -1, row, 0))];
        Extended step = Step;
        first = [.. point.Select((_, row) => Combine(m => (up[row][m] - down[row][m]) / (2 * step)))];
        second = new Extended[point.Length * (point.Length + 1) / 2][];
        for (int row = 0; row < point.Length; row++)
        {
            for (int column = 0; column < row; column++)
            {
                // f(+,+) − f(+,0) − f(0,+) + 2f − f(−,0) − f(0,−) + f(−,−) over 2h²: two new evaluations a pair
                Extended[] bothUp = At(row, 1, column, 1);
                Extended[] bothDown = At(row, -1, column, -1);
                int r = row, c = column;
                second[ItemModelProbe.Packed(row, column)] = Combine(m =>
                    (bothUp[m] + bothDown[m] + 2 * centre[m] - up[r][m] - up[c][m] - down[r][m] - down[c][m])
                    / (2 * step * step));
            }

            int diagonal = row;
            second[ItemModelProbe.Packed(row, row)] = Combine(m =>
                (up[diagonal][m] + down[diagonal][m] - 2 * centre[m]) / (step * step));
        }

        Extended[] Combine(Func<int, Extended> difference) => [.. centre.Select((_, m) => difference(m))];
    }

    /// <summary>∂log P_m.</summary>
    public double First(int category, int parameter) => first[parameter][category].ToDouble();

    /// <summary>∂²log P_m.</summary>
    public double Second(int category, int row, int column) =>
        second[ItemModelProbe.Packed(row, column)][category].ToDouble();

    /// <summary>Size of the terms that a parameter's derivative is summed from: absolute rounding is measured by it.</summary>
    public double[] Magnitudes(int category) =>
        [.. first.Select(row => row.Max(value => Math.Abs(value.ToDouble())))];
}
