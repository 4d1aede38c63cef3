namespace IrtGpu.Items;

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

    /// <summary>Category easiness e_t of the graded rating scale, on the scale of θ; reported times the slope, as intercept d_t = a e_t.</summary>
    Easiness,

    /// <summary>1, by which θ enters an item that has its slope among the shape parameters.</summary>
    UnitLoading,

    /// <summary>Mean of an attribute in a block.</summary>
    Mean,

    /// <summary>Element of a block's covariance matrix.</summary>
    Covariance,

    /// <summary>Log odds of a latent class against the first, within an observed group.</summary>
    ClassLogit,
}

/// <summary>Properties of kinds of parameters.</summary>
internal static class ParameterKinds
{
    /// <summary>Whether the working scale is the logit of a probability.</summary>
    public static bool IsLogit(this ParameterKind kind) => kind is ParameterKind.LowerAsymptote or ParameterKind.UpperAsymptote;
}
