using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>Values of one quantity in chains of equal length, and what diagnostics make of them first: halves, ranks, distances.</summary>
/// <remarks>Vehtari, Gelman, Simpson, Carpenter &amp; Bürkner (2021), Bayesian Analysis 16, 667–718.</remarks>
/// <param name="Chains">[chain][draw]</param>
internal readonly record struct ChainValues(double[][] Chains)
{
    /// <summary>Draws of a chain.</summary>
    public int Length => Chains[0].Length;

    /// <summary>Draws of all chains.</summary>
    public int Total => Chains.Length * Length;

    /// <summary>Whether all values are the same, or one is no finite number: there is nothing to diagnose then.</summary>
    public bool IsDegenerate
    {
        get
        {
            double first = Chains[0][0];
            return Array.TrueForAll(Chains, chain => Array.TrueForAll(chain, value => value == first)) || Array.Exists(Chains, chain => !Array.TrueForAll(chain, double.IsFinite));
        }
    }

    /// <summary>All values, chain by chain.</summary>
    public double[] Pooled() => [.. Chains.SelectMany(chain => chain)];

    /// <summary>Each chain as two: its first and its second half; the middle draw of an odd number belongs to none.</summary>
    public ChainValues Split()
    {
        int half = Length / 2;
        int second = Length - half;
        return new ChainValues([.. Chains.SelectMany(chain => new[] { chain[..half], chain[second..] })]);
    }

    /// <summary>Values made of each value.</summary>
    public ChainValues Map(Func<double, double> function) => new([.. Chains.Select(chain => Array.ConvertAll(chain, value => function(value)))]);

    /// <summary>Normal scores of the ranks among all values, ties sharing their mean rank (Blom 1958).</summary>
    public ChainValues RankNormalized()
    {
        double[] values = Pooled();
        int[] order = [.. Enumerable.Range(0, values.Length)];
        double[] sorted = (double[])values.Clone();
        Array.Sort(sorted, order);
        double[] scores = new double[values.Length];
        for (int begin = 0; begin < sorted.Length;)
        {
            int end = begin + 1;
            while (end < sorted.Length && sorted[end] == sorted[begin])
                end++;
            double rank = (begin + 1 + end) / 2.0;
            double score = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (rank - 0.375) / (values.Length + 0.25));
            for (int place = begin; place < end; place++)
                scores[order[place]] = score;
            begin = end;
        }
        int length = Length;
        return new ChainValues([.. Enumerable.Range(0, Chains.Length).Select(chain => scores[(chain * length)..((chain + 1) * length)])]);
    }

    /// <summary>Means of the chains and their variances, with the length less one as divisor.</summary>
    public (double[] Means, double[] Variances) Moments()
    {
        double[] means = new double[Chains.Length];
        double[] variances = new double[Chains.Length];
        for (int index = 0; index < Chains.Length; index++)
        {
            double[] chain = Chains[index];
            double mean = FixedOrderSums.Sum(chain) / chain.Length;
            double squares = 0;
            foreach (double value in chain)
                squares += (value - mean) * (value - mean);
            (means[index], variances[index]) = (mean, squares / (chain.Length - 1));
        }
        return (means, variances);
    }
}
