namespace IrtGpu.Planning.Layout;

/// <summary>Starts of free parameters from starts that users gave to slots which are sums of several.</summary>
internal static class SumStarts
{
    private const int LargestIterationCount = 1000;
    private const double Tolerance = 1e-14; // of the gradient, squared and relative

    /// <summary>Moves free parameters as little as may be to where the slots are nearest to what was given.</summary>
    /// <remarks>Conjugate gradients on the normal equations (CGLS; Björck, 1996, Numerical Methods for Least Squares Problems, §7.4).</remarks>
    /// <param name="layout">The map.</param>
    /// <param name="given">Slots and their values.</param>
    /// <param name="free">In: default starts; out: starts. [free]</param>
    public static void Solve(ParameterLayout layout, IReadOnlyList<(int Slot, double Value)> given, double[] free)
    {
        double[] residual = [.. given.Select(start => start.Value - layout.Value(start.Slot, free))];
        double[] gradient = Transposed(residual);
        double[] direction = [.. gradient];
        double square = Square(gradient);
        double smallest = Tolerance * Tolerance * square;
        for (int iteration = 0; iteration < LargestIterationCount && square > smallest; iteration++)
        {
            double[] image = [.. given.Select(start => layout.Value(start.Slot, direction) - layout.Offset[start.Slot])];
            double step = square / Square(image);
            for (int k = 0; k < free.Length; k++)
                free[k] += step * direction[k];
            for (int k = 0; k < residual.Length; k++)
                residual[k] -= step * image[k];
            gradient = Transposed(residual);
            double next = Square(gradient);
            for (int k = 0; k < free.Length; k++)
                direction[k] = gradient[k] + next / square * direction[k];
            square = next;
        }

        double[] Transposed(double[] values)
        {
            double[] sums = new double[free.Length];
            for (int k = 0; k < values.Length; k++)
                layout.AddToFree(given[k].Slot, values[k], sums);
            return sums;
        }
    }

    private static double Square(double[] values) => values.Sum(value => value * value);
}
