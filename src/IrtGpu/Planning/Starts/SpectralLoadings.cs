using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Planning.Starts;

/// <summary>Loadings of all items by principal axes of their correlations: where exploration begins, and which items tell its axes apart.</summary>
/// <remarks>
/// Correlations of category codes over the answers that both items have, divided by those of the codes with the normal variables behind them (the
/// biserial correction, Pearson 1909), so that they are near the polychoric ones; communalities by a few rounds.
/// </remarks>
internal static class SpectralLoadings
{
    private const int MostPatterns = 20_000; // what is left of the noise is less than what the correction errs by
    private const double LargestCorrelation = 0.95;
    private const double LargestCommunality = 0.85;

    /// <summary>The loadings.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="attributeCount">J.</param>
    /// <returns>[item, attribute]</returns>
    public static Matrix<double> Of(PatternTable patterns, int attributeCount)
    {
        Matrix<double> correlations = Correlations(patterns);
        int itemCount = patterns.ItemCount;
        double[] communality = [.. Enumerable.Range(0, itemCount).Select(item => Math.Min(
            LargestCommunality, Enumerable.Range(0, itemCount).Max(other => other == item ? 0 : Math.Abs(correlations[item, other]))))];
        Matrix<double> loadings = Matrix<double>.Build.Dense(itemCount, attributeCount);
        int rounds = itemCount <= 150 ? 6 : 2;
        for (int round = 0; round < rounds; round++)
        {
            for (int item = 0; item < itemCount; item++)
                correlations[item, item] = communality[item];
            MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> spectrum = correlations.Evd(Symmetricity.Symmetric);
            int[] order = [.. Enumerable.Range(0, itemCount).OrderByDescending(k => spectrum.EigenValues[k].Real)];
            for (int j = 0; j < attributeCount; j++)
            {
                double root = Math.Sqrt(Math.Max(spectrum.EigenValues[order[j]].Real, 1e-4));
                loadings.SetColumn(j, spectrum.EigenVectors.Column(order[j]) * root);
            }
            for (int item = 0; item < itemCount; item++)
                communality[item] = Math.Clamp(loadings.Row(item).DotProduct(loadings.Row(item)), 0.02, LargestCommunality);
        }
        for (int item = 0; item < itemCount; item++)
        {
            double square = loadings.Row(item).DotProduct(loadings.Row(item));
            if (square > LargestCommunality)
                loadings.SetRow(item, loadings.Row(item) * Math.Sqrt(LargestCommunality / square));
        }
        return loadings;
    }

    /// <summary>Items whose loadings span the space best: each has the largest part that those before it do not span.</summary>
    /// <param name="loadings">[item, attribute]</param>
    /// <param name="isEligible">Which items may be chosen. [item]</param>
    /// <returns>As many items as there are attributes, if so many are eligible.</returns>
    public static int[] Axes(Matrix<double> loadings, IReadOnlyList<bool> isEligible)
    {
        Matrix<double> rest = loadings.Clone();
        List<int> chosen = [];
        while (chosen.Count < loadings.ColumnCount)
        {
            int best = -1;
            for (int item = 0; item < rest.RowCount; item++)
            {
                if (isEligible[item] && !chosen.Contains(item) && (best < 0 || rest.Row(item).L2Norm() > rest.Row(best).L2Norm()))
                    best = item;
            }
            if (best < 0)
                break;
            chosen.Add(best);
            Vector<double> direction = rest.Row(best);
            double square = direction.DotProduct(direction);
            if (square > 1e-12)
                rest -= (rest * direction).OuterProduct(direction) / square;
        }
        return [.. chosen];
    }

    private static Matrix<double> Correlations(PatternTable patterns)
    {
        int itemCount = patterns.ItemCount;
        int stride = Math.Max(1, (patterns.PatternCount + MostPatterns - 1) / MostPatterns);
        double[] weight = new double[itemCount];
        double[] mean = new double[itemCount];
        double[] square = new double[itemCount];
        double[][] totals = [.. patterns.CategoryCount.Select(count => new double[count])];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern += stride)
        {
            ReadOnlySpan<byte> row = patterns.Row(pattern);
            double frequency = patterns.Frequency[pattern];
            for (int item = 0; item < itemCount; item++)
            {
                if (row[item] == ResponseData.Missing)
                    continue;
                weight[item] += frequency;
                mean[item] += frequency * row[item];
                square[item] += frequency * row[item] * row[item];
                totals[item][row[item]] += frequency;
            }
        }
        double[] scale = new double[itemCount]; // one over SD and correlation with the variable behind
        for (int item = 0; item < itemCount; item++)
        {
            mean[item] /= Math.Max(weight[item], 1e-300);
            double deviation = Math.Sqrt(Math.Max(square[item] / Math.Max(weight[item], 1e-300) - mean[item] * mean[item], 0));
            double biserial = Biserial(totals[item], weight[item]) / Math.Max(deviation, 1e-300);
            scale[item] = deviation > 1e-6 && biserial > 0.05 ? 1 / (deviation * biserial) : 0;
        }
        double[] sums = new double[PackedTriangle.Length(itemCount)];
        double[] weights = new double[PackedTriangle.Length(itemCount)];
        double[] centred = new double[itemCount];
        double[] answered = new double[itemCount];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern += stride)
        {
            ReadOnlySpan<byte> row = patterns.Row(pattern);
            for (int item = 0; item < itemCount; item++)
            {
                answered[item] = row[item] == ResponseData.Missing ? 0 : 1;
                centred[item] = answered[item] * (row[item] - mean[item]) * scale[item];
            }
            AddProducts(centred, patterns.Frequency[pattern], sums);
            AddProducts(answered, patterns.Frequency[pattern], weights);
        }
        return Matrix<double>.Build.Dense(itemCount, itemCount, (r, c) =>
        {
            int index = PackedTriangle.SymmetricIndex(r, c);
            return weights[index] > 0 ? Math.Clamp(sums[index] / weights[index], -LargestCorrelation, LargestCorrelation) : 0;
        });
    }

    private static void AddProducts(double[] values, double factor, double[] sums)
    {
        int index = 0;
        for (int r = 0; r < values.Length; r++)
        {
            double scaled = factor * values[r];
            for (int c = 0; c <= r; c++)
                sums[index++] += scaled * values[c];
        }
    }

    /// <summary>Covariance of the code with the standard normal that is cut into the categories: Σ φ at the cuts.</summary>
    private static double Biserial(double[] totals, double weight)
    {
        double sum = 0;
        double below = 0;
        for (int category = 0; category + 1 < totals.Length; category++)
        {
            below += totals[category] / Math.Max(weight, 1e-300);
            if (below is > 1e-9 and < 1 - 1e-9)
                sum += Normal.PDF(0, 1, Normal.InvCDF(0, 1, below));
        }
        return sum;
    }
}
