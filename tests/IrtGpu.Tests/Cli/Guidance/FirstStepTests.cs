namespace IrtGpu.Tests.Cli.Guidance;

/// <summary>What a newcomer gets wrong in the first minutes: each message has the call, or the name, that works.</summary>
public sealed class FirstStepTests : IDisposable
{
    private readonly CommandFolder command = new();

    public FirstStepTests()
    {
        command.TakeExample("verbal-aggression.csv");
        command.Write("words.csv", "name,q1,q2\nAnn,Agree,Disagree\nBob,Disagree,Agree\nCid,Agree,Neutral\n");
    }

    public void Dispose() => command.Dispose();

    [Theory]
    [InlineData(3, "There is no such file", "Did you mean 'verbal-aggression.csv'?", "calibrate", "verbal-aggresion.csv", "--out", "r")]
    [InlineData(3, "There is no such file", "Did you mean 'verbal-aggression.csv'?", "calibrate", "verbal-aggression", "--out", "r")]
    [InlineData(3, "There is no such file", "there is no folder 'nowhere'", "calibrate", "nowhere/d.csv", "--out", "r")]
    [InlineData(2, "is a file, and a command comes first", "irtgpu calibrate words.csv --out results", "words.csv")]
    [InlineData(3, "There is no column 'Id', which --id names", "Did you mean 'id'?", "calibrate", "verbal-aggression.csv", "--id", "Id", "--covariates", "gender", "--out", "r")]
    [InlineData(3, "column 'gender'", "leave the column out with --covariates gender", "calibrate", "verbal-aggression.csv", "--id", "id", "--out", "r")]
    [InlineData(3, "answers are words: 'Agree' 2 times", "--codes \"lowest, …, highest\"", "calibrate", "words.csv", "--id", "name", "--out", "r")]
    [InlineData(2, "The formula comes first", "irtgpu regress 'q1 ~ q2' words.csv --out results", "regress", "words.csv", "q1 ~ q2", "--out", "r")]
    public void Each_message_leads_on(int code, string says, string leads, params string[] arguments)
    {
        (int exitCode, string output, string error) = command.Run(arguments);
        Assert.Equal(code, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Contains(leads, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("score")]
    public void Data_before_the_fit_are_told_by_what_they_are(string name)
    {
        Assert.Equal(0, command.Run("calibrate", "verbal-aggression.csv", "--id", "id", "--covariates", "gender", "--model", "pcm", "--se", "none", "--quiet", "--out", "r").ExitCode);
        (int exitCode, _, string error) = command.Run(name, "verbal-aggression.csv", "r", "--out", "o");
        Assert.Equal(2, exitCode);
        Assert.Contains($"The finished fit comes first, then the data: irtgpu {name} r verbal-aggression.csv", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(command.PathOf("o")));
    }
}
