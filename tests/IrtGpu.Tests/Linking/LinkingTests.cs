using System.Globalization;
using IrtGpu.Data;
using IrtGpu.Saved;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;
using static IrtGpu.Tests.Linking.Results;

namespace IrtGpu.Tests.Linking;

/// <summary>Anchors, common items, booklets and partly known classes, from the command line to the tables.</summary>
public sealed class LinkingTests : IDisposable
{
    private const string Tight = "1e-7";
    private readonly ResultFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static ResponseData TwoGroups(int persons = 1200) => (SimulatedData.Dichotomous(persons, 8) with { Groups = 2 }).Draw();

    [Fact]
    public void With_every_item_anchored_the_new_group_has_a_free_mean_and_deviation()
    {
        ResponseData data = TwoGroups();
        string both = folder.Write("both.csv", data);
        string second = folder.Write("second.csv", data, person => data.Groups![person] == 1);
        Results concurrent = folder.Calibrate(both, "concurrent", "--group", "group", "--tolerance", Tight);
        Results anchored = folder.Calibrate(second, "anchored", "--anchors", Path.Combine(concurrent.Folder, "items.csv"), "--tolerance", Tight);

        Assert.All(anchored.Table("items.csv"), row => Assert.Equal("fixed", row["status"]));
        Assert.Equal(concurrent.Table("items.csv").Where(row => row["group"] == "GB").Select(row => row["estimate"]), anchored.Table("items.csv").Select(row => row["estimate"]));
        foreach (string parameter in new[] { "mean", "sd" })
        {
            Dictionary<string, string> free = anchored.Population(parameter);
            Assert.Equal("free", free["status"]);
            Assert.True(Number(free, "se") > 0);
            // Given the items, the second group's likelihood is its part of the concurrent one, so its maximum is the same.
            Assert.Equal(Number(concurrent.Population(parameter, "GB")), Number(free), 1e-4);
        }
        Assert.Equal(2, anchored.Fit.GetProperty("freeParameters").GetInt32());
    }

    [Fact]
    public void Free_items_differ_and_the_others_are_one()
    {
        string data = folder.Write("d.csv", TwoGroups());
        Results all = folder.Calibrate(data, "all", "--group", "group");
        Results free = folder.Calibrate(data, "free", "--group", "group", "--free-items", "q0002,q0003");
        Results listed = folder.Calibrate(data, "listed", "--group", "group", "--equal-across-groups", "q0001,q0004-q0008");
        Assert.Equal(16 + 2, all.Fit.GetProperty("freeParameters").GetInt32());
        Assert.Equal(20 + 2, free.Fit.GetProperty("freeParameters").GetInt32());
        Assert.Equal(free.LogLikelihood, listed.LogLikelihood, 1e-9);
        Assert.True(free.LogLikelihood > all.LogLikelihood);
        Assert.NotEqual(free.Item("q0002", "d", "GA")["estimate"], free.Item("q0002", "d", "GB")["estimate"]);
        Assert.Equal("free", free.Item("q0002", "d", "GB")["status"]);
        Assert.Equal(free.Item("q0001", "d", "GA")["estimate"], free.Item("q0001", "d", "GB")["estimate"]);
        Assert.Equal("equal", free.Item("q0001", "d", "GB")["status"]);
    }

    [Fact]
    public void Groups_with_no_item_in_common_are_fits_of_their_own()
    {
        ResponseData data = TwoGroups(800);
        string both = folder.Write("both.csv", data);
        Results apart = folder.Calibrate(both, "apart", "--group", "group", "--equal-across-groups", "none", "--tolerance", Tight);
        double sum = 0;
        for (int group = 0; group < 2; group++)
        {
            string part = folder.Write($"{group}.csv", data, person => data.Groups![person] == group);
            Results single = folder.Calibrate(part, $"single{group}", "--tolerance", Tight);
            sum += single.LogLikelihood;
            Assert.Equal(Number(single.Item("q0005", "d")), Number(apart.Item("q0005", "d", data.GroupNames[group])), 1e-5);
        }
        Assert.Equal(sum, apart.LogLikelihood, 1e-6);
        Assert.Contains(apart.Fit.GetProperty("warnings").EnumerateArray(), text => text.GetString()!.Contains("No item links group 'GB'", StringComparison.Ordinal));
    }

