using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Inference;

/// <summary>−2 log-likelihood with one parameter held fixed, as a function of the others that remain.</summary>
/// <remarks>
/// The covariance of a term in the units of its columns is σ²(ΠL)(ΠL)ᵀ, L lower triangular and Π an order of the effects that puts the held one
/// first: then its standard deviation is σ|L₁₁|, and the correlation of the first two is L₂₁/√(L₂₁² + L₂₂²). On the standardized columns T = RΠL.
/// For a fixed effect r² grows by (b − β̂)²/Φ, and the solution moves along with it.
/// </remarks>
internal sealed class ProfileObjective : ISmoothObjective
{
    private readonly MixedProblem problem;
    private readonly ProfiledCriterion criterion;
    private readonly ProfileConstraint constraint;
    private readonly int[][] orders; // of the effects of each term
    private readonly double[][] bases; // RΠ [term][k, k]
    private readonly List<(int Term, int Row, int Column)> entries = []; // of L, that are free
    private readonly bool hasVariance; // whether log σ² is an argument

    public ProfileObjective(MixedProblem problem, ProfiledCriterion criterion, ProfileConstraint constraint)
    {
        this.problem = problem;
        this.criterion = criterion;
        this.constraint = constraint;
        hasVariance = constraint.Kind == ConstraintKind.Deviation;
        orders = [.. problem.Terms.Select((term, index) => Order(term.Width, index))];
        bases = [.. problem.Terms.Select((term, index) => Basis(term, orders[index]))];
        for (int term = 0; term < orders.Length; term++)
        {
            for (int column = 0; column < orders[term].Length; column++)
            {
                for (int row = column; row < orders[term].Length; row++)
                {
                    if (!IsHeld(term, row, column))
                        entries.Add((term, row, column));
                }
            }
        }
    }

    /// <summary>The value that is held: a fixed effect, standard deviation or correlation in the units of the data.</summary>
    public double Held { get; set; }

    public int Count => entries.Count + (hasVariance ? 1 : 0);

    private double HeldRatio => Held / Math.Sqrt(Math.Max(1e-300, (1 - Held) * (1 + Held))); // of a correlation: L₂₁ / L₂₂

    /// <summary>Arguments at given estimates.</summary>
    /// <param name="theta">On the standardized scale. [ϑ]</param>
    /// <param name="sigma">Residual standard deviation in units of the response.</param>
    public double[] Start(ReadOnlySpan<double> theta, double sigma)
    {
        double[][] transforms = problem.Parameters.Transforms(theta);
        double[][] lower = [.. problem.Terms.Select((term, index) => Lower(term, orders[index], transforms))];
        double[] start = new double[Count];
        for (int index = 0; index < entries.Count; index++)
        {
            (int term, int row, int column) = entries[index];
            start[index] = lower[term][row * orders[term].Length + column];
            if (constraint.Kind == ConstraintKind.Correlation && term == constraint.Index && row == 1 && column == 1)
                start[index] = Math.Sqrt(lower[term][orders[term].Length] * lower[term][orders[term].Length] + start[index] * start[index]) * Math.Sqrt(Math.Max(1e-6, 1 - Held * Held));
        }
        if (hasVariance)
            start[^1] = 2 * Math.Log(sigma / problem.Scale);
        return start;
    }

    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        double[][] lower = [.. orders.Select(order => new double[order.Length * order.Length])];
        for (int index = 0; index < entries.Count; index++)
            lower[entries[index].Term][entries[index].Row * orders[entries[index].Term].Length + entries[index].Column] = x[index];
        int own = constraint.Index;
        if (constraint.Kind == ConstraintKind.Deviation)
            lower[own][0] = Held / problem.Scale * Math.Exp(-x[^1] / 2);
        else if (constraint.Kind == ConstraintKind.Correlation)
            lower[own][orders[own].Length] = HeldRatio * lower[own][orders[own].Length + 1];
        if (!criterion.TrySolve(Transforms(lower)))
            return double.PositiveInfinity;

