using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction.Gradients;

/// <summary>Matrices by free parameters, summed over patterns: what standard errors are made of.</summary>
/// <param name="step">E-steps.</param>
/// <param name="patterns">The data.</param>
/// <param name="threads">Number of threads; results do not depend on it.</param>
internal sealed class ReducedMatrices(ReducedEStep step, PatternTable patterns, int threads)
{
    private const double ProductAdvantage = 4; // of a number in a product of matrices over one in an E-step, in time

    private readonly ReducedModel model = step.Model;
    private readonly CalibrationPlan plan = step.Model.Plan;
    private readonly ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };

    private int FreeCount => plan.Layout.FreeCount;

    /// <summary>Σ w s sᵀ, s the gradient of a pattern's marginal log-likelihood.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="weights">w. [pattern]</param>
    /// <returns>Lower triangle. [free, free]</returns>
    public double[] CrossProduct(ModelPoint point, double[] weights)
    {
        double[] sum = new double[(long)FreeCount * FreeCount];
        GradientTerms terms = new(point, model, parallel);
        Visit(point, terms, (run, _, messages, _, probability) =>
        {
            using AlignedBuffer gradients = new((long)(run.End - run.Begin) * FreeCount);
            for (int k = 0; k < messages.Length; k++)
            {
                using ReducedGradients ofClass = new(model, terms, run, k, messages[k], parallel, null);
                AddGradients(point, run, ofClass, k, probability, gradients);
            }
            AddProducts(run, gradients, pattern => weights[run.Begin + pattern], 1, sum);
        });
        return sum;
    }

    /// <summary>Σ N Cov(s | pattern), s the derivative of the complete-data log-likelihood.</summary>
    /// <param name="point">Parameters.</param>
    /// <returns>Lower triangle. [free, free]</returns>
    public double[] MissingInformation(ModelPoint point) => MissingInformation(point, new GradientTerms(point, model, parallel));

    /// <summary>The same where it takes less time than two E-steps a parameter; else null.</summary>
    /// <param name="point">Parameters.</param>
    public double[]? TryMissingInformation(ModelPoint point)
    {
        GradientTerms terms = new(point, model, parallel);
        double products = 0;
        double differences = 0;
        for (int k = 0; k < plan.ClassCount; k++)
        {
            int[] width = ReducedGradients.Widths(ReducedGradients.Columns(model, terms, k));
            foreach (ReducedStep one in model.Steps)
            {
                double cells = (double)step.PartCount(one.Source.Index) * one.CellCount;
                products += cells * width[one.Source.Index] * width[one.Source.Index] / 2;
                differences += 2.0 * FreeCount * cells * 2 * (2 + one.JointCount + one.Source.Children.Length);
            }
        }
        return products <= ProductAdvantage * differences ? MissingInformation(point, terms) : null;
    }

    private double[] MissingInformation(ModelPoint point, GradientTerms terms)
    {
        double[] sum = new double[(long)FreeCount * FreeCount];
        Visit(point, terms, (run, sweep, messages, _, probability) =>
        {
            using AlignedBuffer gradients = new(messages.Length == 1 ? 0 : (long)(run.End - run.Begin) * FreeCount);
            double[] weight = new double[run.End - run.Begin];
            for (int k = 0; k < messages.Length; k++)
            {
                for (int pattern = 0; pattern < weight.Length; pattern++)
                    weight[pattern] = patterns.Frequency[run.Begin + pattern] * probability[pattern * messages.Length + k];
                sweep.Down(k, messages[k], weight, step.Totals);
                using ReducedGradients ofClass = new(model, terms, run, k, messages[k], parallel, sum);
                if (messages.Length > 1)
                    AddBetweenClasses(point, run, ofClass, k, probability, weight, gradients, sum);
            }
            if (messages.Length > 1)
                AddProducts(run, gradients, pattern => patterns.Frequency[run.Begin + pattern], -1, sum);
        });
        return sum;
    }

    private void Visit(ModelPoint point, GradientTerms terms, Action<ReducedPatterns, ReducedSweep, ReducedMessages[], double[], double[]> visit)
    {
        int[][] width = [.. Enumerable.Range(0, plan.ClassCount).Select(k => ReducedGradients.Widths(ReducedGradients.Columns(model, terms, k)))];
        int ofPattern = plan.ClassCount > 1 ? 2 * FreeCount : FreeCount;
        step.Visit(point, one => (long)one.MessageLength * width.Max(ofClass => ofClass[one.Source.Index]), ofPattern, visit);
    }

    /// <summary>Adds the class's part of the gradients of marginal log-likelihoods.</summary>
    private unsafe void AddGradients(ModelPoint point, ReducedPatterns run, ReducedGradients ofClass, int k, double[] probability, AlignedBuffer gradients) =>
        Parallel.For(0, run.End - run.Begin, parallel, pattern =>
            AddOfClass(point, ofClass, k, run, pattern, probability[pattern * plan.ClassCount + k], new Span<double>(gradients.Pointer + (long)pattern * FreeCount, FreeCount)));

    /// <summary>Adds Σ N π_k s_k s_kᵀ, s_k the mean gradient given class k, and the class's part of the mean over classes.</summary>
    private unsafe void AddBetweenClasses(
        ModelPoint point, ReducedPatterns run, ReducedGradients ofClass, int k, double[] probability, double[] weight, AlignedBuffer gradients, double[] sum)
    {
        AddGradients(point, run, ofClass, k, probability, gradients);
        using AlignedBuffer single = new(gradients.Length);
        Parallel.For(0, run.End - run.Begin, parallel, pattern =>
            AddOfClass(point, ofClass, k, run, pattern, 1, new Span<double>(single.Pointer + (long)pattern * FreeCount, FreeCount)));
        AddProducts(run, single, pattern => weight[pattern], 1, sum);
    }

    private void AddOfClass(ModelPoint point, ReducedGradients ofClass, int k, ReducedPatterns run, int pattern, double weight, Span<double> gradient)
    {
        int group = patterns.Groups[run.Begin + pattern];
        if (weight == 0)
            return;
        ofClass.AddTo(pattern, group, weight, gradient);
        for (int other = 0; other < plan.ClassCount; other++)
        {
            PlannedBlock block = plan.Blocks[group * plan.ClassCount + other];
            plan.Layout.AddToFree(block.ClassLogitSlot, weight * ((other == k ? 1 : 0) - Math.Exp(point.LogProportion[block.Index])), gradient);
        }
    }

    /// <summary>Adds factor · Σ w g gᵀ.</summary>
    private unsafe void AddProducts(ReducedPatterns run, AlignedBuffer gradients, Func<int, double> weightOf, double factor, double[] sum)
    {
        using GramSum products = new(FreeCount, 1, parallel);
        int count = run.End - run.Begin;
        for (int begin = 0; begin < count; begin += products.Capacity)
        {
            int rows = Math.Min(products.Capacity, count - begin);
            Parallel.For(0, rows, parallel, row =>
            {
                double root = Math.Sqrt(weightOf(begin + row));
                double* from = gradients.Pointer + (long)(begin + row) * FreeCount;
                double* to = products.Tile + (long)row * products.Width;
                for (int index = 0; index < FreeCount; index++)
                    to[index] = root * from[index];
            });
            products.Add(rows);
        }
        products.MoveTo([.. Enumerable.Range(0, FreeCount)], factor, sum, FreeCount);
    }
}
