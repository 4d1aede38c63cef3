using IrtGpu.Fit.Branches;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.LocalDependence;

/// <summary>X² and G² of every two items of one observed group, from tables of their responses.</summary>
internal sealed class PairTables
{
    private const double LeastShare = 1e-12;

    private readonly CalibrationPlan plan;
    private readonly BranchedPopulation population;
    private readonly PairCounts counts;
    private readonly ResponseDerivatives responses;
    private readonly double[]? covariance; // of the estimates. [free, free]

    private PairTables(BranchedPopulation population, PairCounts counts, double[]? covariance)
    {
        plan = population.Plan;
        this.population = population;
        this.counts = counts;
        responses = new ResponseDerivatives(population, covariance is not null);
        this.covariance = covariance;
    }

    /// <summary>Tests every pair.</summary>
    /// <param name="population">The group.</param>
    /// <param name="counts">Its data.</param>
    /// <param name="errors">Covariance of the estimates.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static IReadOnlyList<PairTest> Of(
        BranchedPopulation population, PairCounts counts, StandardErrors? errors, int threads, CancellationToken cancellation)
    {
        double[]? covariance = errors?.Covariance is { } matrix && errors.WithoutLimit.Count == 0 ? matrix : null;
        PairTables tables = new(population, counts, covariance);
        int[] items = population.Items;
        PairTest[][] rows = new PairTest[items.Length][];
        Parallel.For(0, items.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
        {
            rows[i] = [.. Enumerable.Range(0, i).Select(j => tables.Test(items[j], items[i]))];
        });
        return [.. rows.SelectMany(row => row)];
    }

    private PairTest Test(int first, int second)
    {
        PlannedItem a = plan.Items[first];
        PlannedItem b = plan.Items[second];
        double[] share = responses.Shares(first, second);
        double[] observed = new double[share.Length];
        PairSums seen = default;
        PairSums expected = default;
        for (int m = 0; m < a.CategoryCount; m++)
        {
            for (int n = 0; n < b.CategoryCount; n++)
            {
                int cell = m * b.CategoryCount + n;
                observed[cell] = counts[a.FirstRow + m, b.FirstRow + n];
                seen.Add(m, n, observed[cell]);
                expected.Add(m, n, share[cell]);
            }
        }
        PairTest test = new(population.Group, first, second) { Persons = seen.Weight, Df = (a.CategoryCount - 1) * (b.CategoryCount - 1) };
        if (!(seen.Weight > 0) || Array.Exists(share, one => !(one > LeastShare)))
            return test;
        double x2 = 0;
        double g2 = 0;
        for (int cell = 0; cell < share.Length; cell++)
        {
            double e = seen.Weight * share[cell];
            x2 += (observed[cell] - e) * (observed[cell] - e) / e;
            g2 += observed[cell] > 0 ? 2 * observed[cell] * Math.Log(observed[cell] / e) : 0;
        }
        double sign = Math.Sign(seen.Product / seen.Weight - seen.First / seen.Weight * (seen.Second / seen.Weight) - (expected.Product - expected.First * expected.Second));
        return test with
        {
            X2 = x2,
            G2 = g2,
            Standardized = sign * (x2 - test.Df) / Math.Sqrt(2.0 * test.Df),
            CorrectedP = Corrected(first, second, share, seen.Weight, x2),
        };
    }

    /// <summary>P of X² as a quadratic form in residuals of the covariance matrix A = I − √π√πᵀ − N D Cov(η̂) Dᵀ, D the derivatives over √π.</summary>
    private double Corrected(int first, int second, double[] share, double persons, double x2)
    {
        if (covariance is null)
            return double.NaN;
        (int[] free, double[] rows) = responses.Of(first, second); // [cell, free]
        int cells = share.Length;
        double[] matrix = new double[cells * cells];
        double[] image = new double[free.Length];
        for (int r = 0; r < cells; r++)
        {
            for (int k = 0; k < free.Length; k++)
            {
                double sum = 0;
                for (int m = 0; m < free.Length; m++)
                    sum += rows[r * free.Length + m] * covariance[(long)free[m] * plan.Layout.FreeCount + free[k]];
                image[k] = sum;
            }
            for (int c = 0; c < cells; c++)
            {
                double ofEstimates = FixedOrderSums.Dot(image, rows.AsSpan(c * free.Length, free.Length));
                matrix[r * cells + c] = (r == c ? 1 : 0) - Math.Sqrt(share[r] * share[c]) - persons * ofEstimates / Math.Sqrt(share[r] * share[c]);
            }
        }
        double trace = 0;
        double squares = 0;
        for (int r = 0; r < cells; r++)
        {
            trace += matrix[r * cells + r];
            for (int c = 0; c < cells; c++)
                squares += matrix[r * cells + c] * matrix[c * cells + r];
        }
        return trace > 1e-9 && double.IsFinite(squares) ? ChiSquareTail.Of(x2 * trace / squares, trace * trace / squares) : double.NaN;
    }
}
