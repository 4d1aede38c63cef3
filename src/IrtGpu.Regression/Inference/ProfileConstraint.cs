namespace IrtGpu.Regression.Inference;

/// <summary>What a profile holds fixed.</summary>
internal enum ConstraintKind
{
    /// <summary>A fixed effect.</summary>
    FixedEffect,

    /// <summary>The residual standard deviation.</summary>
    Residual,

    /// <summary>The standard deviation of a random effect.</summary>
    Deviation,

    /// <summary>The correlation of two effects of a term.</summary>
    Correlation,
}

/// <summary>A parameter that is held at values while the others take their best.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">The fixed effect, or the term.</param>
/// <param name="Effect">Effect of the term.</param>
/// <param name="Effect2">Second effect of a correlation.</param>
internal readonly record struct ProfileConstraint(ConstraintKind Kind, int Index = 0, int Effect = 0, int Effect2 = 0);
