using System.Numerics.Tensors;
using IrtGpu.Fit.LimitedInformation.Moments;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>Projects onto what no small change of the free parameters can bring about: the null space of Δᵀ, Δ that of all groups.</summary>
/// <remarks>
/// v − Δ (ΔᵀΔ)⁻¹ Δᵀ v, Δ with columns of length 1, repeated until nothing more is taken off, which leaves no more of Δ in v than orthogonal
/// columns would: each pass multiplies what is left by the rounding of ΔᵀΔ, and two suffice unless columns are nearly dependent. ΔᵀΔ is
/// factored with pivots, so that columns which depend on others drop out; their number is what the rank lacks.
/// </remarks>
internal sealed class NullSpaceProjection
{
    private const double LeastRest = 1e-12; // of the squared length of a column
    private const double NothingMore = 1e-14; // of the length of the vector
    private const int MaxPasses = 8;

    private readonly SparseRows[] blocks;
    private readonly double[] inverseLength; // [column]
    private readonly int[] pivots; // columns kept
    private readonly double[][] factor; // rows of the lower factor of kept columns

    public NullSpaceProjection(SparseRows[] blocks)
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
    }

    /// <summary>Rank of Δ.</summary>
    public int Rank => pivots.Length;

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
            double[] solution = new double[Rank];
            for (int k = 0; k < Rank; k++)
                solution[k] = dense[pivots[k]] * inverseLength[pivots[k]];
            taken = Solve(solution);
            Array.Clear(dense);
            for (int k = 0; k < Rank; k++)
                dense[pivots[k]] = solution[k] * inverseLength[pivots[k]];
            for (int block = 0; block < blocks.Length; block++)
                blocks[block].Subtract(dense, vectors[block]);
        }
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
        for (int k = 0; k < Rank; k++)
            vector[k] = (vector[k] - FixedOrderSums.Dot(factor[k].AsSpan(0, k), vector.AsSpan(0, k))) / factor[k][k];
        double length = Math.Sqrt(FixedOrderSums.SumOfSquares(vector));
        for (int k = Rank - 1; k >= 0; k--)
        {
            vector[k] /= factor[k][k];
            TensorPrimitives.MultiplyAdd(factor[k].AsSpan(0, k), -vector[k], vector.AsSpan(0, k), vector.AsSpan(0, k));
        }
        return length;
    }
}
