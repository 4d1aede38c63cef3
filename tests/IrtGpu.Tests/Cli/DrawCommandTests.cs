using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IrtGpu.Tests.Cli;

/// <summary>Draws from posteriors as commands make and compare them.</summary>
public sealed class DrawCommandTests : IDisposable
{
    private static readonly string[] Few = ["--draws", "50", "--warmup", "100", "--chains", "2", "--quiet"];

    private readonly CommandFolder command = new();

    public DrawCommandTests()
    {
        StringBuilder text = new("y,x,g,q1,q2,q3\n");
        for (int row = 0; row < 120; row++)
        {
            double x = Math.Sin(7 * row);
            double y = (row % 3 == 0 ? 4 : 0) + 0.5 * x + Math.Cos(11 * row) / 2 + (row / 12 % 2);
            text.Append(CultureInfo.InvariantCulture, $"{y},{x},{(char)('A' + row / 12)},{row % 2},{row / 2 % 2},{(row / 3) % 2}\n");
        }
        command.Write("rows.csv", text.ToString());
    }

    public void Dispose() => command.Dispose();

    [Fact]
    public void A_mixed_model_has_draws_effects_responses_and_comparisons()
    {
        Assert.Equal(0, command.Run(["regress", "y ~ x + (1 | g)", "rows.csv", "--out", "a", "--predictive", "3", .. Few]).ExitCode);
        Assert.Equal("chain,draw,lp,divergent,tree_depth,Intercept,b:x,sd:g:(Intercept),sigma", command.ReadLines("a/draws.csv")[0]);
        Assert.Equal(101, command.ReadLines("a/draws.csv").Length);
        Assert.Equal(5, command.ReadLines("a/draws-summary.csv").Length);
        Assert.Equal(11, command.ReadLines("a/draws-effects.csv").Length);
        Assert.Equal(("row,y_1,y_2,y_3", 121), (command.ReadLines("a/predictive.csv")[0], command.ReadLines("a/predictive.csv").Length));
        Assert.Equal(("row,elpd,pareto_k", 121), (command.ReadLines("a/loo.csv")[0], command.ReadLines("a/loo.csv").Length));
        using JsonDocument fit = JsonDocument.Parse(File.ReadAllText(command.PathOf("a/fit.json")));
        Assert.Equal(2, fit.RootElement.GetProperty("draws").GetProperty("chains").GetInt32());
        Assert.Equal("row", fit.RootElement.GetProperty("loo").GetProperty("unit").GetString());

        Assert.Equal(0, command.Run(["regress", "y ~ 1 + (1 | g)", "rows.csv", "--out", "b", .. Few]).ExitCode);
        (int exitCode, string output, string error) = command.Run("compare", "a", "b", "--out", "compared.csv");
        Assert.Equal(0, exitCode);
        Assert.Contains("No likelihood ratio tests", error, StringComparison.Ordinal); // REML, other fixed effects
        Assert.Contains("Leave-one-out", output, StringComparison.Ordinal);
        Assert.Equal(3, command.ReadLines("compared.csv").Length);
        // A later fit without draws leaves none behind.
        Assert.Equal(0, command.Run("regress", "y ~ x + (1 | g)", "rows.csv", "--out", "a", "--quiet").ExitCode);
        Assert.False(File.Exists(command.PathOf("a/draws.csv")));
        Assert.False(File.Exists(command.PathOf("a/loo.csv")));
    }

    [Fact]
    public void A_mixture_has_draws_probabilities_and_comparisons()
    {
        string[] priors = ["--prior", "sigma:gamma(2,2)", "--prior", "b:normal(0,3)", "--prior", "Intercept:normal(0,5)"];
        Assert.Equal(0, command.Run(["regress", "y ~ x", "rows.csv", "--classes", "2", "--out", "two", "--predictive", "2", .. priors, .. Few]).ExitCode);
        Assert.Equal(0, command.Run(["regress", "y ~ x", "rows.csv", "--out", "one", .. priors, .. Few]).ExitCode);
        Assert.Equal(("row,p_1,p_2,class", 121), (command.ReadLines("two/draws-classes.csv")[0], command.ReadLines("two/draws-classes.csv").Length));
        Assert.False(File.Exists(command.PathOf("one/draws-classes.csv")));
        Assert.Equal(121, command.ReadLines("two/predictive.csv").Length);
        (int exitCode, string output, _) = command.Run("compare", "one", "two");
        Assert.Equal(0, exitCode);
        Assert.True(output.IndexOf("two", StringComparison.Ordinal) < output.IndexOf("one", output.IndexOf("two", StringComparison.Ordinal), StringComparison.Ordinal), output);
        Assert.Equal(0, command.Run(["regress", "y ~ x", "rows.csv", "--classes", "2", "--prior-only", "--out", "prior", .. priors, .. Few]).ExitCode);
        Assert.False(File.Exists(command.PathOf("prior/loo.csv")));
    }

    [Fact]
    public void A_calibration_has_draws()
    {
        Assert.Equal(0, command.Run(["calibrate", "rows.csv", "--covariates", "y,x,g", "--model", "rasch", "--out", "o", .. Few]).ExitCode);
        Assert.Equal("chain,draw,lp,divergent,tree_depth,q1:d,q2:d,q3:d,sd:theta", command.ReadLines("o/draws.csv")[0]);
        using JsonDocument fit = JsonDocument.Parse(File.ReadAllText(command.PathOf("o/fit.json")));
        Assert.Equal(50, fit.RootElement.GetProperty("draws").GetProperty("draws").GetInt32());
    }

    [Theory]
    [InlineData("--adapt-delta", "--draws", "10", "--adapt-delta", "1.5")]
    [InlineData("2 draws a chain", "--draws", "2")]
    [InlineData("0 chains", "--chains", "0")]
    [InlineData("--prior-only needs priors", "--prior-only")]
    [InlineData("no draws are asked for", "--predictive", "3")]
    [InlineData("--prior-only needs a prior for every parameter", "--prior-only", "--prior", "sigma:gamma(2,2)")]
    public void Requests_that_cannot_be_are_told(string message, params string[] options)
    {
        (int exitCode, _, string error) = command.Run(["regress", "y ~ x", "rows.csv", "--out", "o", "--quiet", .. options]);
        Assert.Equal(2, exitCode);
        Assert.Contains(message == "--adapt-delta" ? "acceptance statistic" : message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fits_of_other_pieces_of_the_data_are_not_compared()
    {
        string[] priors = ["--prior", "sigma:gamma(2,2)", "--prior", "sd:gamma(2,2)", "--prior", "b:normal(0,3)", "--prior", "Intercept:normal(0,5)"];
        Assert.Equal(0, command.Run(["regress", "y ~ x + (1 | g)", "rows.csv", "--out", "levels", .. priors, .. Few]).ExitCode);
        Assert.Equal(0, command.Run(["regress", "y ~ x", "rows.csv", "--out", "rows", .. priors[..2], .. priors[4..], .. Few]).ExitCode);
        Assert.Equal("level,elpd,pareto_k", command.ReadLines("levels/loo.csv")[0]);
        (int exitCode, _, string error) = command.Run("compare", "levels", "rows");
        Assert.Equal(2, exitCode);
        Assert.Contains("of different things", error, StringComparison.Ordinal);
    }
}
