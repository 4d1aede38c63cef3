using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Search;

/// <summary>A class that collapses: σ → 0 on rows that it fits exactly, where the likelihood has no maximum.</summary>
/// <remarks>Kiefer &amp; Wolfowitz (1956), Ann. Math. Stat. 27, 887–906; McLachlan &amp; Peel (2000), Finite Mixture Models, §3.10.</remarks>
internal static class Collapse
{
    private const double LeastSigma = 1e-7; // of the working response: residuals are rounding
    private const double SmallSigma = 1e-2; // of least squares in one class, where a class has hardly more rows than it has parameters
    private const double SpareRows = 0.5;
    private const double LowSigma = 5e-2; // the same, where it has hardly twice as many: rows that lie near a line by chance

    /// <summary>The class that collapses; null: none.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public static int? Find(MixtureProblem problem, ReadOnlySpan<double> full)
    {
        MixtureLayout layout = problem.Layout;
        double[] logProportion = layout.Shape.HasConstantProportions ? MixturePriors.LogProportions(layout, full) : [];
        for (int k = 0; k < layout.ClassCount; k++)
        {
            if (layout.FreeOf(layout.LogSigma(k)) < 0)
                continue;
            double sigma = Math.Exp(full[layout.LogSigma(k)]);
            bool isTied = layout.ClassCount > 1 && layout.FreeOf(layout.LogSigma(0)) == layout.FreeOf(layout.LogSigma(1));
            double count = logProportion.Length > 0 && !isTied && layout.ClassCount > 1 ? Math.Exp(logProportion[k]) * problem.Data.UnitCount : double.PositiveInfinity;
            double share = sigma / problem.Data.LeastSquaresDeviation;
            int parameters = layout.ClassCount > 1 ? Parameters(layout, k) : 0;
            if (sigma < LeastSigma || (count < parameters + SpareRows && share < SmallSigma) || (count < 2 * parameters + SpareRows && share < LowSigma))
                return k;
        }
        return null;
    }

    /// <summary>Numbers of a class that its own rows must determine: free coefficients and σ.</summary>
    private static int Parameters(MixtureLayout layout, int ofClass)
    {
        int count = 1;
        for (int column = 0; column < layout.Shape.Coefficients.Count; column++)
        {
            int free = layout.FreeOf(layout.Coefficient(ofClass, column));
            if (free >= 0 && (free != layout.FreeOf(layout.Coefficient(0, column)) || free != layout.FreeOf(layout.Coefficient(1, column))))
                count++;
        }
        return count;
    }
}
