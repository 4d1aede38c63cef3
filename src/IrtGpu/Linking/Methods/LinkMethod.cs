namespace IrtGpu.Linking.Methods;

/// <summary>How A and B are found from common items.</summary>
public enum LinkMethod
{
    /// <summary>A from mean slopes, B from mean difficulties (Loyd &amp; Hoover 1980).</summary>
    MeanMean,

    /// <summary>A from SDs of difficulties, B from their means (Marco 1977).</summary>
    MeanSigma,

    /// <summary>Least squares between category curves (Haebara 1980).</summary>
    Haebara,

    /// <summary>Least squares between test characteristic curves (Stocking &amp; Lord 1983).</summary>
    StockingLord,

    /// <summary>Least absolute differences between category curves, which items that drifted hardly move (He, Cui &amp; Osterlind 2015).</summary>
    RobustHaebara,
}

/// <summary>Where curves are compared.</summary>
public enum LinkDirection
{
    /// <summary>On the scale of the base and on that of the form, the two sums added.</summary>
    Both,

    /// <summary>On the scale of the base: items of the form are brought there.</summary>
    Base,

    /// <summary>On the scale of the form: items of the base are brought there.</summary>
    Form,
}

/// <summary>How points of θ count where curves are compared.</summary>
public enum LinkWeights
{
    /// <summary>By the density of the form's persons on its own scale.</summary>
    Normal,

    /// <summary>All alike, from −4 to 4.</summary>
    Grid,
}

/// <summary>Names of methods on the command line and in tables.</summary>
public static class LinkMethods
{
    /// <summary><c>mean-mean</c>, <c>mean-sigma</c>, <c>haebara</c>, <c>stocking-lord</c> or <c>robust-haebara</c>.</summary>
    /// <param name="method">The method.</param>
    public static string Name(this LinkMethod method) => method switch
    {
        LinkMethod.MeanMean => "mean-mean",
        LinkMethod.MeanSigma => "mean-sigma",
        LinkMethod.Haebara => "haebara",
        LinkMethod.StockingLord => "stocking-lord",
        LinkMethod.RobustHaebara => "robust-haebara",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such method of linking."),
    };
}
