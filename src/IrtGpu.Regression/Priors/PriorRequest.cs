namespace IrtGpu.Regression.Priors;

/// <summary>What a prior is about.</summary>
internal enum PriorTarget
{
    /// <summary>Coefficients but the intercept: <c>b</c>, <c>b:x</c>.</summary>
    Coefficient,

    /// <summary>The intercept, that is the expected response where all columns are 0.</summary>
    Intercept,

    /// <summary>Residual standard deviation: <c>sigma</c>.</summary>
    Sigma,

    /// <summary>Standard deviations of effects: <c>sd</c>, <c>sd:g</c>, <c>sd:g:x</c>.</summary>
    Deviation,

    /// <summary>Correlations of effects: <c>cor</c>, <c>cor:g</c>.</summary>
    Correlation,

    /// <summary>Class proportions, or with a class formula its coefficients: <c>theta</c>, <c>theta:z</c>.</summary>
    Proportion,
}

/// <summary>A prior as it was asked for.</summary>
/// <param name="Text">The request, <c>PARAM:dist(a,b)</c>.</param>
/// <param name="Target">What it is about.</param>
/// <param name="Group">Grouping factor of <c>sd</c> and <c>cor</c>; null: any.</param>
/// <param name="Name">Coefficient or effect; null: all.</param>
/// <param name="Class">0-based class; null: all.</param>
/// <param name="Distribution">Name of the distribution.</param>
/// <param name="Arguments">Its numbers.</param>
internal sealed record PriorRequest(string Text, PriorTarget Target, string? Group, string? Name, int? Class, string Distribution, IReadOnlyList<double> Arguments)
{
    /// <summary>How narrowly it says what it is about; the narrower of two holds.</summary>
    public int Narrowness => (Group is null ? 0 : 1) + (Name is null ? 0 : 2) + (Class is null ? 0 : 4);

    /// <summary>The distribution as it was given.</summary>
    public string DistributionText => FormattableString.Invariant($"{Distribution}({string.Join(",", Arguments.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))})");
}
