namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>Keeps the first problems and counts the rest.</summary>
internal sealed class ProblemLog
{
    private const int Capacity = 20;

    private readonly List<DataProblem> kept = [];

    /// <summary>How many problems were reported, kept or not.</summary>
    public long Total { get; private set; }

    /// <summary>Whether the next problem would be kept; when not, its text need not be composed.</summary>
    public bool HasRoom => kept.Count < Capacity;

    public void Add(DataProblem problem)
    {
        if (HasRoom)
            kept.Add(problem);
        Total++;
    }

    public void CountOnly() => Total++;

    public void Append(ProblemLog later)
    {
        foreach (DataProblem problem in later.kept)
        {
            if (HasRoom)
                kept.Add(problem);
        }
        Total += later.Total;
    }

    /// <summary>Forgets what was reported since <see cref="Total"/> was <paramref name="total"/>.</summary>
    public void RollBack(long total)
    {
        if (total < kept.Count)
            kept.RemoveRange((int)total, kept.Count - (int)total);
        Total = total;
    }

    /// <exception cref="DataException">Something was reported.</exception>
    public void ThrowIfAny()
    {
        if (Total > 0)
            throw new DataException(kept, Total);
    }
}
