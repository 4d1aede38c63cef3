using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IrtGpu.Tests.Cli;

/// <summary><c>irtgpu regress</c>, and what reads its results.</summary>
public sealed class RegressCommandTests : IDisposable
{
    private readonly CommandFolder command = new();

    public RegressCommandTests()
    {
        StringBuilder text = new("y,x,g,one,row,constant,word,huge,same,1,f,w\n");
        for (int row = 0; row < 60; row++)
        {
            double x = Math.Sin(7 * row);
            double y = row / 6 * 0.3 + 0.5 * x + Math.Cos(11 * row);
            text.Append(CultureInfo.InvariantCulture, $"{y},{x},{(char)('A' + row / 6)},k,{row},5,{(row % 2 == 0 ? "no" : "yes")},{(row % 2 == 0 ? "1e300" : "-1e300")},3,{row % 4},f{row / 2},{(row == 3 ? 0 : 1)}\n");
        }
        command.Write("rows.csv", text.ToString());
    }

    public void Dispose() => command.Dispose();

    [Theory]
    [InlineData(3, "one level 'k'", "y ~ x + (1 | one)")]
    [InlineData(3, "every row is a level of its own", "y ~ x + (1 | row)")]
    [InlineData(3, "The effects (Intercept), constant", "y ~ x + (constant | g)")]
    [InlineData(3, "one level 'k'", "y ~ one + (1 | g)")]
    [InlineData(3, "is 3 in all 60 rows", "same ~ x + (1 | g)")]
    [InlineData(3, "1E+300", "huge ~ x + (1 | g)")]
    [InlineData(3, "holds text, such as 'no'", "word ~ x + (1 | g)")]
    [InlineData(3, "2 effects at each of 30 levels", "y ~ x + (x | f)")]
    [InlineData(3, "reproduce the response", "y ~ y + (1 | g)")]
    [InlineData(3, "no finite number", "y ~ log(x) + (1 | g)")]
    [InlineData(3, "The weight 0 is not positive", "y ~ x + (1 | g)", "--weights", "w")]
    [InlineData(3, "There is no column 'v', which --weights names", "y ~ x + (1 | g)", "--weights", "v")]
    [InlineData(3, "There is no column 'idd'", "y ~ x + (1 | g)", "--id", "idd")]
    [InlineData(2, "A term is expected where ')' stands", "y ~ x + (1 | )")]
    [InlineData(2, "not closed", "y ~ x + (1 + x | g")]
    [InlineData(2, "stands in parentheses", "y ~ x + 1 | g")]
    [InlineData(2, "stands between backquotes: `1`", "y ~ x + (1 | 1)")]
    [InlineData(2, "There is no column 'gg' in the data. Did you mean 'g'?", "y ~ x + (1 | gg)")]
    [InlineData(2, "no tilde", "y + x")]
    [InlineData(2, "exclude one another", "y ~ x", "--ml", "--reml")]
    [InlineData(2, "is for REML", "y ~ x", "--ml", "--df", "kenward-roger")]
    [InlineData(2, "--df does not know 'kr'", "y ~ x", "--df", "kr")]
    [InlineData(2, "--bootstrap 1", "y ~ x", "--bootstrap", "1")]
    public void A_model_that_cannot_be_is_diagnosed_and_leaves_nothing(int code, string message, string formula, params string[] options)
    {
        (int exitCode, string output, string error) = command.Run(["regress", formula, "rows.csv", "--out", "o", .. options]);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(code, exitCode);
        Assert.Empty(output);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.True(!Directory.Exists(command.PathOf("o")) || Directory.GetFiles(command.PathOf("o")).Length == 0);
    }

