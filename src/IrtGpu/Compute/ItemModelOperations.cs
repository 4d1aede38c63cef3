using System.Runtime.CompilerServices;
using IrtGpu.Models;

namespace IrtGpu.Compute;

/// <summary>Loops over nodes of one item, compiled once for each item model: the model is chosen here, never inside a loop.</summary>
internal abstract class ItemModelOperations
{
    public static ItemModelOperations Of(ItemModelKind kind) => kind switch
    {
        ItemModelKind.GeneralizedPartialCredit => WeightedScoreOperations<GeneralizedPartialCredit>.Instance,
        ItemModelKind.GradedResponse => Operations<GradedResponse>.Instance,
        ItemModelKind.SequentialResponse => Operations<SequentialResponse>.Instance,
        ItemModelKind.FourParameterLogistic => Operations<FourParameterLogistic>.Instance,
        ItemModelKind.NominalResponse => WeightedScoreOperations<NominalResponse>.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown item model."),
    };

    /// <summary>Whether the shape parameters are admissible.</summary>
    public abstract bool IsInDomain(int categoryCount, Span<double> shape);

    /// <summary>Fills the item's rows of the table.</summary>
    /// <param name="z">Linear predictor. [node]</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="scores">Category scores. [category]</param>
    /// <param name="logProbability">Receives log P. [category, stride]</param>
    /// <param name="stride">Distance of rows, at least the number of nodes.</param>
    public abstract void FillTable(
        ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int stride);

    /// <summary>Adds the derivatives with respect to z and shape at one node.</summary>
    public abstract void AddDerivatives(
        double z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int logStride,
        Span<double> counts, int countStride, Span<double> gradient, Span<double> hessian);

    /// <summary>Whether patterns enter the likelihood through weighted scores alone.</summary>
    public virtual bool HasWeightedScore => false;

    /// <summary>Score s_m of a category in the weighted score.</summary>
    public virtual double Score(int category, int categoryCount, Span<double> shape, Span<double> scores) => throw new NotSupportedException();

    /// <summary>Which shape parameter s_m is; −1 where it is fixed.</summary>
    public virtual int ScoreParameter(int category, int categoryCount) => throw new NotSupportedException();

    private sealed class WeightedScoreOperations<TModel> : Operations<TModel>
        where TModel : struct, IWeightedScoreModel
    {
        public static new readonly WeightedScoreOperations<TModel> Instance = new();

        public override bool HasWeightedScore => true;

        public override double Score(int category, int categoryCount, Span<double> shape, Span<double> scores) =>
            TModel.Score(category, categoryCount, new SpanVector(shape), new SpanVector(scores));

        public override int ScoreParameter(int category, int categoryCount) => TModel.ScoreParameter(category, categoryCount);
    }

    private class Operations<TModel> : ItemModelOperations
        where TModel : struct, IItemModel
    {
        public static readonly Operations<TModel> Instance = new();

        public override bool IsInDomain(int categoryCount, Span<double> shape) => TModel.IsInDomain(categoryCount, new SpanVector(shape));

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillTable(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int stride)
        {
            for (int node = 0; node < z.Length; node++)
                TModel.LogProbabilities(z[node], categoryCount, new SpanVector(shape), new SpanVector(scores), new SpanVector(logProbability[node..], stride));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddDerivatives(
            double z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int logStride,
            Span<double> counts, int countStride, Span<double> gradient, Span<double> hessian) =>
            TModel.AddDerivatives(
                z, categoryCount, new SpanVector(shape), new SpanVector(scores), new SpanVector(logProbability, logStride),
                new SpanVector(counts, countStride), new SpanVector(gradient), new SpanVector(hessian));
    }
}
