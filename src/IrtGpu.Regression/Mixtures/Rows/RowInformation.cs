using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>Exact second derivatives of the log-likelihood of a mixture of rows, in one pass.</summary>
/// <remarks>
/// ∂² log f = Σ_k P_k (H_k + s_k s_kᵀ) − (Σ_k P_k s_k)(Σ_k P_k s_k)ᵀ with s_k, H_k the derivatives of log π_k f_k (Louis 1982, J. R. Stat. Soc. B 44,
/// 226–233). All scores are numbers times x or z, so a block of classes k, l is a cross-product with the weights
/// δ_kl P_k − P_k P_l times those numbers, and δ_kl P_k times what H has.
/// </remarks>
internal sealed class RowInformation
{
    private readonly MixtureLayout layout;
    private readonly MixtureData data;
    private readonly int slots;

    private RowInformation(MixtureLayout layout, MixtureData data)
    {
        (this.layout, this.data, slots) = (layout, data, layout.SlotCount);
    }

    /// <summary>Second derivatives in all slots. [slot, slot]</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="pass">Its rows.</param>
    /// <param name="full">Where. [slot]</param>
    public static double[] Hessian(MixtureProblem problem, RowPass pass, double[] full)
    {
        RowInformation information = new(problem.Layout, problem.Data);
        double[][] shards = [.. Enumerable.Range(0, pass.ShardCount).Select(_ => new double[information.slots * information.slots])];
        pass.Run(full, (block, shard) => information.Add(block, full, shards[shard]));
        double[] hessian = new double[information.slots * information.slots];
        foreach (double[] shard in shards)
            TensorPrimitives.Add(hessian, shard, hessian);
        for (int row = 0; row < information.slots; row++)
        {
            for (int column = 0; column < row; column++)
                hessian[column * information.slots + row] = hessian[row * information.slots + column];
        }
        return hessian;
    }

    /// <summary>Adds a block of rows to the lower triangle.</summary>
    private void Add(RowBlock block, double[] full, double[] hessian)
    {
        int length = block.Length;
        double[] covariance = new double[length];
        double[] left = new double[length];
        double[] right = new double[length];
        double[] product = new double[length];
        double[] slope = new double[layout.ClassCount * length]; // w r/σ²: the score of γ is this times x. [class, row]
        double[] spread = new double[layout.ClassCount * length]; // w r²/σ² − 1: the score of log σ. [class, row]
        for (int k = 0; k < layout.ClassCount; k++)
            Scores(block, full, k, slope.AsSpan(k * length, length), spread.AsSpan(k * length, length));
        for (int k = 0; k < layout.ClassCount; k++)
        {
            for (int l = 0; l <= k; l++)
            {
                TensorPrimitives.Multiply(block.Probability(k), block.Probability(l), covariance);
                TensorPrimitives.Negate(covariance, covariance);
                if (k == l)
                    TensorPrimitives.Add(covariance, block.Probability(k), covariance);
                ReadOnlySpan<double> slopeK = slope.AsSpan(k * length, length);
                ReadOnlySpan<double> slopeL = slope.AsSpan(l * length, length);
                ReadOnlySpan<double> spreadK = spread.AsSpan(k * length, length);
                ReadOnlySpan<double> spreadL = spread.AsSpan(l * length, length);
                double precision = Math.Exp(-2 * full[layout.LogSigma(k)]);

                TensorPrimitives.Multiply(covariance, slopeK, left);
                TensorPrimitives.Multiply(left, slopeL, right); // γ with γ
                if (k == l)
                {
                    for (int row = 0; row < length; row++)
                        right[row] -= block.Probability(k)[row] * Weight(block, row) * precision;
                }
                AddCross(right, data.Columns, block.First, layout.Coefficient(k), data.Columns, layout.Coefficient(l), hessian, product);

                TensorPrimitives.Multiply(left, spreadL, right); // γ of k with log σ of l
                if (k == l)
                    Subtract(right, block.Probability(k), slopeK, 2);
                AddSums(right, data.Columns, block.First, layout.Coefficient(k), layout.LogSigma(l), hessian);
                TensorPrimitives.Multiply(covariance, spreadK, left);
                if (k != l)
                {
                    TensorPrimitives.Multiply(left, slopeL, right); // log σ of k with γ of l
                    AddSums(right, data.Columns, block.First, layout.Coefficient(l), layout.LogSigma(k), hessian);
                }
                double sum = FixedOrderSums.Dot(left, spreadL); // log σ with log σ
                if (k == l)
                    sum -= 2 * (FixedOrderSums.Dot(block.Probability(k), spreadK) + FixedOrderSums.Sum(block.Probability(k)));
                Lower(hessian, layout.LogSigma(k), layout.LogSigma(l)) += sum;
            }
            for (int l = 1; l < layout.ClassCount; l++)
                AddClassPart(block, full, k, l, slope.AsSpan(k * length, length), spread.AsSpan(k * length, length), hessian, left, product);
        }
    }

