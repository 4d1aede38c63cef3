namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>Keeps the first problems and counts the rest.</summary>
public sealed class ProblemLog
{
    private const int Capacity = 20;

    private readonly List<DataProblem> kept = [];

    /// <summary>How many problems were reported, kept or not.</summary>
    public long Total { get; private set; }

    /// <summary>Reports a problem.</summary>
    /// <param name="problem">Kept if it is one of the first, else only counted.</param>
    public void Add(DataProblem problem)
    {
        if (kept.Count < Capacity)
            kept.Add(problem);
        Total++;
    }

    /// <summary>Ends here if something was reported.</summary>
    /// <exception cref="DataException">Carries what was reported.</exception>
    public void ThrowIfAny() => ThrowIfAny([]);

    /// <summary>Ends here if something was reported.</summary>
    /// <param name="warnings">What else was noticed, and may be mended on the same occasion.</param>
    /// <exception cref="DataException">Carries both.</exception>
    public void ThrowIfAny(IReadOnlyList<DataProblem> warnings)
    {
        if (Total > 0)
            throw ToException(warnings);
    }

    /// <summary>What was reported, in the order of the file; what has no line comes last.</summary>
    /// <param name="warnings">What else was noticed, and may be mended on the same occasion.</param>
    internal DataException ToException(IReadOnlyList<DataProblem> warnings) => new([.. kept.OrderBy(problem => problem.Line ?? long.MaxValue)], Total, warnings);
}
