namespace IrtGpu.Linking.Errors;

/// <summary>Derivatives of A and B by the free parameters of every form; those of forms that do not matter are null.</summary>
/// <param name="ByA">[form][free]</param>
/// <param name="ByB">[form][free]</param>
internal sealed record MetricGradients(double[]?[] ByA, double[]?[] ByB)
{
    /// <summary>Those of the base: it is where it is.</summary>
    /// <param name="formCount">Number of forms.</param>
    public static MetricGradients None(int formCount) => new(new double[]?[formCount], new double[]?[formCount]);

    /// <summary>Those of a transformation that is followed by another.</summary>
    /// <param name="own">The first.</param>
    /// <param name="next">The other.</param>
    /// <param name="ofNext">Its derivatives.</param>
    public MetricGradients Then(MetricTransformation own, MetricTransformation next, MetricGradients ofNext)
    {
        int count = ByA.Length;
        double[]?[] byA = new double[]?[count];
        double[]?[] byB = new double[]?[count];
        for (int form = 0; form < count; form++)
        {
            byA[form] = Sum((next.A, ByA[form]), (own.A, ofNext.ByA[form]));
            byB[form] = Sum((next.A, ByB[form]), (own.B, ofNext.ByA[form]), (1, ofNext.ByB[form]));
        }
        return new MetricGradients(byA, byB);
    }

    /// <summary>Σ factor · vector; null where there is no vector.</summary>
    public static double[]? Sum(params ReadOnlySpan<(double Factor, double[]? Vector)> terms)
    {
        double[]? sum = null;
        foreach ((double factor, double[]? vector) in terms)
        {
            if (vector is null)
                continue;
            sum ??= new double[vector.Length];
            for (int k = 0; k < sum.Length; k++)
                sum[k] += factor * vector[k];
        }
        return sum;
    }
}
