using IrtGpu.Foundation.Optimization;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixed.Equations;

namespace IrtGpu.Regression.Mixed;

/// <summary>−2 log-likelihood, or that of residual contrasts (REML), as a function of ϑ alone: β and σ² take their best values.</summary>
/// <remarks>
/// ML: log|Ω| + n(1 + log 2πr²/n). REML: log|Ω| + log|XᵀV⁻¹X| + (n − p)(1 + log 2πr²/(n − p)), on the standardized scale.
/// Derivatives in T: of log|Ω| 2 Σ_ℓ [Ω⁻¹ΛᵀZᵀZ]_ℓᵀ; of r² −2 Σ_ℓ e_ℓ u_ℓᵀ; of log|XᵀV⁻¹X| −2 Σ_ℓ E_ℓ Φ G_ℓᵀ, with u the effects, e = Zᵀ times the
/// residual, G and E the same of the columns of X, and Φ = (XᵀV⁻¹X)⁻¹. The approximate Hessian is the average of observed and expected
/// information (Gilmour, Thompson &amp; Cullis 1995) with the exact second derivatives of ΛΛᵀ.
/// </remarks>
internal sealed class ProfiledCriterion : ISmoothObjective, IDisposable
{
    private CrossProducts data;
    private readonly CovarianceParameters parameters;
    private readonly HendersonEquations equations;
    private readonly bool isRestricted;
    private readonly int p;
    private readonly int width; // of the tail
    private double[] residualProducts = []; // ZᵀV⁻¹[X y] [effect, tail]

    public ProfiledCriterion(CrossProducts data, CovarianceParameters parameters, bool isRestricted, int threads)
    {
        this.data = data;
        this.parameters = parameters;
        this.isRestricted = isRestricted;
        equations = new HendersonEquations(data, threads);
        width = data.TailWidth;
        p = width - 1;
    }

    public int Count => parameters.Count;

    public bool IsRestricted => isRestricted;

    public CovarianceParameters Parameters => parameters;

    /// <summary>The equations at the point of the last evaluation.</summary>
    public HendersonEquations Equations => equations;

    /// <summary>Blocks of Ω⁻¹ at that point.</summary>
    public SelectedInverse Inverse { get; private set; } = null!;

    /// <summary>Ω⁻¹ΛᵀZᵀ[X y]. [effect, tail]</summary>
    public double[] Solution { get; private set; } = [];

    /// <summary>Fixed effects on the standardized scale. [p]</summary>
    public double[] Fixed { get; private set; } = [];

    /// <summary>Number that r² is divided by: n, or n − p.</summary>
    public int Divisor => isRestricted ? data.RowCount - p : data.RowCount;

    /// <summary>Residual variance σ² on the standardized scale.</summary>
    public double ResidualVariance => equations.ResidualSquares / Divisor;

    /// <summary>Derivatives of log|Ω| (with log|XᵀV⁻¹X| where restricted) in T. [grouping][k, k]</summary>
    public double[][] DeterminantGradient { get; private set; } = [];

