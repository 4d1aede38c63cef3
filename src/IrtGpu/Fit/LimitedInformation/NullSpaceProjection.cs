using System.Numerics.Tensors;
using IrtGpu.Fit.LimitedInformation.Moments;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>Projects onto what no small change of the free parameters can bring about: the null space of Δᵀ, Δ that of all groups.</summary>
/// <remarks>
/// v − Δ (ΔᵀΔ)⁻¹ Δᵀ v, Δ with columns of length 1, repeated until nothing more is taken off, which leaves no more of Δ in v than orthogonal
/// columns would: each pass multiplies what is left by the rounding of ΔᵀΔ over the least pivot. ΔᵀΔ is factored with pivots as far as its
/// rounding is small beside them; what the columns that are left add to the span is in <see cref="NearDependence"/>. Columns that add nothing
/// are what the rank lacks.
/// </remarks>
internal sealed class NullSpaceProjection
{
    private const double LeastRest = 1e-9; // of the squared length of a column
    private const double NothingMore = 1e-14; // of the length of the vector
    private const int MaxPasses = 8;
    private const double LargestWork = 2e10; // squares of columns left, times moments

    private readonly SparseRows[] blocks;
    private readonly double[] inverseLength; // [column]
    private readonly int[] pivots; // columns kept
    private readonly double[][] factor; // rows of the lower factor of kept columns
    private readonly NearDependence? further; // of the other columns; null where there are none, or too many

    /// <summary>Factors ΔᵀΔ.</summary>
    /// <param name="blocks">Δ of each group.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="largestWork">What columns that are nearly dependent may cost: their number squared, times moments.</param>
    public NullSpaceProjection(SparseRows[] blocks, CancellationToken cancellation, double largestWork = LargestWork)
    {
        this.blocks = blocks;
        int count = blocks[0].ColumnCount;
        double[][] normal = Normal(blocks, count);
        inverseLength = [.. Enumerable.Range(0, count).Select(column => normal[column][column] > 0 ? 1 / Math.Sqrt(normal[column][column]) : 0)];
        for (int column = 0; column < count; column++)
        {
            for (int other = 0; other <= column; other++)
                normal[column][other] *= inverseLength[column] * inverseLength[other];
        }
        (pivots, factor) = Factor(normal);
        int[] others = [.. Enumerable.Range(0, count).Where(column => inverseLength[column] > 0).Except(pivots)];
        if (others.Length == 0)
            return;
        if ((double)others.Length * others.Length * blocks.Sum(rows => rows.RowCount) > largestWork)
        {
            Doubt = FormattableString.Invariant(
                $"The derivatives of the moments by {others.Length} of {count} parameters nearly depend on those by others: too many to tell whether they do, so that the degrees of freedom cannot be told.");
            return;
        }
        further = NearDependence.Of(Columns(others), Apply, cancellation);
        if (!double.IsNaN(further.Doubtful))
        {
            Doubt = FormattableString.Invariant(
                $"The derivatives of the moments by some of {count} parameters depend on those by others but for {further.Doubtful:0.0e+0} of their length, which may be rounding, so that the degrees of freedom cannot be told.");
        }
    }

    /// <summary>Why rank and projection cannot be told from rounding; null where they can.</summary>
    public string? Doubt { get; }

    /// <summary>Rank of Δ.</summary>
    public int Rank => pivots.Length + (further?.Rank ?? 0);

    /// <summary>Projects in place.</summary>
    /// <param name="vectors">[group][moment]</param>
    public void Apply(double[][] vectors)
    {
        double taken = double.PositiveInfinity;
        for (int pass = 0; pass < MaxPasses && taken > NothingMore * Math.Sqrt(vectors.Sum(vector => FixedOrderSums.SumOfSquares(vector))); pass++)
        {
            double[] dense = new double[inverseLength.Length];
            for (int block = 0; block < blocks.Length; block++)
                blocks[block].AddTransposed(vectors[block], dense);
            double[] solution = new double[pivots.Length];
            for (int k = 0; k < pivots.Length; k++)
                solution[k] = dense[pivots[k]] * inverseLength[pivots[k]];
            taken = Solve(solution);
            Array.Clear(dense);
            for (int k = 0; k < pivots.Length; k++)
                dense[pivots[k]] = solution[k] * inverseLength[pivots[k]];
            for (int block = 0; block < blocks.Length; block++)
                blocks[block].Subtract(dense, vectors[block]);
            taken = Math.Max(taken, further?.TakeFrom(vectors) ?? 0);
        }
    }

