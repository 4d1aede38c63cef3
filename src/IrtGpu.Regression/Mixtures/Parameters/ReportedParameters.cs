namespace IrtGpu.Regression.Mixtures.Parameters;

/// <summary>A number as it is reported.</summary>
/// <param name="Class">0-based class; −1 where it is of no class.</param>
/// <param name="Parameter"><c>b</c>, <c>sigma</c>, <c>sd</c>, <c>cor</c>, <c>theta</c> (a proportion, or a coefficient of the log odds).</param>
/// <param name="Term">Coefficient or effect; else empty.</param>
/// <param name="Term2">Second effect of a correlation; else empty.</param>
internal readonly record struct ReportedName(int Class, string Parameter, string Term, string Term2)
{
    /// <summary>In one word, as priors name it: <c>b:x:class1</c>.</summary>
    public string Text(string group, int classCount) => string.Join(':', new[]
    {
        Parameter == "b" && Term == Foundation.Formulas.Design.DesignMatrix.Intercept ? "Intercept" : Parameter,
        Parameter is "sd" or "cor" ? group : "",
        Parameter == "b" && Term == Foundation.Formulas.Design.DesignMatrix.Intercept ? "" : Term,
        Term2,
        Class >= 0 && classCount > 1 ? FormattableString.Invariant($"class{Class + 1}") : "",
    }.Where(part => part.Length > 0));
}

/// <summary>From working numbers to those that are reported: β, σ, standard deviations, correlations, proportions or class coefficients.</summary>
internal sealed class ReportedParameters
{
    private const double Step = 1e-5; // of a correlation's unbounded number, for its derivatives

    private readonly MixtureLayout layout;
    private readonly WorkingScale scale;

    public ReportedParameters(MixtureLayout layout, WorkingScale scale)
    {
        this.layout = layout;
        this.scale = scale;
        Names = [.. MakeNames(layout)];
    }

    /// <summary>Names, in order. [reported]</summary>
    public IReadOnlyList<ReportedName> Names { get; }

    /// <summary>The values. [reported]</summary>
    /// <param name="full">Working numbers. [slot]</param>
    public double[] Values(ReadOnlySpan<double> full)
    {
        double[] natural = new double[layout.SlotCount];
        scale.ToNatural(layout, full, natural);
        MixtureShape shape = layout.Shape;
        List<double> values = [];
        for (int k = 0; k < layout.ClassCount; k++)
        {
            values.AddRange(natural.AsSpan(layout.Coefficient(k), shape.Coefficients.Count + 1 + shape.Effects.Count));
            values.AddRange(LowerTriangle(full, k));
        }
        if (layout.ClassCount > 1 && shape.HasConstantProportions)
            values.AddRange(MixturePriors.LogProportions(layout, full).Select(Math.Exp));
        else
            values.AddRange(natural.AsSpan(layout.ClassCount * (shape.Coefficients.Count + 1 + shape.Effects.Count + shape.CorrelationCount)));
        return [.. values];
    }

    /// <summary>Derivatives of the values in the free parameters. [reported, free]</summary>
    /// <param name="full">Working numbers. [slot]</param>
    public double[] Jacobian(ReadOnlySpan<double> full)
    {
        double[] natural = new double[layout.SlotCount];
        scale.ToNatural(layout, full, natural);
        MixtureShape shape = layout.Shape;
        int free = layout.FreeCount;
        double[] jacobian = new double[Names.Count * free];
        int row = 0;
        for (int k = 0; k < layout.ClassCount; k++)
        {
            for (int slot = layout.Coefficient(k); slot < layout.Coefficient(k) + shape.Coefficients.Count + 1 + shape.Effects.Count; slot++, row++)
                Add(row, slot);
            for (int source = 0; source < shape.CorrelationCount; source++)
            {
                double[] moved = full.ToArray();
                int slot = layout.Correlation(k) + source;
                moved[slot] = full[slot] + Step;
                double[] above = LowerTriangle(moved, k);
                moved[slot] = full[slot] - Step;
                double[] below = LowerTriangle(moved, k);
                for (int target = 0; target < shape.CorrelationCount && layout.FreeOf(slot) >= 0; target++)
                    jacobian[(row + target) * free + layout.FreeOf(slot)] += (above[target] - below[target]) / (2 * Step);
            }
            row += shape.CorrelationCount;
        }
        if (layout.ClassCount > 1 && shape.HasConstantProportions)
        {
            double[] proportion = [.. MixturePriors.LogProportions(layout, full).Select(Math.Exp)];
            for (int k = 0; k < layout.ClassCount; k++, row++)
            {
                for (int other = 1; other < layout.ClassCount; other++)
                {
                    int column = layout.FreeOf(layout.ClassCoefficient(other));
                    if (column >= 0)
                        jacobian[row * free + column] += proportion[k] * ((k == other ? 1 : 0) - proportion[other]);
                }
            }
        }
        else
        {
            for (int slot = layout.ClassCoefficient(1); slot < layout.SlotCount; slot++, row++)
                Add(row, slot);
        }
        return jacobian;

        void Add(int target, int slot)
        {
            foreach ((int working, double derivative) in scale.Derivatives(layout, slot, natural))
            {
                if (layout.FreeOf(working) >= 0)
                    jacobian[target * free + layout.FreeOf(working)] += derivative;
            }
        }
    }

    private double[] LowerTriangle(ReadOnlySpan<double> full, int ofClass)
    {
        int q = layout.Shape.Effects.Count;
        if (layout.Shape.CorrelationCount == 0)
            return [];
        double[] matrix = CorrelationFactor.Correlations(full.Slice(layout.Correlation(ofClass), layout.Shape.CorrelationCount), q);
        List<double> values = [];
        for (int row = 1; row < q; row++)
        {
            for (int column = 0; column < row; column++)
                values.Add(matrix[row * q + column]);
        }
        return [.. values];
    }

    private static IEnumerable<ReportedName> MakeNames(MixtureLayout layout)
    {
        MixtureShape shape = layout.Shape;
        for (int k = 0; k < layout.ClassCount; k++)
        {
            foreach (string name in shape.Coefficients)
                yield return new ReportedName(k, "b", name, "");
            yield return new ReportedName(k, "sigma", "", "");
            foreach (string name in shape.Effects)
                yield return new ReportedName(k, "sd", name, "");
            for (int row = 1; row < shape.Effects.Count && shape.HasCorrelations; row++)
            {
                for (int column = 0; column < row; column++)
                    yield return new ReportedName(k, "cor", shape.Effects[column], shape.Effects[row]);
            }
        }
        for (int k = shape.HasConstantProportions ? 0 : 1; k < layout.ClassCount && layout.ClassCount > 1; k++)
        {
            if (shape.HasConstantProportions)
                yield return new ReportedName(k, "theta", "", "");
            for (int column = 0; column < shape.ClassColumns.Count && !shape.HasConstantProportions; column++)
                yield return new ReportedName(k, "theta", shape.ClassColumns[column], "");
        }
    }
}
