namespace IrtGpu.Models;

/// <summary>The item response functions there are: names for specifications and files; the maths is in the structs.</summary>
public enum ItemModelKind
{
    /// <summary>Generalized partial credit; with two categories the 2PL, with common slopes the Rasch and partial credit models.</summary>
    GeneralizedPartialCredit,

    /// <summary>Graded response: cumulative logits with ordered intercepts.</summary>
    GradedResponse,

    /// <summary>Two categories with lower and upper asymptote; with upper asymptote 1 the 3PL.</summary>
    FourParameterLogistic,

    /// <summary>Nominal response: freely estimated category scores.</summary>
    NominalResponse,

    /// <summary>Sequential response: steps taken one after the other, each a 2PL.</summary>
    SequentialResponse,
}
