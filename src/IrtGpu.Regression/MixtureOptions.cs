using IrtGpu.Foundation.Estimation;

namespace IrtGpu.Regression;

/// <summary>How the effects of a level are shared between classes of rows.</summary>
public enum ClassEffects
{
    /// <summary>Each class has its own set of effects, independent of the others.</summary>
    ByClass,

    /// <summary>One set of effects for all classes.</summary>
    Shared,
}

/// <summary>How a finite mixture of regressions is fitted.</summary>
public sealed record MixtureOptions
{
    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>Column of which all rows of a level are of one class; null: each row has a class of its own.</summary>
    public string? MembershipColumn { get; init; }

    /// <summary>Terms of the log odds of the classes, for example <c>~ z</c>; null: constant proportions.</summary>
    public string? ClassFormula { get; init; }

    /// <summary>Column of known classes, blank where unknown; its sorted values are the first classes. Null: none is known.</summary>
    public string? KnownClassColumn { get; init; }

    /// <summary>What is equal in all classes: <c>sigma</c>, names of coefficients, <c>b</c> (all slopes), <c>sd</c>, <c>cor</c>.</summary>
    public IReadOnlyList<string> EqualAcrossClasses { get; init; } = [];

    /// <summary>What classes are ordered by, ascending: a coefficient, <c>sigma</c> or <c>theta</c>, with <c>-</c> before it descending; null: the intercept, or the first coefficient.</summary>
    public string? OrderBy { get; init; }

    /// <summary>Whether classes of rows have effects of their own.</summary>
    public ClassEffects Effects { get; init; } = ClassEffects.ByClass;

    /// <summary>Nodes a dimension where effects are integrated numerically; null: as many as the default says.</summary>
    public int? Nodes { get; init; }

    /// <summary>Number of starts; null: 10, up to 100 for classes of few rows, or 1 where classes are known.</summary>
    public int? Starts { get; init; }

    /// <summary>Priors, <c>PARAM:dist(a,b)</c> each.</summary>
    public IReadOnlyList<string> Priors { get; init; } = [];

    /// <summary>Column of weights: the residual variance of a row is σ² over its weight.</summary>
    public string? WeightColumn { get; init; }

    /// <summary>How EM is accelerated.</summary>
    public Acceleration Acceleration { get; init; } = Acceleration.Auto;

    /// <summary>Stop when no parameter changes by more in a step, in units in which columns and response have size 1.</summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Largest number of cycles.</summary>
    public int MaxCycles { get; init; } = 5000;

    /// <summary>Whether second derivatives are computed: without them there are no standard errors.</summary>
    public bool WithSecondDerivatives { get; init; } = true;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of threads; 0: all processors. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that work.</summary>
    internal int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <summary>Number of starts unless said otherwise.</summary>
    internal const int DefaultStarts = 10;

    private const int MostDefaultStarts = 100;
    private const double RowsOfStarts = 1e6; // times classes: what all starts may go over at once

    /// <summary>Number of starts of a mixture of rows unless said otherwise: where they cost little, more make it surer that the best maximum is among them.</summary>
    /// <param name="rows">Number of rows.</param>
    internal int StartsFor(int rows) => (int)Math.Clamp(RowsOfStarts / ((double)rows * Classes), DefaultStarts, MostDefaultStarts);
}
