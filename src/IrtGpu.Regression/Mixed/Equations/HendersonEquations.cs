using System.Numerics.Tensors;
using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Regression.Mixed.Equations;

/// <summary>Henderson's mixed model equations in relative form, factored by blocks: BLUE, BLUP, determinants, the inverse where it is needed.</summary>
/// <remarks>
/// With G = σ²ΛΛᵀ, R = σ²W⁻¹ and b = Λu, multiplying the equations for (β, b) by σ² and Λᵀ gives
/// [ΛᵀZᵀWZΛ + I, ΛᵀZᵀWX; XᵀWZΛ, XᵀWX] (u, β) = (ΛᵀZᵀWy, XᵀWy),
/// which stay regular where G is singular. Ω is the upper left block. Henderson (1950, 1984); Bates et al. (2015), J. Stat. Softw. 67(1), §3.
/// Rows here are weighted before, so W is the identity.
/// </remarks>
internal sealed class HendersonEquations : IDisposable
{
    private CrossProducts data;
    private readonly int tailWidth;
    private readonly double[][] relative; // Λ of a level, T. [grouping][k, k]
    private readonly double[][] factors; // Cholesky factor of a level's block. [stage][level, k, k]
    private readonly double[][] lower; // rows of the factor below it. [stage][row, k]
    private readonly double[] forward; // L⁻¹Λᵀ Zᵀ[X y] [effect, tail]
    private readonly double[] tailFactor; // Cholesky factor of the tail after elimination [tail, tail]
    private readonly BlockedCholesky? dense;
    private readonly int denseStart;

    /// <param name="data">Cross-products of the data.</param>
    /// <param name="threads">Threads for the dense part.</param>
    public HendersonEquations(CrossProducts data, int threads)
    {
        this.data = data;
        tailWidth = data.TailWidth;
        denseStart = data.DenseStart;
        relative = [.. data.Groupings.Select(grouping => new double[grouping.Width * grouping.Width])];
        factors = [.. data.Groupings.Take(data.StageCount).Select((_, stage) => new double[data.Diagonal[stage].Length])];
        lower = [.. data.Groupings.Take(data.StageCount).Select((_, stage) => new double[data.Couplings[stage].Length])];
        forward = new double[data.Tail.Length];
        tailFactor = new double[tailWidth * tailWidth];
        if (data.DenseCount > 0)
            dense = new BlockedCholesky(data.DenseCount, tailWidth, threads);
    }

    /// <summary>Cross-products of the data; another set must be of the same model.</summary>
    public CrossProducts Data
    {
        get => data;
        set => data = value;
    }

    /// <summary>Number of fixed effects, p.</summary>
    public int FixedCount => tailWidth - 1;

    /// <summary>Λ of a level. [grouping][k, k]</summary>
    public double[][] Relative => relative;

    /// <summary>log |Ω|.</summary>
    public double LogDeterminant { get; private set; }

    /// <summary>log |XᵀV⁻¹X| of the standardized columns, V = ZΛΛᵀZᵀ + I.</summary>
    public double FixedLogDeterminant { get; private set; }

    /// <summary>Penalized residual sum of squares at the solution, r².</summary>
    public double ResidualSquares { get; private set; }

    /// <summary>Cholesky factor R_Xᵀ of XᵀV⁻¹X, then of the response. [tail, tail], lower</summary>
    public ReadOnlySpan<double> TailFactor => tailFactor;

    /// <summary>Sets T of every grouping factor and factors the equations.</summary>
    /// <param name="transforms">T, full k × k matrices. [grouping][k, k]</param>
    /// <returns>False where rounding leaves no positive definite matrix.</returns>
    public bool TryFactor(double[][] transforms)
    {
        for (int grouping = 0; grouping < relative.Length; grouping++)
            transforms[grouping].CopyTo(relative[grouping], 0);
        LogDeterminant = 0;
        for (int grouping = 0; grouping < relative.Length; grouping++)
            TransformTail(grouping);
        for (int stage = 0; stage < data.StageCount; stage++)
        {
            factors[stage].AsSpan().Clear();
            lower[stage].AsSpan().Clear();
        }
        dense?.Clear();
        for (int grouping = data.StageCount; grouping < relative.Length; grouping++)
            FillDense(grouping);
        for (int stage = 0; stage < data.StageCount; stage++)
        {
            if (!TryEliminate(stage))
                return false;
        }
        return TryFactorDense() && TryFactorTail();
    }

