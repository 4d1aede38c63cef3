using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore;
using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;

namespace IrtGpu.Compute.ClosedForm;

/// <summary>Σ_p N_p Cov(s | pattern) over the patterns of one block that answer the same items.</summary>
/// <remarks>
/// <para>
/// There the complete-data gradient of a pattern is s_k(θ) = c_pk θ − h_k(θ) + const: the responses enter through c alone, and the posterior is a function
/// of the weighted score t. With v(t) = Var(θ | t),
/// Cov(s_j, s_k | p) = c_pj c_pk v(t_p) − c_pj Cov(θ, h_k | t_p) − c_pk Cov(θ, h_j | t_p) + Cov(h_j, h_k | t_p).
/// </para>
/// <para>
/// v is interpolated on the score grid; the others are collected by the adjoint of the interpolation, so that a pattern leaves N and
/// N c at eight grid points and covariances are formed at grid points only:
/// Σ N Cov(h, h) = hᵀ(diag Σ_g e_g w_g − Σ_g e_g w_g w_gᵀ)h, e the deposits of N and w_g the posterior at grid point g.
/// </para>
/// </remarks>
internal sealed unsafe class MissingInformationCell : IDisposable
{
    private const int PatternsPerShard = 4096;
    private const int LargestShardCount = 16;
    private const long LargestBytes = 1L << 27; // of all shards together, unless one takes more
    private const int PatternsPerTile = 64;
    private const int RowsPerPanel = 32; // of the cross-product, of which the lower triangle is wanted

    private readonly CellGradients gradients;
    private readonly WeightedScoreGrid grid;
    private readonly int[] members; // patterns of the cell
    private readonly Shards shards;
    private readonly int nodeCount; // padded
    private readonly int slopeWidth; // padded number of parameters with a c
    private readonly double[] variance; // v [grid point]
    private readonly AlignedBuffer theta; // [padded node]
    private readonly AlignedBuffer weights; // w [grid point, padded node]
    private readonly AlignedBuffer[] squares; // [shard]: Σ N v c cᵀ, lower triangle [slope parameter, padded slope parameter]
    private readonly AlignedBuffer[] slopeDeposits; // [shard]: Σ N c [grid point, padded slope parameter]
    private readonly double[][] deposits; // [shard]: Σ N [grid point]
    private double[] result = []; // [parameter, padded parameter]

    /// <summary>Tables posteriors at the grid points.</summary>
    /// <param name="gradients">Complete-data gradients of the cell's patterns.</param>
    /// <param name="grid">The cell's grid, filled.</param>
    /// <param name="nodes">Nodes. [padded node]</param>
    /// <param name="logPrior">log π − A, padding −∞. [padded node]</param>
    /// <param name="nodeCount">Padded number of nodes.</param>
    /// <param name="members">Patterns of the cell.</param>
    public MissingInformationCell(CellGradients gradients, WeightedScoreGrid grid, double* nodes, double* logPrior, int nodeCount, int[] members)
    {
        this.gradients = gradients;
        this.grid = grid;
        this.members = members;
        this.nodeCount = nodeCount;
        slopeWidth = (gradients.SlopeParameterCount + 7) / 8 * 8;
        theta = new AlignedBuffer(nodeCount);
        new ReadOnlySpan<double>(nodes, nodeCount).CopyTo(new Span<double>(theta.Pointer, nodeCount));
        weights = new AlignedBuffer((long)grid.PointCount * nodeCount);
        variance = new double[grid.PointCount];
        for (int point = 0; point < grid.PointCount; point++)
            variance[point] = grid.Weights(point, nodes, logPrior, weights.Pointer + (long)point * nodeCount);
        long shardBytes = sizeof(double) * (long)slopeWidth * (slopeWidth + grid.PointCount);
        shards = Shards.Cut(members.Length, PatternsPerShard, Math.Min(LargestBytes / Math.Max(1, shardBytes), LargestShardCount));
        squares = [.. Enumerable.Range(0, ShardCount).Select(_ => new AlignedBuffer((long)slopeWidth * slopeWidth))];
        slopeDeposits = [.. Enumerable.Range(0, ShardCount).Select(_ => new AlignedBuffer((long)grid.PointCount * slopeWidth))];
        deposits = [.. Enumerable.Range(0, ShardCount).Select(_ => new double[grid.PointCount])];
    }

    public int ShardCount => shards.Count;

    public void Dispose()
    {
        theta.Dispose();
        weights.Dispose();
        foreach (AlignedBuffer buffer in squares)
            buffer.Dispose();
        foreach (AlignedBuffer buffer in slopeDeposits)
            buffer.Dispose();
    }

