using IrtGpu.Bench.Truth;
using IrtGpu.Items;

namespace IrtGpu.Bench.Cold;

/// <summary>A calibration as it is typed.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Arguments">What stands behind <c>irtgpu calibrate</c>, but for the results' folder.</param>
internal sealed record ColdCase(string Name, IReadOnlyList<string> Arguments)
{
    private const int Seed = 20_190_035;

    /// <summary>The cases of the suite; those that are drawn are written to files.</summary>
    /// <param name="root">The checkout.</param>
    /// <param name="folder">Where files are written.</param>
    /// <param name="isQuick">A twentieth of the persons.</param>
    public static IEnumerable<ColdCase> All(string root, string folder, bool isQuick)
    {
        int Persons(int count) => isQuick ? count / 20 : count;
        yield return new("LSAT7, 32 patterns × 5", [Path.Combine(root, "docs", "examples", "lsat7.csv"), "--weight", "freq"]);
        yield return Drawn(folder, "2PL, 10,000 × 50", ItemFunction.TwoParameter, 50, 1, Persons(10_000));
        yield return Drawn(folder, "2PL, 100,000 × 100", ItemFunction.TwoParameter, 100, 1, Persons(100_000));
        yield return Drawn(folder, "2PL, 3 dimensions, 10,000 × 45", ItemFunction.TwoParameter, 45, 3, Persons(10_000), "--nodes", isQuick ? "10" : "20");
        yield return Drawn(folder, "3PL, 10,000 × 40", ItemFunction.ThreeParameter, 40, 1, Persons(10_000), "--model", "3pl", "--prior", "*:g:beta(5,17)");
    }

    private static ColdCase Drawn(string folder, string name, ItemFunction function, int itemCount, int attributeCount, int personCount, params string[] options)
    {
        TrueModel truth = TrueModel.OfOneBlock(
            ItemDraws.Test(function, itemCount, 2, attributeCount), TruePopulation.Standard(attributeCount, attributeCount > 1 ? 0.5 : 0), personCount);
        string place = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        string data = Path.Combine(place, "data.csv");
        File.WriteAllText(data, DrawnTable.Text(truth.Draw(Seed)));
        List<string> arguments = [data, "--se", "none", .. options];
        if (truth.Specification().QMatrix is { } matrix)
        {
            string path = Path.Combine(place, "q-matrix.csv");
            File.WriteAllLines(path, ["item," + string.Join(',', truth.Attributes), .. matrix.Select(row => $"{row.Key},{string.Join(',', row.Value)}")]);
            arguments.AddRange(["--q-matrix", path]);
        }
        return new ColdCase(name, arguments);
    }
}
