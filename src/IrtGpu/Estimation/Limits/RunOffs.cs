namespace IrtGpu.Estimation.Limits;

/// <summary>Estimates that the data give no limit: they ran off to where they change nothing any more.</summary>
/// <param name="Parameters">Free parameters.</param>
/// <param name="Pivots">Some of them, as many as there are directions in which nothing changes, without which the rest is determined.</param>
internal sealed record RunOffs(IReadOnlySet<int> Parameters, IReadOnlyList<int> Pivots)
{
    /// <summary>Information a person, below which a parameter rests: the log-likelihood is at its limit to about this.</summary>
    public const double Resting = 1e-9;

    /// <summary>Information a person, below which a parameter has run off.</summary>
    public const double Negligible = 1e-8;

    /// <summary>No estimate ran off.</summary>
    public static RunOffs None { get; } = new(new HashSet<int>(), []);
}