    /// <summary>Goes through the patterns of one shard.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="shard">Which of the <see cref="ShardCount"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Collect(PatternTable patterns, int shard)
    {
        int end = shards.End(shard);
        using AlignedBuffer tile = new((long)PatternsPerTile * slopeWidth); // c [pattern of the tile, padded slope parameter]
        using AlignedBuffer scaled = new((long)PatternsPerTile * slopeWidth); // N v c
        double[] deposit = deposits[shard];
        for (int start = shards.Begin(shard); start < end; start += PatternsPerTile)
        {
            int count = Math.Min(PatternsPerTile, end - start);
            for (int k = 0; k < count; k++)
            {
                int pattern = members[start + k];
                double frequency = patterns.Frequency[pattern];
                double* row = tile.Pointer + (long)k * slopeWidth;
                double score = gradients.Fill(patterns.Row(pattern), new Span<double>(row, slopeWidth));
                int first = grid.Locate(score, out Vector512<double> coefficients);
                double factor = frequency * Vector512.Dot(coefficients, Vector512.LoadUnsafe(ref variance[first]));
                ref double target = ref deposit[first];
                (Vector512.LoadUnsafe(ref target) + coefficients * frequency).StoreUnsafe(ref target);
                AddDeposits(row, coefficients * frequency, slopeDeposits[shard].Pointer + (long)first * slopeWidth);
                double* product = scaled.Pointer + (long)k * slopeWidth;
                for (int lane = 0; lane < slopeWidth; lane += 8)
                    (Vector512.Load(row + lane) * factor).Store(product + lane);
            }
            for (int panel = 0; panel < slopeWidth; panel += RowsPerPanel)
            {
                int rows = Math.Min(RowsPerPanel, slopeWidth - panel);
                MatrixKernels.MultiplyAdd(
                    scaled.Pointer + panel, 1, slopeWidth, tile.Pointer, slopeWidth,
                    squares[shard].Pointer + (long)panel * slopeWidth, slopeWidth, rows, count, panel + rows);
            }
        }
    }

    /// <summary>Forms the sum from what the shards have collected, added in their order.</summary>
    public void Assemble()
    {
        for (int shard = 1; shard < ShardCount; shard++)
        {
            PatternKernels.Accumulate(squares[0].Pointer, squares[shard].Pointer, squares[0].Length);
            PatternKernels.Accumulate(slopeDeposits[0].Pointer, slopeDeposits[shard].Pointer, slopeDeposits[0].Length);
            TensorPrimitives.Add(deposits[0], deposits[shard], deposits[0]);
        }
        int width = gradients.PaddedCount;
        using AlignedBuffer functions = CentredFunctions();
        using AlignedBuffer covariance = NodeCovariance();
        using AlignedBuffer half = new((long)nodeCount * width);
        using AlignedBuffer sum = new((long)width * width);
        MatrixKernels.MultiplyAdd(covariance.Pointer, nodeCount, 1, functions.Pointer, width, half.Pointer, width, nodeCount, nodeCount, width);
        MatrixKernels.MultiplyAdd(functions.Pointer, 1, width, half.Pointer, width, sum.Pointer, width, width, nodeCount, width);

        using AlignedBuffer slopes = SlopeCovariance();
        using AlignedBuffer cross = new((long)slopeWidth * width);
        MatrixKernels.MultiplyAdd(slopes.Pointer, nodeCount, 1, functions.Pointer, width, cross.Pointer, width, slopeWidth, nodeCount, width);
        result = new Span<double>(sum.Pointer, width * width).ToArray();
        for (int j = 0; j < gradients.SlopeParameterCount; j++)
        {
            for (int k = 0; k < gradients.ParameterCount; k++)
            {
                double value = cross.Pointer[(long)j * width + k];
                result[j * width + k] -= value;
                result[k * width + j] -= value;
            }
            for (int k = 0; k < gradients.SlopeParameterCount; k++)
                result[j * width + k] += squares[0].Pointer[(long)Math.Max(j, k) * slopeWidth + Math.Min(j, k)];
        }
    }

    /// <summary>Adds the cell to the lower triangle of all free parameters.</summary>
    /// <param name="sum">Added to. [free, free]</param>
    /// <param name="freeCount">Number of free parameters.</param>
    public void AddTo(double[] sum, int freeCount)
    {
        int[] free = gradients.Free;
        for (int j = 0; j < free.Length; j++)
        {
            for (int k = 0; k < free.Length; k++)
            {
                if (free[k] <= free[j])
                    sum[(long)free[j] * freeCount + free[k]] += result[j * gradients.PaddedCount + k];
            }
        }
    }

