using System.Runtime.CompilerServices;
using IrtGpu.Models;

namespace IrtGpu.Compute;

/// <summary>Loops over nodes of one item, compiled once for each item model: the model is chosen here, never inside a loop.</summary>
internal abstract class ItemModelOperations
{
    public static ItemModelOperations Of(ItemModelKind kind) => kind switch
    {
        ItemModelKind.GeneralizedPartialCredit => Operations<GeneralizedPartialCredit>.Instance,
        ItemModelKind.GradedResponse => Operations<GradedResponse>.Instance,
        ItemModelKind.SequentialResponse => Operations<SequentialResponse>.Instance,
        ItemModelKind.FourParameterLogistic => Operations<FourParameterLogistic>.Instance,
        ItemModelKind.NominalResponse => Operations<NominalResponse>.Instance,
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

    private sealed class Operations<TModel> : ItemModelOperations
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
