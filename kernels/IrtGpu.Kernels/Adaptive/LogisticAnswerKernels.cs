using ILGPU;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Items;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>What <see cref="PersonAnswerKernels"/> do, of dichotomous items of the generalized partial credit model (Rasch to 2PL): one short exponential an answer and node.</summary>
/// <remarks>
/// y = ±(d + s z) are the log odds of the answer given, and log P = min(y, 0) − log(1 + e^−|y|): the factors 1 + e^−|y| of many answers have one
/// logarithm together. ∂ log P = ±(1 − P), ∂² log P = −P (1 − P) by d + s z.
/// </remarks>
internal static class LogisticAnswerKernels
{
    private const int MostFactors = 512; // of up to 2 each, before they overflow

    /// <summary>Adds log P of all answers of a pattern to its log joint density at one node.</summary>
    /// <param name="thread">entry · nodes + node.</param>
    /// <param name="shape">The items.</param>
    /// <param name="items">Their parameters.</param>
    /// <param name="views">Persons.</param>
    public static void AddLogisticAnswers(Index1D thread, AnswerShape shape, ItemBlockViews items, PersonViews views)
    {
        int node = thread.X % views.NodeCount;
        int entry = thread.X / views.NodeCount;
        int pattern = views.FirstPattern + entry / views.ClassCount;
        if (!PersonAnswerKernels.IsAsked(shape, views, pattern, entry % views.ClassCount))
            return;
        double sum = 0.0;
        double product = 1.0;
        int factors = 0;
        for (int item = 0; item < shape.ItemCount; item++)
        {
            int category = PersonAnswerKernels.Answer(shape, views, pattern, item);
            if (category == EStepKernels.Missing)
                continue;
            double odds = LogOdds(items, item, category, PersonAnswerKernels.Predict(shape, items, views, item, entry, node));
            product *= 1.0 + Exponential.OfNegative(odds < 0.0 ? odds : -odds);
            sum += odds < 0.0 ? odds : 0.0;
            factors++;
            if (factors == MostFactors)
            {
                sum -= Elementary.Log(product);
                product = 1.0;
                factors = 0;
            }
        }

        views.Weights[thread.X] += sum - Elementary.Log(product);
    }

    /// <summary>Σ w log P of one item with one loading and its derivatives, over the patterns of one slice and all nodes; one group an item and slice.</summary>
    /// <param name="shape">The items; group slice · asked items + position.</param>
    /// <param name="items">Their parameters.</param>
    /// <param name="views">Persons.</param>
    /// <param name="sums">Added to. [slice, item, sum]</param>
    public static void SumOneLoading(AnswerShape shape, ItemBlockViews items, PersonViews views, ArrayView<double> sums)
    {
        ArrayView<double> shared = SharedMemory.GetDynamic<double>();
        int item = shape.Asked[Grid.IdxX % shape.AskedCount];
        int slice = Grid.IdxX / shape.AskedCount;
        double value = 0.0, residual = 0.0, residualTheta = 0.0, information = 0.0, informationTheta = 0.0, informationSquare = 0.0;
        int end = IntrinsicMath.Min((slice + 1) * shape.SliceLength, views.PatternCount) * views.ClassCount;
        for (int entry = slice * shape.SliceLength * views.ClassCount; entry < end; entry++)
        {
            int pattern = views.FirstPattern + entry / views.ClassCount;
            int category = PersonAnswerKernels.Answer(shape, views, pattern, item);
            if (category == EStepKernels.Missing || !PersonAnswerKernels.IsAsked(shape, views, pattern, entry % views.ClassCount))
                continue;
            double sign = category == 0 ? -1.0 : 1.0;
            for (int node = Group.IdxX; node < views.NodeCount; node += Group.DimX)
            {
                double weight = views.Weights[(long)entry * views.NodeCount + node];
                if (weight == 0.0)
                    continue;
                double theta = PersonAnswerKernels.Theta(shape, items, views, item, entry, node, 0);
                double odds = LogOdds(items, item, category, items.Slopes[item] * theta);
                double smaller = Exponential.OfNegative(odds < 0.0 ? odds : -odds);
                double larger = 1.0 / (1.0 + smaller);
                if (shape.WithValues != 0)
                    value += weight * ((odds < 0.0 ? odds : 0.0) - Elementary.Log1P(smaller));
                double first = sign * weight * (odds < 0.0 ? larger : smaller * larger);
                double second = weight * smaller * larger * larger;
                residual += first;
                residualTheta += first * theta;
                information += second;
                informationTheta += second * theta;
                informationSquare += second * theta * theta;
            }
        }

        double score = items.Scores[item * items.MaxCategories + 1];
        var own = new ArrayViewVector(shared, Group.IdxX, Group.DimX);
        own[0] = value;
        own[1] = score * residualTheta;
        own[2] = residual;
        own[3] = -score * score * informationSquare;
        own[4] = -score * informationTheta;
        own[5] = -information;
        PersonAnswerKernels.AddThreads(shape, shape.WithDerivatives != 0 ? 6 : 1, slice, item, shared, sums);
    }

