using IrtGpu.Models;

namespace IrtGpu.Items;

/// <summary>The item response functions a user can ask for, by the names psychometricians use.</summary>
public enum ItemFunction
{
    /// <summary>Slope 1, variance free; two or more categories (then the partial credit model).</summary>
    Rasch,

    /// <summary>One slope common to all such items; two categories.</summary>
    OneParameter,

    /// <summary>Free slope and intercept; two categories.</summary>
    TwoParameter,

    /// <summary>2PL with a free lower asymptote.</summary>
    ThreeParameter,

    /// <summary>3PL with a free upper asymptote.</summary>
    FourParameter,

    /// <summary>Slope 1, variance free; intercepts by category.</summary>
    PartialCredit,

    /// <summary>Generalised partial credit: free slope, intercepts by category.</summary>
    GeneralizedPartialCredit,

    /// <summary>Rating scale: slope 1, variance free, thresholds common to all such items and a location an item.</summary>
    RatingScale,

    /// <summary>Samejima's graded response model.</summary>
    Graded,

    /// <summary>Tutz' sequential model with free slopes: steps taken one after the other.</summary>
    Sequential,

    /// <summary>Bock's nominal response model with free scoring coefficients.</summary>
    Nominal,
}

/// <summary>Names of item functions on the command line and in tables.</summary>
public static class ItemFunctions
{
    private static readonly (ItemFunction Function, string Name)[] Names =
    [
        (ItemFunction.Rasch, "rasch"), (ItemFunction.OneParameter, "1pl"), (ItemFunction.TwoParameter, "2pl"),
        (ItemFunction.ThreeParameter, "3pl"), (ItemFunction.FourParameter, "4pl"), (ItemFunction.PartialCredit, "pcm"),
        (ItemFunction.GeneralizedPartialCredit, "gpcm"), (ItemFunction.RatingScale, "rsm"), (ItemFunction.Graded, "grm"), (ItemFunction.Sequential, "sequential"),
        (ItemFunction.Nominal, "nominal"),
    ];

    /// <summary>Every name, comma-separated, for messages and help.</summary>
    public static string All => string.Join(", ", Names.Select(pair => pair.Name));

    /// <summary>The function's name, e.g. <c>2pl</c>.</summary>
    /// <param name="function">The function.</param>
    public static string Name(this ItemFunction function) => Names.First(pair => pair.Function == function).Name;

    /// <summary>Looks a name up, without regard to case.</summary>
    /// <param name="name">E.g. <c>gpcm</c>.</param>
    /// <param name="function">The function found.</param>
    public static bool TryParse(string name, out ItemFunction function)
    {
        foreach ((ItemFunction candidate, string candidateName) in Names)
        {
            if (string.Equals(candidateName, name.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                function = candidate;
                return true;
            }
        }
        function = default;
        return false;
    }

    /// <summary>Whether the function fixes slopes at 1 and so leaves the variance of the population free.</summary>
    /// <param name="function">The function.</param>
    internal static bool HasUnitSlope(this ItemFunction function) =>
        function is ItemFunction.Rasch or ItemFunction.PartialCredit or ItemFunction.RatingScale;

    /// <summary>Whether the function is defined for two categories only.</summary>
    /// <param name="function">The function.</param>
    internal static bool IsDichotomous(this ItemFunction function) => function is ItemFunction.OneParameter
        or ItemFunction.TwoParameter or ItemFunction.ThreeParameter or ItemFunction.FourParameter;
}
