using IrtGpu.Compute;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;

namespace IrtGpu.Scoring.Information;

/// <summary>Reliability that the model promises for persons who answer all items of a block.</summary>
/// <remarks>
/// 1 − E[((I(θ) + Σ⁻¹)⁻¹)_jj]/Σ_jj over the population, I the test information: with one attribute of variance 1, E[I/(I + 1)]. Green, Bock, Humphreys,
/// Linn and Reckase (1984), Journal of Educational Measurement 21, 347–360.
/// </remarks>
internal static class MarginalReliability
{
    private const int LargestNodeCount = 100_000;
    private const double LeastWeight = 1e-10;

    /// <summary>By attribute; NaN where the grid is too large to go over or there is none that comes apart, or means differ within the block.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="block">The block.</param>
    /// <returns>[attribute]</returns>
    public static double[] Of(ModelPoint point, PlannedBlock block)
    {
        int count = point.Plan.AttributeCount;
        double[] reliability = new double[count];
        Array.Fill(reliability, double.NaN);
        if (point.Shifts is null && point.Plan.Integration.Tree is not null)
            return BranchedReliability.Of(point, block);
        if (point.Shifts is not null || !point.Plan.Integration.HasSharedNodes || point.Plan.NodeCount > LargestNodeCount)
            return reliability;
        IReadOnlyList<(int Item, ItemInformation Information)> items = ItemInformation.OfBlock(point, block);
        double[] theta = point.ThetaOfBlock(block);
        double[] error = new double[count];
        double[] precision = new double[count * count];
        double[] ofPrior = Prior(point, block);
        double[] column = new double[count];
        double total = 0;
        for (int node = 0; node < point.Plan.NodeCount; node++)
        {
            double weight = Math.Exp(point.LogWeight[block.Index][node]);
            if (!(weight > LeastWeight))
                continue;
            ofPrior.CopyTo(precision, 0);
            AddInformation(items, theta.AsSpan(node * count, count), precision, count);
            if (!CholeskySolver.TryFactor(precision, count))
                return reliability;
            total += weight;
            for (int j = 0; j < count; j++)
            {
                Array.Clear(column);
                column[j] = 1;
                CholeskySolver.Solve(precision, column, count);
                error[j] += weight * column[j];
            }
        }
        for (int j = 0; j < count; j++)
            reliability[j] = 1 - error[j] / total / point.Parameters.Slots[block.CovarianceSlot(j, j)];
        return reliability;
    }

    /// <summary>Adds the information of all items about θ.</summary>
    /// <param name="items">The items.</param>
    /// <param name="theta">θ. [attribute]</param>
    /// <param name="matrix">Added to. [attribute, attribute]</param>
    /// <param name="count">Number of attributes.</param>
    public static void AddInformation(IReadOnlyList<(int Item, ItemInformation Information)> items, ReadOnlySpan<double> theta, double[] matrix, int count)
    {
        foreach ((_, ItemInformation item) in items)
        {
            double information = item.At(theta);
            for (int a = 0; a < item.Slopes.Length; a++)
            {
                for (int b = 0; b < item.Slopes.Length; b++)
                    matrix[item.Attributes[a] * count + item.Attributes[b]] += information * item.Slopes[a] * item.Slopes[b];
            }
        }
    }

    private static double[] Prior(ModelPoint point, PlannedBlock block)
    {
        int count = point.Plan.AttributeCount;
        double[] precision = new double[count * count];
        point.Populations[block.Index].LogDensity(new double[count], new double[count], precision);
        return precision;
    }
}
