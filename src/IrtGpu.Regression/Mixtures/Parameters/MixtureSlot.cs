namespace IrtGpu.Regression.Mixtures.Parameters;

/// <summary>What a number of a mixture is.</summary>
internal enum SlotKind
{
    /// <summary>Coefficient of a column of X, on working columns and response.</summary>
    Coefficient,

    /// <summary>log σ of the working response.</summary>
    LogSigma,

    /// <summary>log standard deviation of an effect, on its working column and response.</summary>
    LogDeviation,

    /// <summary>Inverse hyperbolic tangent of a canonical partial correlation of two effects.</summary>
    Correlation,

    /// <summary>Coefficient of the log odds of a class over the first one, on working columns of the class formula.</summary>
    ClassCoefficient,
}

/// <summary>A number of a mixture in its full working vector.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Class">0-based class.</param>
/// <param name="Index">Column, effect, or row of the correlation.</param>
/// <param name="Second">Column of the correlation; else 0.</param>
/// <param name="Name">Words for people.</param>
internal readonly record struct MixtureSlot(SlotKind Kind, int Class, int Index, int Second, string Name);
