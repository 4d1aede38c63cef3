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

    /// <summary>Correlated axes such that each item has a loading near 0, whichever it is (Yates 1987, with ε = .01).</summary>
    Geomin,

    /// <summary>Uncorrelated axes, the first general, the others of least overlap (Jennrich and Bentler 2011, bi-quartimin).</summary>
    Bifactor,

    /// <summary>Correlated axes nearest to loadings that are given, where they are given (Browne 1972).</summary>
    Target,
}

/// <summary>Names of the methods, as <c>--rotate</c> takes them.</summary>
public static class RotationMethods
{
    /// <summary>The method's name.</summary>
    /// <param name="method">The method.</param>
    public static string Name(this RotationMethod method) => method switch
    {
        RotationMethod.None => "none",
        RotationMethod.Varimax => "varimax",
        RotationMethod.Oblimin => "oblimin",
        RotationMethod.Geomin => "geomin",
        RotationMethod.Bifactor => "bifactor",
        RotationMethod.Target => "target",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such rotation."),
    };
}
