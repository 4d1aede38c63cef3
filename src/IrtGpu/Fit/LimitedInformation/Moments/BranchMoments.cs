using System.Numerics.Tensors;
using IrtGpu.Fit.Branches;
using IrtGpu.Items;

namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>Conditional moments of z of one branch's items, at its nodes and averaged given the core.</summary>
internal sealed class BranchMoments
{
    private readonly int coreCount;

    /// <summary>Makes room.</summary>
    /// <param name="source">The branch.</param>
    /// <param name="items">Its items among those of the basis, ascending.</param>
    public BranchMoments(PopulationBranch source, int[] items)
    {
        Source = source;
        Items = items;
        coreCount = source.CoreCount;
        Mean = new double[items.Length * NodeCount];
        Variance = new double[Mean.Length];
        CoreMean = new double[items.Length * coreCount];
        CoreSquare = new double[CoreMean.Length];
    }

    public PopulationBranch Source { get; }

    /// <summary>Items of the basis. [position]</summary>
    public int[] Items { get; }

    public int NodeCount => Source.Population.NodeCount;

    /// <summary>E(z | node). [position, node]</summary>
    public double[] Mean { get; }

    /// <summary>Var(z | node). [position, node]</summary>
    public double[] Variance { get; }

    /// <summary>E(z | core node). [position, core node]</summary>
    public double[] CoreMean { get; }

    /// <summary>E(z² | core node). [position, core node]</summary>
    public double[] CoreSquare { get; }

    public Span<double> MeanOf(int position) => Mean.AsSpan(position * NodeCount, NodeCount);

    public Span<double> VarianceOf(int position) => Variance.AsSpan(position * NodeCount, NodeCount);

    public Span<double> CoreMeanOf(int position) => CoreMean.AsSpan(position * coreCount, coreCount);

    public Span<double> CoreSquareOf(int position) => CoreSquare.AsSpan(position * coreCount, coreCount);

    /// <summary>Finds those of an item.</summary>
    /// <param name="position">Item.</param>
    /// <param name="local">The same among the items of the branch's plan.</param>
    /// <param name="score">z. [category]</param>
    public void Fill(int position, int local, double[] score)
    {
        PlannedItem planned = Source.Population.Plan.Items[local];
        Span<double> mean = MeanOf(position);
        Span<double> variance = VarianceOf(position);
        for (int category = 0; category < score.Length; category++)
            TensorPrimitives.MultiplyAdd(Source.Population.Row(planned.FirstRow + category), score[category], mean, mean);
        for (int category = 0; category < score.Length; category++)
        {
            ReadOnlySpan<double> probability = Source.Population.Row(planned.FirstRow + category);
            for (int node = 0; node < variance.Length; node++)
                variance[node] += probability[node] * (score[category] - mean[node]) * (score[category] - mean[node]);
        }
        double[] square = new double[NodeCount];
        TensorPrimitives.MultiplyAdd(mean, mean, variance, square);
        Source.Average(mean, CoreMeanOf(position));
        Source.Average(square, CoreSquareOf(position));
    }

    /// <summary>Cov(z_i, z_j | core node).</summary>
    /// <returns>[position i, position j, core node]</returns>
    public double[] CoreCovariance()
    {
        int count = Items.Length;
        double[] covariance = new double[count * count * coreCount];
        double[] product = new double[NodeCount];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                Span<double> own = covariance.AsSpan((i * count + j) * coreCount, coreCount);
                if (i == j)
                {
                    CoreSquareOf(i).CopyTo(own);
                }
                else
                {
                    TensorPrimitives.Multiply(MeanOf(i), MeanOf(j), product);
                    Source.Average(product, own);
                }
                for (int core = 0; core < coreCount; core++)
                    own[core] -= CoreMeanOf(i)[core] * CoreMeanOf(j)[core];
                own.CopyTo(covariance.AsSpan((j * count + i) * coreCount, coreCount));
            }
        }
        return covariance;
    }
}
