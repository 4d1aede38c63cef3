using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>M-step of coefficients, residual deviations and covariance matrices, and the gradient, from the sums of an E-step.</summary>
/// <remarks>
/// Coefficients are a weighted regression of y − Zu on X given σ, then σ² is the mean square left, then G the mean of E[uuᵀ]: expectation and
/// conditional maximisation (Meng and Rubin 1993, Biometrika 80, 267–278), so that the likelihood never falls. Expanded (Liu, Rubin and Wu 1998,
/// Biometrika 85, 755–770), Λ is a coefficient of the standardized effects v in the same regression, and what E[vvᵀ] differs from I goes into it.
/// With v missing in place of u, Λ is that coefficient alone: the step that climbs where v is summed over nodes that are held.
/// </remarks>
internal static class LevelMaximization
{
    private const double SmallestVariance = 1e-24; // of the standardized response: less is a class that collapses, which others judge

    /// <summary>The EM map.</summary>
    /// <param name="sums">Of the E-step at <paramref name="at"/>.</param>
    /// <param name="at">Where the E-step was made.</param>
    /// <param name="ties">What is free.</param>
    /// <param name="step">What is held while Λ is estimated.</param>
    public static LevelParameters Maximize(LevelSums sums, LevelParameters at, LevelTies ties, LevelStep step)
    {
        (double[] Matrix, double[] Vector)[] quadratics = [.. Enumerable.Range(0, at.ClassCount).Select(sums.Quadratic)];
        LevelParameters regressed = Regress(sums, quadratics, at, ties, step);
        return regressed with { Sigmas = Deviations(sums, quadratics, regressed, ties), Factors = step == LevelStep.Standardized ? regressed.Factors : Covariances(sums, regressed, ties) };
    }

    /// <summary>Gradient of the log-likelihood, each number by itself.</summary>
    /// <returns>In β [class, p], log σ [class] and Λ [set][q, q].</returns>
    public static (double[] Coefficients, double[] LogSigmas, double[][] Factors) Gradient(LevelSums sums, LevelParameters at)
    {
        (int p, int q) = (sums.Layout.FixedCount, sums.Layout.EffectCount);
        double[] coefficients = new double[at.Coefficients.Length];
        double[] logSigmas = new double[at.ClassCount];
        double[][] factors = [.. at.Factors.Select(factor => new double[factor.Length])];
        for (int k = 0; k < at.ClassCount; k++)
        {
            (double[] matrix, double[] vector) = sums.Quadratic(k);
            double[] theta = Stack(at, k, q);
            double variance = at.Sigmas[k] * at.Sigmas[k];
            double squares = sums.Classes[k][sums.Layout.Response];
            for (int row = 0; row < theta.Length; row++)
            {
                double product = FixedOrderSums.Dot(matrix.AsSpan(row * theta.Length, theta.Length), theta);
                squares += theta[row] * (product - 2 * vector[row]);
                double slope = (vector[row] - product) / variance;
                if (row < p)
                    coefficients[k * p + row] = slope;
                else
                    factors[at.SetOf(k)][row - p] += slope;
            }
            logSigmas[k] = squares / variance - sums.Classes[k][sums.Layout.Rows];
        }
        return (coefficients, logSigmas, factors);
    }

    /// <summary>(β, Λ row-major) of a class.</summary>
    private static double[] Stack(LevelParameters at, int mixtureClass, int q)
    {
        int p = at.FixedCount;
        double[] theta = new double[p + q * q];
        at.Of(mixtureClass).CopyTo(theta);
        at.Factors[at.SetOf(mixtureClass)].CopyTo(theta, p);
        return theta;
    }

