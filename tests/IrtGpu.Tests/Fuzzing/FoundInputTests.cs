namespace IrtGpu.Tests.Fuzzing;

/// <summary>Inputs that once went wrong, in a folder for each target; its name has hyphens for blanks.</summary>
public sealed class FoundInputTests(FuzzCorpus corpus) : IClassFixture<FuzzCorpus>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "found");

    public static TheoryData<string> Inputs => [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void What_went_wrong_once_does_not_again(string input)
    {
        FuzzTarget target = corpus.Targets().Single(candidate => candidate.Name.Replace(' ', '-') == Path.GetDirectoryName(input));
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, input));
        using FuzzTry attempt = new(corpus);
        foreach (string[] command in target.Commands)
            Assert.Null(attempt.Run(target, command, bytes));
    }
}
