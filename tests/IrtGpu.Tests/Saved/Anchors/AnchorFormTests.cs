using IrtGpu.TestCases;
using IrtGpu.Tests.Linking;

namespace IrtGpu.Tests.Saved.Anchors;

/// <summary>Forms in which anchors may be written, and what is asked for where they do not say enough.</summary>
public sealed class AnchorFormTests : IDisposable
{
    private static readonly string[] Quick = ["--se", "none", "--scores", "none", "--max-cycles", "60"];
    private readonly ResultFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Results Run(string data, string name, params string[] options)
    {
        Assert.True(folder.Run(data, name, [.. Quick, .. options]) is 0 or 4);
        return new Results(folder.PathOf(name));
    }

    private void Refuses(string data, string[] options, params string[] parts)
    {
        (int exitCode, string error) = folder.RunForError(data, "refused", [.. Quick, .. options]);
        Assert.Equal(2, exitCode);
        Assert.All(parts, part => Assert.Contains(part, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rasch", 2)]
    [InlineData("1pl", 2)]
    [InlineData("2pl", 2)]
    [InlineData("3pl", 2)]
    [InlineData("4pl", 2)]
    [InlineData("nominal", 2)]
    [InlineData("pcm", 4)]
    [InlineData("gpcm", 4)]
    [InlineData("rsm", 4)]
    [InlineData("grm", 4)]
    [InlineData("grsm", 4)]
    [InlineData("sequential", 4)]
    [InlineData("tutz", 4)]
    [InlineData("nominal", 4)]
    public void Difficulties_and_intercepts_hold_the_same_items(string model, int categories)
    {
        string data = folder.Write("d.csv", SimulatedData.Polytomous(300, 5, categories).Draw());
        Results old = Run(data, "old", "--model", model);
        foreach (string file in new[] { "items.csv", "items-irt.csv", "calibration.json" })
        {
            Results fit = Run(data, "new", "--anchors", Path.Combine(old.Folder, file));
            IReadOnlyList<Dictionary<string, string>> rows = fit.Table("items.csv");
            Assert.All(rows, row => Assert.Equal((model, "fixed"), (row["function"], row["status"])));
            Assert.Equal(old.Table("items.csv").Count, rows.Count);
            foreach (Dictionary<string, string> row in rows)
                Assert.Equal(Results.Number(old.Item(row["item"], row["parameter"])), Results.Number(row), 1e-9 * (1 + Math.Abs(Results.Number(row))));
        }
    }

    [Fact]
    public void Two_categories_are_one_model_under_many_names()
    {
        string data = folder.Write("d.csv", SimulatedData.Dichotomous(300, 5).Draw());
        Results old = Run(data, "old", "--model", "2pl");
        string items = Path.Combine(old.Folder, "items.csv");
        double logLikelihood = Run(data, "same", "--anchors", items).LogLikelihood;
        foreach (string model in new[] { "rasch", "gpcm", "grm", "sequential", "nominal" })
            Assert.Equal(logLikelihood, Run(data, "new", "--anchors", items, "--model", model).LogLikelihood, 1e-9);
        Refuses(data, ["--anchors", items, "--model", "3pl"], "are 2pl in the anchors, but the model says 3pl");
    }

    [Fact]
    public void A_table_by_hand_needs_what_its_form_needs()
    {
        string data = folder.Write("d.csv", SimulatedData.Polytomous(100, 3, 3).Draw());
        string Anchors(string text)
        {
            File.WriteAllText(folder.PathOf("hand.csv"), text);
            return folder.PathOf("hand.csv");
        }
        Refuses(data, ["--anchors", Anchors("item,a,b1,b2\nq0001,1.2,-0.5,0.5\n")], "'item', 'parameter' and 'estimate'", "'item,a,b1,b2'", "q1,2pl,a,1.2", "q1,2pl,b,0.5");
        Refuses(data, ["--anchors", Anchors("item,function,parameter,estimate\nq0001,grm,b1,-0.5\nq0001,grm,b2,0.5\n")], "hand.csv:2", "no discrimination", "row 'a'");
        Refuses(data, ["--anchors", Anchors("item,function,parameter,estimate\nq0001,grm,a,1\nq0001,grm,b2,0.5\n")], "no b1");
        Refuses(data, ["--anchors", Anchors("item,function,parameter,estimate\nq0001,graded,a1,1\n")], "hand.csv:2, column 'function'", "no model 'graded'");
        Refuses(data, ["--anchors", Anchors("item,function,parameter,estimate\nq0001,grm,a1,1\nq0001,gpcm,d2,1\n")], "two models");
        Refuses(data, ["--anchors", Anchors("item,function,parameter,estimate\nq0001,grm,a1,1\nq0001,grm,a1,1.5\n")], "hand.csv:3", "a1 of 'q0001' is 1.5, but 1 in");
        Refuses(data, ["--anchors", Anchors("item,function,parameter,estimate\nq0001,grm,MDISC,1\nq0001,grm,MDIFF1,1\n")], "MDISC of 'q0001' is no parameter of grm", "a1, d1, d2");
        Refuses(data, ["--anchors", Anchors("item,function,parameter,estimate\nq0001,2pl,a1,1\nq0001,2pl,d,0\nq0001,2pl,g,0.2\n")], "2 categories in the anchors but 3 here");

        Results rasch = Run(data, "rasch", "--anchors", Anchors("item,parameter,estimate\nq0001,b1,-0.5\nq0001,b2,0.5\n"), "--model", "pcm");
        Assert.Equal(0.5, Results.Number(rasch.Item("q0001", "d1")));
        Assert.Equal(0.0, Results.Number(rasch.Item("q0001", "d2")));
    }

    [Fact]
    public void Asymptotes_of_two_categories_say_the_model_and_those_at_their_ends_nothing()
    {
        string data = folder.Write("d.csv", SimulatedData.Dichotomous(300, 4).Draw());
        File.WriteAllText(folder.PathOf("hand.csv"), "item,parameter,estimate\nq0001,a,1.1\nq0001,b,0.4\nq0001,g,0.2\nq0001,u,1\nq0002,a1,1\nq0002,d,0.5\nq0002,g,0\nq0002,u,1\n");
        Results fit = Run(data, "fit", "--anchors", folder.PathOf("hand.csv"));
        Assert.Equal(("3pl", "2pl"), (fit.Item("q0001", "d")["function"], fit.Item("q0002", "d")["function"]));
        Assert.Equal(-0.44, Results.Number(fit.Item("q0001", "d")), 1e-12);
        Assert.Equal(0.2, Results.Number(fit.Item("q0001", "g")), 1e-12);
    }

    [Fact]
    public void Category_scores_come_with_a_calibration()
    {
        string data = folder.Write("d.csv", SimulatedData.Polytomous(300, 4, 3).Draw());
        string spec = folder.PathOf("scores.yaml");
        File.WriteAllText(spec, "model: gpcm\nscores: {q0001: [1, 2, 5]}\n");
        Results old = Run(data, "old", "--spec", spec);
        string saved = Path.Combine(old.Folder, "calibration.json");
        double logLikelihood = Run(data, "with", "--spec", spec, "--anchors", saved).LogLikelihood;
        Assert.Equal(logLikelihood, Run(data, "without", "--anchors", saved).LogLikelihood, 1e-9);
        File.WriteAllText(spec, "scores: {q0001: [0, 1, 3]}\n");
        Refuses(data, ["--spec", spec, "--anchors", saved], "'q0001' has the category scores 0, 1, 3 here, but 0, 1, 4 in the anchors");
    }

    [Fact]
    public void Slopes_follow_the_names_of_attributes()
    {
        SimulatedData simulated = SimulatedData.Dichotomous(300, 6) with { Attributes = 2 };
        string data = folder.Write("d.csv", simulated.Draw());
        string Matrix(string name, string attributes, bool isSwapped)
        {
            File.WriteAllText(folder.PathOf(name), $"item,{attributes}\n" + string.Concat(simulated.QMatrix().Select(row =>
                $"{row.Key},{row.Value[isSwapped ? 1 : 0]},{row.Value[isSwapped ? 0 : 1]}\n")));
            return folder.PathOf(name);
        }
        Results old = Run(data, "old", "--q-matrix", Matrix("q.csv", "x,y", isSwapped: false), "--nodes", "11");
        string saved = Path.Combine(old.Folder, "calibration.json");
        Results swapped = Run(data, "new", "--q-matrix", Matrix("swapped.csv", "y,x", isSwapped: true), "--anchors", saved, "--nodes", "11");
        Assert.Equal(Results.Number(old.Item("q0001", "a1")), Results.Number(swapped.Item("q0001", "a2")));
        Assert.All(swapped.Table("items.csv"), row => Assert.Equal("fixed", row["status"]));
        Refuses(data, ["--q-matrix", Matrix("other.csv", "y,x", isSwapped: false), "--anchors", saved], "measures 'y' here, but 'x' in the anchors");
    }
}
