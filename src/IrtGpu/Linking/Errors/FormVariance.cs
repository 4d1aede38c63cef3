using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Linking.Forms;

namespace IrtGpu.Linking.Errors;

/// <summary>Variances of functions of the free parameters of independent forms, and draws of these parameters.</summary>
internal sealed class FormVariance
{
    private readonly IReadOnlyList<LinkForm> forms;
    private readonly double[]?[] factors; // of the covariances, made when first drawn [form]

    public FormVariance(IReadOnlyList<LinkForm> forms)
    {
        this.forms = forms;
        factors = new double[]?[forms.Count];
        string[] without = [.. forms.Where(form => form.Layout.FreeCount > 0 && form.Covariance is null).Select(form => $"'{form.Name}'")];
        if (without.Length > 0)
        {
            Reason = $"None, as {string.Join(", ", without)} {(without.Length > 1 ? "have" : "has")} no covariance matrix of the parameters: calibrated with --se none, without standard errors for the reason in its fit.json, "
                + "by an earlier version of the program, or with more than 1,000 free parameters. Calibrate again.";
        }
    }

    /// <summary>Why there are no variances; null where there are.</summary>
    public string? Reason { get; }

    /// <summary>Covariance of two functions: Σ over forms of gᵀ Σ h.</summary>
    /// <param name="first">Derivatives of one. [form][free]</param>
    /// <param name="second">Of the other. [form][free]</param>
    public double Of(double[]?[] first, double[]?[] second)
    {
        double sum = 0;
        for (int form = 0; form < forms.Count; form++)
        {
            if (first[form] is not { } g || second[form] is not { } h || forms[form].Covariance is not { } covariance)
                continue;
            for (int row = 0; row < g.Length; row++)
            {
                if (g[row] == 0)
                    continue;
                double inner = 0;
                for (int column = 0; column < h.Length; column++)
                    inner += h[column] == 0 ? 0 : covariance[row * g.Length + column] * h[column];
                sum += g[row] * inner;
            }
        }
        return sum;
    }

    /// <summary>Standard error of a function; null where a parameter in it has none.</summary>
    /// <param name="gradient">Its derivatives. [form][free]</param>
    public double? ErrorOf(double[]?[] gradient)
    {
        if (Reason is not null)
            return null;
        double variance = Of(gradient, gradient);
        return variance > 0 && double.IsFinite(variance) ? Math.Sqrt(variance) : null;
    }

    /// <summary>Draws a form's free parameters from their normal distribution; those without limit stay.</summary>
    /// <param name="form">Which.</param>
    /// <param name="random">The stream.</param>
    /// <returns>Slots.</returns>
    public double[] Draw(int form, ref StreamRandom random)
    {
        LinkForm own = forms[form];
        int count = own.Layout.FreeCount;
        double[] factor = factors[form] ??= Factor(own);
        double[] normal = new double[count];
        for (int k = 0; k < count; k++)
            normal[k] = random.NextNormal();
        double[] free = (double[])own.Saved.Parameters.Free.Clone();
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column <= row; column++)
                free[row] += factor[row * count + column] * normal[column];
        }
        double[] slots = new double[own.Layout.SlotCount];
        own.Layout.Expand(free, slots);
        return slots;
    }

    /// <summary>Makes the factors, so that threads only read them.</summary>
    public void Prepare()
    {
        for (int form = 0; form < forms.Count; form++)
            factors[form] ??= Factor(forms[form]);
    }

    private static double[] Factor(LinkForm form) => form.Covariance is { } covariance
        ? SemidefiniteCholesky.Factor(Array.ConvertAll(covariance, value => double.IsFinite(value) ? value : 0), form.Layout.FreeCount)
        : new double[form.Layout.FreeCount * form.Layout.FreeCount];
}
