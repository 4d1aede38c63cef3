using System.Runtime.Intrinsics;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>The loops of <see cref="ClosedFormLevels"/> over eight cells at once.</summary>
/// <param name="layout">Of cross-products.</param>
/// <param name="target">Of sums.</param>
internal sealed unsafe class ClosedFormKernel(ProductLayout layout, SumLayout target)
{
    /// <summary>Cells side by side.</summary>
    public const int Lane = 8;

    /// <summary>Vectors that <see cref="Evaluate"/> needs room for.</summary>
    public static int WorkLength(int q) => 2 * q + q * q + 2 * PackedTriangle.Length(q);

    /// <summary>Log density, E[v] and E[vvᵀ] packed of a block of cells in one class.</summary>
    /// <param name="block">Cross-products. [entry, lane]</param>
    /// <param name="beta">β. [p]</param>
    /// <param name="t">Lower triangular T = Λ/σ. [q, q]</param>
    /// <param name="sigma">σ.</param>
    /// <param name="work">Room. [<see cref="WorkLength"/>]</param>
    /// <param name="result">[1 + q + q(q + 1)/2, lane]</param>
    public void Evaluate(double* block, double* beta, double* t, double sigma, Vector512<double>* work, double* result)
    {
        (int p, int q) = (layout.FixedCount, layout.EffectCount);
        Vector512<double>* residual = work; // Zᵀr, then L⁻¹TᵀZᵀr/σ
        Vector512<double>* right = residual + q; // TᵀZᵀr/σ
        Vector512<double>* product = right + q; // ZᵀZT
        Vector512<double>* factor = product + q * q; // A, then L
        Vector512<double>* inverse = factor + PackedTriangle.Length(q); // L⁻¹

        Vector512<double> squares = Load(block, layout.Response);
        for (int x = 0; x < p; x++)
        {
            Vector512<double> inner = Load(block, layout.FixedResponse + x) * -2;
            for (int other = 0; other < x; other++)
                inner += Load(block, layout.Fixed + PackedTriangle.Index(x, other)) * (2 * beta[other]);
            inner += Load(block, layout.Fixed + PackedTriangle.Index(x, x)) * beta[x];
            squares += inner * beta[x];
        }
        for (int a = 0; a < q; a++)
        {
            Vector512<double> sum = Load(block, layout.EffectsResponse + a);
            for (int x = 0; x < p; x++)
                sum -= Load(block, layout.EffectsFixed + a * p + x) * beta[x];
            residual[a] = sum;
            for (int c = 0; c < q; c++)
            {
                Vector512<double> entry = default;
                for (int b = c; b < q; b++)
                    entry += Load(block, PackedTriangle.SymmetricIndex(a, b)) * t[b * q + c];
                product[a * q + c] = entry;
            }
        }
        for (int c = 0; c < q; c++)
        {
            Vector512<double> sum = default;
            for (int a = c; a < q; a++)
                sum += residual[a] * t[a * q + c];
            right[c] = sum / sigma;
            for (int d = 0; d <= c; d++)
            {
                Vector512<double> entry = c == d ? Vector512<double>.One : default;
                for (int a = c; a < q; a++)
                    entry += product[a * q + d] * t[a * q + c];
                factor[PackedTriangle.Index(c, d)] = entry;
            }
        }
        Vector512<double> determinant = Factor(factor, inverse, q);
        Vector512<double> explained = default;
        for (int c = 0; c < q; c++)
        {
            Vector512<double> sum = default;
            for (int d = 0; d <= c; d++)
                sum += inverse[PackedTriangle.Index(c, d)] * right[d];
            residual[c] = sum;
            explained += sum * sum;
        }
        Vector512<double> rows = Load(block, layout.Rows);
        Vector512<double> logDensity = -0.5 * (rows * Math.Log(2 * Math.PI * sigma * sigma) + FixedRounding.Log(determinant) + squares / (sigma * sigma) - explained);
        logDensity.Store(result);
        for (int c = 0; c < q; c++)
        {
            Vector512<double> mean = default;
            for (int d = c; d < q; d++)
                mean += inverse[PackedTriangle.Index(d, c)] * residual[d];
            mean.Store(result + (1 + c) * Lane);
            right[c] = mean;
            for (int d = 0; d <= c; d++)
            {
                Vector512<double> moment = mean * right[d];
                for (int e = c; e < q; e++)
                    moment += inverse[PackedTriangle.Index(e, c)] * inverse[PackedTriangle.Index(e, d)];
                moment.Store(result + (1 + q + PackedTriangle.Index(c, d)) * Lane);
            }
        }
    }

