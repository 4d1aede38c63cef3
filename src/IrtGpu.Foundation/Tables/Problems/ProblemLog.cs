namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>Keeps the first problems and counts the rest.</summary>
public sealed class ProblemLog
{
    private const int Capacity = 20;

    private readonly List<DataProblem> kept = [];

    /// <summary>How many problems were reported, kept or not.</summary>
    public long Total { get; private set; }

    /// <summary>Whether the next problem would be kept; when not, its text need not be composed.</summary>
    internal bool HasRoom => kept.Count < Capacity;

    /// <summary>Reports a problem.</summary>
    /// <param name="problem">Kept if it is one of the first, else only counted.</param>
    public void Add(DataProblem problem)
    {
        if (HasRoom)
            kept.Add(problem);
        Total++;
    }

    internal void CountOnly() => Total++;

    /// <summary>Ends here if something was reported.</summary>
    /// <exception cref="DataException">Carries what was reported.</exception>
    public void ThrowIfAny()
    {
        if (Total > 0)
            throw new DataException(kept, Total);
    }
}
