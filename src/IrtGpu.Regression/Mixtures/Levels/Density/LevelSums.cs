using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>Where the weighted sums of a class stand: over its cells, w the probability of the class, v the standardized effects u = Λv given the class.</summary>
/// <param name="FixedCount">Columns of X, p.</param>
/// <param name="EffectCount">Columns of Z, q.</param>
internal readonly record struct SumLayout(int FixedCount, int EffectCount)
{
    /// <summary>Σ w ZᵀZ ⊗ E[vvᵀ]. [packed, packed]</summary>
    public static int Quadratic => 0;

    /// <summary>Σ w ZᵀX ⊗ E[v]. [q, p, q]</summary>
    public int Mixed => PackedTriangle.Length(EffectCount) * PackedTriangle.Length(EffectCount);

    /// <summary>Σ w Zᵀy ⊗ E[v]. [q, q]</summary>
    public int EffectsResponse => Mixed + EffectCount * FixedCount * EffectCount;

    /// <summary>Σ w XᵀX, packed; then Xᵀy, yᵀy and rows, as <see cref="ProductLayout"/> has them.</summary>
    public int Fixed => EffectsResponse + EffectCount * EffectCount;

    /// <summary>Σ w Xᵀy. [p]</summary>
    public int FixedResponse => Fixed + PackedTriangle.Length(FixedCount);

    /// <summary>Σ w yᵀy.</summary>
    public int Response => FixedResponse + FixedCount;

    /// <summary>Σ w rows.</summary>
    public int Rows => Response + 1;

    public int Length => Rows + 1;

    /// <summary>Of a set of effects: Σ E[vvᵀ] packed, then their number.</summary>
    public int SetLength => PackedTriangle.Length(EffectCount) + 1;
}

/// <summary>Expected complete-data sums of an E-step: everything that M-step and gradient need.</summary>
/// <param name="Layout">Where what stands.</param>
/// <param name="Classes">[class][sum]</param>
/// <param name="Sets">[set][sum]</param>
internal sealed record LevelSums(SumLayout Layout, double[][] Classes, double[][] Sets)
{
    /// <summary>E Σ w ‖y − Xβ − ZΛv‖² of a class as a quadratic in (β, Λ): yᵀy − 2bᵀθ + θᵀAθ.</summary>
    /// <param name="mixtureClass">Which.</param>
    /// <returns>A [p + q², p + q²]; b [p + q²]; Λ row-major behind β.</returns>
    public (double[] Matrix, double[] Vector) Quadratic(int mixtureClass)
    {
        (int p, int q) = (Layout.FixedCount, Layout.EffectCount);
        int order = p + q * q;
        double[] sums = Classes[mixtureClass];
        double[] matrix = new double[order * order];
        double[] vector = new double[order];
        int packed = PackedTriangle.Length(q);
        for (int x = 0; x < p; x++)
        {
            vector[x] = sums[Layout.FixedResponse + x];
            for (int other = 0; other < p; other++)
                matrix[x * order + other] = sums[Layout.Fixed + PackedTriangle.SymmetricIndex(x, other)];
        }
        for (int a = 0; a < q; a++)
        {
            for (int c = 0; c < q; c++)
            {
                int row = p + a * q + c;
                vector[row] = sums[Layout.EffectsResponse + a * q + c];
                for (int x = 0; x < p; x++)
                    matrix[row * order + x] = matrix[x * order + row] = sums[Layout.Mixed + (a * p + x) * q + c];
                for (int b = 0; b < q; b++)
                {
                    for (int d = 0; d < q; d++)
                        matrix[row * order + p + b * q + d] = sums[SumLayout.Quadratic + PackedTriangle.SymmetricIndex(a, b) * packed + PackedTriangle.SymmetricIndex(c, d)];
                }
            }
        }
        return (matrix, vector);
    }

    /// <summary>Adds others, element by element.</summary>
    public void Add(LevelSums other)
    {
        for (int index = 0; index < Classes.Length; index++)
            System.Numerics.Tensors.TensorPrimitives.Add(Classes[index], other.Classes[index], Classes[index]);
        for (int index = 0; index < Sets.Length; index++)
            System.Numerics.Tensors.TensorPrimitives.Add(Sets[index], other.Sets[index], Sets[index]);
    }

    /// <summary>All 0.</summary>
    public static LevelSums Empty(SumLayout layout, int classCount, int setCount) => new(
        layout, [.. Enumerable.Range(0, classCount).Select(_ => new double[layout.Length])], [.. Enumerable.Range(0, setCount).Select(_ => new double[layout.SetLength])]);
}
