namespace IrtGpu.Regression.Priors;

/// <summary>Priors cannot be read, or do not fit the model: carries every problem found.</summary>
public sealed class PriorException : ArgumentException
{
    /// <summary>Carries the problems.</summary>
    /// <param name="problems">Complete sentences, at least one.</param>
    public PriorException(IReadOnlyList<string> problems)
        : base(string.Join('\n', problems)) => Problems = problems;

    /// <summary>What is wrong, and what to do.</summary>
    public IReadOnlyList<string> Problems { get; }
}
