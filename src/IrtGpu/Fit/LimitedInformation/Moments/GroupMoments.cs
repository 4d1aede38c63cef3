using IrtGpu.Items;

namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>What the limited-information statistics need of one observed group.</summary>
internal sealed class GroupMoments
{
    private GroupMoments(MomentBasis basis, MomentCovariance covariance, SparseRows derivatives, double[] residual, IndependenceFit independence, CorrelationResiduals correlations, bool isComplete)
    {
        Basis = basis;
        Covariance = covariance;
        Derivatives = derivatives;
        Residual = residual;
        Independence = independence;
        Correlations = correlations;
        IsComplete = isComplete;
    }

    public MomentBasis Basis { get; }

    public MomentCovariance Covariance { get; }

    /// <summary>Δ, moments scaled.</summary>
    public SparseRows Derivatives { get; }

    /// <summary>Observed minus model moments, scaled. [moment]</summary>
    public double[] Residual { get; }

    /// <summary>The model without any relation among items.</summary>
    public IndependenceFit Independence { get; }

    public CorrelationResiduals Correlations { get; }

    /// <summary>Whether all persons answered all items.</summary>
    public bool IsComplete { get; }

    /// <summary>Number of moments that there are and vary.</summary>
    public int Count => Covariance.Factor.Count(factor => factor > 0);

    /// <summary>Finds them.</summary>
    /// <param name="basis">The moments.</param>
    /// <param name="shares">Which items were answered together.</param>
    /// <param name="counts">The group's data.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static GroupMoments Of(MomentBasis basis, AnsweredShares shares, PairCounts counts, int threads, CancellationToken cancellation)
    {
        MomentCovariance covariance = new(basis, shares, threads);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        SparseRows derivatives = MomentDerivatives.Of(basis, covariance.Factor, parallel);
        double[] residual = Residuals(basis, counts, out IndependenceFit independence, out CorrelationResiduals correlations);
        for (int moment = 0; moment < residual.Length; moment++)
            residual[moment] = covariance.Factor[moment] == 0 ? 0 : covariance.Factor[moment] * residual[moment];
        return new GroupMoments(basis, covariance, derivatives, residual, independence, correlations, shares.IsComplete(basis.Items.Length));
    }

    private static double[] Residuals(MomentBasis basis, PairCounts counts, out IndependenceFit independence, out CorrelationResiduals correlations)
    {
        double[] residual = new double[basis.Count];
        FillSingle(basis, counts, residual);
        int n = basis.Items.Length;
        double chiSquare = 0;
        double squares = 0;
        int pairs = 0;
        double[] scratch = basis.CreateScratch();
        for (int i = 1; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                PairSums sums = counts.Sums(basis.Items[j], basis.Items[i]);
                double expected = basis.Product(i, j, scratch); // also the model's correlation
                double centred = sums.Product - basis.Location[j] * sums.Second - basis.Location[i] * sums.First + basis.Location[i] * basis.Location[j] * sums.Weight;
                residual[basis.Pair(i, j)] = sums.Weight > 0 ? centred / (sums.Weight * basis.Scale[i] * basis.Scale[j]) - expected : 0;
                double correlation = sums.Weight > 0 ? sums.Correlation : double.NaN;
                if (double.IsNaN(correlation))
                    continue;
                pairs++;
                chiSquare += sums.Weight * correlation * correlation;
                squares += (correlation - expected) * (correlation - expected);
            }
        }
        independence = new IndependenceFit(chiSquare, pairs);
        correlations = new CorrelationResiduals(squares, pairs);
        return residual;
    }

    private static void FillSingle(MomentBasis basis, PairCounts counts, double[] residual)
    {
        for (int i = 0; i < basis.Items.Length; i++)
        {
            PairSums sums = counts.Sums(basis.Items[i], basis.Items[i]);
            residual[i] = (sums.First / sums.Weight - basis.Location[i]) / basis.Scale[i];
        }
        int moment = basis.Items.Length;
        foreach (ItemFunctions functions in basis.Further)
        {
            PlannedItem planned = basis.Plan.Items[basis.Items[functions.Position]];
            double total = Enumerable.Range(0, planned.CategoryCount).Sum(category => counts.Of(planned.FirstRow + category));
            foreach (double[] values in functions.Values)
                residual[moment++] = values.Select((value, category) => value * counts.Of(planned.FirstRow + category)).Sum() / total; // its mean under the model is 0
        }
    }
}

/// <summary>M2 of the model in which items are unrelated and have the category shares that were observed.</summary>
/// <remarks>Ξ is then the identity in the basis used here, so that M2 is the sum of N r² over pairs, on one degree of freedom each.</remarks>
/// <param name="ChiSquare">M2.</param>
/// <param name="Df">Degrees of freedom.</param>
internal readonly record struct IndependenceFit(double ChiSquare, int Df);

/// <summary>How observed correlations of items differ from the model's.</summary>
/// <param name="Squares">Sum of squared differences.</param>
/// <param name="Pairs">Number of pairs.</param>
internal readonly record struct CorrelationResiduals(double Squares, int Pairs);
