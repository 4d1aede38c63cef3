namespace IrtGpu.Tests.Cli;

public sealed class CommandRefusalTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    [Theory]
    [InlineData(2, "Did you mean 'calibrate'", "calibrat", "x.csv")]
    [InlineData(2, "Did you mean '--model'", "calibrate", "x.csv", "--modle", "2pl", "--out", "o")]
    [InlineData(2, "'--out' is required", "calibrate", "x.csv")]
    [InlineData(2, "DATA is missing. Table of responses", "calibrate", "--out", "o")]
    [InlineData(2, "For example: irtgpu calibrate answers.csv --out results", "calibrate")]
    [InlineData(2, "A formula stands in quotes", "regress", "y", "~", "x", "d.csv", "--out", "o")]
    [InlineData(2, "--nodes takes a whole number, not 'many'", "calibrate", "x.csv", "--out", "o", "--nodes", "many")]
    [InlineData(2, "there is no model '5pl'", "calibrate", "x.csv", "--out", "o", "--model", "5pl")]
    [InlineData(2, "does not have its three parts", "calibrate", "x.csv", "--out", "o", "--prior", "beta(5,17)")]
    [InlineData(2, "there is no density 'gamma'", "calibrate", "x.csv", "--out", "o", "--prior", "*:g:gamma(5,17)")]
    [InlineData(2, "--range '3' is not two numbers", "calibrate", "x.csv", "--out", "o", "--range", "3")]
    [InlineData(2, "--se does not know 'oaks'. Did you mean 'oakes'", "calibrate", "x.csv", "--out", "o", "--se", "oaks")]
    [InlineData(2, "--max-cycles 0", "calibrate", "x.csv", "--out", "o", "--max-cycles", "0")]
    [InlineData(2, "There is no specification file", "calibrate", "x.csv", "--out", "o", "--spec", "none.yaml")]
    [InlineData(2, "cannot be made or written", "calibrate", "x.csv", "--out", "/proc/none/o")]
    [InlineData(2, "There is no file 'none.json'", "score", "none.json", "x.csv", "--out", "s.csv")]
    [InlineData(2, "does not exist", "score", "none.json", "x.csv", "--out", "no/s.csv")]
    [InlineData(3, "There is no such file", "calibrate", "none.csv", "--out", "o")]
    [InlineData(3, "is a directory", "calibrate", ".", "--out", "o")]
    [InlineData(5, "'cuda:99' is not available", "calibrate", "x.csv", "--out", "o", "--device", "cuda:99")]
    public void A_bad_call_ends_with_its_code_and_says_what_is_wrong(int code, string message, params string[] arguments)
    {
        (int exitCode, string output, string error) = command.Run(arguments);
        Assert.Contains(message, error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(code, exitCode);
        Assert.Empty(output);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("q1,q2\n0,1\n1\n", "row")]
    [InlineData("q1,q2\n0,x\n1,0\n", "'x'")]
    public void Bad_data_end_with_3_and_leave_no_results(string text, string message)
    {
        command.Write("bad.csv", text);
        (int exitCode, _, string error) = command.Run("calibrate", "bad.csv", "--out", "o");
        Assert.Equal(3, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(command.PathOf("o")));
    }

    [Fact]
    public void Bytes_that_are_no_text_end_with_3()
    {
        File.WriteAllBytes(command.PathOf("binary.csv"), [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0xFF, 0xFE, 10, 1, 2]);
        Assert.Equal(3, command.Run("calibrate", "binary.csv", "--out", "o").ExitCode);
    }

    [Fact]
    public void Every_problem_of_a_specification_file_comes_with_line_and_key()
    {
        command.Write("bad.yaml", "modell: 2pl\nclasses: two\nquadrature:\n  rule: round\n");
        (int exitCode, _, string error) = command.Run("calibrate", "x.csv", "--out", "o", "--spec", "bad.yaml");
        Assert.Equal(2, exitCode);
        Assert.Contains("bad.yaml:1, key 'modell': there is no such key. Did you mean 'model'?", error, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:2, key 'classes': 'two' is not a whole number", error, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:4, key 'rule'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Braces_that_go_on_without_indentation_are_told()
    {
        command.Write("flat.yaml", "model: 2pl\nitems: {\nq1: 2,\nq2: 2}\n");
        (int exitCode, _, string error) = command.Run("calibrate", "x.csv", "--out", "o", "--spec", "flat.yaml");
        Assert.Equal(2, exitCode);
        Assert.Contains("flat.yaml: this is not YAML: lines inside { } or [ ] must be indented", error, StringComparison.Ordinal);
    }
}
