namespace IrtGpu.Specification;

/// <summary>How attributes are integrated out of the likelihood.</summary>
public enum IntegrationMethod
{
    /// <summary>The one that the plan chooses, and says why.</summary>
    Auto,

    /// <summary>Sums over the product of one line of nodes a dimension, shared by all persons.</summary>
    Grid,

    /// <summary>The same sums, one attribute after the other: exact where few attributes share items or covariances.</summary>
    Reduced,

    /// <summary>Quadrature about every pattern's own mode.</summary>
    Adaptive,

    /// <summary>Randomised quasi-Monte-Carlo about every pattern's own mode.</summary>
    Qmc,

    /// <summary>Stochastic approximation: attributes are drawn, not integrated.</summary>
    Stochastic,
}

/// <summary>Names of the methods, as <c>--integration</c> takes them.</summary>
public static class IntegrationMethods
{
    /// <summary>The methods that can be asked for.</summary>
    public static IReadOnlyList<IntegrationMethod> Offered { get; } =
        [IntegrationMethod.Auto, IntegrationMethod.Grid, IntegrationMethod.Reduced, IntegrationMethod.Adaptive, IntegrationMethod.Qmc, IntegrationMethod.Stochastic];

    /// <summary>The method's name.</summary>
    /// <param name="method">The method.</param>
    public static string Name(this IntegrationMethod method) => method switch
    {
        IntegrationMethod.Auto => "auto",
        IntegrationMethod.Grid => "grid",
        IntegrationMethod.Reduced => "reduced",
        IntegrationMethod.Adaptive => "adaptive",
        IntegrationMethod.Qmc => "qmc",
        IntegrationMethod.Stochastic => "stochastic",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such method of integration."),
    };
}
