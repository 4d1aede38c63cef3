namespace IrtGpu.Inference.Rotation;

/// <summary>How the axes of an exploratory solution are turned.</summary>
public enum RotationMethod
{
    /// <summary>Not at all: the axes stay where zeros in the slopes put them.</summary>
    None,

    /// <summary>Uncorrelated axes of largest variance of the squared loadings (Kaiser 1958, without row normalisation).</summary>
    Varimax,

    /// <summary>Correlated axes of least overlap of the squared loadings (direct quartimin: oblimin with γ = 0, without row normalisation).</summary>
    Oblimin,
}
