using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Posterior;

/// <summary>Marginal posterior of the covariance parameters of a mixed model: fixed effects, σ and random effects integrated out.</summary>
/// <remarks>
/// Priors are flat on fixed effects, standard deviations in units of the data, and correlation matrices. With Q standard deviations of
/// effects the integral over β and σ is exact: log p(T) = −½ (log|Ω| + log|XᵀV⁻¹X|) − ½ ν log r² + log J(T), ν = n − p − Q − 1. J is the Jacobian
/// from T to deviations and correlations: for a term of k effects Π t_ii^(k − i + 1) / Π s_i^k, i = 1 … k, with s_i the relative deviations. The
/// coordinates are the logs of the diagonals of T and its other elements as they are.
/// </remarks>
internal sealed class CovarianceDensity : ILogDensity, IDisposable
{
    private readonly MixedProblem problem;
    private readonly double[] theta;
    private readonly double[][] inverseStandardization; // R⁻¹ [term][k, k]

    /// <summary>The density for one chain.</summary>
    /// <param name="problem">The model.</param>
    public CovarianceDensity(MixedProblem problem)
    {
        this.problem = problem;
        Criterion = new ProfiledCriterion(problem.Data, problem.Parameters, isRestricted: true, threads: 1);
        theta = new double[problem.Parameters.Count];
        DegreesOfFreedom = problem.RowCount - problem.FixedCount - problem.Terms.Sum(term => term.Width) - 1;
        inverseStandardization = [.. problem.Terms.Select(term =>
        {
            double[] identity = new double[term.Width * term.Width];
            for (int i = 0; i < term.Width; i++)
                identity[i * term.Width + i] = 1;
            return term.ToOriginal(identity, term.Width);
        })];
    }

    public int Count => theta.Length;

    /// <summary>ν: r²/σ² is χ² with so many degrees of freedom given T.</summary>
    public int DegreesOfFreedom { get; }

    /// <summary>The criterion, at the point of the last evaluation.</summary>
    public ProfiledCriterion Criterion { get; }

    /// <summary>T of every grouping factor at coordinates. [grouping][k, k]</summary>
    public double[][] Transforms(ReadOnlySpan<double> x)
    {
        for (int index = 0; index < theta.Length; index++)
            theta[index] = IsDiagonal(index) ? Math.Exp(x[index]) : x[index];
        return problem.Parameters.Transforms(theta);
    }

    /// <summary>Coordinates of covariance parameters; deviations of 0 begin inside.</summary>
    /// <param name="covarianceParameters">ϑ, with no negative diagonal. [ϑ]</param>
    public double[] FromTheta(double[] covarianceParameters)
    {
        const double least = 0.05;
        return [.. covarianceParameters.Select((value, index) => IsDiagonal(index) ? Math.Log(Math.Max(value, least)) : value)];
    }

    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        double[][] transforms = Transforms(x);
        if (!Array.TrueForAll(theta, double.IsFinite) || !Criterion.TrySolve(transforms))
            return double.NegativeInfinity;
        double squares = Criterion.Equations.ResidualSquares;
        double[] determinant = problem.Parameters.Read(Criterion.DeterminantGradient);
        double[] ofSquares = problem.Parameters.Read(Criterion.SquaresGradient(Criterion.Fixed));
        for (int index = 0; index < theta.Length; index++)
            gradient[index] = -0.5 * determinant[index] - 0.5 * DegreesOfFreedom * ofSquares[index] / squares;
        double value = -0.5 * Criterion.Determinant - 0.5 * DegreesOfFreedom * Math.Log(squares);
        for (int term = 0; term < problem.Terms.Count; term++)
            value += AddPrior(term, transforms, gradient);
        for (int index = 0; index < theta.Length; index++)
        {
            if (IsDiagonal(index))
                gradient[index] *= theta[index];
        }
        return value;
    }

    public void Dispose() => Criterion.Dispose();

    private bool IsDiagonal(int index) => problem.Parameters.Slots[index].Row == problem.Parameters.Slots[index].Column;

    /// <summary>log J of a term and the log of its coordinates' Jacobian; adds its gradient in T.</summary>
    private double AddPrior(int number, double[][] transforms, Span<double> gradient)
    {
        MixedTerm term = problem.Terms[number];
        int k = term.Width;
        double[] block = CovarianceComponents.TermBlock(term, transforms, problem.Data.Groupings[term.GroupingIndex].Width);
        double[] root = term.ToOriginal(block, k);
        double[] inverse = inverseStandardization[number];
        double[] squares = new double[k];
        double value = 0;
        for (int i = 0; i < k; i++)
        {
            for (int c = 0; c < k; c++)
                squares[i] += root[i * k + c] * root[i * k + c];
            value += (k - i + 1) * Math.Log(block[i * k + i]) - 0.5 * k * Math.Log(squares[i]);
        }
        for (int index = 0; index < theta.Length; index++)
        {
            CovarianceParameters.Slot slot = problem.Parameters.Slots[index];
            if (slot.Term != number)
                continue;
            (int row, int column) = (slot.Row - term.Offset, slot.Column - term.Offset);
            double slope = row == column ? (k - row + 1) / theta[index] : 0;
            for (int i = 0; i < k; i++)
                slope -= k * inverse[i * k + row] * root[i * k + column] / squares[i];
            gradient[index] += slope;
        }
        return value;
    }
}
