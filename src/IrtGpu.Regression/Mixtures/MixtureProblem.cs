using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures;

/// <summary>A mixture resolved against its data: parameters, scale, priors, rows.</summary>
internal sealed record MixtureProblem
{
    /// <summary>The formula in its rows.</summary>
    public required ModelFrame Frame { get; init; }

    /// <summary>What was asked for.</summary>
    public required MixtureOptions Options { get; init; }

    /// <summary>Where the numbers stand.</summary>
    public required MixtureLayout Layout { get; init; }

    /// <summary>From working numbers to reported ones.</summary>
    public required WorkingScale Scale { get; init; }

    /// <summary>The priors.</summary>
    public required MixturePriors Priors { get; init; }

    /// <summary>The rows on working scale.</summary>
    public required MixtureData Data { get; init; }

    /// <summary>Columns of X left out because earlier ones determine them.</summary>
    public required IReadOnlyList<string> Aliased { get; init; }

    /// <summary>Whether classes are told apart by nothing but their parameters, so that they are put in order; else known classes or priors tell which is which.</summary>
    public required bool IsExchangeable { get; init; }

    /// <summary>What the columns of the class formula took from the data.</summary>
    public required IReadOnlyList<Basis> ClassBases { get; init; }

    /// <summary>Names of known classes; empty where none is known.</summary>
    public required IReadOnlyList<string> KnownNames { get; init; }
}
