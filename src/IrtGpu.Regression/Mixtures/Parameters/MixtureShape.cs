namespace IrtGpu.Regression.Mixtures.Parameters;

/// <summary>Which parameters a mixture has in each class.</summary>
internal sealed record MixtureShape
{
    /// <summary>Number of classes, K.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Names of the columns of X. [p]</summary>
    public required IReadOnlyList<string> Coefficients { get; init; }

    /// <summary>Names of the columns of the class formula; the constant alone where there is none. [m]</summary>
    public required IReadOnlyList<string> ClassColumns { get; init; }

    /// <summary>Grouping factor of the effects; empty where there are none.</summary>
    public string EffectGroup { get; init; } = "";

    /// <summary>Names of the effects of a level. [q]</summary>
    public IReadOnlyList<string> Effects { get; init; } = [];

    /// <summary>Whether the effects are correlated.</summary>
    public bool HasCorrelations { get; init; }

    /// <summary>Whether all classes share one set of effects, and so its standard deviations and correlations.</summary>
    public bool SharesEffects { get; init; }

    /// <summary>Number of correlations in a class.</summary>
    public int CorrelationCount => HasCorrelations ? Effects.Count * (Effects.Count - 1) / 2 : 0;

    /// <summary>Whether proportions are constant, so that they and not coefficients are reported.</summary>
    public bool HasConstantProportions => ClassColumns.Count == 1 && ClassColumns[0] == Foundation.Formulas.Design.DesignMatrix.Intercept;
}
