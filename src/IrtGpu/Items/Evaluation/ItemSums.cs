using System.Runtime.CompilerServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Size of <see cref="ItemSums{TLanes}"/>.</summary>
internal static class ItemSums
{
    /// <summary>Doubles of scratch for vectors of any width.</summary>
    public static int ScratchLength(int slopeCount, int categoryCount, int shapeCount) => LaneMemory.MostLanes
        * (2 + 2 * categoryCount + slopeCount + 1 + shapeCount + PackedTriangle.Length(1 + shapeCount) + slopeCount + PackedTriangle.Length(slopeCount) + shapeCount * slopeCount);

    /// <summary>First row of the derivatives by z and shape; those that follow are as <see cref="ItemSums{TLanes}"/> lays them out.</summary>
    public static int GradientRow(int slopeCount, int categoryCount) => 2 * categoryCount + slopeCount;

    /// <summary>First row of the second derivatives by z and shape.</summary>
    public static int HessianRow(int slopeCount, int categoryCount, int shapeCount) => GradientRow(slopeCount, categoryCount) + 1 + shapeCount;

    /// <summary>First row of the derivatives by slopes.</summary>
    public static int SlopeGradientRow(int slopeCount, int categoryCount, int shapeCount) =>
        HessianRow(slopeCount, categoryCount, shapeCount) + PackedTriangle.Length(1 + shapeCount);

    /// <summary>First row of the second derivatives by slopes.</summary>
    public static int SlopeHessianRow(int slopeCount, int categoryCount, int shapeCount) => SlopeGradientRow(slopeCount, categoryCount, shapeCount) + slopeCount;

    /// <summary>First row of the second derivatives by shape and slopes.</summary>
    public static int CrossHessianRow(int slopeCount, int categoryCount, int shapeCount) =>
        SlopeHessianRow(slopeCount, categoryCount, shapeCount) + PackedTriangle.Length(slopeCount);
}

/// <summary>Sums over nodes by lane, in one array: what the loop over nodes writes, and its scratch.</summary>
/// <remarks>Rows of a vector: log P, tail of the counts, θ, derivatives in (z, shape), then those of the slopes by ∂z/∂a_j = θ_j.</remarks>
/// <typeparam name="TLanes">The vector.</typeparam>
internal readonly ref struct ItemSums<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly int slopeCount;
    private readonly int shapeCount;

    /// <summary>Lays out the scratch.</summary>
    /// <param name="scratch">At least <see cref="ItemSums.ScratchLength"/>.</param>
    /// <param name="slopeCount">Loadings.</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shapeCount">Shape parameters.</param>
    public ItemSums(Span<double> scratch, int slopeCount, int categoryCount, int shapeCount)
    {
        this.slopeCount = slopeCount;
        this.shapeCount = shapeCount;
        scratch = LaneMemory.Align(scratch);
        int position = 0;
        LogProbability = Take(scratch, ref position, categoryCount);
        CountTail = Take(scratch, ref position, categoryCount);
        Theta = Take(scratch, ref position, slopeCount);
        Gradient = Take(scratch, ref position, 1 + shapeCount);
        Hessian = Take(scratch, ref position, PackedTriangle.Length(1 + shapeCount));
        SlopeGradient = Take(scratch, ref position, slopeCount);
        SlopeHessian = Take(scratch, ref position, PackedTriangle.Length(slopeCount));
        CrossHessian = Take(scratch, ref position, shapeCount * slopeCount);
        Value = Take(scratch, ref position, 1);
    }

    public Span<double> Value { get; } // one row

    public Span<double> LogProbability { get; } // [category]

    public Span<double> CountTail { get; } // [category]

    public Span<double> Theta { get; } // [loading]

    public Span<double> Gradient { get; } // [z, shape]; z of one block of nodes only

    public Span<double> Hessian { get; } // packed; what has z of one block of nodes only

    public Span<double> SlopeGradient { get; } // [loading]

    public Span<double> SlopeHessian { get; } // packed

    public Span<double> CrossHessian { get; } // [shape, loading]

    public void Clear()
    {
        Gradient.Clear();
        Hessian.Clear();
        SlopeGradient.Clear();
        SlopeHessian.Clear();
        CrossHessian.Clear();
        Value.Clear();
    }

    /// <summary>Forgets what a block of nodes left in z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ClearPredictor()
    {
        LaneVector<TLanes> gradient = new(Gradient);
        LaneVector<TLanes> hessian = new(Hessian);
        gradient[0] = 0.0;
        for (int r = 0; r <= shapeCount; r++)
            hessian[PackedTriangle.Index(r, 0)] = 0.0;
    }

    /// <summary>Chain rule from z to slopes for one block of nodes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddPredictor()
    {
        LaneVector<TLanes> theta = new(Theta);
        LaneVector<TLanes> hessian = new(Hessian);
        LaneVector<TLanes> slopeGradient = new(SlopeGradient);
        LaneVector<TLanes> slopeHessian = new(SlopeHessian);
        LaneVector<TLanes> crossHessian = new(CrossHessian);
        TLanes first = new LaneVector<TLanes>(Gradient)[0];
        TLanes second = hessian[0];
        for (int j = 0; j < slopeCount; j++)
        {
            TLanes thetaJ = theta[j];
            slopeGradient[j] += thetaJ * first;
            TLanes product = thetaJ * second;
            for (int k = 0; k <= j; k++)
                slopeHessian[PackedTriangle.Index(j, k)] += product * theta[k];
        }
        for (int r = 1; r <= shapeCount; r++)
        {
            TLanes cross = hessian[PackedTriangle.Index(r, 0)];
            for (int j = 0; j < slopeCount; j++)
                crossHessian[(r - 1) * slopeCount + j] += theta[j] * cross;
        }
    }

    /// <summary>Adds the sums over lanes to the derivatives by slot.</summary>
    /// <param name="gradient">[slope, shape]</param>
    /// <param name="hessian">Lower triangle. [slot, slot], row-major</param>
    public void AddTo(Span<double> gradient, Span<double> hessian)
    {
        int width = slopeCount + shapeCount;
        for (int j = 0; j < slopeCount; j++)
        {
            gradient[j] += Total(SlopeGradient, j);
            for (int k = 0; k <= j; k++)
                hessian[j * width + k] += Total(SlopeHessian, PackedTriangle.Index(j, k));
        }
        for (int r = 1; r <= shapeCount; r++)
        {
            int row = slopeCount + r - 1;
            gradient[row] += Total(Gradient, r);
            for (int j = 0; j < slopeCount; j++)
                hessian[row * width + j] += Total(CrossHessian, (r - 1) * slopeCount + j);
            for (int c = 1; c <= r; c++)
                hessian[row * width + slopeCount + c - 1] += Total(Hessian, PackedTriangle.Index(r, c));
        }
    }

    private static double Total(ReadOnlySpan<double> rows, int row) =>
        LaneArithmetic.SumPairs(LaneMemory.Load<TLanes>(rows[(row * TLanes.Count)..]));

    private static Span<double> Take(Span<double> scratch, scoped ref int position, int rows)
    {
        int start = position;
        position += rows * TLanes.Count;
        return scratch[start..position];
    }
}
