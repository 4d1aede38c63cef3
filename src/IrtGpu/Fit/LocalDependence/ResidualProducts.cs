using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LocalDependence;

/// <summary>Sums of products of residuals of every two items, from which their correlations follow (Q3).</summary>
/// <remarks>Where answers are missing each pair has the sums of those who answered both. Yen (1984), Applied Psychological Measurement 8, 125–145.</remarks>
internal sealed class ResidualProducts
{
    private readonly int itemCount;
    private readonly bool isComplete;
    private readonly double[] residual; // [item, pattern of the block]
    private readonly double[] weighted; // times the weight
    private readonly double[] square; // weighted squares; only where answers are missing
    private readonly double[] weight; // 0 where missing; only where answers are missing
    private readonly double[] isAnswered; // 0 or 1; only where answers are missing
    private readonly double[] product; // Σ w a b. [item, item], lower triangle with the diagonal
    private readonly double[] sum; // Σ w a of those who answered the second, too. [item, item], or [item] where complete
    private readonly double[] squares; // Σ w a². [item, item]; only where answers are missing
    private readonly double[] persons; // Σ w. [item, item]; only where answers are missing
    private double total;
    private int count;

    public ResidualProducts(int itemCount, bool isComplete)
    {
        this.itemCount = itemCount;
        this.isComplete = isComplete;
        int block = itemCount * ResidualBlock.Size;
        int pairs = itemCount * itemCount;
        residual = new double[block];
        weighted = new double[block];
        square = new double[isComplete ? 0 : block];
        weight = new double[isComplete ? 0 : block];
        isAnswered = new double[isComplete ? 0 : block];
        product = new double[pairs];
        sum = new double[isComplete ? itemCount : pairs];
        squares = new double[isComplete ? 0 : pairs];
        persons = new double[isComplete ? 0 : pairs];
    }

    /// <summary>Bytes that an instance holds.</summary>
    public static long Bytes(int itemCount, bool isComplete) =>
        sizeof(double) * ((isComplete ? 1L : 4L) * itemCount * itemCount + (isComplete ? 2L : 5L) * itemCount * ResidualBlock.Size);

    /// <summary>Begins a block of patterns.</summary>
    public void Begin(int patternCount)
    {
        count = patternCount;
        Array.Clear(residual);
        Array.Clear(weighted);
        Array.Clear(square);
        Array.Clear(weight);
        Array.Clear(isAnswered);
    }

    /// <summary>Sets the residual of an answer.</summary>
    public void Set(int item, int k, double value, double frequency)
    {
        int cell = item * ResidualBlock.Size + k;
        residual[cell] = value;
        weighted[cell] = frequency * value;
        if (isComplete)
        {
            total += frequency;
            return;
        }
        square[cell] = frequency * value * value;
        weight[cell] = frequency;
        isAnswered[cell] = 1;
    }

    /// <summary>Adds the block.</summary>
    public void End()
    {
        for (int i = 0; i < itemCount; i++)
        {
            if (isComplete)
                sum[i] += FixedOrderSums.Sum(Row(weighted, i));
            for (int j = 0; j < itemCount; j++)
            {
                int cell = i * itemCount + j;
                if (j <= i)
                    product[cell] += FixedOrderSums.Dot(Row(weighted, i), Row(residual, j));
                if (isComplete)
                    continue;
                sum[cell] += FixedOrderSums.Dot(Row(weighted, i), Row(isAnswered, j));
                squares[cell] += FixedOrderSums.Dot(Row(square, i), Row(isAnswered, j));
                if (j <= i)
                    persons[cell] += FixedOrderSums.Dot(Row(weight, i), Row(isAnswered, j));
            }
        }
    }

    /// <summary>Adds the sums of another shard.</summary>
    public void Add(ResidualProducts other)
    {
        TensorPrimitives.Add(product, other.product, product);
        TensorPrimitives.Add(sum, other.sum, sum);
        TensorPrimitives.Add(squares, other.squares, squares);
        TensorPrimitives.Add(persons, other.persons, persons);
        total += other.total;
    }

    /// <summary>Correlation of the residuals of two items; NaN where one does not vary or nobody answered both.</summary>
    /// <param name="later">The later item.</param>
    /// <param name="earlier">The earlier.</param>
    /// <param name="administered">Number of items that all answered, where answers are complete.</param>
    public double Correlation(int later, int earlier, int administered)
    {
        int cell = later * itemCount + earlier;
        int turned = earlier * itemCount + later;
        double n = isComplete ? total / administered : persons[cell];
        double first = isComplete ? sum[later] : sum[cell];
        double second = isComplete ? sum[earlier] : sum[turned];
        double firstSquare = isComplete ? product[later * itemCount + later] : squares[cell];
        double secondSquare = isComplete ? product[earlier * itemCount + earlier] : squares[turned];
        double firstVariance = firstSquare / n - first / n * (first / n);
        double secondVariance = secondSquare / n - second / n * (second / n);
        return firstVariance > 1e-14 && secondVariance > 1e-14
            ? (product[cell] / n - first / n * (second / n)) / Math.Sqrt(firstVariance * secondVariance)
            : double.NaN;
    }

    private Span<double> Row(double[] block, int item) => block.AsSpan(item * ResidualBlock.Size, count);
}
