using System.Globalization;

namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>The data cannot be used: carries every problem found, not only the first.</summary>
public sealed class DataException : Exception
{
    private const int ShownProblems = 20;

    /// <summary>Carries the problems.</summary>
    /// <param name="problems">At least one.</param>
    /// <param name="totalCount">How many there were in all when the list was cut; default: the list's own length.</param>
    /// <param name="warnings">What was noticed beside them; default: nothing.</param>
    public DataException(IReadOnlyList<DataProblem> problems, long? totalCount = null, IReadOnlyList<DataProblem>? warnings = null)
        : base(Describe(problems, totalCount ?? problems.Count))
    {
        Problems = problems;
        TotalCount = totalCount ?? problems.Count;
        Warnings = warnings ?? [];
    }

    /// <summary>The problems, in the order of the file.</summary>
    public IReadOnlyList<DataProblem> Problems { get; }

    /// <summary>How many problems there were; may exceed the number kept.</summary>
    public long TotalCount { get; }

    /// <summary>What was noticed beside them and would not have stopped anything alone.</summary>
    public IReadOnlyList<DataProblem> Warnings { get; }

    private static string Describe(IReadOnlyList<DataProblem> problems, long totalCount)
    {
        string shown = string.Join('\n', problems.Take(ShownProblems));
        return totalCount <= ShownProblems
            ? shown
            : string.Create(CultureInfo.InvariantCulture, $"{shown}\n… and {totalCount - ShownProblems} more problems.");
    }
}