    /// <summary>The same with several loadings.</summary>
    /// <param name="shape">The items; group slice · asked items + position.</param>
    /// <param name="items">Their parameters.</param>
    /// <param name="views">Persons.</param>
    /// <param name="sums">Added to. [slice, item, sum]</param>
    public static void SumLogisticAnswers(AnswerShape shape, ItemBlockViews items, PersonViews views, ArrayView<double> sums)
    {
        ArrayView<double> shared = SharedMemory.GetDynamic<double>();
        int item = shape.Asked[Grid.IdxX % shape.AskedCount];
        int slice = Grid.IdxX / shape.AskedCount;
        int loadings = items.AttributeCount;
        double score = items.Scores[item * items.MaxCategories + 1];
        var own = new ArrayViewVector(shared, Group.IdxX, Group.DimX);
        for (int index = 0; index < shape.SumCount; index++)
            own[index] = 0.0;
        int secondOrder = 2 + loadings;
        int last = secondOrder + PackedTriangle.Index(loadings, 0);
        int end = IntrinsicMath.Min((slice + 1) * shape.SliceLength, views.PatternCount) * views.ClassCount;
        for (int entry = slice * shape.SliceLength * views.ClassCount; entry < end; entry++)
        {
            int pattern = views.FirstPattern + entry / views.ClassCount;
            int category = PersonAnswerKernels.Answer(shape, views, pattern, item);
            if (category == EStepKernels.Missing || !PersonAnswerKernels.IsAsked(shape, views, pattern, entry % views.ClassCount))
                continue;
            double sign = category == 0 ? -1.0 : 1.0;
            for (int node = Group.IdxX; node < views.NodeCount; node += Group.DimX)
            {
                double weight = views.Weights[(long)entry * views.NodeCount + node];
                if (weight == 0.0)
                    continue;
                double odds = LogOdds(items, item, category, PersonAnswerKernels.Predict(shape, items, views, item, entry, node));
                double smaller = Exponential.OfNegative(odds < 0.0 ? odds : -odds);
                double larger = 1.0 / (1.0 + smaller);
                if (shape.WithValues != 0)
                    own[0] += weight * ((odds < 0.0 ? odds : 0.0) - Elementary.Log1P(smaller));
                if (shape.WithDerivatives == 0)
                    continue;
                double first = sign * weight * (odds < 0.0 ? larger : smaller * larger);
                double second = weight * smaller * larger * larger;
                own[1 + loadings] += first;
                own[last + loadings] -= second;
                for (int l = 0; l < loadings; l++)
                {
                    double theta = score * PersonAnswerKernels.Theta(shape, items, views, item, entry, node, l);
                    own[1 + l] += first * theta;
                    own[last + l] -= second * theta;
                    for (int m = 0; m <= l; m++)
                        own[secondOrder + PackedTriangle.Index(l, m)] -= second * theta * (score * PersonAnswerKernels.Theta(shape, items, views, item, entry, node, m));
                }
            }
        }

        PersonAnswerKernels.AddThreads(shape, shape.WithDerivatives != 0 ? shape.SumCount : 1, slice, item, shared, sums);
    }

    private static double LogOdds(ItemBlockViews items, int item, int category, double z)
    {
        double odds = items.Shape[item * items.MaxShape] + items.Scores[item * items.MaxCategories + 1] * z;
        return category == 0 ? -odds : odds;
    }
}
