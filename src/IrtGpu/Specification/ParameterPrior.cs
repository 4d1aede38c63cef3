namespace IrtGpu.Specification;

/// <summary>Families of prior densities.</summary>
public enum PriorDistribution
{
    /// <summary>Normal(mean, standard deviation) of the working value (logit for g and u).</summary>
    Normal,

    /// <summary>Lognormal(mean, standard deviation of the log) of the working value.</summary>
    LogNormal,

    /// <summary>Beta(a, b) of the probability; for g and u only.</summary>
    Beta,
}

/// <summary>A prior density for one parameter of the selected items.</summary>
/// <param name="Items">Names, globs and ranges.</param>
/// <param name="Parameter">Name or glob of the parameter.</param>
/// <param name="Distribution">Family.</param>
/// <param name="A">Mean, or first shape.</param>
/// <param name="B">Standard deviation, or second shape; positive.</param>
public sealed record ParameterPrior(string Items, string Parameter, PriorDistribution Distribution, double A, double B);
