using System.Runtime.CompilerServices;
using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Items.Evaluation;

/// <summary>Where the expected log-likelihood of one item is summed: its slopes, the nodes, and the counts there.</summary>
internal readonly ref struct ItemNodes
{
    /// <summary>Slopes by loading.</summary>
    public required ReadOnlySpan<double> Slopes { get; init; }

    /// <summary>Attribute of each loading.</summary>
    public required ReadOnlySpan<int> Attributes { get; init; }

    /// <summary>Nodes. [node, attribute]</summary>
    public required ReadOnlySpan<double> Theta { get; init; }

    /// <summary>J.</summary>
    public required int AttributeCount { get; init; }

    /// <summary>Expected counts. [category, node]</summary>
    public required Span<double> Counts { get; init; }

    /// <summary>L.</summary>
    public int NodeCount => Theta.Length / AttributeCount;

    /// <summary>θ of a loading at eight nodes; 0 beyond the last.</summary>
    /// <param name="loading">Loading.</param>
    /// <param name="node">First node.</param>
    public Lanes ThetaAt(int loading, int node) =>
        Lanes.Load(Theta[(node * AttributeCount + Attributes[loading])..], AttributeCount, Math.Min(Lanes.Count, NodeCount - node));
}

/// <summary>Sums over nodes by lane, in one array: what the loop over nodes writes, and its scratch.</summary>
/// <remarks>Rows of eight: log P, tail of the counts, θ, derivatives in (z, shape), then those of the slopes by ∂z/∂a_j = θ_j.</remarks>
internal readonly ref struct ItemSums
{
    private readonly int slopeCount;
    private readonly int shapeCount;

    /// <summary>Lays out the scratch.</summary>
    /// <param name="scratch">At least <see cref="ScratchLength"/>.</param>
    /// <param name="slopeCount">Loadings.</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shapeCount">Shape parameters.</param>
    public ItemSums(Span<double> scratch, int slopeCount, int categoryCount, int shapeCount)
    {
        this.slopeCount = slopeCount;
        this.shapeCount = shapeCount;
        scratch = Lanes.Align(scratch);
        int position = 0;
        LogProbability = Take(scratch, ref position, categoryCount);
        CountTail = Take(scratch, ref position, categoryCount);
        Theta = Take(scratch, ref position, slopeCount);
        Gradient = Take(scratch, ref position, 1 + shapeCount);
        Hessian = Take(scratch, ref position, PackedTriangle.Length(1 + shapeCount));
        SlopeGradient = Take(scratch, ref position, slopeCount);
        SlopeHessian = Take(scratch, ref position, PackedTriangle.Length(slopeCount));
        CrossHessian = Take(scratch, ref position, shapeCount * slopeCount);
    }

    public Span<double> LogProbability { get; } // [category]

    public Span<double> CountTail { get; } // [category]

    public Span<double> Theta { get; } // [loading]

    public Span<double> Gradient { get; } // [z, shape]; z of one block of nodes only

    public Span<double> Hessian { get; } // packed; what has z of one block of nodes only

    public Span<double> SlopeGradient { get; } // [loading]

    public Span<double> SlopeHessian { get; } // packed

    public Span<double> CrossHessian { get; } // [shape, loading]

    public static int ScratchLength(int slopeCount, int categoryCount, int shapeCount) => Lanes.Count
        * (1 + 2 * categoryCount + slopeCount + 1 + shapeCount + PackedTriangle.Length(1 + shapeCount) + slopeCount + PackedTriangle.Length(slopeCount) + shapeCount * slopeCount);

    public void Clear()
    {
        Gradient.Clear();
        Hessian.Clear();
        SlopeGradient.Clear();
        SlopeHessian.Clear();
        CrossHessian.Clear();
    }

    /// <summary>Forgets what a block of nodes left in z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ClearPredictor()
    {
        LaneVector gradient = new(Gradient);
        LaneVector hessian = new(Hessian);
        gradient[0] = 0.0;
        for (int r = 0; r <= shapeCount; r++)
            hessian[PackedTriangle.Index(r, 0)] = 0.0;
    }

    /// <summary>Chain rule from z to slopes for one block of nodes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddPredictor()
    {
        LaneVector theta = new(Theta);
        LaneVector hessian = new(Hessian);
        LaneVector slopeGradient = new(SlopeGradient);
        LaneVector slopeHessian = new(SlopeHessian);
        LaneVector crossHessian = new(CrossHessian);
        Lanes first = new LaneVector(Gradient)[0];
        Lanes second = hessian[0];
        for (int j = 0; j < slopeCount; j++)
        {
            Lanes thetaJ = theta[j];
            slopeGradient[j] += thetaJ * first;
            Lanes product = thetaJ * second;
            for (int k = 0; k <= j; k++)
                slopeHessian[PackedTriangle.Index(j, k)] += product * theta[k];
        }
        for (int r = 1; r <= shapeCount; r++)
        {
            Lanes cross = hessian[PackedTriangle.Index(r, 0)];
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

    private static double Total(ReadOnlySpan<double> rows, int row) => Lanes.Load(rows[(row * Lanes.Count)..]).Sum();

    private static Span<double> Take(Span<double> scratch, scoped ref int position, int rows)
    {
        int start = position;
        position += rows * Lanes.Count;
        return scratch[start..position];
    }
}