    /// <summary>Columns written out, of length 1. [column][group][moment]</summary>
    private double[][][] Columns(int[] columns)
    {
        double[][][] dense = [.. columns.Select(_ => blocks.Select(rows => new double[rows.RowCount]).ToArray())];
        int[] place = new int[inverseLength.Length];
        Array.Fill(place, -1);
        for (int k = 0; k < columns.Length; k++)
            place[columns[k]] = k;
        for (int block = 0; block < blocks.Length; block++)
        {
            for (int row = 0; row < blocks[block].RowCount; row++)
            {
                ReadOnlySpan<int> own = blocks[block].Columns(row);
                for (int k = 0; k < own.Length; k++)
                {
                    if (place[own[k]] >= 0)
                        dense[place[own[k]]][block][row] = blocks[block].Values(row)[k] * inverseLength[own[k]];
                }
            }
        }
        return dense;
    }

    private static double[][] Normal(SparseRows[] blocks, int count)
    {
        double[][] normal = [.. Enumerable.Range(0, count).Select(column => new double[column + 1])];
        foreach (SparseRows rows in blocks)
        {
            for (int row = 0; row < rows.RowCount; row++)
            {
                ReadOnlySpan<int> columns = rows.Columns(row);
                ReadOnlySpan<double> values = rows.Values(row);
                for (int a = 0; a < columns.Length; a++)
                {
                    for (int b = 0; b <= a; b++)
                        normal[columns[a]][columns[b]] += values[a] * values[b];
                }
            }
        }
        return normal;
    }

    /// <summary>Cholesky with the largest rest as next pivot; ends where nothing is left.</summary>
    private static (int[] Pivots, double[][] Factor) Factor(double[][] normal)
    {
        int count = normal.Length;
        double[] rest = [.. normal.Select((row, column) => row[column])];
        double[][] rows = [.. normal.Select((_, column) => new double[count])]; // [column][step]
        List<int> pivots = [];
        bool[] isTaken = new bool[count];
        for (int step = 0; step < count; step++)
        {
            int pivot = -1;
            for (int column = 0; column < count; column++)
            {
                if (!isTaken[column] && rest[column] > LeastRest && (pivot < 0 || rest[column] > rest[pivot]))
                    pivot = column;
            }
            if (pivot < 0)
                break;
            isTaken[pivot] = true;
            double root = Math.Sqrt(rest[pivot]);
            rows[pivot][step] = root;
            for (int column = 0; column < count; column++)
            {
                if (isTaken[column])
                    continue;
                double element = column > pivot ? normal[column][pivot] : normal[pivot][column];
                double value = (element - FixedOrderSums.Dot(rows[column].AsSpan(0, step), rows[pivot].AsSpan(0, step))) / root;
                rows[column][step] = value;
                rest[column] -= value * value;
            }
            pivots.Add(pivot);
        }
        return ([.. pivots], [.. pivots.Select(pivot => rows[pivot][..pivots.Count])]);
    }

    /// <summary>Solves with ΔᵀΔ in place.</summary>
    /// <returns>The length of Δ times the solution.</returns>
    private double Solve(double[] vector)
    {
        for (int k = 0; k < pivots.Length; k++)
            vector[k] = (vector[k] - FixedOrderSums.Dot(factor[k].AsSpan(0, k), vector.AsSpan(0, k))) / factor[k][k];
        double length = Math.Sqrt(FixedOrderSums.SumOfSquares(vector));
        for (int k = pivots.Length - 1; k >= 0; k--)
        {
            vector[k] /= factor[k][k];
            TensorPrimitives.MultiplyAdd(factor[k].AsSpan(0, k), -vector[k], vector.AsSpan(0, k), vector.AsSpan(0, k));
        }
        return length;
    }
}
