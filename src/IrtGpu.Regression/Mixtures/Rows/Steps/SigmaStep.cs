using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Search;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures.Rows.Steps;

/// <summary>M-step of the residual standard deviations given the coefficients: −N log σ − S/(2σ²) + log prior(σ).</summary>
internal static class SigmaStep
{
    /// <summary>Working log σ stays above this: a class whose residuals are rounding alone is told by it.</summary>
    public const double LeastLogSigma = -18;

    /// <param name="problem">The mixture.</param>
    /// <param name="sums">Sums of the E-step.</param>
    /// <param name="change">Changes of the coefficients. [class, p]</param>
    /// <param name="full">In: working numbers of the E-step; out: log σ renewed. [slot]</param>
    public static void Apply(MixtureProblem problem, RowSums sums, double[] change, double[] full)
    {
        MixtureLayout layout = problem.Layout;
        double[] counts = new double[layout.FreeCount];
        double[] squares = new double[layout.FreeCount];
        for (int k = 0; k < layout.ClassCount; k++)
        {
            int free = layout.FreeOf(layout.LogSigma(k));
            if (free < 0)
                continue;
            counts[free] += sums.Count[k];
            squares[free] += Math.Max(0, Squares(sums, change, k, layout.Shape.Coefficients.Count));
        }
        double[] renewed = new double[layout.FreeCount];
        for (int free = 0; free < renewed.Length; free++)
        {
            int slot = layout.FirstSlots[free];
            if (layout.Slots[slot].Kind == SlotKind.LogSigma)
                renewed[free] = Renew(full[slot], counts[free], squares[free], problem.Priors.OfSlot[slot], problem.Scale.ResponseSize);
        }
        for (int k = 0; k < layout.ClassCount; k++)
        {
            if (layout.FreeOf(layout.LogSigma(k)) >= 0)
                full[layout.LogSigma(k)] = renewed[layout.FreeOf(layout.LogSigma(k))];
        }
    }

    /// <summary>Σ P w r² after the change Δ: S − 2Δᵀ(Xᵀ P W r) + Δᵀ(Xᵀ P W X)Δ.</summary>
    private static double Squares(RowSums sums, double[] change, int ofClass, int columns)
    {
        double value = sums.Squares[ofClass];
        ReadOnlySpan<double> cross = sums.CrossOf(ofClass);
        ReadOnlySpan<double> own = change.AsSpan(ofClass * columns, columns);
        for (int i = 0; i < columns; i++)
        {
            value -= 2 * own[i] * sums.ScoreOf(ofClass)[i];
            for (int j = 0; j < columns; j++)
                value += own[i] * own[j] * cross[Math.Max(i, j) * columns + Math.Min(i, j)];
        }
        return value;
    }

    private static double Renew(double current, double count, double squares, Prior? prior, double size)
    {
        if (prior is null)
            return count > 1e-10 ? Math.Max(LeastLogSigma, 0.5 * Math.Log(squares / count)) : current;
        double[] logSigma = [Math.Max(LeastLogSigma, current)];
        (double least, double largest) = PriorBounds.Of(prior);
        double[] lower = [Math.Max(LeastLogSigma, least > 0 ? Math.Log(least / size) : LeastLogSigma)];
        double[] upper = [Math.Max(lower[0], Math.Log(largest / size))];
        BoundedNewton.Maximize(logSigma, lower, upper, (x, gradient, information) =>
        {
            double sigma = size * Math.Exp(x[0]);
            double precise = squares * Math.Exp(-2 * x[0]);
            double density = prior.LogDensity(sigma, out double first, out double second);
            if (gradient.Length > 0)
                gradient[0] = precise - count + first * sigma;
            if (information.Length > 0)
                information[0] = Math.Max(2 * precise - first * sigma - second * sigma * sigma, 1e-3 * (count + 1)); // uphill even where the prior is not concave
            return -count * x[0] - precise / 2 + density;
        });
        return logSigma[0];
    }
}
