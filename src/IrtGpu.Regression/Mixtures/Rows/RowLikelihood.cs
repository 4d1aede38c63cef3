using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>A mixture in which each row has a class of its own: log Σ_k π_k N(y; xᵀγ_k, σ_k²/w).</summary>
internal sealed class RowLikelihood : IMixtureLikelihood
{
    private readonly MixtureData data;
    private readonly MixtureLayout layout;
    private readonly RowSums sums;
    private readonly double[] point;

    public RowLikelihood(MixtureData data, MixtureLayout layout, int threads)
    {
        this.data = data;
        this.layout = layout;
        Pass = new RowPass(data, layout, threads);
        sums = Pass.NewSums();
        point = new double[layout.SlotCount];
    }

    /// <summary>The passes over the rows.</summary>
    public RowPass Pass { get; }

    public int UnitCount => data.RowCount;

    public double Evaluate(ReadOnlySpan<double> full, Span<double> gradient)
    {
        full.CopyTo(point);
        Pass.Sum(point, sums, withCross: false, []);
        WriteGradient(layout, full, sums, data.RowCount, gradient);
        return sums.LogLikelihood;
    }

    public double[] Posterior(ReadOnlySpan<double> full)
    {
        double[] posterior = new double[data.RowCount * layout.ClassCount];
        Pass.Sum(full.ToArray(), Pass.NewSums(), withCross: false, posterior);
        return posterior;
    }

    public double[] Pointwise(ReadOnlySpan<double> full)
    {
        double[] values = new double[data.RowCount];
        Pass.Run(full.ToArray(), (block, _) => block.LogDensity.CopyTo(values.AsSpan(block.First)));
        return values;
    }

    public IMixtureLikelihood ForChain() => new RowLikelihood(data, layout, threads: 1);

    /// <summary>Writes the gradient that sums make: by Fisher's identity that of the expected complete-data log-likelihood.</summary>
    /// <param name="layout">Where the numbers stand.</param>
    /// <param name="full">Working numbers. [slot]</param>
    /// <param name="sums">The sums there.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="gradient">Out. [slot]</param>
    public static void WriteGradient(MixtureLayout layout, ReadOnlySpan<double> full, RowSums sums, int rows, Span<double> gradient)
    {
        gradient.Clear();
        double[] logProportion = layout.Shape.HasConstantProportions ? MixturePriors.LogProportions(layout, full) : [];
        for (int k = 0; k < layout.ClassCount; k++)
        {
            double precision = Math.Exp(-2 * full[layout.LogSigma(k)]);
            ReadOnlySpan<double> score = sums.ScoreOf(k);
            for (int column = 0; column < score.Length; column++)
                gradient[layout.Coefficient(k, column)] = precision * score[column];
            gradient[layout.LogSigma(k)] = precision * sums.Squares[k] - sums.Count[k];
            for (int column = 0; column < layout.Shape.ClassColumns.Count && k > 0; column++)
            {
                gradient[layout.ClassCoefficient(k, column)] = logProportion.Length > 0
                    ? sums.Count[k] - rows * Math.Exp(logProportion[k])
                    : sums.ClassScore[(k - 1) * layout.Shape.ClassColumns.Count + column];
            }
        }
    }
}
