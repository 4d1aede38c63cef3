using System.Numerics.Tensors;
using IrtGpu.Compute;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Inference;

/// <summary>Accumulates Σ_p N_p g_p g_pᵀ, g_p the pattern's gradient.</summary>
internal sealed class CrossProductVisitor(CompleteDataGradients gradients) : IPosteriorVisitor
{
    private readonly double[] gradient = new double[gradients.FreeCount];

    public double[] Sum { get; } = new double[(long)gradients.FreeCount * gradients.FreeCount]; // [free, free], lower triangle

    public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
    {
        gradient.AsSpan().Clear();
        gradients.AddExpected(pattern, posterior, gradient);
        OuterProducts.Add(gradient, gradients.Frequency(pattern), Sum);
    }
}

/// <summary>Accumulates Σ_p N_p Cov(s | pattern), s the complete-data gradient: the information that not knowing θ and the class costs.</summary>
internal sealed class MissingInformationVisitor(CompleteDataGradients gradients) : IPosteriorVisitor
{
    private readonly double[] gradient = new double[gradients.FreeCount];
    private readonly double[] nodeGradients = new double[gradients.FreeCount * gradients.NodeCount]; // [free, node]
    private readonly double[] weighted = new double[gradients.NodeCount];

    public double[] Sum { get; } = new double[(long)gradients.FreeCount * gradients.FreeCount]; // [free, free], lower triangle

    public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
    {
        double frequency = gradients.Frequency(pattern);
        int nodeCount = gradients.NodeCount;
        gradient.AsSpan().Clear();
        for (int k = 0; k < gradients.ClassCount; k++)
        {
            ReadOnlySpan<double> weights = posterior.Slice(k * nodeCount, nodeCount);
            nodeGradients.AsSpan().Clear();
            gradients.Fill(pattern, k, nodeGradients);
            for (int r = 0; r < gradient.Length; r++)
            {
                TensorPrimitives.Multiply(weights, nodeGradients.AsSpan(r * nodeCount, nodeCount), weighted);
                gradient[r] += FixedOrderSums.Sum(weighted);
                for (int c = 0; c <= r; c++)
                    Sum[(long)r * gradient.Length + c] += frequency * FixedOrderSums.Dot(weighted, nodeGradients.AsSpan(c * nodeCount, nodeCount));
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
