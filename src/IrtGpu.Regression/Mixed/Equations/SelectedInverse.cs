using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Regression.Mixed.Equations;

/// <summary>The blocks of Ω⁻¹ where the factor of Ω has blocks: all that derivatives and variances of single levels need.</summary>
/// <remarks>Takahashi, Fagan &amp; Chen (1973): backwards through the factor, each block from those of later effects.</remarks>
internal sealed unsafe class SelectedInverse
{
    private readonly CrossProducts data;
    private readonly double[][] relative;
    private readonly double[][] below; // rows of the inverse beside a level. [stage][row, k]
    private readonly nint denseInverse;
    private readonly int denseStride;

    private SelectedInverse(CrossProducts data, double[][] relative, BlockedCholesky? dense)
    {
        this.data = data;
        this.relative = relative;
        Diagonal = [.. data.Diagonal.Select(block => new double[block.Length])];
        below = [.. Enumerable.Range(0, data.StageCount).Select(stage => new double[data.Couplings[stage].Length])];
        Trace = [.. data.Groupings.Select(grouping => new double[grouping.Width * grouping.Width])];
        if (dense is not null)
            (denseInverse, denseStride) = dense.Inverse;
    }

    /// <summary>Ω⁻¹ within a level. [grouping][level, k, k]</summary>
    public double[][] Diagonal { get; }

    /// <summary>Sum over levels of the blocks of Ω⁻¹ΛᵀZᵀZ within a level; the gradient of log |Ω| in T is twice its transpose. [grouping][k, k]</summary>
    public double[][] Trace { get; }

    /// <summary>Goes backwards through the factor.</summary>
    /// <param name="data">Cross-products.</param>
    /// <param name="relative">T. [grouping][k, k]</param>
    /// <param name="factors">Factor of a level's block. [stage][level, k, k]</param>
    /// <param name="lower">Rows of the factor below it. [stage][row, k]</param>
    /// <param name="dense">The dense part, inverted; null where there is none.</param>
    public static SelectedInverse Compute(CrossProducts data, double[][] relative, double[][] factors, double[][] lower, BlockedCholesky? dense)
    {
        SelectedInverse inverse = new(data, relative, dense);
        for (int grouping = data.Groupings.Length - 1; grouping >= data.StageCount; grouping--)
            inverse.TakeDense(grouping);
        for (int stage = data.StageCount - 1; stage >= 0; stage--)
            inverse.Eliminate(stage, factors[stage], lower[stage]);
        return inverse;
    }

    private double Dense(int first, int second)
    {
        int row = Math.Max(first, second) - data.DenseStart;
        int column = Math.Min(first, second) - data.DenseStart;
        return ((double*)denseInverse)[(nint)row * denseStride + column];
    }

