using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>Cholesky factor, and on demand the inverse, of a large dense symmetric matrix, with right-hand sides as further rows.</summary>
/// <remarks>
/// The matrix is padded with an identity to an order that is a multiple of 8, which changes neither solutions nor log-determinant.
/// Left-looking by blocks of columns; every step is a product of rows (<see cref="RowProducts"/>). Threads own rows, so results do not
/// depend on their number. Golub &amp; Van Loan (2013), Matrix Computations, §4.2.
/// </remarks>
internal sealed unsafe class BlockedCholesky : IDisposable
{
    private const int BlockSize = 96;
    private const int RowsATask = 48;

    private readonly int order;
    private readonly int padded;
    private readonly int threads;
    private readonly AlignedMatrix matrix; // [padded + right-hand sides, padded]: first A, then L, then right-hand sides
    private readonly AlignedMatrix blockInverse; // of the diagonal blocks of L, one behind another [padded, BlockSize]
    private AlignedMatrix? transposedInverse; // (L⁻¹)ᵀ [padded, padded]
    private AlignedMatrix? inverse; // A⁻¹, lower triangle [padded, padded]

    /// <param name="order">Order of the matrix.</param>
    /// <param name="rightHandSides">Number of right-hand sides.</param>
    /// <param name="threads">Threads to work with.</param>
    public BlockedCholesky(int order, int rightHandSides, int threads)
    {
        this.order = order;
        this.threads = threads;
        padded = Pad(order, RowProducts.Lane);
        matrix = new AlignedMatrix(padded + Pad(rightHandSides, 4), padded);
        blockInverse = new AlignedMatrix(padded, BlockSize);
    }

    /// <summary>Bytes needed for a matrix of this order and its inverse.</summary>
    public static double Bytes(int order) => 3.0 * sizeof(double) * order * order;

    /// <summary>A row of A (elements up to the diagonal), or of L after <see cref="TryFactor"/>.</summary>
    public Span<double> Row(int row) => matrix.Span(row);

    /// <summary>A right-hand side b, or L⁻¹ b after <see cref="TryFactor"/>. [order]</summary>
    public Span<double> RightHandSide(int index) => matrix.Span(padded + index)[..order];

    /// <summary>A row of A⁻¹, elements up to the diagonal, after <see cref="Invert"/>.</summary>
    public Span<double> InverseRow(int row) => inverse!.Span(row);

    /// <summary>First element of A⁻¹ and the distance of its rows; only the lower triangle is there.</summary>
    public (nint Start, int Stride) Inverse => ((nint)inverse!.Start, inverse.Stride);

    /// <summary>Sets matrix and right-hand sides to 0.</summary>
    public void Clear()
    {
        matrix.Clear();
        for (int row = order; row < padded; row++)
            matrix.Row(row)[row] = 1;
    }

    /// <summary>Replaces A by L and right-hand sides b by L⁻¹ b.</summary>
    /// <param name="logDeterminant">log |A|.</param>
    /// <returns>False where A is not positive definite.</returns>
    public bool TryFactor(out double logDeterminant)
    {
        logDeterminant = 0;
        for (int start = 0; start < padded; start += BlockSize)
        {
            int size = Math.Min(BlockSize, padded - start);
            double* block = matrix.Row(start) + start;
            RowProducts.Add(matrix.Row(start), padded, matrix.Row(start), padded, block, padded, size, size, start, -1);
            Span<double> factor = new(blockInverse.Row(start), size * BlockSize);
            if (!TryFactorBlock(block, size, factor, ref logDeterminant))
                return false;
            int below = start + size;
            ForRows(below, matrix.Rows, (first, count) =>
            {
                RowProducts.Add(matrix.Row(first), padded, matrix.Row(start), padded, matrix.Row(first) + start, padded, count, size, start, -1);
                TimesBlockInverse(matrix.Row(first) + start, padded, count, start, size, 1);
            });
        }
        return true;
    }

    /// <summary>Computes A⁻¹ = L⁻ᵀ L⁻¹.</summary>
    public void Invert()
    {
        transposedInverse ??= new AlignedMatrix(padded, padded);
        inverse ??= new AlignedMatrix(padded, padded);
        AlignedMatrix upper = transposedInverse;
        AlignedMatrix result = inverse;
        upper.Clear();
        result.Clear();
        // Row j of (L⁻¹)ᵀ: block I of it is −(Σ_K U_jK L_IKᵀ) L_II⁻ᵀ, beginning with L_JJ⁻ᵀ at its own block.
        int blocks = (padded + BlockSize - 1) / BlockSize;
        ForEach(blocks, blockIndex =>
        {
            int own = blockIndex * BlockSize;
            int rows = Math.Min(BlockSize, padded - own);
            for (int j = 0; j < rows; j++)
            {
                for (int i = j; i < rows; i++)
                    upper.Row(own + j)[own + i] = blockInverse.Row(own + i)[j];
            }
            for (int start = own + rows; start < padded; start += BlockSize)
            {
                int size = Math.Min(BlockSize, padded - start);
                RowProducts.Add(upper.Row(own) + own, padded, matrix.Row(start) + own, padded, upper.Row(own) + start, padded, rows, size, start - own, 1);
                TimesBlockInverse(upper.Row(own) + start, padded, rows, start, size, -1);
            }
        });
        ForEach(blocks, blockIndex =>
        {
            int own = blockIndex * BlockSize;
            int rows = Math.Min(BlockSize, padded - own);
            RowProducts.Add(upper.Row(own) + own, padded, upper.Row(0) + own, padded, result.Row(own), padded, rows, own + rows, padded - own, 1);
        });
    }