    /// <summary>Leaves a row at the eight grid points.</summary>
    private void AddDeposits(double* row, Vector512<double> coefficients, double* target)
    {
        AddToFour(row, coefficients.GetLower(), target);
        AddToFour(row, coefficients.GetUpper(), target + 4L * slopeWidth);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddToFour(double* row, Vector256<double> coefficients, double* target)
    {
        Vector512<double> c0 = Vector512.Create(coefficients[0]), c1 = Vector512.Create(coefficients[1]);
        Vector512<double> c2 = Vector512.Create(coefficients[2]), c3 = Vector512.Create(coefficients[3]);
        double* t1 = target + slopeWidth, t2 = t1 + slopeWidth, t3 = t2 + slopeWidth;
        for (int lane = 0; lane < slopeWidth; lane += 8)
        {
            Vector512<double> value = Vector512.Load(row + lane);
            Vector512.FusedMultiplyAdd(c0, value, Vector512.Load(target + lane)).Store(target + lane);
            Vector512.FusedMultiplyAdd(c1, value, Vector512.Load(t1 + lane)).Store(t1 + lane);
            Vector512.FusedMultiplyAdd(c2, value, Vector512.Load(t2 + lane)).Store(t2 + lane);
            Vector512.FusedMultiplyAdd(c3, value, Vector512.Load(t3 + lane)).Store(t3 + lane);
        }
    }

    /// <summary>Expected number of persons by node.</summary>
    private double[] NodeTotals()
    {
        double[] totals = new double[nodeCount];
        for (int point = 0; point < grid.PointCount; point++)
        {
            for (int node = 0; node < nodeCount; node++)
                totals[node] += deposits[0][point] * weights.Pointer[(long)point * nodeCount + node];
        }
        return totals;
    }

    /// <summary>h less its mean, on which no covariance depends, so that large constants do not cost digits. [padded node, padded parameter]</summary>
    private AlignedBuffer CentredFunctions()
    {
        int width = gradients.PaddedCount;
        AlignedBuffer centred = new((long)nodeCount * width);
        double[] totals = NodeTotals();
        double[] mean = new double[width];
        double total = 0;
        for (int node = 0; node < gradients.NodeCount; node++)
        {
            total += totals[node];
            for (int k = 0; k < width; k++)
                mean[k] += totals[node] * gradients.Functions[node * width + k];
        }
        for (int node = 0; node < gradients.NodeCount; node++)
        {
            for (int k = 0; k < width; k++)
                centred.Pointer[(long)node * width + k] = gradients.Functions[node * width + k] - mean[k] / total;
        }
        return centred;
    }

    /// <summary>diag(n) − Σ_g e_g w_g w_gᵀ. [padded node, padded node]</summary>
    private AlignedBuffer NodeCovariance()
    {
        AlignedBuffer covariance = new((long)nodeCount * nodeCount);
        using AlignedBuffer scaled = new(weights.Length);
        for (int point = 0; point < grid.PointCount; point++)
        {
            for (int node = 0; node < nodeCount; node++)
                scaled.Pointer[(long)point * nodeCount + node] = -deposits[0][point] * weights.Pointer[(long)point * nodeCount + node];
        }
        MatrixKernels.MultiplyAdd(
            scaled.Pointer, 1, nodeCount, weights.Pointer, nodeCount, covariance.Pointer, nodeCount, nodeCount, grid.PointCount, nodeCount);
        double[] totals = NodeTotals();
        for (int node = 0; node < nodeCount; node++)
            covariance.Pointer[(long)node * nodeCount + node] += totals[node];
        return covariance;
    }

    /// <summary>Σ_g (Σ N c)_g w_g (θ − E_g θ): times h, the sum of N c Cov(θ, h). [padded slope parameter, padded node]</summary>
    private AlignedBuffer SlopeCovariance()
    {
        AlignedBuffer covariance = new((long)slopeWidth * nodeCount);
        using AlignedBuffer deviations = new(weights.Length);
        for (int point = 0; point < grid.PointCount; point++)
        {
            double eap = grid.Eap[point];
            for (int node = 0; node < nodeCount; node++)
                deviations.Pointer[(long)point * nodeCount + node] = weights.Pointer[(long)point * nodeCount + node] * (theta.Pointer[node] - eap);
        }
        MatrixKernels.MultiplyAdd(
            slopeDeposits[0].Pointer, 1, slopeWidth, deviations.Pointer, nodeCount, covariance.Pointer, nodeCount, slopeWidth, grid.PointCount, nodeCount);
        return covariance;
    }
}
