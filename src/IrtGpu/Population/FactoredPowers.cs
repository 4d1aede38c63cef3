namespace IrtGpu.Population;

/// <summary>Powers under a discretised normal whose sets of attributes are independent: each has nodes of its own.</summary>
/// <remarks>Not for several threads at once. What would take two sets stays 0: no parameter asks for it.</remarks>
internal sealed class FactoredPowers : IPowerSums
{
    private readonly (int[] Places, NodePowers Powers)[] sets;

    /// <summary>Prepares the sums.</summary>
    /// <param name="sets">Sets of correlated attributes, ascending. [set][attribute]</param>
    /// <param name="attributeCount">J.</param>
    /// <param name="line">Nodes of one dimension.</param>
    public FactoredPowers(IReadOnlyList<int[]> sets, int attributeCount, double[] line) =>
        this.sets = [.. sets.Select(set => (SetPowers.Places(set, attributeCount), NodePowers.Of(Product(line, set.Length), set.Length)))];

    /// <inheritdoc/>
    public double LogPartition(ReadOnlySpan<double> natural)
    {
        double sum = 0;
        foreach ((int[] places, NodePowers powers) in sets)
        {
            double[] own = new double[places.Length];
            for (int power = 0; power < own.Length; power++)
                own[power] = natural[places[power]];
            sum += powers.LogPartition(own);
        }
        return sum;
    }

    /// <inheritdoc/>
    public void Moments(Span<double> mean, Span<double> covariance)
    {
        int count = mean.Length;
        mean.Clear();
        covariance.Clear();
        foreach ((int[] places, NodePowers powers) in sets)
        {
            double[] ownMean = new double[places.Length];
            double[] ownCovariance = new double[places.Length * places.Length];
            powers.Moments(ownMean, ownCovariance);
            for (int row = 0; row < places.Length; row++)
            {
                mean[places[row]] = ownMean[row];
                for (int column = 0; column < places.Length; column++)
                    covariance[places[row] * count + places[column]] = ownCovariance[row * places.Length + column];
            }
        }
    }

    private static double[] Product(double[] line, int attributeCount)
    {
        int total = (int)Math.Pow(line.Length, attributeCount);
        double[] product = new double[total * attributeCount];
        for (int node = 0; node < total; node++)
        {
            for (int attribute = attributeCount - 1, rest = node; attribute >= 0; attribute--, rest /= line.Length)
                product[node * attributeCount + attribute] = line[rest % line.Length];
        }
        return product;
    }
}