    private void TakeDense(int index)
    {
        Grouping grouping = data.Groupings[index];
        int k = grouping.Width;
        Span<double> column = stackalloc double[data.Groupings.Max(other => other.Width) * k];
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            int own = grouping.Scalar(level);
            Span<double> block = Diagonal[index].AsSpan(level * k * k, k * k);
            for (int c = 0; c < k; c++)
            {
                for (int d = 0; d < k; d++)
                    block[c * k + d] = Dense(own + c, own + d);
            }
            AddTrace(index, block, level);
            int later = index;
            for (int row = data.RowStart[index][level]; row < data.RowStart[index][level + 1];)
            {
                int scalar = data.Rows[index][row];
                while (scalar >= data.Groupings[later].EndScalar)
                    later++;
                int width = data.Groupings[later].Width;
                for (int r = 0; r < width; r++)
                {
                    for (int c = 0; c < k; c++)
                        column[r * k + c] = Dense(scalar + r, own + c);
                }
                AddTrace(index, later, column[..(width * k)], data.Couplings[index].AsSpan(row * k, width * k));
                row += width;
            }
        }
    }

    private void Eliminate(int stage, double[] factors, double[] lower)
    {
        Grouping grouping = data.Groupings[stage];
        int k = grouping.Width;
        int denseStart = data.DenseStart;
        int[] rows = data.Rows[stage];
        double[] beside = below[stage];
        Span<double> inverseFactor = stackalloc double[k * k];
        double[] scratch = [];
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            InvertLower(factors.AsSpan(level * k * k, k * k), k, inverseFactor);
            Span<double> block = Diagonal[stage].AsSpan(level * k * k, k * k);
            for (int c = 0; c < k; c++)
            {
                for (int d = 0; d <= c; d++)
                {
                    double sum = 0;
                    for (int e = c; e < k; e++)
                        sum += inverseFactor[e * k + c] * inverseFactor[e * k + d];
                    block[c * k + d] = block[d * k + c] = sum;
                }
            }
            int begin = data.RowStart[stage][level];
            int count = data.RowStart[stage][level + 1] - begin;
            if (count > 0)
            {
                if (scratch.Length < count * k)
                    scratch = new double[count * k];
                Span<double> scaled = scratch.AsSpan(0, count * k); // L_R L⁻¹
                for (int row = 0; row < count; row++)
                {
                    for (int c = 0; c < k; c++)
                    {
                        double sum = 0;
                        for (int d = c; d < k; d++)
                            sum += lower[(begin + row) * k + d] * inverseFactor[d * k + c];
                        scaled[row * k + c] = sum;
                    }
                }
                Span<double> target = beside.AsSpan(begin * k, count * k);
                target.Clear();
                TimesLater(rows.AsSpan(begin, count), scaled, target, k, denseStart);
                for (int c = 0; c < k; c++)
                {
                    for (int d = 0; d < k; d++)
                    {
                        double sum = 0;
                        for (int row = 0; row < count; row++)
                            sum += scaled[row * k + c] * target[row * k + d];
                        block[c * k + d] -= sum;
                    }
                }
            }
            AddTrace(stage, block, level);
            int later = stage;
            for (int row = begin; row < begin + count;)
            {
                while (rows[row] >= data.Groupings[later].EndScalar)
                    later++;
                int width = data.Groupings[later].Width;
                AddTrace(stage, later, beside.AsSpan(row * k, width * k), data.Couplings[stage].AsSpan(row * k, width * k));
                row += width;
            }
        }
    }

    /// <summary>target −= Ω⁻¹[rows, rows] · scaled.</summary>
    private void TimesLater(ReadOnlySpan<int> rows, ReadOnlySpan<double> scaled, Span<double> target, int k, int denseStart)
    {
        for (int a = 0; a < rows.Length; a++)
        {
            int b = 0;
            for (; b <= a && rows[b] < denseStart; b++)
            {
                LevelBlock.Place(data, Diagonal, below, rows[a], rows[b], out double[] block, out int offset);
                Spread(a, b, block[offset], scaled, target, k);
            }
            if (rows[a] < denseStart)
                continue;
            double* row = (double*)denseInverse + (nint)(rows[a] - denseStart) * denseStride - denseStart;
            if (k == 1)
            {
                double sum = row[rows[a]] * scaled[a];
                double own = scaled[a];
                for (; b < a; b++)
                {
                    double value = row[rows[b]];
                    sum += value * scaled[b];
                    target[b] -= value * own;
                }
                target[a] -= sum;
                continue;
            }
            for (; b <= a; b++)
                Spread(a, b, row[rows[b]], scaled, target, k);
        }
    }

    private static void Spread(int a, int b, double value, ReadOnlySpan<double> scaled, Span<double> target, int k)
    {
        for (int c = 0; c < k; c++)
        {
            target[a * k + c] -= value * scaled[b * k + c];
            if (a != b)
                target[b * k + c] -= value * scaled[a * k + c];
        }
    }

    /// <summary>Adds Ω⁻¹[ℓ, ℓ] Tᵀ A[ℓ, ℓ].</summary>
    private void AddTrace(int index, ReadOnlySpan<double> inverse, int level)
    {
        int k = data.Groupings[index].Width;
        AddTriple(inverse, relative[index], data.Diagonal[index].AsSpan(level * k * k, k * k), k, k, k, Trace[index], isTransposed: false);
    }

    /// <summary>Adds what the pair of a level and a later one contributes to both.</summary>
    private void AddTrace(int index, int later, ReadOnlySpan<double> inverse, ReadOnlySpan<double> coupling)
    {
        int k = data.Groupings[index].Width;
        int width = data.Groupings[later].Width;
        if (k == 1 && width == 1)
        {
            double product = inverse[0] * coupling[0];
            Trace[index][0] += product * relative[later][0];
            Trace[later][0] += product * relative[index][0];
            return;
        }
        AddTriple(inverse, relative[later], coupling, k, width, k, Trace[index], isTransposed: true);
        Span<double> turned = stackalloc double[k * width];
        for (int row = 0; row < width; row++)
        {
            for (int c = 0; c < k; c++)
                turned[c * width + row] = coupling[row * k + c];
        }
        AddTriple(inverse, relative[index], turned, width, k, width, Trace[later], isTransposed: false);
    }

    /// <summary>target += C Tᵀ A for C [rows, inner] (or its transpose given), T [inner, inner], A [inner, columns].</summary>
    private static void AddTriple(ReadOnlySpan<double> c, double[] t, ReadOnlySpan<double> a, int rows, int inner, int columns, double[] target, bool isTransposed)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int e = 0; e < inner; e++)
            {
                double sum = 0;
                for (int d = 0; d < inner; d++)
                    sum += (isTransposed ? c[d * rows + i] : c[i * inner + d]) * t[e * inner + d];
                for (int j = 0; j < columns; j++)
                    target[i * columns + j] += sum * a[e * columns + j];
            }
        }
    }

    private static void InvertLower(ReadOnlySpan<double> factor, int k, Span<double> inverse)
    {
        inverse.Clear();
        for (int c = 0; c < k; c++)
        {
            inverse[c * k + c] = 1 / factor[c * k + c];
            for (int row = c + 1; row < k; row++)
            {
                double sum = 0;
                for (int d = c; d < row; d++)
                    sum -= factor[row * k + d] * inverse[d * k + c];
                inverse[row * k + c] = sum / factor[row * k + row];
            }
        }
    }
}
