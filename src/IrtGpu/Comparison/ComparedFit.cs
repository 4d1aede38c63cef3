namespace IrtGpu.Comparison;

/// <summary>One of several calibrations of the same data.</summary>
/// <param name="Name">What tables call it.</param>
public sealed record ComparedFit(string Name)
{
    /// <summary>Number of free parameters.</summary>
    public required int FreeParameters { get; init; }

    /// <summary>Marginal log-likelihood.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Akaike's criterion.</summary>
    public double? Aic { get; init; }

    /// <summary>Schwarz's criterion.</summary>
    public double? Bic { get; init; }

    /// <summary>Sample-size adjusted BIC.</summary>
    public double? Sabic { get; init; }

    /// <summary>Relative entropy of the classes; null with one.</summary>
    public double? Entropy { get; init; }

    /// <summary>The fit that it is tested against: the largest that is nested in it; null where none is.</summary>
    public string? Against { get; init; }

    /// <summary>Twice what it gains over that.</summary>
    public double? ChiSquare { get; init; }

    /// <summary>Parameters that it has more.</summary>
    public int? Df { get; init; }

    /// <summary>P-value by χ²; null where that is not the distribution.</summary>
    public double? P { get; init; }

    /// <summary>P-value by the parametric bootstrap; null where none was made.</summary>
    public double? BootstrapP { get; init; }

    /// <summary>Data sets of the bootstrap that count.</summary>
    public int? Draws { get; init; }

    /// <summary>P-value of the test of Vuong, Lo, Mendell and Rubin for the number of classes; null where none was made.</summary>
    public double? VuongP { get; init; }

    /// <summary>χ² divided by 1 + 1/(df log N), as Lo, Mendell and Rubin adjust it.</summary>
    public double? AdjustedRatio { get; init; }

    /// <summary>P-value of the adjusted ratio.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>Why there is no test, or how to read it; empty where nothing is to say.</summary>
    public string Note { get; init; } = "";
}
