namespace IrtGpu.Tests.Fuzzing;

/// <summary>A reader to be tried: what it reads, and the command that makes it read.</summary>
/// <param name="Name">In words.</param>
/// <param name="FileName">Name of the file that is changed.</param>
/// <param name="Corpus">Sound inputs.</param>
/// <param name="Commands">
/// Commands, one of which is run: <c>FILE</c> stands for the changed file, <c>TEXT</c> for its content, <c>LINES</c> for an argument from each of its lines, <c>OUT</c> for where results go,
/// <c>@name</c> for a file of <see cref="FuzzCorpus"/>.
/// </param>
internal sealed record FuzzTarget(string Name, string FileName, IReadOnlyList<byte[]> Corpus, IReadOnlyList<string[]> Commands)
{
    /// <summary>What is done to a changed input before it is written.</summary>
    public Func<byte[], byte[]> Pack { get; init; } = static bytes => bytes;

    public override string ToString() => Name;
}
