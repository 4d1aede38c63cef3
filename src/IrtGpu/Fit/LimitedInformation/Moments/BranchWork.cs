using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>What a product with Ξ needs at the nodes of one branch.</summary>
/// <param name="moments">Conditional moments of its items.</param>
internal sealed class BranchWork(BranchMoments moments)
{
    private readonly int nodeCount = moments.NodeCount;
    private readonly double[] gradient = new double[moments.Mean.Length]; // g [position, node]
    private readonly double[] response = new double[moments.Mean.Length]; // H, then what is multiplied by c [position, node]
    private readonly double[] own = new double[moments.NodeCount]; // E(φ | node) of what is within the branch, then E(φ | node) less its average given the core
    private readonly double[] across = new double[moments.NodeCount]; // of what other branches are in, too
    private readonly double[] centred = new double[moments.NodeCount]; // E(φ | node) − E φ
    private readonly double[] scratch = new double[moments.NodeCount];
    private readonly double[] ownAtCore = new double[moments.Source.CoreCount];
    private readonly double[] acrossAtCore = new double[moments.Source.CoreCount];

    /// <summary>g of an item. [node]</summary>
    /// <param name="position">Item.</param>
    public Span<double> GradientOf(int position) => gradient.AsSpan(position * nodeCount, nodeCount);

    /// <summary>Σ w Var z_i Var z_j.</summary>
    public double SumOfVariances(int i, int j, double[] room)
    {
        Span<double> weighted = room.AsSpan(0, nodeCount);
        TensorPrimitives.Multiply(moments.Source.Population.Weight, moments.VarianceOf(i), weighted);
        return FixedOrderSums.Dot(weighted, moments.VarianceOf(j));
    }

    /// <summary>Σ w E(z_i²) E(z_j²).</summary>
    public double SumOfSquares(int i, int j, double[] room)
    {
        Span<double> weighted = room.AsSpan(0, nodeCount);
        TensorPrimitives.MultiplyAdd(moments.MeanOf(i), moments.MeanOf(i), moments.VarianceOf(i), weighted);
        TensorPrimitives.Multiply(weighted, moments.Source.Population.Weight, weighted);
        TensorPrimitives.MultiplyAdd(moments.MeanOf(j), moments.MeanOf(j), moments.VarianceOf(j), scratch);
        return FixedOrderSums.Dot(weighted, scratch);
    }

    /// <summary>E(φ | node) but for the further functions, g with what other branches have in it, and H.</summary>
    /// <param name="basis">The moments.</param>
    /// <param name="items">Items of the branch that are asked for.</param>
    /// <param name="given">v. [moment]</param>
    /// <param name="ofOthers">Σ V u of the items of other branches. [item, core node]</param>
    public void FindMeans(MomentBasis basis, int[] items, double[] given, double[] ofOthers)
    {
        own.AsSpan().Clear();
        across.AsSpan().Clear();
        int coreCount = moments.Source.CoreCount;
        foreach (int i in items)
        {
            int position = basis.PositionOf(i);
            Span<double> g = GradientOf(position);
            TensorPrimitives.Add(g, given[i], scratch);
            TensorPrimitives.Multiply(scratch, 0.5, scratch);
            TensorPrimitives.MultiplyAdd(scratch, moments.MeanOf(position), own, own);
            if (basis.Branches.Length > 1)
            {
                moments.Source.AddProducts(moments.MeanOf(position), ofOthers.AsSpan(i * coreCount, coreCount), across);
                moments.Source.AddAtNodes(ofOthers.AsSpan(i * coreCount, coreCount), g);
            }
            TensorPrimitives.Multiply(moments.VarianceOf(position), g, ResponseOf(position));
        }
    }

    /// <summary>Adds a further function of an item to φ.</summary>
    public void AddFunction(int position, ItemFunctions functions, int f, double coefficient)
    {
        TensorPrimitives.MultiplyAdd(functions.Mean.AsSpan(f * nodeCount, nodeCount), coefficient, own, own);
        TensorPrimitives.MultiplyAdd(functions.CovarianceOf(0, f + 1), coefficient, ResponseOf(position), ResponseOf(position));
    }

    /// <summary>Adds the branch's part of E(φ | core node): of what is between two branches each has half.</summary>
    /// <param name="coreMean">Added to. [core node]</param>
    public void AddTo(double[] coreMean)
    {
        moments.Source.Average(own, ownAtCore);
        moments.Source.Average(across, acrossAtCore);
        for (int core = 0; core < coreMean.Length; core++)
            coreMean[core] += ownAtCore[core] + 0.5 * acrossAtCore[core];
    }

    /// <summary>Centres E(φ | node), given the core and as a whole.</summary>
    /// <param name="coreMean">E(φ | core node) − E φ. [core node]</param>
    public void Centre(double[] coreMean)
    {
        TensorPrimitives.Add(own, across, own);
        TensorPrimitives.Add(ownAtCore, acrossAtCore, ownAtCore);
        TensorPrimitives.Negate(ownAtCore, ownAtCore);
        moments.Source.AddAtNodes(ownAtCore, own);
        own.CopyTo(centred, 0);
        moments.Source.AddAtNodes(coreMean, centred);
    }

    /// <summary>K of an item: Cov(z, φ | core node).</summary>
    /// <param name="position">Item.</param>
    /// <param name="result">Receives it. [core node]</param>
    public void CoreResponse(int position, Span<double> result)
    {
        TensorPrimitives.MultiplyAdd(own, moments.MeanOf(position), ResponseOf(position), scratch);
        moments.Source.Average(scratch, result);
    }

    /// <summary>Cov(f, φ) of a further function.</summary>
    public double Function(int position, ItemFunctions functions, int f, ReadOnlySpan<double> given)
    {
        TensorPrimitives.Multiply(functions.Mean.AsSpan(f * nodeCount, nodeCount), centred, scratch);
        TensorPrimitives.MultiplyAdd(functions.CovarianceOf(f + 1, 0), GradientOf(position), scratch, scratch);
        for (int g = 0; g < functions.Count; g++)
            TensorPrimitives.MultiplyAdd(functions.CovarianceOf(f + 1, g + 1), given[g], scratch, scratch);
        return FixedOrderSums.Dot(moments.Source.Population.Weight, scratch);
    }

    /// <summary>Cov(z, φ) of an item, whose H becomes what pairs are made of; once an item, after <see cref="CoreResponse"/>.</summary>
    /// <param name="position">Item.</param>
    public double Single(int position)
    {
        Span<double> h = ResponseOf(position);
        ReadOnlySpan<double> mean = moments.MeanOf(position);
        TensorPrimitives.Multiply(h, moments.Source.Population.Weight, h);
        TensorPrimitives.Multiply(moments.Source.Population.Weight, centred, scratch);
        double covariance = FixedOrderSums.Dot(scratch, mean) + FixedOrderSums.Sum(h);
        for (int node = 0; node < nodeCount; node++)
            h[node] += 0.5 * scratch[node] * mean[node];
        return covariance;
    }

    /// <summary>Cov(z_i z_j, φ) but for V_ij Var z_i Var z_j.</summary>
    public double Pair(int i, int j) => FixedOrderSums.Dot(moments.MeanOf(i), ResponseOf(j)) + FixedOrderSums.Dot(moments.MeanOf(j), ResponseOf(i));

    private Span<double> ResponseOf(int position) => response.AsSpan(position * nodeCount, nodeCount);
}