        double[] beta = criterion.Fixed;
        double squares = criterion.Equations.ResidualSquares;
        if (constraint.Kind == ConstraintKind.FixedEffect)
            (beta, squares) = Constrain(beta, squares);
        int n = problem.RowCount;
        double variance = constraint.Kind switch
        {
            ConstraintKind.Residual => Held * Held / (problem.Scale * problem.Scale),
            ConstraintKind.Deviation => Math.Exp(x[^1]),
            _ => squares / n,
        };
        double[][] determinant = Project(criterion.DeterminantGradient);
        double[][] fit = Project(criterion.SquaresGradient(beta));
        for (int index = 0; index < entries.Count; index++)
        {
            (int term, int row, int column) = entries[index];
            int place = row * orders[term].Length + column;
            gradient[index] = determinant[term][place] + fit[term][place] / variance;
            if (constraint.Kind == ConstraintKind.Correlation && term == own && row == 1 && column == 1)
                gradient[index] += HeldRatio * (determinant[term][place - 1] + fit[term][place - 1] / variance);
        }
        if (hasVariance)
            gradient[^1] = n - squares / variance - lower[own][0] / 2 * (determinant[own][0] + fit[own][0] / variance);
        return criterion.Determinant + squares / variance + n * Math.Log(2 * Math.PI * variance);
    }

    public bool TryApproximateHessian(Span<double> hessian) => false;

    private bool IsHeld(int term, int row, int column) => term == constraint.Index && constraint.Kind switch
    {
        ConstraintKind.Deviation => row == 0 && column == 0,
        ConstraintKind.Correlation => row == 1 && column == 0,
        _ => false,
    };

    private int[] Order(int width, int term)
    {
        IEnumerable<int> first = constraint.Kind switch
        {
            ConstraintKind.Deviation when term == constraint.Index => [constraint.Effect],
            ConstraintKind.Correlation when term == constraint.Index => [constraint.Effect, constraint.Effect2],
            _ => [],
        };
        return [.. first.Union(Enumerable.Range(0, width))];
    }

    private static double[] Basis(MixedTerm term, int[] order)
    {
        int k = order.Length;
        double[] basis = new double[k * k];
        for (int row = 0; row < k; row++)
        {
            for (int column = 0; column < k; column++)
                basis[row * k + column] = term.Standardization[row * k + order[column]];
        }
        return basis;
    }

    /// <summary>L of the covariance over σ², effects in order; a matrix without full rank has zeros on its diagonal.</summary>
    private double[] Lower(MixedTerm term, int[] order, double[][] transforms)
    {
        int k = term.Width;
        double[] covariance = CovarianceComponents.Covariance(
            term, CovarianceComponents.TermBlock(term, transforms, problem.Data.Groupings[term.GroupingIndex].Width), 1);
        double[] ordered = new double[k * k];
        for (int row = 0; row < k; row++)
        {
            for (int column = 0; column < k; column++)
                ordered[row * k + column] = covariance[order[row] * k + order[column]];
        }
        return SemidefiniteCholesky.Factor(ordered, k);
    }

    private double[][] Transforms(double[][] lower)
    {
        double[][] transforms = [.. problem.Data.Groupings.Select(grouping => new double[grouping.Width * grouping.Width])];
        for (int index = 0; index < lower.Length; index++)
        {
            MixedTerm term = problem.Terms[index];
            int k = term.Width;
            int width = problem.Data.Groupings[term.GroupingIndex].Width;
            for (int row = 0; row < k; row++)
            {
                for (int column = 0; column < k; column++)
                {
                    double sum = 0;
                    for (int c = column; c < k; c++)
                        sum += bases[index][row * k + c] * lower[index][c * k + column];
                    transforms[term.GroupingIndex][(term.Offset + row) * width + term.Offset + column] = sum;
                }
            }
        }
        return transforms;
    }

    /// <summary>Derivatives in L of derivatives in T: (RΠ)ᵀ M. [term][k, k]</summary>
    private double[][] Project(double[][] matrices)
    {
        double[][] result = new double[bases.Length][];
        for (int index = 0; index < result.Length; index++)
        {
            MixedTerm term = problem.Terms[index];
            int k = term.Width;
            double[] block = CovarianceComponents.TermBlock(term, matrices, problem.Data.Groupings[term.GroupingIndex].Width);
            result[index] = new double[k * k];
            for (int row = 0; row < k; row++)
            {
                for (int column = 0; column < k; column++)
                {
                    for (int c = 0; c < k; c++)
                        result[index][row * k + column] += bases[index][c * k + row] * block[c * k + column];
                }
            }
        }
        return result;
    }

    /// <summary>Fixed effects and r² with one fixed effect held.</summary>
    private (double[] Beta, double Squares) Constrain(double[] beta, double squares)
    {
        int p = beta.Length;
        // The effect is lᵀβ + constant on the standardized scale; l is a row of s R⁻¹.
        double[] row = new double[p];
        double[] unit = new double[p];
        for (int column = 0; column < p; column++)
        {
            unit[column] = 1;
            double[] solved = (double[])unit.Clone();
            problem.FixedBasis.SolveUpper(solved);
            row[column] = problem.Scale * solved[constraint.Index];
            unit[column] = 0;
        }
        double[] covariance = criterion.Equations.FixedCovariance();
        double[] along = new double[p];
        for (int i = 0; i < p; i++)
        {
            for (int j = 0; j < p; j++)
                along[i] += covariance[i * p + j] * row[j];
        }
        double variance = FixedOrderSums.Dot(row, along);
        double distance = Held - problem.ToFixedEffects(beta)[constraint.Index];
        double[] moved = new double[p];
        for (int i = 0; i < p; i++)
            moved[i] = beta[i] + along[i] * distance / variance;
        return (moved, squares + distance * distance / variance);
    }
}
