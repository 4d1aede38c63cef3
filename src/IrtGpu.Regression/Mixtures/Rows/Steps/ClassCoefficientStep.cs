using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Rows.Steps;

/// <summary>One Newton step, halved until it gains, of the multinomial logit of the classes: Σ_u Σ_k P_uk log π_uk, π = soft-max of zδ.</summary>
/// <remarks>One step a cycle is enough for EM to gain (Rai &amp; Matthews 1993); units are few enough for plain loops beside the pass over rows.</remarks>
/// <param name="problem">The mixture.</param>
internal sealed class ClassCoefficientStep(MixtureProblem problem)
{
    private const int MostHalvings = 30;

    private readonly MixtureLayout layout = problem.Layout;
    private readonly double[][] columns = problem.Data.ClassColumns;
    private readonly int classes = problem.Layout.ClassCount;

    /// <summary>Renews the class coefficients.</summary>
    /// <param name="posterior">P. [unit, class]</param>
    /// <param name="full">In: of the E-step; out: class coefficients renewed. [slot]</param>
    public void Apply(double[] posterior, double[] full)
    {
        int[] free = [.. Enumerable.Range(0, layout.FreeCount).Where(index => layout.Slots[layout.FirstSlots[index]].Kind == SlotKind.ClassCoefficient)];
        int n = free.Length;
        if (n == 0)
            return;
        int m = columns.Length;
        double[] gradient = new double[(classes - 1) * m];
        double[] information = new double[gradient.Length * gradient.Length];
        double before = Evaluate(posterior, full, gradient, information);
        double[] system = new double[n * n];
        double[] step = new double[n];
        int first = layout.SlotCount - gradient.Length;
        for (int row = 0; row < n; row++)
        {
            int source = layout.FirstSlots[free[row]] - first;
            step[row] = gradient[source];
            for (int column = 0; column < n; column++)
                system[row * n + column] = information[source * gradient.Length + layout.FirstSlots[free[column]] - first];
        }
        double[] factor = new double[n * n];
        CholeskySolver.FactorWithRidge(system, factor, n);
        CholeskySolver.Solve(factor, step, n);
        if (!Array.TrueForAll(step, double.IsFinite))
            return;
        double[] moved = (double[])full.Clone();
        double length = 1;
        for (int halving = 0; halving < MostHalvings; halving++, length /= 2)
        {
            for (int row = 0; row < n; row++)
                moved[layout.FirstSlots[free[row]]] = full[layout.FirstSlots[free[row]]] + length * step[row];
            if (Evaluate(posterior, moved, [], []) >= before)
            {
                moved.CopyTo(full, 0);
                return;
            }
        }
    }

    private double Evaluate(double[] posterior, double[] full, double[] gradient, double[] information)
    {
        int m = columns.Length;
        double[] eta = new double[classes];
        double[] proportion = new double[classes];
        double value = 0;
        for (int unit = 0; unit < problem.Data.UnitCount; unit++)
        {
            double largest = 0;
            for (int k = 1; k < classes; k++)
            {
                eta[k] = 0;
                for (int column = 0; column < m; column++)
                    eta[k] += full[layout.ClassCoefficient(k, column)] * columns[column][unit];
                largest = Math.Max(largest, eta[k]);
            }
            double total = 0;
            for (int k = 0; k < classes; k++)
                total += proportion[k] = Math.Exp(eta[k] - largest);
            double log = largest + Math.Log(total);
            ReadOnlySpan<double> own = posterior.AsSpan(unit * classes, classes);
            for (int k = 0; k < classes; k++)
            {
                proportion[k] /= total;
                value += own[k] * (eta[k] - log);
            }
            if (gradient.Length > 0)
                AddDerivatives(unit, own, proportion, gradient, information);
        }
        return value + AddPriors(full, gradient, information);
    }

    private void AddDerivatives(int unit, ReadOnlySpan<double> own, double[] proportion, double[] gradient, double[] information)
    {
        int m = columns.Length;
        for (int k = 1; k < classes; k++)
        {
            for (int i = 0; i < m; i++)
            {
                double z = columns[i][unit];
                int row = (k - 1) * m + i;
                gradient[row] += (own[k] - proportion[k]) * z;
                for (int l = 1; l < classes; l++)
                {
                    double weight = proportion[k] * ((k == l ? 1 : 0) - proportion[l]) * z;
                    for (int j = 0; j < m; j++)
                        information[row * gradient.Length + (l - 1) * m + j] += weight * columns[j][unit];
                }
            }
        }
    }

    private double AddPriors(double[] full, double[] gradient, double[] information)
    {
        int first = layout.SlotCount - (classes - 1) * columns.Length;
        double value = 0;
        double[]? natural = null;
        for (int slot = first; slot < layout.SlotCount; slot++)
        {
            if (problem.Priors.OfSlot[slot] is not { } prior || layout.FreeOf(slot) < 0)
                continue;
            if (natural is null)
                problem.Scale.ToNatural(layout, full, natural = new double[layout.SlotCount]);
            value += prior.LogDensity(natural[slot], out double slope, out double curvature);
            foreach ((int working, double derivative) in problem.Scale.Derivatives(layout, slot, natural))
            {
                if (gradient.Length == 0)
                    continue;
                gradient[working - first] += slope * derivative;
                foreach ((int other, double otherDerivative) in problem.Scale.Derivatives(layout, slot, natural))
                    information[(working - first) * gradient.Length + other - first] -= curvature * derivative * otherDerivative;
            }
        }
        return value;
    }
}
