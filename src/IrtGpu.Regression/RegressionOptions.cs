namespace IrtGpu.Regression;

/// <summary>What is maximised.</summary>
public enum Criterion
{
    /// <summary>The likelihood.</summary>
    MaximumLikelihood,

    /// <summary>The likelihood of residual contrasts, which does not depend on the fixed effects.</summary>
    Restricted,
}

/// <summary>Names of criteria.</summary>
public static class CriterionNames
{
    /// <summary><c>ML</c> or <c>REML</c>.</summary>
    /// <param name="criterion">The criterion.</param>
    public static string Name(this Criterion criterion) => criterion switch
    {
        Criterion.MaximumLikelihood => "ML",
        Criterion.Restricted => "REML",
        _ => throw new ArgumentOutOfRangeException(nameof(criterion), criterion, "There is no such criterion."),
    };
}

/// <summary>How covariance parameters are found.</summary>
public enum MixedAlgorithm
{
    /// <summary>Quasi-Newton steps on the profiled criterion with analytic gradients.</summary>
    Direct,

    /// <summary>EM with the random effects as missing data, with parameter expansion and acceleration.</summary>
    Em,
}

/// <summary>Degrees of freedom of tests of fixed effects.</summary>
public enum DegreesOfFreedomMethod
{
    /// <summary>Satterthwaite (1946): from the variance of the variance.</summary>
    Satterthwaite,

    /// <summary>Kenward and Roger (1997), with their covariance matrix; for REML.</summary>
    KenwardRoger,

    /// <summary>None: the normal distribution.</summary>
    None,
}

/// <summary>How limits of intervals are made.</summary>
public enum IntervalMethod
{
    /// <summary>From the standard error.</summary>
    Wald,

    /// <summary>Where the profile likelihood has fallen by half a quantile of χ².</summary>
    Profile,
}

/// <summary>How a regression is fitted.</summary>
public sealed record RegressionOptions
{
    /// <summary>What is maximised; REML unless said otherwise.</summary>
    public Criterion Criterion { get; init; } = Criterion.Restricted;

    /// <summary>How covariance parameters are found.</summary>
    public MixedAlgorithm Algorithm { get; init; } = MixedAlgorithm.Direct;

    /// <summary>Degrees of freedom of tests of fixed effects.</summary>
    public DegreesOfFreedomMethod DegreesOfFreedom { get; init; } = DegreesOfFreedomMethod.Satterthwaite;

    /// <summary>How limits of intervals are made.</summary>
    public IntervalMethod Intervals { get; init; } = IntervalMethod.Wald;

    /// <summary>Number of data sets of the parametric bootstrap; 0: none. Its intervals take the place of others.</summary>
    public int BootstrapCount { get; init; }

    /// <summary>
    /// Stop when another step would lower the criterion by less (null: 1e-12); with EM, when no covariance parameter changes by more (null: 1e-8).
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>Largest number of steps; null: 200 direct steps, or 5,000 cycles of EM.</summary>
    public int? MaxCycles { get; init; }

    /// <summary>Whether second derivatives are computed: without them there are no standard errors of variances and no Satterthwaite degrees of freedom.</summary>
    public bool WithSecondDerivatives { get; init; } = true;

    /// <summary>Column of weights: the residual variance of a row is σ² over its weight.</summary>
    public string? WeightColumn { get; init; }

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of threads; 0: all processors. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that work.</summary>
    internal int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;
}