    private void Scores(RowBlock block, double[] full, int ofClass, Span<double> slope, Span<double> spread)
    {
        double precision = Math.Exp(-2 * full[layout.LogSigma(ofClass)]);
        TensorPrimitives.Multiply(block.Residual(ofClass), precision, slope);
        if (data.Weights is not null)
            TensorPrimitives.Multiply(slope, data.Weights.AsSpan(block.First, block.Length), slope);
        TensorPrimitives.Multiply(slope, block.Residual(ofClass), spread);
        TensorPrimitives.Add(spread, -1, spread);
    }

    /// <summary>Class coefficients of class l with the numbers of class k, and with those of class k.</summary>
    private void AddClassPart(RowBlock block, double[] full, int k, int l, ReadOnlySpan<double> slope, ReadOnlySpan<double> spread, double[] hessian, double[] weight, double[] product)
    {
        double[] logProportion = layout.Shape.HasConstantProportions ? MixturePriors.LogProportions(layout, full) : [];
        for (int row = 0; row < block.Length; row++)
            product[row] = block.Probability(k)[row] * ((k == l ? 1 : 0) - block.Probability(l)[row]);
        TensorPrimitives.Multiply(product, slope, weight);
        double[] work = new double[block.Length];
        AddCross(weight, data.ClassColumns, block.First, layout.ClassCoefficient(l), data.Columns, layout.Coefficient(k), hessian, work);
        TensorPrimitives.Multiply(product, spread, weight);
        AddSums(weight, data.ClassColumns, block.First, layout.ClassCoefficient(l), layout.LogSigma(k), hessian);
        if (k == 0 || l > k)
            return;
        for (int row = 0; row < block.Length; row++)
        {
            double priorK = logProportion.Length > 0 ? Math.Exp(logProportion[k]) : block.PriorProbability(k)[row];
            double priorL = logProportion.Length > 0 ? Math.Exp(logProportion[l]) : block.PriorProbability(l)[row];
            weight[row] = product[row] - priorK * ((k == l ? 1 : 0) - priorL);
        }
        AddCross(weight, data.ClassColumns, block.First, layout.ClassCoefficient(k), data.ClassColumns, layout.ClassCoefficient(l), hessian, work);
    }

    /// <summary>Σ weight · a bᵀ, on and below the diagonal.</summary>
    private void AddCross(double[] weight, double[][] rows, int first, int rowSlot, double[][] columns, int columnSlot, double[] hessian, double[] product)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            TensorPrimitives.Multiply(weight, rows[i].AsSpan(first, weight.Length), product);
            int count = rowSlot == columnSlot ? i + 1 : columns.Length;
            RowKernels.AddDots(product.AsSpan(0, weight.Length), columns, first, hessian.AsSpan((rowSlot + i) * slots + columnSlot, count));
        }
    }

    private void AddSums(double[] weight, double[][] columns, int first, int columnSlot, int otherSlot, double[] hessian)
    {
        for (int j = 0; j < columns.Length; j++)
            Lower(hessian, columnSlot + j, otherSlot) += FixedOrderSums.Dot(weight, columns[j].AsSpan(first, weight.Length));
    }

    private double Weight(RowBlock block, int row) => data.Weights is null ? 1 : data.Weights[block.First + row];

    private static void Subtract(double[] from, ReadOnlySpan<double> probability, ReadOnlySpan<double> values, double factor)
    {
        for (int row = 0; row < from.Length; row++)
            from[row] -= factor * probability[row] * values[row];
    }

    private ref double Lower(double[] hessian, int row, int column) => ref hessian[Math.Max(row, column) * slots + Math.Min(row, column)];
}
