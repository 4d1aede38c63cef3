using IrtGpu.Data;
using IrtGpu.TestCases;
using static IrtGpu.Tests.Linking.Results;

namespace IrtGpu.Tests.Linking;

/// <summary><c>--start</c>: a finished fit as the start of another.</summary>
public sealed class StartFileTests : IDisposable
{
    private const string Tight = "1e-8";
    private readonly ResultFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Models => ["2pl", "3pl with priors", "grm", "gpcm", "rsm", "nominal", "two dimensions", "groups with free items", "classes"];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_start_at_the_optimum_ends_there_after_two_cycles(string name)
    {
        ModelCase model = Catalogue.Get(name);
        ResponseData data = model.Simulation.Draw();
        CalibrationOptions options = new() { Tolerance = 1e-7, MaxCycles = 20_000, StandardErrors = StandardErrorMethod.None };
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        CalibrationResult first = Calibration.Run(data, model.Specification, options with { Starts = 1 }, cancellation: cancellation);
        CalibrationResult again = Calibration.Run(data, model.Specification, options with { Start = first.Point }, cancellation: cancellation);
        Assert.True(again.Termination.IsConverged, again.Termination.Message);
        Assert.InRange(again.History.Count, 2, 3);
        Assert.Empty(again.Maxima);
        Assert.Equal(first.LogLikelihood + first.LogPrior, again.LogLikelihood + again.LogPrior, 1e-7); // what is maximised, flat there; its parts are not
        for (int index = 0; index < first.FreeParameterCount; index++)
            Assert.Equal(first.Point.Parameters.Free[index], again.Point.Parameters.Free[index], 1e-5);
    }

    [Fact]
    public void The_command_begins_at_a_finished_fit()
    {
        string data = folder.Write("data.csv", SimulatedData.Dichotomous(800, 8).Draw());
        Results first = folder.Calibrate(data, "first", "--tolerance", Tight);
        Results again = folder.Calibrate(data, "again", "--tolerance", Tight, "--start", Path.Combine(first.Folder, "calibration.json"));
        Assert.True(first.Fit.GetProperty("cycles").GetInt32() > 5);
        Assert.InRange(again.Fit.GetProperty("cycles").GetInt32(), 2, 3);
        foreach ((Dictionary<string, string> expected, Dictionary<string, string> actual) in first.Table("items.csv").Zip(again.Table("items.csv")))
            Assert.Equal(Number(expected), Number(actual), 1e-6);
        Assert.Empty(again.Fit.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public void Items_that_the_start_lacks_or_has_otherwise_begin_at_their_marginals_with_a_warning()
    {
        ResponseData drawn = SimulatedData.Dichotomous(800, 8).Draw();
        string data = folder.Write("data.csv", drawn);
        File.WriteAllLines(folder.PathOf("some.csv"), File.ReadLines(data).Select(line => string.Join(',', line.Split(',')[..9])));
        folder.Calibrate(folder.PathOf("some.csv"), "first", "--model", "q0001-q0005=2pl;q0006=rasch");
        Results whole = folder.Calibrate(data, "whole", "--tolerance", Tight);
        Results started = folder.Calibrate(data, "started", "--tolerance", Tight, "--start", folder.PathOf("first"));
        Assert.Equal(whole.LogLikelihood, started.LogLikelihood, 1e-6);
        string warnings = started.Fit.GetProperty("warnings").ToString();
        Assert.Contains("2 item(s) are not in the start, and begin at their marginal distributions: 'q0007', 'q0008'.", warnings, StringComparison.Ordinal);
        Assert.Contains("'q0006' (2pl of 2 categories on theta; in the start rasch of 2 categories on theta)", warnings, StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_of_other_items_or_attributes_is_refused()
    {
        ResponseData drawn = SimulatedData.Dichotomous(300, 8).Draw();
        string data = folder.Write("data.csv", drawn);
        folder.Calibrate(data, "graded", "--model", "grm", "--max-cycles", "500");
        Assert.Equal(2, folder.Run(data, "other-model", "--model", "2pl", "--start", folder.PathOf("graded")));
        Assert.Equal(2, folder.Run(data, "other-dimensions", "--attributes", "2", "--start", folder.PathOf("graded")));
        Assert.Equal(2, folder.Run(data, "no-file", "--start", folder.PathOf("nothing.json")));
        Assert.False(File.Exists(Path.Combine(folder.PathOf("other-model"), "items.csv")));
    }

    [Fact]
    public void A_fit_of_one_group_starts_several_and_a_fit_of_several_starts_one()
    {
        ResponseData drawn = (SimulatedData.Dichotomous(1200, 8) with { Groups = 2 }).Draw();
        string both = folder.Write("both.csv", drawn);
        string second = folder.Write("second.csv", drawn, person => drawn.Groups![person] == 1);
        Results together = folder.Calibrate(both, "together", "--group", "group", "--tolerance", Tight);
        Results alone = folder.Calibrate(second, "alone", "--tolerance", Tight);
        Results togetherStarted = folder.Calibrate(both, "together-started", "--group", "group", "--tolerance", Tight, "--start", alone.Folder);
        Results aloneStarted = folder.Calibrate(second, "alone-started", "--tolerance", Tight, "--start", together.Folder);
        Assert.Equal(together.LogLikelihood, togetherStarted.LogLikelihood, 1e-6);
        Assert.Equal(alone.LogLikelihood, aloneStarted.LogLikelihood, 1e-6);
        Assert.Contains("no population of all persons", aloneStarted.Fit.GetProperty("warnings").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_that_the_start_does_not_tell_apart_are_set_apart_by_noise()
    {
        ResponseData drawn = Catalogue.Get("classes").Simulation.Draw();
        string data = folder.Write("data.csv", drawn);
        folder.Calibrate(data, "one", "--model", "rasch");
        Results two = folder.Calibrate(data, "two", "--model", "rasch", "--classes", "2", "--start", folder.PathOf("one"));
        Assert.True(two.Fit.GetProperty("starts").GetArrayLength() >= 1); // of ten starts
        Assert.NotEqual(two.Item("q0001", "d", className: "1")["estimate"], two.Item("q0001", "d", className: "2")["estimate"]);
        Results again = folder.Calibrate(data, "again", "--model", "rasch", "--classes", "2", "--start", two.Folder);
        Assert.False(again.Fit.TryGetProperty("starts", out var starts) && starts.GetArrayLength() > 0);
        Assert.True(again.LogLikelihood >= two.LogLikelihood - 1e-6);
    }
}
