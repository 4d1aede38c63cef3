using IrtGpu.Models;

namespace IrtGpu.Tests.Models.Functions;

/// <summary>Calls an item model on plain arrays.</summary>
internal static class ItemModelProbe
{
    public static double[] LogProbabilities<TModel>(double z, double[] shape, double[] scores)
        where TModel : struct, IItemModel
    {
        double[] result = new double[scores.Length];
        TModel.LogProbabilities(
            z, scores.Length, new SpanVector(shape), new SpanVector(scores), new SpanVector(result));
        return result;
    }

    /// <summary>Derivatives of Σ counts log P: gradient and packed Hessian.</summary>
    public static (double[] Gradient, double[] Hessian) Derivatives<TModel>(
        double z, double[] shape, double[] scores, double[] counts)
        where TModel : struct, IItemModel
    {
        int size = 1 + TModel.ShapeCount(scores.Length);
        double[] gradient = new double[size];
        double[] hessian = new double[size * (size + 1) / 2];
        double[] logProbability = LogProbabilities<TModel>(z, shape, scores);
        TModel.AddDerivatives(
            z, scores.Length, new SpanVector(shape), new SpanVector(scores), new SpanVector(logProbability),
            new SpanVector(counts), new SpanVector(gradient), new SpanVector(hessian));
        return (gradient, hessian);
    }

    public static bool IsInDomain<TModel>(int categoryCount, params double[] shape)
        where TModel : struct, IItemModel => TModel.IsInDomain(categoryCount, new SpanVector(shape));

    public static double[] Unit(int categoryCount, int category)
    {
        double[] unit = new double[categoryCount];
        unit[category] = 1.0;
        return unit;
    }

    public static double[] DefaultScores(int categoryCount) =>
        [.. Enumerable.Range(0, categoryCount).Select(m => (double)m)];

    public static int Packed(int row, int column) =>
        row >= column ? row * (row + 1) / 2 + column : column * (column + 1) / 2 + row;
}
