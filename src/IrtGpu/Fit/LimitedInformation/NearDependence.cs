using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>What columns that depend on others but for small parts add to their span: an orthonormal basis of those parts.</summary>
/// <remarks>
/// Derivatives by parameters of one item can be dependent to 1e-8 of their length without being so: mean scores see the many parameters of a
/// nominal item through the few smooth functions that the other items' curves are. Products of columns hold the squares of such parts, 1e-16,
/// which are rounding; here parts are taken from the columns themselves, by modified Gram and Schmidt steps with the largest as next, each
/// twice. Singular values fall without a gap there, so that a span cut at some length would hang on which columns go first. None is cut but
/// where parts are rounding of the derivatives; where they are neither clearly more than that nor clearly not, the rank is not determined.
/// </remarks>
internal sealed class NearDependence
{
    private const double LeastPart = 3e-9; // of the column: the direction of smaller parts has fewer digits than a statistic needs
    private const double Rounding = 1e-13; // of the column

    private readonly List<double[][]> basis = [];

    private NearDependence()
    {
    }

    public int Rank => basis.Count;

    /// <summary>The part that is neither clearly rounding nor clearly more, of the column's length; NaN where there is none and the rank is determined.</summary>
    public double Doubtful { get; private set; } = double.NaN;

    /// <summary>Finds the basis.</summary>
    /// <param name="columns">Columns of length 1, overwritten. [column][group][moment]</param>
    /// <param name="project">Takes from a vector what is in the span of the other columns.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static NearDependence Of(double[][][] columns, Action<double[][]> project, CancellationToken cancellation)
    {
        NearDependence found = new();
        List<double[][]> rest = [.. columns];
        foreach (double[][] column in rest)
            project(column);
        while (rest.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            double[][] next = rest.MaxBy(Length)!;
            double part = Length(next);
            if (part <= LeastPart)
            {
                found.Doubtful = part > Rounding ? part : double.NaN;
                return found;
            }
            rest.Remove(next);
            Divide(next, part);
            project(next); // what rounding left of the others has grown with it
            found.TakeFrom(next);
            Divide(next, Length(next));
            found.basis.Add(next);
            foreach (double[][] column in rest)
                TakeFrom(column, next);
        }
        return found;
    }

    /// <summary>Takes from a vector what is in the span.</summary>
    /// <param name="vector">[group][moment]</param>
    /// <returns>The length of what was taken.</returns>
    public double TakeFrom(double[][] vector)
    {
        double squares = 0;
        foreach (double[][] direction in basis)
        {
            double dot = TakeFrom(vector, direction);
            squares += dot * dot;
        }
        return Math.Sqrt(squares);
    }

    private static double TakeFrom(double[][] vector, double[][] direction)
    {
        double dot = 0;
        for (int group = 0; group < vector.Length; group++)
            dot += FixedOrderSums.Dot(vector[group], direction[group]);
        for (int group = 0; group < vector.Length; group++)
            TensorPrimitives.MultiplyAdd(direction[group], -dot, vector[group], vector[group]);
        return dot;
    }

    private static double Length(double[][] vector) => Math.Sqrt(vector.Sum(group => FixedOrderSums.SumOfSquares(group)));

    private static void Divide(double[][] vector, double divisor)
    {
        foreach (double[] group in vector)
            TensorPrimitives.Divide(group, divisor, group);
    }
}
