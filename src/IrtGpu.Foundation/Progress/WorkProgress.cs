namespace IrtGpu.Foundation.Progress;

/// <summary>What is being done and how far it is.</summary>
/// <param name="What">In words; the same words as long as the work is the same.</param>
/// <param name="Done">Units that are done.</param>
/// <param name="Total">Units in all; 0 where that is not known.</param>
/// <param name="Unit">What is counted, in the plural: items, groups, MB.</param>
public sealed record WorkProgress(string What, double Done = 0, double Total = 0, string Unit = "")
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>How much of a file has been read.</summary>
    /// <param name="what">In words.</param>
    /// <param name="taken">Bytes that were read.</param>
    /// <param name="length">Bytes in all.</param>
    public static WorkProgress OfBytes(string what, long taken, long length) => new(what, taken / BytesPerMegabyte, length / BytesPerMegabyte, "MB");
}
