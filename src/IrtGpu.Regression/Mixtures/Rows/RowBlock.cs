using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>A block of rows at work: residuals, log densities and class probabilities of its rows.</summary>
/// <remarks>Buffers are made once for each thread; all is laid out class after class, so that a class is one run of numbers.</remarks>
internal sealed class RowBlock
{
    /// <summary>Most rows of a block: three classes of it, residuals and probabilities, fit the first-level cache.</summary>
    public const int Capacity = 256;

    private readonly MixtureData data;
    private readonly MixtureLayout layout;
    private readonly int classes;
    private readonly int columns;
    private readonly int classColumns;
    private readonly double[] residual; // [class][row]
    private readonly double[] probability; // log density, then P. [class][row]
    private readonly double[] prior; // log π, then π, where it varies by row. [class][row]
    private readonly double[] largest = new double[Capacity];
    private readonly double[] total = new double[Capacity];
    private readonly double[] weighted = new double[Capacity];

    public RowBlock(MixtureData data, MixtureLayout layout)
    {
        this.data = data;
        this.layout = layout;
        classes = layout.ClassCount;
        columns = data.Columns.Length;
        classColumns = data.ClassColumns.Length;
        residual = new double[classes * Capacity];
        probability = new double[classes * Capacity];
        prior = layout.Shape.HasConstantProportions ? [] : new double[classes * Capacity];
    }

    /// <summary>Number of classes.</summary>
    public int ClassCount => classes;

    /// <summary>First row.</summary>
    public int First { get; private set; }

    /// <summary>Number of rows.</summary>
    public int Length { get; private set; }

    /// <summary>log Σ_k π_k f_k of the rows.</summary>
    public ReadOnlySpan<double> LogDensity => largest.AsSpan(0, Length);

    /// <summary>Residuals of the rows from a class.</summary>
    public ReadOnlySpan<double> Residual(int ofClass) => residual.AsSpan(ofClass * Capacity, Length);

    /// <summary>Probabilities of a class given the rows.</summary>
    public ReadOnlySpan<double> Probability(int ofClass) => probability.AsSpan(ofClass * Capacity, Length);

    /// <summary>Probabilities of a class before the rows are seen, where they vary.</summary>
    public ReadOnlySpan<double> PriorProbability(int ofClass) => prior.AsSpan(ofClass * Capacity, Length);

    /// <summary>Computes the rows.</summary>
    /// <param name="first">First row.</param>
    /// <param name="length">Number of rows, at most <see cref="Capacity"/>.</param>
    /// <param name="full">Working numbers. [slot]</param>
    /// <param name="logProportion">Constant log proportions; empty where they vary by row. [class]</param>
    public void Compute(int first, int length, ReadOnlySpan<double> full, ReadOnlySpan<double> logProportion)
    {
        (First, Length) = (first, length);
        Span<double> top = largest.AsSpan(0, length);
        Span<double> sum = total.AsSpan(0, length);
        if (logProportion.IsEmpty)
            ComputePrior(full);
        for (int k = 0; k < classes; k++)
        {
            Span<double> own = residual.AsSpan(k * Capacity, length);
            data.Response.AsSpan(first, length).CopyTo(own);
            RowKernels.Subtract(data.Columns, first, full.Slice(layout.Coefficient(k), columns), own);
            Span<double> density = probability.AsSpan(k * Capacity, length);
            double logSigma = full[layout.LogSigma(k)];
            TensorPrimitives.Multiply(own, own, density);
            if (data.Weights is not null)
                TensorPrimitives.Multiply(density, data.Weights.AsSpan(first, length), density);
            double constant = -logSigma - 0.5 * Math.Log(2 * Math.PI);
            TensorPrimitives.Multiply(density, -0.5 * Math.Exp(-2 * logSigma), density);
            if (logProportion.IsEmpty)
                TensorPrimitives.Add(density, prior.AsSpan(k * Capacity, length), density);
            TensorPrimitives.Add(density, constant + (logProportion.IsEmpty ? 0 : logProportion[k]), density);
        }
        if (data.KnownClass is not null)
            Exclude(data.KnownClass.AsSpan(first, length));
        Normalize(top, sum);
        if (logProportion.IsEmpty)
        {
            for (int k = 0; k < classes; k++)
                FixedRounding.Exp(prior.AsSpan(k * Capacity, length), prior.AsSpan(k * Capacity, length));
        }
    }

