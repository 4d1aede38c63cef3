using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Estimation.Maximization;

/// <summary>Maximises Σ n_bk log τ_k over the log odds of the classes, under their constraints.</summary>
internal sealed class ClassProportionUpdate
{
    private readonly CalibrationPlan plan;
    private readonly int[] free; // free parameters that log odds depend on

    public ClassProportionUpdate(CalibrationPlan plan)
    {
        this.plan = plan;
        free = [.. plan.Blocks.SelectMany(block => plan.Layout.FreeOf(block.ClassLogitSlot).ToArray()).Distinct().Order()];
    }

    public void Maximize(Expectation expectation, double[] values)
    {
        if (free.Length == 0)
            return;
        double[] totals = Totals(expectation);
        double[] all = (double[])values.Clone();
        double[] x = [.. free.Select(index => values[index])];
        NewtonMaximizer.Maximize(x, (candidate, gradient, information) =>
        {
            for (int k = 0; k < free.Length; k++)
                all[free[k]] = candidate[k];
            return Evaluate(totals, all, gradient, information);
        });
        for (int k = 0; k < free.Length; k++)
            values[free[k]] = Math.Clamp(x[k], -40, 40);
    }

    public void AddDerivatives(Expectation expectation, double[] values, double[] gradient, double[]? hessian)
    {
        if (free.Length == 0)
            return;
        double[] local = new double[free.Length];
        double[] information = new double[free.Length * free.Length];
        Evaluate(Totals(expectation), values, local, information);
        for (int p = 0; p < free.Length; p++)
        {
            gradient[free[p]] += local[p];
            for (int q = 0; q < free.Length && hessian is not null; q++)
                hessian[(long)free[p] * gradient.Length + free[q]] -= information[Math.Max(p, q) * free.Length + Math.Min(p, q)];
        }
    }

    private double[] Totals(Expectation expectation) => [.. plan.Blocks.Select(block => expectation.Population(block.Index).Weight)];

    private double Evaluate(double[] totals, double[] values, Span<double> gradient, Span<double> information)
    {
        double value = 0;
        for (int group = 0; group < plan.GroupCount; group++)
        {
            PlannedBlock[] blocks = [.. plan.Blocks.Where(block => block.Group == group)];
            double[] logits = [.. blocks.Select(block => plan.Layout.Value(block.ClassLogitSlot, values))];
            double logTotal = double.NegativeInfinity;
            double total = 0;
            for (int k = 0; k < logits.Length; k++)
            {
                logTotal = Elementary.LogAddExp(logTotal, logits[k]);
                total += totals[blocks[k].Index];
            }
            double[] proportion = [.. logits.Select(logit => Math.Exp(logit - logTotal))];
            for (int k = 0; k < logits.Length; k++)
            {
                value += totals[blocks[k].Index] * (logits[k] - logTotal);
                if (gradient.IsEmpty)
                    continue;
                plan.Layout.AddToFree(blocks[k].ClassLogitSlot, totals[blocks[k].Index] - total * proportion[k], free, gradient);
                for (int m = 0; m < logits.Length; m++)
                {
                    double second = total * ((k == m ? proportion[k] : 0) - proportion[k] * proportion[m]);
                    plan.Layout.AddToFree(blocks[k].ClassLogitSlot, blocks[m].ClassLogitSlot, second, free, information);
                }
            }
        }
        return value;
    }
}
