using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Mixtures.Levels.Quadrature;

/// <summary>Finds the mode of a level's standardized effects given its rows, and the curvature there.</summary>
/// <remarks>
/// h(v) = Σ_unit log Σ_k π_k f_k(y | v) − v'v/2 by Newton steps; where −h″ is not positive definite, as between two modes, the curvature with
/// classes known takes its place, which always is.
/// </remarks>
/// <param name="cells">Levels as parents, their units as children.</param>
/// <param name="density">Densities of the cells.</param>
/// <param name="parameters">They are of.</param>
/// <param name="logPrior">Log class probabilities. [class][unit]</param>
/// <param name="q">Effects of a set.</param>
internal sealed class ModeSearch(LevelCells cells, CellDensity density, LevelParameters parameters, double[][] logPrior, int q)
{
    private const int MostSteps = 60;
    private const double Enough = 1e-9; // of a step, in prior standard deviations

    private readonly int order = q * parameters.SetCount;
    private readonly double[] gradient = new double[q * parameters.SetCount];
    private readonly double[] exact = new double[q * parameters.SetCount * q * parameters.SetCount];
    private readonly double[] complete = new double[q * parameters.SetCount * q * parameters.SetCount];
    private readonly double[] slopes = new double[q * parameters.ClassCount];
    private readonly double[] logs = new double[parameters.ClassCount];

    /// <summary>Finds the mode of a level.</summary>
    /// <param name="level">Which.</param>
    /// <param name="mode">In: where to begin; out: the mode. [set, q]</param>
    /// <param name="scales">Out: lower triangular factors of the covariances of the sets. [set, q, q]</param>
    public void Run(int level, Span<double> mode, Span<double> scales)
    {
        double[] candidate = new double[order];
        double[] factor = new double[order * order];
        double value = Evaluate(level, mode, withCurvature: true);
        for (int step = 0; step < MostSteps; step++)
        {
            exact.CopyTo(factor, 0);
            if (!CholeskySolver.TryFactor(factor, order))
            {
                complete.CopyTo(factor, 0);
                CholeskySolver.TryFactor(factor, order);
            }
            double[] direction = (double[])gradient.Clone();
            CholeskySolver.Solve(factor, direction, order);
            double length = 1;
            double next = double.NaN;
            for (int halving = 0; halving < 30; halving++, length /= 2)
            {
                for (int index = 0; index < order; index++)
                    candidate[index] = mode[index] + length * direction[index];
                next = Evaluate(level, candidate, withCurvature: false);
                if (next >= value - 1e-12 * Math.Abs(value))
                    break;
            }
            if (!(next >= value - 1e-12 * Math.Abs(value)))
                break;
            candidate.CopyTo(mode);
            value = Evaluate(level, mode, withCurvature: true);
            if (length * direction.Max(Math.Abs) < Enough)
                break;
        }
        Scale(scales);
    }

    private double Evaluate(int level, ReadOnlySpan<double> v, bool withCurvature)
    {
        double value = 0;
        foreach (double effect in v)
            value -= 0.5 * effect * effect;
        if (withCurvature)
        {
            for (int index = 0; index < order; index++)
                gradient[index] = -v[index];
            complete.AsSpan().Clear();
            for (int index = 0; index < order; index++)
                complete[index * order + index] = 1;
            complete.CopyTo(exact, 0);
        }
        for (int cell = cells.ParentStart[level]; cell < cells.ParentStart[level + 1]; cell++)
        {
            double largest = double.NegativeInfinity;
            for (int k = 0; k < parameters.ClassCount; k++)
            {
                double prior = logPrior[k][cells.Child[cell]];
                logs[k] = double.IsNegativeInfinity(prior) ? prior : prior + density.Evaluate(cell, k, v.Slice(parameters.SetOf(k) * q, q), withCurvature ? slopes.AsSpan(k * q, q) : []);
                largest = Math.Max(largest, logs[k]);
            }
            double sum = 0;
            for (int k = 0; k < logs.Length; k++)
                sum += Math.Exp(logs[k] - largest);
            double log = largest + Math.Log(sum);
            value += log;
            if (withCurvature)
                AddCurvature(cell, log);
        }
        return value;
    }

    /// <summary>Gradient Σ τ g; with classes known −h″ is Σ τ ΛᵀZᵀZΛ/σ², from which the spread of g over the classes is taken.</summary>
    private void AddCurvature(int cell, double logSum)
    {
        Span<double> mean = stackalloc double[order];
        mean.Clear();
        for (int k = 0; k < logs.Length; k++)
        {
            double probability = Math.Exp(logs[k] - logSum);
            if (probability == 0)
                continue;
            int first = parameters.SetOf(k) * q;
            Span<double> slope = slopes.AsSpan(k * q, q);
            for (int c = 0; c < q; c++)
            {
                mean[first + c] += probability * slope[c];
                for (int d = 0; d < q; d++)
                {
                    double curvature = probability * density.Curvature(cell, k, c, d);
                    int place = (first + c) * order + first + d;
                    complete[place] += curvature;
                    exact[place] += curvature - probability * slope[c] * slope[d];
                }
            }
        }
        for (int c = 0; c < order; c++)
        {
            gradient[c] += mean[c];
            for (int d = 0; d < order; d++)
                exact[c * order + d] += mean[c] * mean[d];
        }
    }

    private void Scale(Span<double> scales)
    {
        double[] factor = (double[])exact.Clone();
        if (!CholeskySolver.TryFactor(factor, order))
        {
            complete.CopyTo(factor, 0);
            CholeskySolver.TryFactor(factor, order);
        }
        double[] covariance = new double[order * order];
        for (int column = 0; column < order; column++)
        {
            covariance[column * order + column] = 1;
            CholeskySolver.Solve(factor, covariance.AsSpan(column * order, order), order);
        }
        double[] block = new double[q * q];
        for (int set = 0; set < parameters.SetCount; set++)
        {
            for (int c = 0; c < q; c++)
                covariance.AsSpan((set * q + c) * order + set * q, q).CopyTo(block.AsSpan(c * q));
            SemidefiniteCholesky.Factor(block, q).CopyTo(scales[(set * q * q)..]);
        }
    }
}
