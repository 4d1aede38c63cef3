using IrtGpu.Linking.Forms;
using IrtGpu.Linking.Methods;
using IrtGpu.Linking.Results;

namespace IrtGpu.Linking.Errors;

/// <summary>Standard errors of a form's parameters on the scale of the base: their own errors and those of A and B, which depend on each other.</summary>
internal sealed class LinkedErrors(LinkForm form, int index, LinkedTables tables, MetricTransformation at, MetricGradients gradients, FormVariance variance)
{
    private const double Step = 1e-6;

    /// <summary>The standard errors; null where there are none.</summary>
    /// <param name="count">Number of values reported.</param>
    /// <param name="options">Whether they are wanted.</param>
    public double?[] Of(int count, LinkOptions options)
    {
        if (options.Errors == LinkErrors.None || variance.Reason is not null || options.Method == LinkMethod.RobustHaebara)
            return new double?[count];
        double[] byA = Difference(step => tables.Reported(tables.Carry(form.Slots, at with { A = at.A + step })));
        double[] byB = Difference(step => tables.Reported(tables.Carry(form.Slots, at with { B = at.B + step })));
        double[][] byFree = [.. Enumerable.Range(0, form.Layout.FreeCount).Select(free => Difference(step => tables.Reported(tables.Carry(Moved(free, step), at))))];
        double?[] errors = new double?[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : -1 }, value =>
        {
            double[]?[] gradient = new double[]?[gradients.ByA.Length];
            for (int other = 0; other < gradient.Length; other++)
                gradient[other] = MetricGradients.Sum((byA[value], gradients.ByA[other]), (byB[value], gradients.ByB[other]));
            double[] own = gradient[index] ??= new double[form.Layout.FreeCount];
            for (int free = 0; free < own.Length; free++)
                own[free] += double.IsFinite(byFree[free][value]) ? byFree[free][value] : 0;
            errors[value] = variance.ErrorOf(gradient);
        });
        return errors;
    }

    private static double[] Difference(Func<double, double[]> at)
    {
        double[] above = at(Step);
        double[] below = at(-Step);
        return [.. above.Zip(below, (high, low) => (high - low) / (2 * Step))];
    }

    private double[] Moved(int free, double step)
    {
        double[] moved = (double[])form.Saved.Parameters.Free.Clone();
        moved[free] += step;
        double[] slots = new double[form.Layout.SlotCount];
        form.Layout.Expand(moved, slots);
        return slots;
    }
}