    /// <summary>Replaces A by L, and makes L⁻¹; both packed.</summary>
    /// <returns>|A|.</returns>
    private static Vector512<double> Factor(Vector512<double>* factor, Vector512<double>* inverse, int q)
    {
        Vector512<double> determinant = Vector512<double>.One;
        for (int c = 0; c < q; c++)
        {
            for (int d = 0; d <= c; d++)
            {
                Vector512<double> sum = factor[PackedTriangle.Index(c, d)];
                for (int e = 0; e < d; e++)
                    sum -= factor[PackedTriangle.Index(c, e)] * factor[PackedTriangle.Index(d, e)];
                if (d < c)
                {
                    factor[PackedTriangle.Index(c, d)] = sum * inverse[PackedTriangle.Diagonal(d)];
                    continue;
                }
                determinant *= sum;
                Vector512<double> root = Vector512.Sqrt(sum);
                factor[PackedTriangle.Diagonal(c)] = root;
                inverse[PackedTriangle.Diagonal(c)] = Vector512<double>.One / root;
            }
            for (int d = 0; d < c; d++)
            {
                Vector512<double> sum = default;
                for (int e = d; e < c; e++)
                    sum -= factor[PackedTriangle.Index(c, e)] * inverse[PackedTriangle.Index(e, d)];
                inverse[PackedTriangle.Index(c, d)] = sum * inverse[PackedTriangle.Diagonal(c)];
            }
        }
        return determinant;
    }

    /// <summary>Adds a block of cells to the sums of a class, each by its probability.</summary>
    /// <param name="block">Cross-products. [entry, lane]</param>
    /// <param name="kept">Probability, E[v], E[vvᵀ] packed. [1 + q + q(q + 1)/2, lane]</param>
    /// <param name="sums">Of the class, by lane. [sum]</param>
    /// <param name="set">Of its set of effects, by lane. [sum]</param>
    public void Add(double* block, double* kept, Vector512<double>* sums, Vector512<double>* set)
    {
        Vector512<double> weight = Vector512.Load(kept);
        if (weight == Vector512<double>.Zero)
            return;
        (int p, int q) = (layout.FixedCount, layout.EffectCount);
        int packed = PackedTriangle.Length(q);
        for (int index = 0; index < layout.Length - layout.Fixed; index++)
            sums[target.Fixed + index] += weight * Load(block, layout.Fixed + index);
        for (int c = 0; c < q; c++)
        {
            Vector512<double> mean = weight * Load(kept, 1 + c);
            for (int a = 0; a < q; a++)
            {
                for (int x = 0; x < p; x++)
                    sums[target.Mixed + (a * p + x) * q + c] += mean * Load(block, layout.EffectsFixed + a * p + x);
                sums[target.EffectsResponse + a * q + c] += mean * Load(block, layout.EffectsResponse + a);
            }
        }
        for (int cd = 0; cd < packed; cd++)
        {
            Vector512<double> moment = weight * Load(kept, 1 + q + cd);
            set[cd] += moment;
            for (int ab = 0; ab < packed; ab++)
                sums[SumLayout.Quadratic + ab * packed + cd] += moment * Load(block, ab);
        }
        set[packed] += weight;
    }

    private static Vector512<double> Load(double* block, int entry) => Vector512.Load(block + entry * Lane);
}
