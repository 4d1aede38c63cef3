using IrtGpu.Foundation.Formulas.Design;

namespace IrtGpu.Regression.Mixtures;

/// <summary>The data of a mixture on working scale: response and columns centred and of size 1.</summary>
internal sealed record MixtureData
{
    /// <summary>Working response. [row]</summary>
    public required double[] Response { get; init; }

    /// <summary>Working columns of X, aliased ones left out. [p][row]</summary>
    public required double[][] Columns { get; init; }

    /// <summary>Weights; null where all are 1. The residual variance of a row is σ² over its weight. [row]</summary>
    public required double[]? Weights { get; init; }

    /// <summary>Terms with a bar, their columns as they are; none: no effects. All have one grouping factor.</summary>
    public required IReadOnlyList<RandomDesign> Effects { get; init; }

    /// <summary>Working columns of effects. [q][row]</summary>
    public required double[][] EffectColumns { get; init; }

    /// <summary>Unit of each row where all rows of a unit are of one class; null: each row is a unit. [row]</summary>
    public required int[]? UnitOfRow { get; init; }

    /// <summary>Names of the units; null: they are rows. [unit]</summary>
    public required IReadOnlyList<string>? UnitNames { get; init; }

    /// <summary>Working columns of the class formula. [m][unit]</summary>
    public required double[][] ClassColumns { get; init; }

    /// <summary>Known class, −1 where unknown; null: none is known. [unit]</summary>
    public required int[]? KnownClass { get; init; }

    /// <summary>Σ log w/2 − n log s, what the log-likelihood of the response has more than that of the working one.</summary>
    public required double Constant { get; init; }

    /// <summary>Residual standard deviation of one class by least squares, working scale.</summary>
    public required double LeastSquaresDeviation { get; init; }

    /// <summary>Its coefficients. [p]</summary>
    public required double[] LeastSquares { get; init; }

    /// <summary>Number of rows.</summary>
    public int RowCount => Response.Length;

    /// <summary>Number of units.</summary>
    public int UnitCount => UnitNames?.Count ?? RowCount;
}
