using IrtGpu.Compute;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>
/// What not knowing θ costs, Σ w Cov(s | answers), and the cross-product of scores, Σ w² E(s | answers) E(s | answers)ᵀ, from kept draws; s is the
/// gradient of a person's complete-data log-likelihood by the free parameters.
/// </summary>
/// <remarks>
/// With S draws of a person the covariance is that of the draws with S − 1 for a divisor, so that its expectation is right however few they
/// are (Louis 1982, Journal of the Royal Statistical Society B 44, 226–233); the cross-product is of the means of the first and the last
/// half of the draws, whose noise is not the same. Gradients of a tile's persons in some of the draws are the columns of a matrix; threads own
/// rows of its products, so results do not depend on their number.
/// </remarks>
internal sealed unsafe class DrawnInformation
{
    private const int Size = PersonTile.Size;
    private const int DrawsAtOnce = 8;
    private const int RowsATask = 96;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly CalibrationPlan plan;
    private readonly ModelPoint point;
    private readonly ParallelOptions parallel;
    private readonly bool withCrossProduct;
    private readonly CancellationToken cancellation;

    private DrawnInformation(ModelPoint point, bool withCrossProduct, int threads, CancellationToken cancellation)
    {
        plan = point.Plan;
        this.point = point;
        this.withCrossProduct = withCrossProduct;
        this.cancellation = cancellation;
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Missing = new double[(long)plan.Layout.FreeCount * plan.Layout.FreeCount];
        CrossProduct = withCrossProduct ? new double[Missing.Length] : [];
    }

    /// <summary>Σ w Cov(s | answers), lower triangle. [free, free]</summary>
    public double[] Missing { get; }

    /// <summary>Σ w² E(s | answers) E(s | answers)ᵀ, lower triangle; empty where it is not wanted. [free, free]</summary>
    public double[] CrossProduct { get; }

    /// <summary>Sums over persons and draws.</summary>
    /// <param name="point">Parameters that the draws were made at.</param>
    /// <param name="tiles">Persons.</param>
    /// <param name="draws">θ of each draw, two draws at least. [draw][tile][attribute, lane]</param>
    /// <param name="withCrossProduct">Whether the cross-product is wanted.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static DrawnInformation Of(
        ModelPoint point, PersonTile[] tiles, IReadOnlyList<double[][]> draws, bool withCrossProduct, int threads, CancellationToken cancellation)
    {
        DrawnInformation sums = new(point, withCrossProduct, threads, cancellation);
        foreach (PlannedBlock block in point.Plan.Blocks)
        {
            if (Array.Exists(tiles, tile => tile.Block == block.Index))
                sums.AddBlock(block, tiles, draws);
        }
        return sums;
    }

    private void AddBlock(PlannedBlock block, PersonTile[] tiles, IReadOnlyList<double[][]> draws)
    {
        DrawnGradients gradients = new(point, block);
        int rows = (gradients.Free.Length + 7) / 8 * 8;
        TileScratch[] scratch = [.. Enumerable.Range(0, DrawsAtOnce).Select(_ => new TileScratch(plan))];
        using AlignedMatrix columns = new(rows, DrawsAtOnce * Size);
        using AlignedMatrix first = new(rows, Size); // sums of the first half of the draws, then what else is multiplied
        using AlignedMatrix second = new(rows, Size);
        using AlignedMatrix products = new(rows, rows);
        using AlignedMatrix crossed = new(withCrossProduct ? rows : 1, rows);
        double[] root = new double[Size];
        for (int tile = 0; tile < tiles.Length; tile++)
        {
            if (tiles[tile].Block != block.Index)
                continue;
            cancellation.ThrowIfCancellationRequested();
            for (int lane = 0; lane < Size; lane++)
                root[lane] = Math.Sqrt(tiles[tile].Weight[lane]);
            first.Clear();
            second.Clear();
            for (int begin = 0; begin < draws.Count; begin += DrawsAtOnce)
            {
                int count = Math.Min(DrawsAtOnce, draws.Count - begin);
                columns.Clear();
                Parallel.For(0, count, parallel, k => gradients.Fill(tiles[tile], draws[begin + k][tile], root, scratch[k], columns, k * Size));
                ForRows(rows, (row, height) =>
                {
                    for (int r = row; r < row + height; r++)
                    {
                        for (int k = 0; k < count; k++)
                            Loops.AddScaled(1, columns.Span(r).Slice(k * Size, Size), (begin + k < draws.Count / 2 ? first : second).Span(r));
                    }
                    AddProducts(columns, columns, products, row, height, count * Size, 1);
                });
            }
            AddMeans(draws.Count, root, first, second, products, crossed, rows);
        }
        Scatter(gradients.Free, products, 1.0 / (draws.Count - 1), Missing);
        if (withCrossProduct)
            Scatter(gradients.Free, crossed, 1, CrossProduct);
    }

    /// <summary>Takes the squares of the sums off, and adds the products of the means of both halves.</summary>
    private void AddMeans(int drawCount, double[] root, AlignedMatrix first, AlignedMatrix second, AlignedMatrix products, AlignedMatrix crossed, int rows)
    {
        using AlignedMatrix total = new(rows, Size);
        for (int r = 0; r < rows; r++)
        {
            Loops.AddScaled(1, first.Span(r), total.Span(r));
            Loops.AddScaled(1, second.Span(r), total.Span(r));
            Loops.Multiply(first.Span(r), root, first.Span(r));
            Loops.Multiply(second.Span(r), root, second.Span(r));
        }
        int half = drawCount / 2;
        ForRows(rows, (row, height) =>
        {
            AddProducts(total, total, products, row, height, Size, -1.0 / drawCount);
            if (!withCrossProduct)
                return;
            double share = 0.5 / ((double)half * (drawCount - half));
            AddProducts(first, second, crossed, row, height, Size, share);
            AddProducts(second, first, crossed, row, height, Size, share);
        });
    }

    /// <summary>Adds products of some rows with all up to the last of them.</summary>
    private static void AddProducts(AlignedMatrix left, AlignedMatrix right, AlignedMatrix products, int row, int height, int depth, double factor)
    {
        for (int column = 0; column < row + height; column += RowsATask)
        {
            RowProducts.Add(
                left.Row(row), left.Stride, right.Row(column), right.Stride, products.Row(row) + column, products.Stride,
                height, Math.Min(RowsATask, row + height - column), depth, factor);
        }
    }

    private void ForRows(int rows, Action<int, int> work) => Parallel.For(0, (rows + RowsATask - 1) / RowsATask, parallel, task =>
        work(task * RowsATask, Math.Min(RowsATask, rows - task * RowsATask)));

    private void Scatter(int[] free, AlignedMatrix from, double factor, double[] to)
    {
        for (int r = 0; r < free.Length; r++)
        {
            ReadOnlySpan<double> row = from.Span(r);
            for (int c = 0; c <= r; c++)
                to[(long)free[r] * plan.Layout.FreeCount + free[c]] += factor * row[c];
        }
    }
}
