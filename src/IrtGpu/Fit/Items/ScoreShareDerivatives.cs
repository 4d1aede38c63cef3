using IrtGpu.Compute;
using IrtGpu.Fit.Branches;
using IrtGpu.Inference;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Fit.Items;

/// <summary>Derivatives of P(category | sum score) of all items by the free parameters: central differences, one recursion each way a parameter.</summary>
/// <param name="Model">The estimates.</param>
/// <param name="Covariance">Their covariance. [free, free]</param>
internal sealed record ScoreShareDerivatives(BranchedModel Model, Matrix<double> Covariance)
{
    private const double Step = 1e-4;
    private const double LargestWork = 4e10; // multiply-adds
    private const long LargestSize = 1L << 25; // doubles

    /// <summary>Makes it; null where there is no covariance matrix.</summary>
    /// <param name="model">The estimates.</param>
    /// <param name="errors">Covariance of the estimates.</param>
    public static ScoreShareDerivatives? TryCreate(BranchedModel model, StandardErrors errors)
    {
        int count = model.Point.Plan.Layout.FreeCount;
        return errors.Covariance is { } covariance && errors.WithoutLimit.Count == 0 && covariance.All(double.IsFinite)
            ? new ScoreShareDerivatives(model, Matrix<double>.Build.Dense(count, count, (row, column) => covariance[(long)row * count + column]))
            : null;
    }

    /// <summary>Whether the items of a stratum are too many.</summary>
    /// <param name="population">The group.</param>
    /// <param name="items">Items of the stratum.</param>
    public bool IsTooLarge(BranchedPopulation population, int[] items)
    {
        BranchScores scores = new(population, items);
        double cells = (1.0 + scores.LargestScore) * items.Sum(item => (double)population.Plan.Items[item].CategoryCount);
        return 2 * Covariance.RowCount * scores.Work > LargestWork || Covariance.RowCount * cells > LargestSize;
    }

    /// <summary>Finds them.</summary>
    /// <param name="group">Observed group.</param>
    /// <param name="expect">P(category | score) at a point. [position of the item][score, category]</param>
    /// <param name="parallel">Threads.</param>
    /// <returns>[position of the item][free][score · categories + category]</returns>
    public double[][][] Of(int group, Func<BranchedPopulation, double[][,]> expect, ParallelOptions parallel)
    {
        double[][][] ofFree = new double[Covariance.RowCount][][]; // [free][position of the item]
        Parallel.For(0, ofFree.Length, parallel, free =>
        {
            double[][,] above = expect(At(group, free, Step));
            double[][,] below = expect(At(group, free, -Step));
            ofFree[free] = [.. above.Select((share, position) => Difference(share, below[position]))];
        });
        return [.. Enumerable.Range(0, ofFree.Length == 0 ? 0 : ofFree[0].Length).Select(position => (double[][])[.. ofFree.Select(own => own[position])])];
    }

    private BranchedPopulation At(int group, int free, double step)
    {
        ModelPoint point = Model.Point;
        double[] moved = [.. point.Parameters.Free];
        moved[free] += step;
        ModelPoint at = ModelPoint.TryCreate(point.Plan, new(point.Plan.Layout, moved)) ?? point; // no covariance matrix there: a variance near 0
        return new BranchedModel(Model.Branching, at).Population(group);
    }

    private static double[] Difference(double[,] above, double[,] below)
    {
        double[] difference = new double[above.Length];
        int categoryCount = above.GetLength(1);
        for (int cell = 0; cell < difference.Length; cell++)
        {
            double value = (above[cell / categoryCount, cell % categoryCount] - below[cell / categoryCount, cell % categoryCount]) / (2 * Step);
            difference[cell] = double.IsNaN(value) ? 0 : value; // the category cannot have the score
        }
        return difference;
    }
}
