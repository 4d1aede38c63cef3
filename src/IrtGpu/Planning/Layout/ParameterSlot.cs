namespace IrtGpu.Planning.Layout;

/// <summary>What a parameter is.</summary>
public enum ParameterKind
{
    /// <summary>Slope a_j.</summary>
    Slope,

    /// <summary>Intercept d_m.</summary>
    Intercept,

    /// <summary>Lower asymptote g, on the logit.</summary>
    LowerAsymptote,

    /// <summary>Upper asymptote u, on the logit.</summary>
    UpperAsymptote,

    /// <summary>Scoring coefficient ak_m of the nominal model.</summary>
    ScoringCoefficient,

    /// <summary>Rating-scale threshold b_t common to items; enters intercepts as −(b_1 + … + b_t).</summary>
    Threshold,

    /// <summary>Rating-scale location c_i of an item; enters intercept d_t as t·c.</summary>
    Location,

    /// <summary>Mean of an attribute in a block.</summary>
    Mean,

    /// <summary>Element of a block's covariance matrix.</summary>
    Covariance,

    /// <summary>Log odds of a latent class against the first, within an observed group.</summary>
    ClassLogit,
}

/// <summary>One number of the model on its working scale; several slots may be one free parameter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Reported name: <c>a1</c>, <c>d</c>, <c>d2</c>, <c>g</c>, <c>mean</c>, ….</param>
/// <param name="ParameterSet">Item parameter set it belongs to; −1 for others.</param>
/// <param name="Block">Block (population) or observed group (class logit) it belongs to; −1 for item parameters.</param>
/// <param name="Index">Attribute, 0-based category step, or class.</param>
/// <param name="Index2">Second attribute of a covariance; else 0.</param>
public sealed record ParameterSlot(
    ParameterKind Kind, string Name, int ParameterSet, int Block, int Index, int Index2 = 0);
