using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Mixtures.Levels.Quadrature;

/// <summary>Log density of the rows of a cell given class and effects, as a quadratic in the effects: from cross-products.</summary>
/// <remarks>log f = c + g'v − v'Hv/2 with g = ΛᵀZᵀr/σ², H = ΛᵀZᵀZΛ/σ², r = y − Xβ, c = −(n log 2πσ² + rᵀr/σ²)/2.</remarks>
internal sealed class CellDensity
{
    private readonly int q;
    private readonly int packed;
    private readonly int firstCell;
    private readonly double[][] quadratics; // [class][cell, 1 + q + packed]: c, g, H

    /// <param name="products">Cross-products, one cell after the other.</param>
    /// <param name="parameters">Of the density.</param>
    /// <param name="firstCell">First cell that is asked for.</param>
    /// <param name="endCell">One after the last.</param>
    public CellDensity(CellProducts products, LevelParameters parameters, int firstCell, int endCell)
    {
        q = products.Layout.EffectCount;
        packed = PackedTriangle.Length(q);
        this.firstCell = firstCell;
        quadratics = [.. Enumerable.Range(0, parameters.ClassCount).Select(k => Quadratics(products, firstCell, endCell, parameters, k))];
    }

    /// <summary>Numbers a cell has.</summary>
    public int Width => 1 + q + packed;

    /// <summary>The quadratic of a cell in a class: c, g, H packed. [1 + q + packed]</summary>
    public ReadOnlySpan<double> Of(int cell, int mixtureClass) => quadratics[mixtureClass].AsSpan((cell - firstCell) * Width, Width);

    /// <summary>Log density.</summary>
    /// <param name="cell">Which rows.</param>
    /// <param name="mixtureClass">Class.</param>
    /// <param name="v">Standardized effects of the class. [q]</param>
    /// <param name="slope">Receives the gradient in v; empty where it is not wanted. [q]</param>
    public double Evaluate(int cell, int mixtureClass, ReadOnlySpan<double> v, Span<double> slope)
    {
        ReadOnlySpan<double> own = Of(cell, mixtureClass);
        double value = own[0];
        for (int c = 0; c < q; c++)
        {
            double product = 0;
            for (int d = 0; d < q; d++)
                product += own[1 + q + PackedTriangle.SymmetricIndex(c, d)] * v[d];
            value += v[c] * (own[1 + c] - 0.5 * product);
            if (!slope.IsEmpty)
                slope[c] = own[1 + c] - product;
        }
        return value;
    }

    /// <summary>Element of H.</summary>
    public double Curvature(int cell, int mixtureClass, int row, int column) => Of(cell, mixtureClass)[1 + q + PackedTriangle.SymmetricIndex(row, column)];

    private static double[] Quadratics(CellProducts products, int firstCell, int endCell, LevelParameters parameters, int k)
    {
        ProductLayout layout = products.Layout;
        (int p, int q) = (layout.FixedCount, layout.EffectCount);
        int width = 1 + q + PackedTriangle.Length(q);
        double[] result = new double[(endCell - firstCell) * width];
        ReadOnlySpan<double> beta = parameters.Of(k);
        double[] factor = parameters.Factors[parameters.SetOf(k)];
        double precision = 1 / (parameters.Sigmas[k] * parameters.Sigmas[k]);
        double logVariance = Math.Log(2 * Math.PI / precision);
        double[] residual = new double[q];
        double[] product = new double[q * q];
        for (int cell = firstCell; cell < endCell; cell++)
        {
            ReadOnlySpan<double> own = products.Values.AsSpan(cell * layout.Length, layout.Length);
            Span<double> target = result.AsSpan((cell - firstCell) * width, width);
            double squares = own[layout.Response];
            for (int x = 0; x < p; x++)
            {
                double inner = own[layout.Fixed + PackedTriangle.Index(x, x)] * beta[x] - 2 * own[layout.FixedResponse + x];
                for (int other = 0; other < x; other++)
                    inner += 2 * own[layout.Fixed + PackedTriangle.Index(x, other)] * beta[other];
                squares += inner * beta[x];
            }
            target[0] = -0.5 * (own[layout.Rows] * logVariance + squares * precision);
            for (int a = 0; a < q; a++)
            {
                residual[a] = own[layout.EffectsResponse + a];
                for (int x = 0; x < p; x++)
                    residual[a] -= own[layout.EffectsFixed + a * p + x] * beta[x];
                for (int c = 0; c < q; c++)
                {
                    double sum = 0;
                    for (int b = c; b < q; b++)
                        sum += own[PackedTriangle.SymmetricIndex(a, b)] * factor[b * q + c];
                    product[a * q + c] = sum;
                }
            }
            for (int c = 0; c < q; c++)
            {
                for (int a = c; a < q; a++)
                    target[1 + c] += factor[a * q + c] * residual[a] * precision;
                for (int d = 0; d <= c; d++)
                {
                    double sum = 0;
                    for (int a = c; a < q; a++)
                        sum += factor[a * q + c] * product[a * q + d];
                    target[1 + q + PackedTriangle.Index(c, d)] = sum * precision;
                }
            }
        }
        return result;
    }
}
