namespace IrtGpu.Specification;

/// <summary>The model cannot be estimated as specified: carries every problem found, each with its remedy.</summary>
/// <param name="problems">At least one complete sentence.</param>
public sealed class SpecificationException(IReadOnlyList<string> problems)
    : ArgumentException(string.Join('\n', problems))
{
    /// <summary>Carries one problem.</summary>
    /// <param name="problem">A complete sentence with the thing, the reason and the remedy.</param>
    public SpecificationException(string problem)
        : this([problem])
    {
    }

    /// <summary>The problems found.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
