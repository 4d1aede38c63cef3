namespace IrtGpu.Items;

/// <summary>The item functions a user can ask for; what each means stands in its <see cref="ItemForm"/>.</summary>
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

    /// <summary>Sequential model with free slopes: steps taken one after the other.</summary>
    Sequential,

    /// <summary>Tutz' sequential Rasch model: the sequential model with slope 1, variance free.</summary>
    SequentialRasch,

    /// <summary>Muraki's graded rating scale: free slopes, distances of thresholds common to all such items and a location an item.</summary>
    GradedRatingScale,

    /// <summary>Bock's nominal response model with free scoring coefficients.</summary>
    Nominal,
}

/// <summary>Names of item functions on the command line and in tables.</summary>
public static class ItemFunctions
{
    /// <summary>Every name, comma-separated, for messages and help.</summary>
    public static string All => Where(_ => true);

    /// <summary>The function's name, e.g. <c>2pl</c>.</summary>
    /// <param name="function">The function.</param>
    public static string Name(this ItemFunction function) => ItemFamily.FormOf(function).Name;

    /// <summary>The names of the functions of some families, comma-separated.</summary>
    /// <param name="isWanted">Which families.</param>
    internal static string Where(Func<ItemFamily, bool> isWanted) =>
        string.Join(", ", Enum.GetValues<ItemFunction>().Where(function => isWanted(ItemFamily.Of(function))).Select(Name));

    /// <summary>Looks a name up, without regard to case.</summary>
    /// <param name="name">E.g. <c>gpcm</c>.</param>
    /// <param name="function">The function found.</param>
    public static bool TryParse(string name, out ItemFunction function)
    {
        ArgumentNullException.ThrowIfNull(name);
        ItemForm? form = ItemFamily.All.SelectMany(family => family.Forms)
            .FirstOrDefault(form => string.Equals(form.Name, name.Trim(), StringComparison.OrdinalIgnoreCase));
        function = form?.Function ?? default;
        return form is not null;
    }
}