    private static LevelParameters Regress(LevelSums sums, (double[] Matrix, double[] Vector)[] quadratics, LevelParameters at, LevelTies ties, LevelStep step)
    {
        bool isExpanded = step != LevelStep.Effects;
        (int p, int q) = (at.FixedCount, sums.Layout.EffectCount);
        int order = ties.CoefficientCount + (isExpanded ? ties.FactorCount * q * q : 0);
        double[] system = new double[order * order];
        double[] solution = new double[order];
        for (int k = 0; k < at.ClassCount; k++)
        {
            (double[] matrix, double[] vector) = quadratics[k];
            double[] theta = Stack(at, k, q);
            double weight = 1 / (at.Sigmas[k] * at.Sigmas[k]);
            for (int row = 0; row < theta.Length; row++)
            {
                int unknown = Unknown(row, k);
                if (unknown < 0)
                    continue;
                double right = vector[row];
                for (int column = 0; column < theta.Length; column++)
                {
                    int other = Unknown(column, k);
                    if (other < 0)
                        right -= matrix[row * theta.Length + column] * theta[column];
                    else
                        system[unknown * order + other] += weight * matrix[row * theta.Length + column];
                }
                solution[unknown] += weight * right;
            }
        }
        for (int unknown = 0; unknown < order; unknown++)
        {
            if (system[unknown * order + unknown] == 0)
                system[unknown * order + unknown] = 1; // not in use: an element of Λ that is held at 0, or an empty class
        }
        double[] factor = new double[order * order];
        CholeskySolver.FactorWithRidge(system, factor, order);
        CholeskySolver.Solve(factor, solution, order);
        double[] coefficients = (double[])at.Coefficients.Clone();
        for (int index = 0; index < coefficients.Length; index++)
        {
            if (ties.Coefficients[index] >= 0)
                coefficients[index] = solution[ties.Coefficients[index]];
        }
        double[][] factors = [.. at.Factors.Select((own, set) => isExpanded && ties.Factors[set] >= 0 ? Expanded(own, set) : own)];
        return new LevelParameters(coefficients, at.Sigmas, factors);

        int Unknown(int row, int k)
        {
            if (row < p)
                return ties.Coefficients[k * p + row];
            int set = at.SetOf(k);
            return isExpanded && ties.Factors[set] >= 0 && IsFree(row - p) ? ties.CoefficientCount + ties.Factors[set] * q * q + row - p : -1;
        }

        // Where v stays as it is Λ stays triangular; expanded, its rotation goes into the covariance.
        bool IsFree(int element) => element / q == element % q || (ties.IsCorrelated && (step == LevelStep.Expanded || element % q < element / q));

        double[] Expanded(double[] own, int set)
        {
            double[] result = (double[])own.Clone();
            for (int element = 0; element < result.Length; element++)
            {
                if (IsFree(element))
                    result[element] = solution[ties.CoefficientCount + ties.Factors[set] * q * q + element];
            }
            return result;
        }
    }

    private static double[] Deviations(LevelSums sums, (double[] Matrix, double[] Vector)[] quadratics, LevelParameters at, LevelTies ties)
    {
        double[] squares = new double[ties.SigmaCount];
        double[] rows = new double[ties.SigmaCount];
        for (int k = 0; k < at.ClassCount; k++)
        {
            if (ties.Sigmas[k] < 0)
                continue;
            (double[] matrix, double[] vector) = quadratics[k];
            double[] theta = Stack(at, k, sums.Layout.EffectCount);
            double own = sums.Classes[k][sums.Layout.Response];
            for (int row = 0; row < theta.Length; row++)
                own += theta[row] * (FixedOrderSums.Dot(matrix.AsSpan(row * theta.Length, theta.Length), theta) - 2 * vector[row]);
            squares[ties.Sigmas[k]] += own;
            rows[ties.Sigmas[k]] += sums.Classes[k][sums.Layout.Rows];
        }
        return
        [
            .. at.Sigmas.Select((sigma, k) => ties.Sigmas[k] < 0 || !(rows[ties.Sigmas[k]] > 0)
                ? sigma
                : Math.Sqrt(Math.Max(SmallestVariance, squares[ties.Sigmas[k]] / rows[ties.Sigmas[k]]))),
        ];
    }

    private static double[][] Covariances(LevelSums sums, LevelParameters at, LevelTies ties)
    {
        int q = sums.Layout.EffectCount;
        double[][] covariance = [.. Enumerable.Range(0, ties.FactorCount).Select(_ => new double[q * q])];
        double[] counts = new double[ties.FactorCount];
        for (int set = 0; set < at.SetCount; set++)
        {
            if (ties.Factors[set] < 0)
                continue;
            double[] factor = at.Factors[set];
            counts[ties.Factors[set]] += sums.Sets[set][^1];
            for (int a = 0; a < q; a++)
            {
                for (int b = 0; b < q; b++)
                {
                    if (a != b && !ties.IsCorrelated)
                        continue;
                    for (int c = 0; c < q; c++)
                    {
                        for (int d = 0; d < q; d++)
                            covariance[ties.Factors[set]][a * q + b] += factor[a * q + c] * sums.Sets[set][PackedTriangle.SymmetricIndex(c, d)] * factor[b * q + d];
                    }
                }
            }
        }
        double[][] roots = [.. covariance.Select((matrix, group) => SemidefiniteCholesky.Factor(Array.ConvertAll(matrix, value => value / counts[group]), q))];
        return [.. at.Factors.Select((factor, set) => ties.Factors[set] >= 0 && counts[ties.Factors[set]] > 0 ? roots[ties.Factors[set]] : factor)];
    }
}

/// <summary>What the M-step takes as missing.</summary>
internal enum LevelStep
{
    /// <summary>The effects u = Λv.</summary>
    Effects,

    /// <summary>The standardized effects v.</summary>
    Standardized,

    /// <summary>Either: parameter expansion.</summary>
    Expanded,
}
