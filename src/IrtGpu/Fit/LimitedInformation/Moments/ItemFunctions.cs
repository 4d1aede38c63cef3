using IrtGpu.Items;

namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>Functions of the response to one item that, with 1 and z, tell all its categories apart: orthonormal in the population.</summary>
internal sealed class ItemFunctions
{
    /// <summary>Makes them of indicators of the categories by Gram and Schmidt.</summary>
    /// <param name="population">The population.</param>
    /// <param name="item">The item.</param>
    /// <param name="position">The item among those of the basis.</param>
    /// <param name="score">z. [category]</param>
    public ItemFunctions(GroupPopulation population, int item, int position, double[] score)
    {
        Position = position;
        PlannedItem planned = population.Plan.Items[item];
        int nodeCount = population.NodeCount;
        double[] share = new double[planned.CategoryCount];
        for (int category = 0; category < share.Length; category++)
        {
            ReadOnlySpan<double> probability = population.Row(planned.FirstRow + category);
            for (int node = 0; node < nodeCount; node++)
                share[category] += population.Weight[node] * probability[node];
        }
        Values = Orthonormal(share, score);
        Covariance = new double[(Count + 1) * (Count + 1) * nodeCount];
        Mean = new double[Count * nodeCount];
        double[][] all = [score, .. Values];
        for (int node = 0; node < nodeCount; node++)
        {
            double[] mean = new double[all.Length];
            for (int f = 0; f < all.Length; f++)
            {
                for (int category = 0; category < share.Length; category++)
                    mean[f] += all[f][category] * population.Row(planned.FirstRow + category)[node];
                if (f > 0)
                    Mean[(f - 1) * nodeCount + node] = mean[f];
            }
            for (int f = 0; f < all.Length; f++)
            {
                for (int g = 0; g < all.Length; g++)
                {
                    double sum = 0;
                    for (int category = 0; category < share.Length; category++)
                        sum += (all[f][category] - mean[f]) * (all[g][category] - mean[g]) * population.Row(planned.FirstRow + category)[node];
                    Covariance[(f * all.Length + g) * nodeCount + node] = sum;
                }
            }
        }
    }

    /// <summary>The item among those of the basis.</summary>
    public int Position { get; }

    /// <summary>Number of functions.</summary>
    public int Count => Values.Length;

    /// <summary>[function][category]</summary>
    public double[][] Values { get; }

    /// <summary>Given the node. [function, node]</summary>
    public double[] Mean { get; }

    /// <summary>Given the node, of z and the functions. [z or function, z or function, node]</summary>
    public double[] Covariance { get; }

    /// <summary>Covariance of two of them given the node; 0 is z, f + 1 is function f. [node]</summary>
    public ReadOnlySpan<double> CovarianceOf(int first, int second)
    {
        int nodeCount = Covariance.Length / ((Count + 1) * (Count + 1));
        return Covariance.AsSpan((first * (Count + 1) + second) * nodeCount, nodeCount);
    }

    private static double[][] Orthonormal(double[] share, double[] score)
    {
        List<double[]> basis = [[.. share.Select(_ => 1.0)], score];
        for (int category = 1; category < share.Length && basis.Count < share.Length; category++)
        {
            double[] next = new double[share.Length];
            next[category] = 1;
            double before = share[category];
            for (int pass = 0; pass < 2; pass++)
            {
                foreach (double[] earlier in basis)
                {
                    double dot = Dot(share, next, earlier);
                    for (int c = 0; c < next.Length; c++)
                        next[c] -= dot * earlier[c];
                }
            }
            double square = Dot(share, next, next);
            if (square > 1e-8 * before)
                basis.Add([.. next.Select(value => value / Math.Sqrt(square))]);
        }
        return [.. basis.Skip(2)];
    }

    private static double Dot(double[] share, double[] first, double[] second)
    {
        double sum = 0;
        for (int category = 0; category < share.Length; category++)
            sum += share[category] * first[category] * second[category];
        return sum;
    }
}
