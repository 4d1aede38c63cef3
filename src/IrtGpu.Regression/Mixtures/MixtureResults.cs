namespace IrtGpu.Regression.Mixtures;

/// <summary>How far a parameter is free.</summary>
public enum ParameterStatus
{
    /// <summary>Estimated.</summary>
    Free,

    /// <summary>One parameter in several classes.</summary>
    Equal,

    /// <summary>Held at a value.</summary>
    Fixed,
}

/// <summary>A parameter of a mixture as it is reported.</summary>
/// <param name="Class">1-based class; 0 where there is one class.</param>
/// <param name="Parameter"><c>b</c>, <c>sigma</c>, <c>sd</c>, <c>correlation</c>, <c>proportion</c>, or <c>logodds</c> (coefficient of the log odds over the first class).</param>
/// <param name="Term">Column, or effect; else empty.</param>
/// <param name="Term2">Second effect of a correlation; else empty.</param>
/// <param name="Estimate">Maximum of the likelihood, or with priors the posterior mode.</param>
/// <param name="StandardError">From the observed information; null where the parameter is held or there is none.</param>
/// <param name="Lower">Lower limit of the 95 % interval, made on the scale of the logarithm (σ, sd), logit (proportion) or inverse hyperbolic tangent (correlation).</param>
/// <param name="Upper">Upper limit.</param>
/// <param name="Status">Whether it is free.</param>
public sealed record MixtureParameter(
    int Class, string Parameter, string Term, string Term2, double Estimate, double? StandardError, double? Lower, double? Upper, ParameterStatus Status);

/// <summary>What became of known classes.</summary>
/// <param name="Known">Name of the known class.</param>
/// <param name="Counts">How many of its units each class is likeliest for by the response alone. [class]</param>
public sealed record ClassificationRow(string Known, int[] Counts);