    /// <summary>Adds what the M-step needs of the rows.</summary>
    /// <param name="sums">Where to.</param>
    /// <param name="withCross">Whether cross-products are wanted.</param>
    public void AddTo(RowSums sums, bool withCross)
    {
        sums.LogLikelihood += FixedOrderSums.Sum(LogDensity);
        Span<double> product = weighted.AsSpan(0, Length);
        Span<double> other = total.AsSpan(0, Length);
        for (int k = 0; k < classes; k++)
        {
            ReadOnlySpan<double> own = Probability(k);
            sums.Count[k] += FixedOrderSums.Sum(own);
            ReadOnlySpan<double> weight = own;
            if (data.Weights is not null)
            {
                TensorPrimitives.Multiply(own, data.Weights.AsSpan(First, Length), other);
                weight = other;
            }
            TensorPrimitives.Multiply(weight, Residual(k), product);
            sums.Squares[k] += FixedOrderSums.Dot(product, Residual(k));
            RowKernels.AddDots(product, data.Columns, First, sums.ScoreOf(k));
            for (int i = 0; i < columns && withCross; i++)
            {
                TensorPrimitives.Multiply(weight, data.Columns[i].AsSpan(First, Length), product);
                RowKernels.AddDots(product, data.Columns, First, sums.CrossOf(k).Slice(i * columns, i + 1));
            }
        }
        for (int k = 1; k < classes && prior.Length > 0; k++)
        {
            TensorPrimitives.Subtract(Probability(k), PriorProbability(k), product);
            RowKernels.AddDots(product, data.ClassColumns, First, sums.ClassScore.AsSpan((k - 1) * classColumns, classColumns));
        }
    }

    /// <summary>Log probabilities of the classes before the response is seen: log soft-max of zδ.</summary>
    private void ComputePrior(ReadOnlySpan<double> full)
    {
        Span<double> top = largest.AsSpan(0, Length);
        Span<double> sum = total.AsSpan(0, Length);
        Span<double> term = weighted.AsSpan(0, Length);
        top.Clear();
        for (int k = 0; k < classes; k++)
        {
            Span<double> own = prior.AsSpan(k * Capacity, Length);
            own.Clear();
            for (int column = 0; column < classColumns && k > 0; column++)
                TensorPrimitives.MultiplyAdd(data.ClassColumns[column].AsSpan(First, Length), full[layout.ClassCoefficient(k, column)], own, own);
            TensorPrimitives.Max(top, own, top);
        }
        sum.Clear();
        for (int k = 0; k < classes; k++)
        {
            TensorPrimitives.Subtract(prior.AsSpan(k * Capacity, Length), top, term);
            FixedRounding.Exp(term, term);
            TensorPrimitives.Add(sum, term, sum);
        }
        FixedRounding.Log(sum, sum);
        TensorPrimitives.Add(sum, top, sum);
        for (int k = 0; k < classes; k++)
            TensorPrimitives.Subtract(prior.AsSpan(k * Capacity, Length), sum, prior.AsSpan(k * Capacity, Length));
    }

    private void Exclude(ReadOnlySpan<int> known)
    {
        for (int row = 0; row < known.Length; row++)
        {
            for (int k = 0; k < classes && known[row] >= 0; k++)
            {
                if (k != known[row])
                    probability[k * Capacity + row] = double.NegativeInfinity;
            }
        }
    }

    /// <summary>Log densities to probabilities; leaves the log of their sum in the first argument.</summary>
    private void Normalize(Span<double> top, Span<double> sum)
    {
        probability.AsSpan(0, Length).CopyTo(top);
        for (int k = 1; k < classes; k++)
            TensorPrimitives.Max(top, probability.AsSpan(k * Capacity, Length), top);
        for (int k = 0; k < classes; k++)
        {
            Span<double> own = probability.AsSpan(k * Capacity, Length);
            TensorPrimitives.Subtract(own, top, own);
            FixedRounding.Exp(own, own);
        }
        for (int k = 0; k < classes; k++)
        {
            ReadOnlySpan<double> own = probability.AsSpan(k * Capacity, Length);
            if (k == 0)
                own.CopyTo(sum);
            else
                TensorPrimitives.Add(sum, own, sum);
        }
        for (int k = 0; k < classes; k++)
            TensorPrimitives.Divide(probability.AsSpan(k * Capacity, Length), sum, probability.AsSpan(k * Capacity, Length));
        FixedRounding.Log(sum, sum);
        TensorPrimitives.Add(top, sum, top);
    }
}
