using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Compute;

/// <summary>What shifts of the mean do to the log weights of nodes: log π(θ; μ + δ) = log π(θ; μ) + tilt · θ − log normaliser.</summary>
/// <remarks>
/// The one thing that E-steps know of persons whose populations differ within a block: nodes, log weights and tables stay those of the
/// block, and each row of covariates adds a line to the logarithms. The normaliser makes the weights sum to 1 over the nodes again.
/// </remarks>
internal sealed class PopulationTilts
{
    private readonly int attributeCount;
    private readonly double[][] tilts; // [block][row, attribute]
    private readonly double[][] logNormalizers; // [block][row]

    /// <summary>Finds the tilts of all rows.</summary>
    /// <param name="point">Populations, nodes and log weights.</param>
    /// <param name="shifts">How far means lie from those of the blocks.</param>
    public PopulationTilts(ModelPoint point, MeanShifts shifts)
    {
        attributeCount = shifts.AttributeCount;
        tilts = [.. shifts.Values.Select(values => new double[values.Length])];
        logNormalizers = [.. shifts.Values.Select(_ => new double[shifts.RowCount])];
        foreach (PlannedBlock block in point.Plan.Blocks)
            Fill(point, block, shifts);
    }

    /// <summary>How much the log weights of a block grow with θ.</summary>
    /// <param name="block">Block.</param>
    /// <param name="row">Row of covariates.</param>
    /// <returns>[attribute]</returns>
    public ReadOnlySpan<double> Tilt(int block, int row) => tilts[block].AsSpan(row * attributeCount, attributeCount);

    /// <summary>What is taken off the tilted log weights.</summary>
    /// <param name="block">Block.</param>
    /// <param name="row">Row of covariates.</param>
    public double LogNormalizer(int block, int row) => logNormalizers[block][row];

    /// <summary>Smallest and largest tilt of a block by its first attribute, 0 among them.</summary>
    /// <param name="block">Block.</param>
    public (double Low, double High) Range(int block)
    {
        double low = 0;
        double high = 0;
        for (int index = 0; index < tilts[block].Length; index += attributeCount)
        {
            low = Math.Min(low, tilts[block][index]);
            high = Math.Max(high, tilts[block][index]);
        }
        return (low, high);
    }

    private void Fill(ModelPoint point, PlannedBlock block, MeanShifts shifts)
    {
        double[] theta = point.ThetaOfBlock(block);
        double[] logWeight = point.LogWeight[block.Index];
        double[][] columns = [.. Enumerable.Range(0, attributeCount).Select(j => Column(theta, j))];
        Parallel.For(0, shifts.RowCount, () => new double[logWeight.Length], (row, _, terms) =>
        {
            Span<double> tilt = tilts[block.Index].AsSpan(row * attributeCount, attributeCount);
            point.Populations[block.Index].Tilt(shifts.Of(block.Index, row), tilt);
            logWeight.CopyTo(terms, 0);
            for (int j = 0; j < attributeCount; j++)
                TensorPrimitives.MultiplyAdd(columns[j], tilt[j], terms, terms);
            double largest = TensorPrimitives.Max<double>(terms);
            TensorPrimitives.Subtract(terms, largest, terms);
            FixedRounding.Exp(terms, terms);
            logNormalizers[block.Index][row] = largest + Math.Log(FixedOrderSums.Sum(terms));
            return terms;
        }, _ => { });
    }

    private double[] Column(double[] theta, int attribute)
    {
        double[] column = new double[theta.Length / attributeCount];
        for (int node = 0; node < column.Length; node++)
            column[node] = theta[node * attributeCount + attribute];
        return column;
    }
}
