namespace IrtGpu.Foundation.Estimation;

/// <summary>Accelerators of the EM map.</summary>
public enum Acceleration
{
    /// <summary>Parameter expansion, where the model has one, with Anderson mixing; then Anderson mixing of plain steps.</summary>
    Auto,

    /// <summary>Plain EM.</summary>
    None,

    /// <summary>Anderson mixing of the last steps.</summary>
    Anderson,

    /// <summary>Squared extrapolation (Varadhan &amp; Roland 2008).</summary>
    Squarem,
}
