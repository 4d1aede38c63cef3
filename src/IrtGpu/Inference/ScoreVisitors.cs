using System.Numerics.Tensors;
using IrtGpu.Compute;

namespace IrtGpu.Inference;

/// <summary>Accumulates Σ_p N_p g_p g_pᵀ, g_p the pattern's gradient.</summary>
internal sealed class CrossProductVisitor(CompleteDataScores scores) : IPosteriorVisitor
{
    private readonly double[] gradient = new double[scores.FreeCount];

    public double[] Sum { get; } = new double[(long)scores.FreeCount * scores.FreeCount]; // [free, free], lower triangle

    public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
    {
        gradient.AsSpan().Clear();
        scores.AddExpected(pattern, posterior, gradient);
        OuterProducts.Add(gradient, scores.Frequency(pattern), Sum);
    }
}

/// <summary>Accumulates Σ_p N_p Cov(s | pattern): the information that not knowing θ and the class costs.</summary>
internal sealed class MissingInformationVisitor(CompleteDataScores scores) : IPosteriorVisitor
{
    private readonly double[] gradient = new double[scores.FreeCount];
    private readonly double[] nodeScores = new double[scores.FreeCount * scores.NodeCount]; // [free, node]
    private readonly double[] weighted = new double[scores.NodeCount];

    public double[] Sum { get; } = new double[(long)scores.FreeCount * scores.FreeCount]; // [free, free], lower triangle

    public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
    {
        double frequency = scores.Frequency(pattern);
        int nodeCount = scores.NodeCount;
        gradient.AsSpan().Clear();
        for (int k = 0; k < scores.ClassCount; k++)
        {
            ReadOnlySpan<double> weights = posterior.Slice(k * nodeCount, nodeCount);
            nodeScores.AsSpan().Clear();
            scores.Fill(pattern, k, nodeScores);
            for (int r = 0; r < gradient.Length; r++)
            {
                TensorPrimitives.Multiply(weights, nodeScores.AsSpan(r * nodeCount, nodeCount), weighted);
                gradient[r] += TensorPrimitives.Sum<double>(weighted);
                for (int c = 0; c <= r; c++)
                    Sum[(long)r * gradient.Length + c] += frequency * TensorPrimitives.Dot<double>(weighted, nodeScores.AsSpan(c * nodeCount, nodeCount));
            }
        }
        OuterProducts.Add(gradient, -frequency, Sum);
    }
}

/// <summary>Sums of outer products.</summary>
internal static class OuterProducts
{
    /// <summary>Adds weight · v vᵀ to a lower triangle.</summary>
    public static void Add(ReadOnlySpan<double> vector, double weight, double[] sum)
    {
        int n = vector.Length;
        for (int r = 0; r < n; r++)
        {
            if (vector[r] != 0)
                TensorPrimitives.MultiplyAdd(vector[..(r + 1)], weight * vector[r], sum.AsSpan(r * n, r + 1), sum.AsSpan(r * n, r + 1));
        }
    }
}