    /// <summary>Fixed effects that solve the equations, given the factor. [p]</summary>
    public double[] SolveFixed()
    {
        int count = FixedCount;
        double[] beta = new double[count];
        for (int i = count - 1; i >= 0; i--)
        {
            double sum = tailFactor[count * tailWidth + i];
            for (int j = i + 1; j < count; j++)
                sum -= tailFactor[j * tailWidth + i] * beta[j];
            beta[i] = sum / tailFactor[i * tailWidth + i];
        }
        return beta;
    }

    /// <summary>(XᵀV⁻¹X)⁻¹. [p, p]</summary>
    public double[] FixedCovariance()
    {
        int count = FixedCount;
        double[] factor = new double[count * count];
        for (int i = 0; i < count; i++)
            tailFactor.AsSpan(i * tailWidth, i + 1).CopyTo(factor.AsSpan(i * count));
        double[] inverse = new double[count * count];
        for (int column = 0; column < count; column++)
        {
            inverse[column * count + column] = 1;
            CholeskySolver.Solve(factor, inverse.AsSpan(column), count, count);
        }
        return inverse;
    }

    /// <summary>Ω⁻¹ΛᵀZᵀ[X y]: the random effects are its last column less the others times β. [effect, tail]</summary>
    public double[] SolveRandom()
    {
        double[] solution = (double[])forward.Clone();
        if (dense is not null)
        {
            double[] vector = new double[data.DenseCount];
            for (int column = 0; column < tailWidth; column++)
            {
                for (int row = 0; row < vector.Length; row++)
                    vector[row] = solution[(denseStart + row) * tailWidth + column];
                dense.SolveBackward(vector);
                for (int row = 0; row < vector.Length; row++)
                    solution[(denseStart + row) * tailWidth + column] = vector[row];
            }
        }
        for (int stage = data.StageCount - 1; stage >= 0; stage--)
            SolveBackward(stage, solution, tailWidth);
        return solution;
    }

    /// <summary>Ω⁻¹ b in place, for a vector over all effects.</summary>
    public void Solve(double[] vector)
    {
        SolveForward(vector);
        dense?.SolveBackward(vector.AsSpan(denseStart));
        for (int stage = data.StageCount - 1; stage >= 0; stage--)
            SolveBackward(stage, vector, 1);
    }

    /// <summary>L⁻ᵀ b in place, for a vector over all effects: of independent standard normals, a draw with covariance Ω⁻¹.</summary>
    public void SolveTransposed(double[] vector)
    {
        dense?.SolveBackward(vector.AsSpan(denseStart));
        for (int stage = data.StageCount - 1; stage >= 0; stage--)
            SolveBackward(stage, vector, 1);
    }

    /// <summary>L⁻¹ b in place, for a vector over all effects.</summary>
    public void SolveForward(double[] vector)
    {
        for (int stage = 0; stage < data.StageCount; stage++)
        {
            Grouping grouping = data.Groupings[stage];
            int k = grouping.Width;
            for (int level = 0; level < grouping.LevelCount; level++)
            {
                ReadOnlySpan<double> factor = factors[stage].AsSpan(level * k * k, k * k);
                Span<double> own = vector.AsSpan(grouping.Scalar(level), k);
                for (int c = 0; c < k; c++)
                {
                    for (int d = 0; d < c; d++)
                        own[c] -= factor[c * k + d] * own[d];
                    own[c] /= factor[c * k + c];
                }
                for (int row = data.RowStart[stage][level]; row < data.RowStart[stage][level + 1]; row++)
                {
                    double sum = 0;
                    for (int c = 0; c < k; c++)
                        sum += lower[stage][row * k + c] * own[c];
                    vector[data.Rows[stage][row]] -= sum;
                }
            }
        }
        dense?.SolveForward(vector.AsSpan(denseStart));
    }

    /// <summary>Xᵀ V⁻¹ z-part: what is left of tail column products after elimination: L_X h for h = L⁻¹b. [p]</summary>
    public double[] FixedTimesForward(ReadOnlySpan<double> solved)
    {
        double[] product = new double[FixedCount];
        for (int effect = 0; effect < solved.Length; effect++)
        {
            for (int column = 0; column < product.Length; column++)
                product[column] += forward[effect * tailWidth + column] * solved[effect];
        }
        return product;
    }

    /// <summary>Makes the blocks of Ω⁻¹ that derivatives and prediction errors need.</summary>
    public SelectedInverse Invert()
    {
        dense?.Invert();
        return SelectedInverse.Compute(data, relative, factors, lower, dense);
    }