    [Fact]
    public void A_factor_of_ten_thousand_levels_is_no_fixed_effect()
    {
        command.Write("many.csv", "y,f\n" + string.Concat(Enumerable.Range(0, 20_000).Select(row => FormattableString.Invariant($"{Math.Sin(row)},f{row / 2}\n"))));
        (int exitCode, _, string error) = command.Run("regress", "y ~ f", "many.csv", "--out", "o");
        Assert.Equal(3, exitCode);
        Assert.Contains("(1 | f)", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Constant_columns_and_a_column_named_1_are_named_in_warnings()
    {
        (int exitCode, _, string error) = command.Run("regress", "y ~ 1 + x + constant + (1 | g)", "rows.csv", "--out", "o", "--quiet");
        Assert.Equal(0, exitCode);
        Assert.Contains("Earlier columns determine 'constant'", error, StringComparison.Ordinal);
        Assert.Contains("The table has a column '1'", error, StringComparison.Ordinal);
        Assert.Equal(3, command.ReadLines("o/fixed-effects.csv").Length);
        (exitCode, _, error) = command.Run("regress", "y ~ `1` + (1 | g)", "rows.csv", "--out", "p", "--quiet");
        Assert.Equal(0, exitCode);
        Assert.Empty(error);
        Assert.StartsWith(",1,", command.ReadLines("p/fixed-effects.csv")[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Results_are_scored_compared_and_drawn_from()
    {
        Assert.Equal(0, command.Run("regress", "y ~ x + (1 | g)", "rows.csv", "--ml", "--fitted", "--out", "a", "--quiet").ExitCode);
        Assert.Equal(0, command.Run("regress", "y ~ x + (x || g)", "rows.csv", "--ml", "--out", "b", "--quiet").ExitCode);
        Assert.Equal(["blups.csv", "fit.json", "fitted.csv", "fixed-effects.csv", "random-effects.csv", "regression.json", "report.html", "run.json"], Directory.GetFiles(command.PathOf("a")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using (JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(command.PathOf("a/run.json"))))
        {
            string[] arguments = [.. manifest.RootElement.GetProperty("arguments").EnumerateArray().Select(argument => argument.GetString()!)];
            Assert.Equal(["regress", "y ~ x + (1 | g)", "rows.csv", "--ml", "--fitted", "--out"], arguments[..6]);
            Assert.Equal("--quiet", arguments[^1]);
        }
        Assert.Equal(0, command.Run("score", "a/regression.json", "rows.csv", "--out", "scores.csv").ExitCode);
        Assert.Equal("row,fitted,residual", command.ReadLines("scores.csv")[0]);
        string[] fitted = command.ReadLines("a/fitted.csv");
        string[] scores = command.ReadLines("scores.csv");
        Assert.Equal(fitted.Length, scores.Length);
        for (int line = 1; line < fitted.Length; line++)
            Assert.Equal(double.Parse(fitted[line].Split(',')[1], CultureInfo.InvariantCulture), double.Parse(scores[line].Split(',')[1], CultureInfo.InvariantCulture), 1e-10);
        Assert.Equal(0, command.Run("simulate", "a", "--data", "rows.csv", "--seed", "3", "--truth", "truth.csv", "--out", "drawn.csv").ExitCode);
        Assert.Equal(command.ReadLines("rows.csv")[0], command.ReadLines("drawn.csv")[0]);
        Assert.Equal(11, command.ReadLines("truth.csv").Length);
        (int exitCode, string output, _) = command.Run("compare", "b", "a", "--out", "compared.csv");
        Assert.Equal(0, exitCode);
        Assert.Contains("chi-square", output, StringComparison.Ordinal);
        Assert.StartsWith("a,", command.ReadLines("compared.csv")[1], StringComparison.Ordinal); // fewest parameters first
        Assert.Equal(2, command.Run("compare", "a").ExitCode);
        Assert.Equal(2, command.Run("simulate", "a", "--out", "x.csv").ExitCode);
        Assert.Equal(3, command.Run("compare", "a", "none").ExitCode);
        // A fit without --fitted leaves no fitted values of another fit behind.
        Assert.Equal(0, command.Run("regress", "y ~ x + (1 | g)", "rows.csv", "--out", "a", "--quiet").ExitCode);
        Assert.False(File.Exists(command.PathOf("a/fitted.csv")));
        (exitCode, _, string error) = command.Run("compare", "a", "b");
        Assert.Equal(2, exitCode);
        Assert.Contains("Fit both with --ml", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_is_json_on_demand()
    {
        (int exitCode, string output, _) = command.Run("regress", "y ~ x + (1 | g)", "rows.csv", "--out", "o", "--json");
        Assert.Equal(0, exitCode);
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(output);
        foreach (string key in new[] { "criterion", "logLikelihood", "deviance", "sigma", "rows", "rowsDropped", "levels", "singular", "starts", "converged", "termination", "seconds", "inputSha256", "warnings" })
            Assert.True(document.RootElement.TryGetProperty(key, out _), key);
        Assert.Equal("REML", document.RootElement.GetProperty("criterion").GetString());
    }

    [Theory]
    [InlineData("--reml does not go with --classes", "--classes", "2", "--reml")]
    [InlineData("--bootstrap does not go with --classes", "--classes", "2", "--bootstrap", "10")]
    [InlineData("--class-formula is about classes, and there is one", "--class-formula", "~ x")]
    [InlineData("at least one class is needed", "--classes", "0")]
    [InlineData("2 numbers, and there are 3 classes", "--classes", "3", "--prior", "theta:dirichlet(1,1)")]
    [InlineData("--effects does not know 'none'", "--classes", "2", "--effects", "none")]
    [InlineData("--starts 0", "--classes", "2", "--starts", "0")]
    public void Options_of_classes_are_checked(string message, params string[] options)
    {
        (int exitCode, _, string error) = command.Run(["regress", "y ~ x", "rows.csv", "--out", "o", .. options]);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mixture_is_drawn_fitted_scored_and_compared()
    {
        string[] given = ["--prior", "Intercept:class1:constant(0)", "--prior", "Intercept:class2:constant(6)", "--prior", "b:constant(1)", "--prior", "sigma:constant(1)", "--prior", "theta:class1:constant(0.5)"];
        Assert.Equal(0, command.Run(["simulate", "new ~ x", "--data", "rows.csv", "--classes", "2", "--from", "prior", "--out", "new.csv", "--truth", "truth.csv", "--parameters", "parameters.csv", .. given]).ExitCode);
        (int exitCode, string output, _) = command.Run("regress", "new ~ x", "new.csv", "--classes", "2", "--equal-across-classes", "x, sigma", "--fitted", "--plot", "--id", "row", "--out", "two");
        Assert.Equal(0, exitCode);
        Assert.Contains("Finite mixture of 2 regressions", output, StringComparison.Ordinal);
        Assert.Equal(["class-data.csv", "class-probabilities.csv", "classes.csv", "classes.svg", "fit.json", "fitted.csv", "fixed-effects.csv", "random-effects.csv", "regression.json", "report.html", "run.json"],
            Directory.GetFiles(command.PathOf("two")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.StartsWith("<svg ", File.ReadAllText(command.PathOf("two/classes.svg")), StringComparison.Ordinal);
        string[] truth = File.ReadAllLines(command.PathOf("truth.csv"));
        string[] classes = File.ReadAllLines(command.PathOf("two/classes.csv"));
        Assert.Equal("row,p_1,p_2,class", classes[0]);
        Assert.True(truth.Skip(1).Zip(classes.Skip(1)).Count(pair => pair.First.Split(',')[1] == pair.Second.Split(',')[3]) >= 58);
        Assert.Equal(0, command.Run("score", "two", "new.csv", "--out", "scores.csv").ExitCode);
        Assert.Equal(classes.Skip(1).Select(line => line.Split(',')[3]), File.ReadLines(command.PathOf("scores.csv")).Skip(1).Select(line => line.Split(',')[5]));
        Assert.Equal(0, command.Run("simulate", "two", "--data", "new.csv", "--out", "again.csv").ExitCode);
        Assert.Equal(0, command.Run("regress", "new ~ x", "new.csv", "--ml", "--out", "one", "--quiet").ExitCode);
        (exitCode, output, _) = command.Run("compare", "one", "two");
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("e-", output, StringComparison.Ordinal); // no p-value between numbers of classes
        Assert.Equal(0, command.Run("regress", "new ~ x", "new.csv", "--classes", "2", "--prior", "sigma:gamma(2,2)", "--out", "mode", "--quiet").ExitCode);
        (exitCode, _, string error) = command.Run("compare", "mode", "two");
        Assert.Equal(2, exitCode);
        Assert.Contains("posterior mode under priors", error, StringComparison.Ordinal);
        (exitCode, _, error) = command.Run("simulate", "two", "--data", "new.csv", "--from", "prior", "--out", "x.csv");
        Assert.Equal(2, exitCode);
        Assert.Contains("flat prior", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mixed_model_leaves_nothing_of_a_mixture_that_the_folder_held()
    {
        Assert.Equal(0, command.Run("regress", "y ~ x", "rows.csv", "--classes", "2", "--equal-across-classes", "sigma", "--plot", "--out", "o", "--quiet").ExitCode);
        Assert.True(File.Exists(command.PathOf("o/classes.svg")));
        Assert.Equal(0, command.Run("regress", "y ~ x + (1 | g)", "rows.csv", "--out", "o", "--quiet").ExitCode);
        Assert.Equal(["blups.csv", "fit.json", "fixed-effects.csv", "random-effects.csv", "regression.json", "report.html", "run.json"],
            Directory.GetFiles(command.PathOf("o")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Where_all_starts_collapse_there_is_no_estimate()
    {
        command.Write("ties.csv", "y\n" + string.Join('\n', Enumerable.Range(0, 40).Select(row => row < 8 ? "9" : Math.Sin(7 * row).ToString("R", CultureInfo.InvariantCulture))) + "\n");
        (int exitCode, string output, string error) = command.Run("regress", "y ~ 1", "ties.csv", "--classes", "2", "--out", "o");
        Assert.Equal(4, exitCode);
        Assert.Contains("collapses", error, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", output + error, StringComparison.Ordinal);
        Assert.Equal(["fit.json", "report.html", "run.json"], Directory.GetFiles(command.PathOf("o")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