    /// <summary>Two booklets with two items in common: items 1–5 and items 4–8.</summary>
    [Fact]
    public void Booklets_link_by_their_common_items()
    {
        ResponseData complete = TwoGroups(2000);
        ResponseData data = complete.Change((person, item, response) =>
            (complete.Groups![person] == 0 ? item > 4 : item < 3) ? ResponseData.Missing : response);
        Results fit = folder.Calibrate(folder.Write("d.csv", data), "fit", "--group", "group");
        Assert.Equal(["q0001", "q0002", "q0003", "q0004", "q0005"], fit.Table("items.csv").Where(row => row["group"] == "GA").Select(row => row["item"]).Distinct());
        Assert.Equal(["q0004", "q0005", "q0006", "q0007", "q0008"], fit.Table("items.csv").Where(row => row["group"] == "GB").Select(row => row["item"]).Distinct());
        Dictionary<string, string> mean = fit.Population("mean", "GB");
        Assert.Equal("free", mean["status"]);
        Assert.True(Math.Abs(Number(mean) - 0.3) < 4 * Number(mean, "se"), mean["estimate"]);
        Assert.Equal("5", fit.Table("scores.csv")[0]["answered"]);
    }

    [Fact]
    public void Groups_and_classes_together_have_proportions_by_group_and_memberships_that_sum_to_1()
    {
        ResponseData data = (SimulatedData.Dichotomous(900, 8) with { Groups = 2, Classes = 2, KnownShare = 0.3 }).Draw();
        string path = folder.Write("d.csv", data);
        Results fit = folder.Calibrate(path, "fit", "--group", "group", "--class", "class", "--classes", "2", "--starts", "2", "--max-cycles", "3000");
        foreach (string group in data.GroupNames)
            Assert.Equal(1, data.ClassNames.Sum(name => Number(fit.Population("proportion", group, name))), 1e-12);
        IReadOnlyList<Dictionary<string, string>> scores = fit.Table("scores.csv");
        for (int person = 0; person < data.PersonCount; person++)
        {
            double[] membership = [Number(scores[person], "p_1"), Number(scores[person], "p_2")];
            Assert.Equal(1, membership.Sum(), 1e-12);
            if (data.KnownClasses![person] is int known and >= 0)
            {
                Assert.Equal(data.ClassNames[known], scores[person]["class"]);
                Assert.Equal(1, membership[known], 1e-12);
            }
        }
        Assert.InRange(fit.Fit.GetProperty("entropy").GetDouble(), 0.01, 0.99);
        Assert.True(fit.Fit.GetProperty("icl").GetDouble() > fit.Fit.GetProperty("bic").GetDouble());
        Assert.NotEmpty(fit.Fit.GetProperty("starts").EnumerateArray());
        Assert.Equal(6, fit.Table("score-summary.csv").Count(row => row["parameter"] == "reliability"));
    }

    /// <summary>Classes take the order of their sorted names, so other names exchange them.</summary>
    [Fact]
    public void Exchanged_names_of_classes_exchange_the_output()
    {
        ResponseData data = (SimulatedData.Dichotomous(600, 8) with { Classes = 2, KnownShare = 0.6 }).Draw();
        string path = folder.Write("d.csv", data);
        string exchanged = folder.PathOf("exchanged.csv");
        File.WriteAllText(exchanged, File.ReadAllText(path).Replace(",ca,", ",cz,", StringComparison.Ordinal));
        string[] options = ["--class", "class", "--classes", "2", "--tolerance", Tight, "--max-cycles", "3000", "--starts", "2", "--se", "none"];
        Results one = folder.Calibrate(path, "one", options);
        Results other = folder.Calibrate(exchanged, "other", options);
        Assert.Equal(one.LogLikelihood, other.LogLikelihood, 1e-6);
        foreach ((string before, string after) in new[] { ("ca", "cz"), ("cb", "cb") })
        {
            Assert.Equal(Number(one.Population("proportion", "", before)), Number(other.Population("proportion", "", after)), 1e-4);
            Assert.Equal(Number(one.Item("q0003", "d", "", before)), Number(other.Item("q0003", "d", "", after)), 1e-3);
        }
        Assert.Equal(Number(one.Table("scores.csv")[5], "p_1"), Number(other.Table("scores.csv")[5], "p_2"), 1e-4);
    }