    public void Dispose() => dense?.Dispose();

    private void TransformTail(int index)
    {
        Grouping grouping = data.Groupings[index];
        int k = grouping.Width;
        double[] t = relative[index];
        if (k == 1)
        {
            int start = grouping.FirstScalar * tailWidth;
            TensorPrimitives.Multiply(data.Tail.AsSpan(start, grouping.LevelCount * tailWidth), t[0], forward.AsSpan(start));
            return;
        }
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            int first = grouping.Scalar(level) * tailWidth;
            for (int c = 0; c < k; c++)
            {
                Span<double> target = forward.AsSpan(first + c * tailWidth, tailWidth);
                target.Clear();
                for (int d = 0; d < k; d++)
                {
                    double weight = t[d * k + c];
                    if (weight == 0)
                        continue;
                    for (int w = 0; w < tailWidth; w++)
                        target[w] += weight * data.Tail[first + d * tailWidth + w];
                }
            }
        }
    }

    private int GroupingOf(int scalar, int from)
    {
        while (scalar >= data.Groupings[from].EndScalar)
            from++;
        return from;
    }

    private void FillDense(int index)
    {
        Grouping grouping = data.Groupings[index];
        int k = grouping.Width;
        Span<double> block = stackalloc double[k * k];
        Span<double> scaled = stackalloc double[data.Groupings.Max(other => other.Width) * k];
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            int column = grouping.Scalar(level) - denseStart;
            block.Clear();
            LevelBlock.AddDiagonal(data.Diagonal[index].AsSpan(level * k * k, k * k), relative[index], k, block, k);
            for (int c = 0; c < k; c++)
                block.Slice(c * k, c + 1).CopyTo(dense!.Row(column + c)[column..]);
            int later = index;
            for (int row = data.RowStart[index][level]; row < data.RowStart[index][level + 1];)
            {
                later = GroupingOf(data.Rows[index][row], later);
                int width = data.Groupings[later].Width;
                LevelBlock.ScaleCoupling(data.Couplings[index].AsSpan(row * k, width * k), relative[later], width, relative[index], k, scaled);
                for (int r = 0; r < width; r++)
                    scaled.Slice(r * k, k).CopyTo(dense!.Row(data.Rows[index][row + r] - denseStart)[column..]);
                row += width;
            }
        }
    }

    private bool TryEliminate(int stage)
    {
        Grouping grouping = data.Groupings[stage];
        int k = grouping.Width;
        double[] t = relative[stage];
        int[] rows = data.Rows[stage];
        double[] values = lower[stage];
        Span<double> scaled = stackalloc double[data.Groupings.Max(other => other.Width) * k];
        double logDeterminant = 0;
        double pivots = 1;
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            Span<double> factor = factors[stage].AsSpan(level * k * k, k * k);
            LevelBlock.AddDiagonal(data.Diagonal[stage].AsSpan(level * k * k, k * k), t, k, factor, k);
            if (!LevelBlock.TryFactor(factor, k, ref pivots, ref logDeterminant))
                return false;
            int begin = data.RowStart[stage][level];
            int end = data.RowStart[stage][level + 1];
            int later = stage;
            for (int row = begin; row < end;)
            {
                later = GroupingOf(rows[row], later);
                int width = data.Groupings[later].Width;
                LevelBlock.ScaleCoupling(data.Couplings[stage].AsSpan(row * k, width * k), relative[later], width, t, k, scaled);
                for (int r = 0; r < width; r++, row++)
                {
                    Span<double> x = values.AsSpan(row * k, k);
                    for (int c = 0; c < k; c++)
                    {
                        double sum = x[c] + scaled[r * k + c];
                        for (int d = 0; d < c; d++)
                            sum -= x[d] * factor[c * k + d];
                        x[c] = sum / factor[c * k + c];
                    }
                }
            }
            int own = grouping.Scalar(level) * tailWidth;
            for (int c = 0; c < k; c++)
            {
                for (int w = 0; w < tailWidth; w++)
                {
                    double sum = forward[own + c * tailWidth + w];
                    for (int d = 0; d < c; d++)
                        sum -= factor[c * k + d] * forward[own + d * tailWidth + w];
                    forward[own + c * tailWidth + w] = sum / factor[c * k + c];
                }
            }
            Downdate(stage, level, begin, end, own);
        }
        LogDeterminant += logDeterminant + Math.Log(pivots);
        return true;
    }

    /// <summary>Subtracts what an eliminated level contributes to later effects and their tail.</summary>
    private void Downdate(int stage, int level, int begin, int end, int own)
    {
        int k = data.Groupings[stage].Width;
        int[] rows = data.Rows[stage];
        double[] values = lower[stage];
        for (int row = begin; row < end; row++)
        {
            int scalar = rows[row];
            ReadOnlySpan<double> left = values.AsSpan(row * k, k);
            for (int c = 0; c < k; c++)
            {
                double weight = left[c];
                for (int w = 0; w < tailWidth; w++)
                    forward[scalar * tailWidth + w] -= weight * forward[own + c * tailWidth + w];
            }
            int other = begin;
            while (other <= row && rows[other] < denseStart)
            {
                Place(scalar, rows[other], out double[] block, out int offset);
                double sum = 0;
                for (int c = 0; c < k; c++)
                    sum += left[c] * values[other * k + c];
                block[offset] -= sum;
                other++;
            }
            if (scalar < denseStart)
                continue;
            Span<double> target = dense!.Row(scalar - denseStart);
            if (k == 1)
            {
                double weight = left[0];
                for (; other <= row; other++)
                    target[rows[other] - denseStart] -= weight * values[other];
                continue;
            }
            for (; other <= row; other++)
            {
                double sum = 0;
                for (int c = 0; c < k; c++)
                    sum += left[c] * values[other * k + c];
                target[rows[other] - denseStart] -= sum;
            }
        }
    }

    /// <summary>Where the element (row, column) of Ω lies, for a column of a later stage.</summary>
    private void Place(int row, int column, out double[] block, out int offset) =>
        LevelBlock.Place(data, factors, lower, row, column, out block, out offset);

    private bool TryFactorDense()
    {
        if (dense is null)
            return true;
        for (int column = 0; column < tailWidth; column++)
        {
            Span<double> target = dense.RightHandSide(column);
            for (int row = 0; row < target.Length; row++)
                target[row] = forward[(denseStart + row) * tailWidth + column];
        }
        if (!dense.TryFactor(out double logDeterminant))
            return false;
        LogDeterminant += logDeterminant;
        for (int column = 0; column < tailWidth; column++)
        {
            Span<double> source = dense.RightHandSide(column);
            for (int row = 0; row < source.Length; row++)
                forward[(denseStart + row) * tailWidth + column] = source[row];
        }
        return true;
    }

    private bool TryFactorTail()
    {
        data.TailTail.CopyTo(tailFactor, 0);
        for (int effect = 0; effect < data.ScalarCount; effect++)
        {
            ReadOnlySpan<double> row = forward.AsSpan(effect * tailWidth, tailWidth);
            for (int i = 0; i < tailWidth; i++)
            {
                double value = row[i];
                for (int j = 0; j <= i; j++)
                    tailFactor[i * tailWidth + j] -= value * row[j];
            }
        }
        if (!CholeskySolver.TryFactor(tailFactor, tailWidth))
            return false;
        FixedLogDeterminant = 0;
        for (int i = 0; i < FixedCount; i++)
            FixedLogDeterminant += 2 * Math.Log(tailFactor[i * tailWidth + i]);
        double root = tailFactor[tailWidth * tailWidth - 1];
        ResidualSquares = root * root;
        return true;
    }

    private void SolveBackward(int stage, double[] vectors, int width)
    {
        Grouping grouping = data.Groupings[stage];
        int k = grouping.Width;
        for (int level = 0; level < grouping.LevelCount; level++)
        {
            ReadOnlySpan<double> factor = factors[stage].AsSpan(level * k * k, k * k);
            int own = grouping.Scalar(level) * width;
            for (int row = data.RowStart[stage][level]; row < data.RowStart[stage][level + 1]; row++)
            {
                int other = data.Rows[stage][row] * width;
                for (int c = 0; c < k; c++)
                {
                    double weight = lower[stage][row * k + c];
                    for (int w = 0; w < width; w++)
                        vectors[own + c * width + w] -= weight * vectors[other + w];
                }
            }
            for (int c = k - 1; c >= 0; c--)
            {
                for (int w = 0; w < width; w++)
                {
                    double sum = vectors[own + c * width + w];
                    for (int d = c + 1; d < k; d++)
                        sum -= factor[d * k + c] * vectors[own + d * width + w];
                    vectors[own + c * width + w] = sum / factor[c * k + c];
                }
            }
        }
    }
}