    /// <summary>log|Ω|, with log|XᵀV⁻¹X| where restricted.</summary>
    public double Determinant => equations.LogDeterminant + (isRestricted ? equations.FixedLogDeterminant : 0);

    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        if (!TrySolve(parameters.Transforms(x)))
            return double.PositiveInfinity;
        double[] determinant = parameters.Read(DeterminantGradient);
        double[] squares = parameters.Read(SquaresGradient(Fixed));
        double variance = ResidualVariance;
        for (int index = 0; index < gradient.Length; index++)
            gradient[index] = determinant[index] + squares[index] / variance;
        return Determinant + Divisor * (1 + Math.Log(2 * Math.PI * variance));
    }

    /// <summary>Goes over to the same model with another response.</summary>
    /// <param name="products">Made by <see cref="CrossProducts.WithResponse"/>.</param>
    public void Replace(CrossProducts products)
    {
        data = products;
        equations.Data = products;
    }

    /// <summary>Factors the equations and solves them; false where rounding leaves no positive definite matrix.</summary>
    /// <param name="transforms">T of every grouping factor. [grouping][k, k]</param>
    public bool TrySolve(double[][] transforms)
    {
        if (!equations.TryFactor(transforms))
            return false;
        Inverse = equations.Invert();
        Solution = equations.SolveRandom();
        Fixed = equations.SolveFixed();
        residualProducts = ResidualProducts();
        DeterminantGradient = ComputeDeterminantGradient();
        return true;
    }

    /// <summary>Random effects u on the relative scale for given fixed effects. [effect]</summary>
    public double[] Random(ReadOnlySpan<double> beta) => Contract(Solution, beta);

    /// <summary>Zᵀ times the residual for given fixed effects. [effect]</summary>
    public double[] ResidualProducts(ReadOnlySpan<double> beta) => Contract(residualProducts, beta);

    /// <summary>ZᵀV⁻¹X and ZᵀV⁻¹y. [effect, tail]</summary>
    public double[] ResidualProductColumns => residualProducts;

    /// <summary>Derivatives of r² for given fixed effects in T. [grouping][k, k]</summary>
    public double[][] SquaresGradient(ReadOnlySpan<double> beta)
    {
        double[] effects = Random(beta);
        double[] residuals = ResidualProducts(beta);
        double[][] gradient = [.. data.Groupings.Select(grouping => new double[grouping.Width * grouping.Width])];
        for (int index = 0; index < gradient.Length; index++)
        {
            Grouping grouping = data.Groupings[index];
            int k = grouping.Width;
            for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += k)
            {
                for (int row = 0; row < k; row++)
                {
                    for (int column = 0; column < k; column++)
                        gradient[index][row * k + column] -= 2 * residuals[scalar + row] * effects[scalar + column];
                }
            }
        }
        return gradient;
    }

    /// <summary>ZᵀV⁻¹Z v = Zᵀ(Zv − ZΛΩ⁻¹ΛᵀZᵀZv). [effect]</summary>
    public double[] TimesPrecision(double[] vector)
    {
        double[] product = TimesRandom(vector);
        double[] solved = TransposedTransform(product);
        equations.Solve(solved);
        SubtractRandom(Transform(solved), 1, product);
        return product;
    }

    public bool TryApproximateHessian(Span<double> hessian)
    {
        int n = Count;
        double[] effects = Random(Fixed);
        double[] residuals = ResidualProducts(Fixed);
        double variance = ResidualVariance;
        double[][] variates = new double[n][];
        double[][] products = new double[n][];
        double[][] solved = new double[n][];
        double[][] tails = new double[n][];
        double[] withResponse = new double[n];
        for (int index = 0; index < n; index++)
        {
            variates[index] = WorkingVariate(parameters.Slots[index], effects, residuals);
            products[index] = TimesRandom(variates[index]);
            solved[index] = TransposedTransform(products[index]);
            equations.SolveForward(solved[index]);
            tails[index] = TailOf(variates[index], solved[index]);
            withResponse[index] = Dot(residuals, variates[index]);
        }
        double[][] curvatures = [.. Enumerable.Range(0, data.Groupings.Length).Select(grouping => Curvature(grouping, residuals, variance))];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double inner = Dot(variates[i], products[j]) - Dot(solved[i], solved[j]) - Dot(tails[i], tails[j]);
                double value = (inner - withResponse[i] * withResponse[j] / equations.ResidualSquares) / variance;
                CovarianceParameters.Slot first = parameters.Slots[i];
                CovarianceParameters.Slot second = parameters.Slots[j];
                if (first.Grouping == second.Grouping && first.Column == second.Column)
                    value += 2 * curvatures[first.Grouping][first.Row * data.Groupings[first.Grouping].Width + second.Row];
                hessian[i * n + j] = hessian[j * n + i] = value;
            }
        }
        return true;
    }

    public void Dispose() => equations.Dispose();

    /// <summary>A vector with a value for each column of the tail, contracted with (−β, 1). [effect]</summary>
    private double[] Contract(double[] columns, ReadOnlySpan<double> beta)
    {
        double[] result = new double[data.ScalarCount];
        for (int effect = 0; effect < result.Length; effect++)
        {
            double sum = columns[effect * width + p];
            for (int column = 0; column < p; column++)
                sum -= columns[effect * width + column] * beta[column];
            result[effect] = sum;
        }
        return result;
    }

    /// <summary>Zᵀ([X y] − ZΛG) for the solutions G. [effect, tail]</summary>
    private double[] ResidualProducts()
    {
        double[] transformed = new double[Solution.Length];
        for (int index = 0; index < data.Groupings.Length; index++)
        {
            Grouping grouping = data.Groupings[index];
            int k = grouping.Width;
            double[] t = equations.Relative[index];
            for (int level = 0; level < grouping.LevelCount; level++)
            {
                int first = grouping.Scalar(level) * width;
                for (int c = 0; c < k; c++)
                {
                    for (int d = 0; d < k; d++)
                    {
                        double weight = t[c * k + d];
                        if (weight == 0)
                            continue;
                        for (int w = 0; w < width; w++)
                            transformed[first + c * width + w] += weight * Solution[first + d * width + w];
                    }
                }
            }
        }
        double[] result = (double[])data.Tail.Clone();
        SubtractRandom(transformed, width, result);
        return result;
    }

    /// <summary>target −= ZᵀZ·vectors. [effect, columns]</summary>
    private void SubtractRandom(double[] vectors, int columns, double[] target)
    {
        for (int index = 0; index < data.Groupings.Length; index++)
        {
            Grouping grouping = data.Groupings[index];
            int k = grouping.Width;
            for (int level = 0; level < grouping.LevelCount; level++)
            {
                int first = grouping.Scalar(level) * columns;
                for (int c = 0; c < k; c++)
                {
                    for (int d = 0; d < k; d++)
                    {
                        double value = data.Diagonal[index][(level * k + c) * k + d];
                        for (int w = 0; w < columns; w++)
                            target[first + c * columns + w] -= value * vectors[first + d * columns + w];
                    }
                }
                for (int row = data.RowStart[index][level]; row < data.RowStart[index][level + 1]; row++)
                {
                    int other = data.Rows[index][row] * columns;
                    for (int c = 0; c < k; c++)
                    {
                        double value = data.Couplings[index][row * k + c];
                        for (int w = 0; w < columns; w++)
                        {
                            target[first + c * columns + w] -= value * vectors[other + w];
                            target[other + w] -= value * vectors[first + c * columns + w];
                        }
                    }
                }
            }
        }
    }

    private double[] TimesRandom(double[] vector)
    {
        double[] product = new double[vector.Length];
        SubtractRandom(vector, 1, product);
        for (int effect = 0; effect < product.Length; effect++)
            product[effect] = -product[effect];
        return product;
    }

    private double[][] ComputeDeterminantGradient()
    {
        double[] covariance = isRestricted ? equations.FixedCovariance() : [];
        double[][] gradient = [.. data.Groupings.Select(grouping => new double[grouping.Width * grouping.Width])];
        for (int index = 0; index < gradient.Length; index++)
        {
            int k = data.Groupings[index].Width;
            for (int row = 0; row < k; row++)
            {
                for (int column = 0; column < k; column++)
                {
                    double sum = Inverse.Trace[index][column * k + row];
                    if (isRestricted)
                        sum -= FixedTrace(data.Groupings[index], row, column, residualProducts, Solution, covariance);
                    gradient[index][row * k + column] = 2 * sum;
                }
            }
        }
        return gradient;
    }

    /// <summary>Σ_ℓ left[ℓ, row] Φ right[ℓ, column]ᵀ over the columns of X.</summary>
    private double FixedTrace(Grouping grouping, int row, int column, double[] left, double[] right, double[] covariance)
    {
        double[] moments = new double[p * p];
        for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += grouping.Width)
        {
            for (int i = 0; i < p; i++)
            {
                double value = left[(scalar + row) * width + i];
                for (int j = 0; j < p; j++)
                    moments[i * p + j] += value * right[(scalar + column) * width + j];
            }
        }
        return Dot(moments, covariance);
    }

    /// <summary>dΛ u + Λ dΛᵀ e for a unit change of one element of T. [effect]</summary>
    private double[] WorkingVariate(CovarianceParameters.Slot slot, double[] effects, double[] residuals)
    {
        double[] variate = new double[data.ScalarCount];
        Grouping grouping = data.Groupings[slot.Grouping];
        int k = grouping.Width;
        double[] t = equations.Relative[slot.Grouping];
        for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += k)
        {
            double residual = residuals[scalar + slot.Row];
            for (int row = 0; row < k; row++)
                variate[scalar + row] = t[row * k + slot.Column] * residual;
            variate[scalar + slot.Row] += effects[scalar + slot.Column];
        }
        return variate;
    }

    /// <summary>Λ v. [effect]</summary>
    public double[] Transform(double[] vector)
    {
        double[] result = new double[vector.Length];
        for (int index = 0; index < data.Groupings.Length; index++)
        {
            Grouping grouping = data.Groupings[index];
            int k = grouping.Width;
            double[] t = equations.Relative[index];
            for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += k)
            {
                for (int c = 0; c < k; c++)
                {
                    for (int d = 0; d < k; d++)
                        result[scalar + c] += t[c * k + d] * vector[scalar + d];
                }
            }
        }
        return result;
    }

    /// <summary>Λᵀ v. [effect]</summary>
    private double[] TransposedTransform(double[] vector)
    {
        double[] result = new double[vector.Length];
        for (int index = 0; index < data.Groupings.Length; index++)
        {
            Grouping grouping = data.Groupings[index];
            int k = grouping.Width;
            double[] t = equations.Relative[index];
            for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += k)
            {
                for (int c = 0; c < k; c++)
                {
                    for (int d = 0; d < k; d++)
                        result[scalar + c] += t[d * k + c] * vector[scalar + d];
                }
            }
        }
        return result;
    }

    /// <summary>R_X⁻¹ times what is left of XᵀZw after elimination. [p]</summary>
    private double[] TailOf(double[] variate, double[] solved)
    {
        double[] tail = equations.FixedTimesForward(solved);
        for (int column = 0; column < p; column++)
        {
            double sum = -tail[column];
            for (int effect = 0; effect < variate.Length; effect++)
                sum += data.Tail[effect * width + column] * variate[effect];
            tail[column] = sum;
        }
        ReadOnlySpan<double> factor = equations.TailFactor;
        for (int i = 0; i < p; i++)
        {
            for (int j = 0; j < i; j++)
                tail[i] -= factor[i * width + j] * tail[j];
            tail[i] /= factor[i * width + i];
        }
        return tail;
    }

    /// <summary>Σ_ℓ of ZᵀPZ (restricted) or ZᵀV⁻¹Z, less e eᵀ/σ². [k, k]</summary>
    /// <remarks>Σ Ω⁻¹ΛᵀZᵀZ = Tᵀ Σ ZᵀV⁻¹Z within levels, so the sum follows by solving with Tᵀ; rows of a T that is nearly singular give 0.</remarks>
    private double[] Curvature(int index, double[] residuals, double variance)
    {
        Grouping grouping = data.Groupings[index];
        int k = grouping.Width;
        double[] t = equations.Relative[index];
        double[] curvature = (double[])Inverse.Trace[index].Clone();
        double[] covariance = isRestricted ? equations.FixedCovariance() : [];
        for (int row = k - 1; row >= 0; row--)
        {
            double pivot = t[row * k + row];
            for (int column = 0; column < k; column++)
            {
                double sum = curvature[row * k + column];
                for (int later = row + 1; later < k; later++)
                    sum -= t[later * k + row] * curvature[later * k + column];
                curvature[row * k + column] = Math.Abs(pivot) > 1e-9 ? sum / pivot : 0;
            }
        }
        for (int row = 0; row < k; row++)
        {
            for (int column = 0; column < k; column++)
            {
                double sum = 0;
                for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += k)
                    sum += residuals[scalar + row] * residuals[scalar + column];
                curvature[row * k + column] -= sum / variance;
                if (isRestricted)
                    curvature[row * k + column] -= FixedTrace(grouping, row, column, residualProducts, residualProducts, covariance);
            }
        }
        return curvature;
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right) => FixedOrderSums.Dot(left, right);
}