    [Fact]
    public void An_exploratory_run_writes_its_rotation_and_a_confirmatory_one_removes_it()
    {
        ResponseData data = (SimulatedData.Dichotomous(400, 8) with { Attributes = 2 }).Draw();
        string path = folder.Write("d.csv", data);
        string[] options = ["--nodes", "11", "--se", "none", "--max-cycles", "20"]; // converged or not, the files are written
        Assert.True(folder.Run(path, "fit", ["--attributes", "2", "--rotate", "varimax", .. options]) is 0 or 4);
        Results fit = new(folder.PathOf("fit"));
        IReadOnlyList<Dictionary<string, string>> rows = fit.Table("rotation.csv");
        Assert.Equal(16, rows.Count);
        foreach (IGrouping<string, Dictionary<string, string>> item in rows.GroupBy(row => row["item"]))
            Assert.Equal(Number(item.First(), "communality"), item.Sum(row => Math.Pow(Number(row, "loading"), 2)), 1e-10);
        Assert.Contains("\"method\": \"varimax\"", File.ReadAllText(Path.Combine(fit.Folder, "rotation.json")), StringComparison.Ordinal);
        Assert.Equal(
            rows[0]["slope"],
            SavedCalibration.Read(Path.Combine(fit.Folder, "calibration.json")).Rotations[0].Items[0].Slopes[0].ToString("R", CultureInfo.InvariantCulture));

        Assert.True(folder.Run(path, "fit", options) is 0 or 4);
        Assert.False(File.Exists(folder.PathOf("fit/rotation.csv")));
        Assert.Equal(2, folder.Run(path, "bad", "--attributes", "2", "--rotate", "promax"));
    }

    /// <summary>Items that are held give the thresholds of the scale; of a new item only its location (and slope) is free.</summary>
    [Theory]
    [InlineData("rsm", 3)] // mean, sd, location of the new item
    [InlineData("grsm", 4)] // and its slope
    public void Anchors_of_a_rating_scale_hold_its_thresholds(string model, int freeParameters)
    {
        ResponseData data = SimulatedData.Polytomous(1000, 6, 4).Draw();
        string all = folder.Write("all.csv", data);
        Results free = folder.Calibrate(all, model + "-free", "--model", model, "--tolerance", Tight);
        string anchors = folder.PathOf(model + "-anchors.csv");
        File.WriteAllLines(anchors, File.ReadLines(Path.Combine(free.Folder, "items.csv")).Where(line => !line.Contains("q0006", StringComparison.Ordinal)));
        Results held = folder.Calibrate(all, model + "-held", "--model", model, "--anchors", anchors, "--tolerance", Tight);

        Assert.Equal(freeParameters, held.Fit.GetProperty("freeParameters").GetInt32());
        Assert.Equal(free.LogLikelihood, held.LogLikelihood, 1e-6); // the maximum is where it was
        foreach (Dictionary<string, string> row in held.Table("items.csv"))
        {
            Assert.Equal(Number(free.Item(row["item"], row["parameter"])), Number(row), 2e-4);
            Assert.Equal(row["item"] != "q0006" || (model == "rsm" && row["parameter"] == "a1"), row["status"] == "fixed");
            Assert.Equal(row["status"] == "fixed", row["se"].Length == 0);
        }
    }
}