    /// <summary>x = L⁻ᵀ b for b as <see cref="TryFactor"/> left it.</summary>
    public void SolveBackward(Span<double> vector)
    {
        for (int row = order - 1; row >= 0; row--)
        {
            ReadOnlySpan<double> factor = matrix.Span(row);
            double value = vector[row] /= factor[row];
            for (int column = 0; column < row; column++)
                vector[column] -= factor[column] * value;
        }
    }

    /// <summary>L⁻¹ b.</summary>
    public void SolveForward(Span<double> vector)
    {
        for (int row = 0; row < order; row++)
        {
            ReadOnlySpan<double> factor = matrix.Span(row);
            vector[row] = (vector[row] - FixedOrderSums.Dot(factor[..row], vector[..row])) / factor[row];
        }
    }

    public void Dispose()
    {
        matrix.Dispose();
        blockInverse.Dispose();
        transposedInverse?.Dispose();
        inverse?.Dispose();
    }

    private static int Pad(int count, int multiple) => (count + multiple - 1) / multiple * multiple;

    /// <summary>L of a diagonal block in place, and L⁻¹ into a buffer with rows <see cref="BlockSize"/> apart.</summary>
    private bool TryFactorBlock(double* block, int size, Span<double> inverseOfBlock, ref double logDeterminant)
    {
        for (int j = 0; j < size; j++)
        {
            double* rowJ = block + (nint)j * padded;
            double diagonal = rowJ[j] - FixedOrderSums.Dot(new ReadOnlySpan<double>(rowJ, j), new ReadOnlySpan<double>(rowJ, j));
            if (!(diagonal > 0) || !double.IsFinite(diagonal))
                return false;
            double root = Math.Sqrt(diagonal);
            logDeterminant += 2 * Math.Log(root);
            rowJ[j] = root;
            for (int i = j + 1; i < size; i++)
            {
                double* rowI = block + (nint)i * padded;
                rowI[j] = (rowI[j] - FixedOrderSums.Dot(new ReadOnlySpan<double>(rowI, j), new ReadOnlySpan<double>(rowJ, j))) / root;
            }
        }
        inverseOfBlock.Clear();
        for (int i = 0; i < size; i++)
        {
            double* rowI = block + (nint)i * padded;
            Span<double> target = inverseOfBlock.Slice(i * BlockSize, size);
            for (int k = 0; k < i; k++)
            {
                double factor = -rowI[k] / rowI[i];
                Span<double> source = inverseOfBlock.Slice(k * BlockSize, k + 1);
                for (int j = 0; j <= k; j++)
                    target[j] += factor * source[j];
            }
            target[i] = 1 / rowI[i];
        }
        return true;
    }

    /// <summary>X ← sign · X L⁻ᵀ for the block of columns at <paramref name="start"/>.</summary>
    private void TimesBlockInverse(double* rows, int stride, int count, int start, int size, double sign)
    {
        double* copy = stackalloc double[RowsATask * BlockSize];
        for (int first = 0; first < count; first += RowsATask)
        {
            int some = Math.Min(RowsATask, count - first);
            for (int row = 0; row < some; row++)
            {
                Span<double> values = new(rows + (nint)(first + row) * stride, size);
                values.CopyTo(new Span<double>(copy + row * BlockSize, size));
                values.Clear();
            }
            RowProducts.Add(copy, BlockSize, blockInverse.Row(start), BlockSize, rows + (nint)first * stride, stride, some, size, size, sign);
        }
    }

    private void ForRows(int from, int to, Action<int, int> work)
    {
        int tasks = (to - from + RowsATask - 1) / RowsATask;
        ForEach(tasks, task => work(from + task * RowsATask, Math.Min(RowsATask, to - from - task * RowsATask)));
    }

    private void ForEach(int count, Action<int> work)
    {
        if (threads <= 1 || count <= 1)
        {
            for (int index = 0; index < count; index++)
                work(index);
            return;
        }
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
    }
}
