using System.Text.Json;
using System.Text.Json.Nodes;

namespace IrtGpu.Tests.Cli;

/// <summary>Files as schools and surveys write them: what is read, what is said, and the fit that comes of it.</summary>
public sealed class SurveyFileTests : IDisposable
{
    private readonly CommandFolder command = new();

    public void Dispose() => command.Dispose();

    [Fact]
    public void Persons_without_a_group_are_listed_once_and_without_them_there_are_two_groups()
    {
        string error = Refuse("calibrate", command.Take("group-not-known.csv"), "--group", "sex");
        Assert.Contains("group-not-known.csv:28, column 'sex': The group of 17 row(s) is blank or a code for missing", error, StringComparison.Ordinal);
        Assert.Contains("lines 28 ('NA'), 46 ('NA')", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));

        command.Write("known.csv", string.Join('\n', command.ReadLines("group-not-known.csv").Where(line => !line.StartsWith("NA", StringComparison.Ordinal))));
        Assert.Equal(-1056.585, LogLikelihood("known.csv", "--group", "sex"), 2e-3); // independent maximisation
        Assert.Equal(-0.452, Population("male", "mean"), 2e-3);
        Assert.Equal(1.080, Population("male", "sd"), 2e-3);
    }

    [Fact]
    public void A_group_with_a_declared_code_for_missing_is_missing()
    {
        command.Write("d.csv", string.Join('\n', command.ReadLines(command.Take("group-not-known.csv")).Select(line => line.Replace("NA", "-9", StringComparison.Ordinal))));
        Assert.Contains("17 row(s)", Refuse("calibrate", "d.csv", "--group", "sex", "--missing=-9"), StringComparison.Ordinal);
        (int exitCode, _, string error) = command.Run("calibrate", "d.csv", "--group", "sex", "--out", "o", "--quiet");
        Assert.Equal(0, exitCode);
        Assert.Contains("The group '-9' (17 rows) looks like a code for missing", error, StringComparison.Ordinal);
        Assert.Contains("--missing=NA,NaN,.,-9", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lower_case_answer_is_the_answer()
    {
        (double fit, string warnings) = Fit("lower-case-answers.csv", "--key", command.Take("key.csv"));
        Assert.Equal(-1115.392, fit, 2e-3); // independent maximisation
        Assert.Equal(0.961, Item("q1", "d"), 2e-3);
        Assert.Contains("68 answers are right but for case or blanks and count so: 'b' 24 in 'q1', 'q6'", warnings, StringComparison.Ordinal);
    }

    [Fact]
    public void Blanks_are_wrong_where_that_is_asked_for_and_in_scores_of_the_fit_too()
    {
        string[] lines = command.ReadLines(command.Take("blank-answers.csv"));
        command.Write("crossed.csv", string.Join('\n', lines.Select(line => string.Join(',', line.Split(',').Select(field => field.Length == 0 ? "X" : field)))));
        command.Take("key.csv");
        double crossed = LogLikelihood("crossed.csv", "--key", "key.csv");
        Assert.Equal(crossed, LogLikelihood("blank-answers.csv", "--key", "key.csv", "--blank", "wrong"), 1e-9);
        Assert.Equal(0, command.Run("score", "o/calibration.json", "blank-answers.csv", "--key", "key.csv", "--out", "s.csv").ExitCode);
        Assert.Equal(command.ReadLines("o/scores.csv"), command.ReadLines("s.csv"));
        Assert.Equal(0, command.Run("score", "o/calibration.json", "blank-answers.csv", "--key", "key.csv", "--blank", "missing", "--out", "s.csv").ExitCode);
        Assert.NotEqual(command.ReadLines("o/scores.csv"), command.ReadLines("s.csv"));

        command.Write("spec.yaml", "data: {key: key.csv, blank: 'q1-q6=wrong'}\n");
        Assert.Equal(crossed, LogLikelihood("blank-answers.csv", "--spec", "spec.yaml"), 1e-9);
        command.Write("reached.csv", string.Join('\n', lines[..^100].Concat(lines[^100..].Select(line => line[..line.LastIndexOf(',')] + ",NR"))));
        (_, string output, _) = command.Run("calibrate", "reached.csv", "--key", "key.csv", "--blank", "wrong", "--missing", "NR", "--out", "o");
        Assert.Contains("6 (6 2pl)", output, StringComparison.Ordinal);
        Assert.EndsWith(",,5", string.Join(',', command.ReadLines("o/scores.csv")[^1].Split(',')[..3]), StringComparison.Ordinal);
    }

    [Fact]
    public void Row_number_and_total_are_warned_of_in_a_line_each()
    {
        (_, _, string error) = command.Run("calibrate", command.Take("number-and-total.csv"), "--out", "o", "--max-cycles", "2", "--quiet");
        string[] warnings = [.. error.Split('\n').Where(line => line.StartsWith("warning: number", StringComparison.Ordinal))];
        Assert.Equal(2, warnings.Length);
        Assert.Contains("column 'nr': The column has 120 different codes in 120 rows", warnings[0], StringComparison.Ordinal);
        Assert.Contains("--id nr", warnings[0], StringComparison.Ordinal);
        Assert.Contains("column 'total': The column is the sum of 6 other columns, 'q1' to 'q6'", warnings[1], StringComparison.Ordinal);
        Assert.All(warnings, warning => Assert.True(warning.Length < 300, warning));
        Assert.Equal("", Fit("number-and-total.csv", "--id", "nr", "--covariates", "total").Warnings);
    }

    [Fact]
    public void Minus_99_is_told_with_its_share_and_the_option_that_makes_it_missing()
    {
        string error = Refuse("calibrate", command.Take("minus-99.csv"));
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("The code -99 was given 114 times (6.3 in 100 answers) in 6 item(s)", error, StringComparison.Ordinal);
        Assert.Contains("--missing=NA,NaN,.,-99", error, StringComparison.Ordinal);
        (int exitCode, string output, _) = command.Run("calibrate", "minus-99.csv", "--missing=NA,NaN,.,-99", "--out", "o");
        Assert.Equal(0, exitCode);
        Assert.Contains("6 (6 2pl)", output, StringComparison.Ordinal);
        Assert.Equal(0, command.Run("score", "o/calibration.json", "minus-99.csv", "--out", "s.csv").ExitCode); // as the fit has it
        Assert.Equal(command.ReadLines("o/scores.csv"), command.ReadLines("s.csv"));
        Assert.Contains("'-99'", command.Run("score", "o/calibration.json", "minus-99.csv", "--missing", "NA,-98", "--out", "s.csv").Error, StringComparison.Ordinal);
        (exitCode, output, _) = command.Run("calibrate", "minus-99.csv", "--codes=-99,0,1", "--out", "o");
        Assert.Equal(0, exitCode);
        Assert.Contains("6 (6 gpcm)", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_column_without_a_name_can_hold_the_identifiers()
    {
        Assert.Equal("", Fit("row-names.csv", "--id", "").Warnings);
        Assert.StartsWith("pupil 1,,6,", command.ReadLines("o/scores.csv")[1], StringComparison.Ordinal);
        (int exitCode, _, string error) = command.Run("score", "o/calibration.json", "row-names.csv", "--id", "", "--out", "s.csv");
        Assert.Equal(0, exitCode);
        Assert.Equal("", error);
        Assert.Equal(command.ReadLines("o/scores.csv"), command.ReadLines("s.csv"));
        (_, _, error) = command.Run("score", "o/calibration.json", "row-names.csv", "--out", "s.csv");
        Assert.Contains("Column 1 has no name and was not used. If it identifies the persons, as the row names that R writes, use --id \"\".", error, StringComparison.Ordinal);
        Assert.Contains("--id \"\"", Refuse("calibrate", "row-names.csv"), StringComparison.Ordinal);
        command.Write("spec.yaml", "data: {id: ''}\n");
        Assert.Equal("", Fit("row-names.csv", "--spec", "spec.yaml").Warnings);
    }

    [Fact]
    public void Words_are_listed_a_column_and_become_categories_in_the_order_given()
    {
        const string scale = "Strongly disagree, Disagree, Neutral, Agree, Strongly agree";
        string error = Refuse("calibrate", command.Take("words.csv"), "--covariates", "Timestamp", "--model", "grm");
        string[] messages = error.Trim().Split('\n');
        Assert.Equal(5, messages.Length);
        Assert.Contains("These options may do: --codes with 'Neutral', 'Agree'", messages[4], StringComparison.Ordinal);
        Assert.Contains("column 'I feel calm.': 200 of 200 answers are words: 'Neutral' 49 times, 'Agree' 47 times", messages[0], StringComparison.Ordinal);
        Assert.Contains("--codes", messages[0], StringComparison.Ordinal);

        string[] order = scale.Split(", ");
        string[] numbers = [.. command.ReadLines("words.csv").Skip(1).Select(line => string.Join(',', line.Split(',')[1..].Select(word => Array.IndexOf(order, word))))];
        command.Write("numbers.csv", "a,b,c,d\n" + string.Join('\n', numbers));
        double expected = LogLikelihood("numbers.csv", "--model", "grm");
        Assert.Equal(expected, LogLikelihood("words.csv", "--covariates", "Timestamp", "--model", "grm", "--codes", scale), 1e-9);
        Assert.Equal(0, command.Run("score", "o/calibration.json", "words.csv", "--covariates", "Timestamp", "--out", "s.csv").ExitCode);
        Assert.Equal(command.ReadLines("o/scores.csv"), command.ReadLines("s.csv"));
        Assert.Equal(0, command.Run("simulate", "o/calibration.json", "--persons", "50", "--out", "drawn.csv").ExitCode);
        Assert.Contains("Strongly agree", File.ReadAllText(command.PathOf("drawn.csv")), StringComparison.Ordinal);

        command.Write("spec.yaml", $"codes: [{scale}]\ndata: {{covariates: [Timestamp]}}\nmodel: grm\n");
        Assert.Equal(expected, LogLikelihood("words.csv", "--spec", "spec.yaml"), 1e-9);
        command.Write("codes.csv", "item,code,category\n" + string.Concat(order.Select((word, category) => $"*,{word},{category}\n")));
        Assert.Equal(expected, LogLikelihood("words.csv", "--covariates", "Timestamp", "--model", "grm", "--codes", "codes.csv"), 1e-9);
    }

    [Fact]
    public void A_fit_with_words_for_fewer_categories_than_it_has_is_damaged()
    {
        Fit("words.csv", "--covariates", "Timestamp", "--codes", "Strongly disagree, Disagree, Neutral, Agree, Strongly agree");
        JsonNode fit = JsonNode.Parse(File.ReadAllText(command.PathOf("o/calibration.json")))!;
        fit["data"]!["items"]![0]!["answers"]!["texts"]!.AsArray().RemoveAt(0);
        command.Write("damaged.json", fit.ToJsonString());
        (int exitCode, _, string error) = command.Run("score", "damaged.json", "words.csv", "--out", "s.csv");
        Assert.Equal(2, exitCode);
        Assert.Contains("'damaged.json' is damaged: Item 'I feel calm.' has 5 categories, but the answers of 4", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_of_a_rating_scale_have_the_categories_that_nobody_chose()
    {
        (double fit, string warnings) = Fit("unused-categories.csv", "--model", "rsm");
        Assert.Contains("'i1' (no 1), 'i5' (no 5)", warnings, StringComparison.Ordinal);
        AssertScale(fit);
        Assert.Equal(0, command.Run("score", "o/calibration.json", "unused-categories.csv", "--out", "s.csv").ExitCode);
        Assert.Equal(command.ReadLines("o/scores.csv"), command.ReadLines("s.csv"));
        AssertScale(LogLikelihood("unused-categories.csv", "--model", "rsm", "--codes", "1,2,3,4,5"));
        command.Write("spec.yaml", "model: rsm\nitems: {i1: [1, 2, 3, 4, 5], i5: [5, 4, 3, 2, 1]}\n");
        (fit, warnings) = Fit("unused-categories.csv", "--spec", "spec.yaml");
        AssertScale(fit);
        Assert.Contains("Declared answers that nobody gave: '1' in 'i1'; '5' in 'i5'", warnings, StringComparison.Ordinal);

        // Independent maximisation: location c of an item and common thresholds b, d_t = t c - (b_1 + ... + b_t).
        void AssertScale(double logLikelihood)
        {
            Assert.Equal(-2691.674, logLikelihood, 2e-3);
            Assert.Equal(1.065, Population("", "sd"), 2e-3);
            double[] locations = [0.899, 0.203, -0.087, -0.406, -1.039];
            double[] thresholds = [-1.788, -0.540, 0.503, 1.825];
            for (int item = 0; item < locations.Length; item++)
            {
                for (int step = 1; step <= thresholds.Length; step++)
                    Assert.Equal(step * locations[item] - thresholds[..step].Sum(), Item($"i{item + 1}", $"d{step}"), 8e-3);
            }
        }
    }

    [Fact]
    public void From_a_survey_export_two_corrections_that_messages_tell_lead_to_the_fit()
    {
        command.TakeExample("survey.csv");
        string error = Refuse("calibrate", "survey.csv");
        Assert.Equal(9, error.Trim().Split('\n').Length); // date, gender, five items; id; what to type
        string told = error.Split("These options may do: ")[1];
        string[] options = told.Split(" --codes with ")[0].Split(' ');
        Assert.Equal(["--id", "id", "--covariates", "date,gender", "--missing=NA,NaN,.,-99"], options);
        string[] answers = [.. told.Split(" --codes with ")[1].Split(" in their order")[0].Split(", ").Select(answer => answer.Trim('\''))];
        string[] ordered = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"];
        Assert.Equal(ordered.Order(), answers.Order());

        (_, _, error) = command.Run(["calibrate", "survey.csv", .. options, "--codes", string.Join(", ", ordered), "--max-cycles", "2", "--out", "o"]);
        Assert.Contains("column 'total': The column is the sum of 5 other columns", error, StringComparison.Ordinal);
        Assert.Contains("--covariates total.", error, StringComparison.Ordinal);

        options[3] += ",total";
        (double fit, string warnings) = Fit("survey.csv", [.. options, "--codes", string.Join(", ", ordered), "--model", "grm"]);
        Assert.Equal("", warnings);
        Assert.StartsWith("0001,,5,", command.ReadLines("o/scores.csv")[1], StringComparison.Ordinal);

        // The same answers in numbers.
        string[] numbers = [.. command.ReadLines("survey.csv").Skip(1).Select(line => line.Split(',')[3..^1])
            .Select(row => string.Join(',', row.Select(word => word == "-99" ? "" : $"{Array.FindIndex(ordered, known => known.Equals(word, StringComparison.OrdinalIgnoreCase))}")))];
        command.Write("numbers.csv", "a,b,c,d,e\n" + string.Join('\n', numbers));
        Assert.Equal(LogLikelihood("numbers.csv", "--model", "grm"), fit, 1e-9);
    }

    [Theory]
    [InlineData("codes: [never, sometimes, always]")]
    [InlineData("codes: {'q*': [never, [sometimes, now and then], always]}")]
    [InlineData("codes: 'q1=never, sometimes, always; q2=\"never\",sometimes,always'")]
    public void A_specification_draws_and_reads_words(string codes)
    {
        command.Write("spec.yaml",
            $$"""
            model: grm
            items: {q1: 3, q2: 3}
            {{codes}}
            parameters:
              q1: {a1: 1.2, d1: 1, d2: -1}
              q2: {a1: 1.2, d1: 0.5, d2: -1.5}
            constraints:
              - {items: "*", parameter: a1, equal: true}
            """);
        Assert.Equal(0, command.Run("simulate", "spec.yaml", "--persons", "900", "--out", "drawn.csv").ExitCode);
        Assert.Equal(["always", "never", "sometimes"], command.ReadLines("drawn.csv").Skip(1).SelectMany(line => line.Split(',')).Distinct().Order());
        Assert.Equal("", Fit("drawn.csv", "--spec", "spec.yaml").Warnings);
        Assert.Contains("\"sometimes\"", File.ReadAllText(command.PathOf("o/calibration.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("codes: [never, always]", "'codes' has 2 answers for item 'q1', but 'items' gives it 3 categories")]
    [InlineData("codes: {q9: [never, sometimes, always]}", "key 'codes': 'q9' in the item list matches no item")]
    [InlineData("codes: [never, Never, always]", "spec.yaml:2, key 'codes': The declared codes have 'never' twice")]
    [InlineData("codes: none.csv", "spec.yaml:2, key 'codes': --codes 'none.csv' names no file")]
    public void Words_that_do_not_fit_a_specification_are_refused(string codes, string problem)
    {
        command.Write("spec.yaml", $"items: {{q1: 3, q2: 3}}\n{codes}\nmodel: gpcm\n");
        (int exitCode, _, string error) = command.Run("simulate", "spec.yaml", "--persons", "9", "--out", "drawn.csv");
        Assert.Equal(2, exitCode);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_beyond_counting_are_refused_and_nothing_is_written()
    {
        command.Write("d.csv", "w,q1,q2,q3\n" + string.Concat(Enumerable.Range(0, 8).Select(k => $"1.7e308,{k & 1},{k >> 1 & 1},{k >> 2}\n")));
        string error = Refuse("calibrate", "d.csv", "--weight", "w");
        Assert.Contains("column 'w': The weights sum to more than any number", error, StringComparison.Ordinal);
    }

    private string Refuse(params string[] arguments)
    {
        (int exitCode, string output, string error) = command.Run([.. arguments, "--out", "refused"]);
        Assert.Equal(3, exitCode);
        Assert.Empty(output);
        Assert.Empty(Directory.GetFiles(command.PathOf("refused")));
        return error;
    }

    private (double LogLikelihood, string Warnings) Fit(string data, params string[] options)
    {
        if (!File.Exists(command.PathOf(data)))
            command.Take(data);
        (int exitCode, string output, string error) = command.Run(["calibrate", data, "--out", "o", "--json", "--tolerance", "1e-7", .. options]);
        Assert.True(exitCode == 0, error);
        using JsonDocument fit = JsonDocument.Parse(output);
        return (fit.RootElement.GetProperty("logLikelihood").GetDouble(), error);
    }

    private double LogLikelihood(string data, params string[] options) => Fit(data, options).LogLikelihood;

    private double Item(string item, string parameter) => Number("items.csv", line => line[2] == item && line[4] == parameter);

    private double Population(string group, string parameter) => Number("population.csv", line => line[0] == group && line[2] == parameter);

    private double Number(string table, Func<string[], bool> isMeant) =>
        double.Parse(command.ReadLines($"o/{table}").Select(line => line.Split(',')).First(isMeant)[5], System.Globalization.CultureInfo.InvariantCulture);
}
