using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Mixtures.Rows.Steps;

/// <summary>M-step of the coefficients given σ: weighted least squares, with ties across classes and priors.</summary>
/// <remarks>
/// It solves for the change from the coefficients of the E-step, Σ_k Xᵀ P_k W X/σ_k² Δ = Σ_k Xᵀ P_k W r_k/σ_k², so an error of the solution is seen
/// in the residuals of the next E-step and mended there. With priors that are not flat, Newton's method on the same quadratic plus log prior.
/// </remarks>
internal sealed class CoefficientStep
{
    private readonly MixtureLayout layout;
    private readonly MixturePriors priors;
    private readonly WorkingScale scale;
    private readonly int columns;
    private readonly int[] free; // free parameters that are coefficients
    private readonly int[] positionOf; // position among them, by slot; −1: none
    private readonly bool isSplit; // by class: nothing is tied, all flat
    private readonly (int Slot, (int Position, double Derivative)[] Row)[] penalties;

    public CoefficientStep(MixtureProblem problem)
    {
        (layout, priors, scale) = (problem.Layout, problem.Priors, problem.Scale);
        columns = layout.Shape.Coefficients.Count;
        free = [.. Enumerable.Range(0, layout.FreeCount).Where(index => layout.Slots[layout.FirstSlots[index]].Kind == SlotKind.Coefficient)];
        positionOf = [.. Enumerable.Range(0, layout.SlotCount).Select(slot => layout.Slots[slot].Kind == SlotKind.Coefficient && layout.FreeOf(slot) >= 0 ? Array.IndexOf(free, layout.FreeOf(slot)) : -1)];
        penalties = [.. free.Select(index => layout.FirstSlots[index]).Where(slot => priors.OfSlot[slot] is not null).Select(slot => (slot, RowOf(slot)))];
        isSplit = penalties.Length == 0 && free.Length == layout.ClassCount * columns;
    }

    /// <summary>Changes of all coefficients. [class, p]</summary>
    /// <param name="full">Working numbers of the E-step. [slot]</param>
    /// <param name="sums">Its sums.</param>
    public double[] Solve(double[] full, RowSums sums)
    {
        double[] change = new double[layout.ClassCount * columns];
        if (isSplit)
        {
            double[] factor = new double[columns * columns];
            for (int k = 0; k < layout.ClassCount; k++)
            {
                Span<double> own = change.AsSpan(k * columns, columns);
                sums.ScoreOf(k).CopyTo(own);
                Solve(sums.CrossOf(k), factor, own, columns);
            }
            return change;
        }
        int n = free.Length;
        double[] system = new double[n * n];
        double[] score = new double[n];
        for (int k = 0; k < layout.ClassCount; k++)
            AddClass(k, Math.Exp(-2 * full[layout.LogSigma(k)]), sums, system, score);
        double[] step = new double[n];
        if (penalties.Length == 0)
        {
            score.CopyTo(step, 0);
            Solve(system, new double[n * n], step, n);
        }
        else
        {
            Penalized(full, system, score, step);
        }
        for (int slot = 0; slot < positionOf.Length; slot++)
        {
            if (positionOf[slot] >= 0)
                change[layout.Slots[slot].Class * columns + layout.Slots[slot].Index] = step[positionOf[slot]];
        }
        return change;
    }

    private static void Solve(ReadOnlySpan<double> system, double[] factor, Span<double> vector, int n)
    {
        CholeskySolver.FactorWithRidge(system, factor, n);
        CholeskySolver.Solve(factor, vector, n);
        if (!double.IsFinite(FixedOrderSums.Sum(vector)))
            vector.Clear(); // an empty class says nothing
    }

    private void AddClass(int ofClass, double precision, RowSums sums, double[] system, double[] score)
    {
        int n = free.Length;
        ReadOnlySpan<double> cross = sums.CrossOf(ofClass);
        for (int i = 0; i < columns; i++)
        {
            int row = positionOf[layout.Coefficient(ofClass, i)];
            if (row < 0)
                continue;
            score[row] += precision * sums.ScoreOf(ofClass)[i];
            for (int j = 0; j < columns; j++)
            {
                int column = positionOf[layout.Coefficient(ofClass, j)];
                if (column >= 0)
                    system[row * n + column] += precision * cross[Math.Max(i, j) * columns + Math.Min(i, j)];
            }
        }
    }

    private void Penalized(double[] full, double[] system, double[] score, double[] step)
    {
        int n = free.Length;
        double[] natural = new double[layout.SlotCount];
        scale.ToNatural(layout, full, natural);
        (double[] lower, double[] upper) = Bounds(natural);
        BoundedNewton.Maximize(step, lower, upper, (x, gradient, information) =>
        {
            double value = 0;
            for (int i = 0; i < n; i++)
            {
                double product = FixedOrderSums.Dot(system.AsSpan(i * n, n), (ReadOnlySpan<double>)x);
                value += x[i] * (score[i] - 0.5 * product);
                if (gradient.Length > 0)
                    gradient[i] = score[i] - product;
            }
            if (information.Length > 0)
                system.CopyTo(information);
            foreach ((int slot, (int Position, double Derivative)[] row) in penalties)
            {
                double at = natural[slot];
                foreach ((int position, double derivative) in row)
                    at += derivative * x[position];
                value += priors.OfSlot[slot]!.LogDensity(at, out double first, out double second);
                foreach ((int position, double derivative) in row)
                {
                    if (gradient.Length > 0)
                        gradient[position] += first * derivative;
                    foreach ((int other, double otherDerivative) in row)
                    {
                        if (information.Length > 0)
                            information[position * n + other] -= second * derivative * otherDerivative;
                    }
                }
            }
            return value;
        });
    }

    /// <summary>Ends that priors give to changes; a bounded coefficient is a function of its own change alone.</summary>
    private (double[] Lower, double[] Upper) Bounds(double[] natural)
    {
        double[] lower = new double[free.Length];
        double[] upper = new double[free.Length];
        Array.Fill(lower, double.NegativeInfinity);
        Array.Fill(upper, double.PositiveInfinity);
        foreach ((int slot, (int Position, double Derivative)[] row) in penalties.Where(penalty => penalty.Row.Length == 1))
        {
            (double least, double largest) = PriorBounds.Of(priors.OfSlot[slot]!);
            lower[row[0].Position] = Math.Min(0, (least - natural[slot]) / row[0].Derivative);
            upper[row[0].Position] = Math.Max(0, (largest - natural[slot]) / row[0].Derivative);
        }
        return (lower, upper);
    }

    private (int Position, double Derivative)[] RowOf(int slot) =>
        [.. scale.Derivatives(layout, slot, []).Where(part => positionOf[part.Slot] >= 0).Select(part => (positionOf[part.Slot], part.Derivative))];
}
