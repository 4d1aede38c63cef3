using System.Globalization;
using IrtGpu.Bench.Output;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Tables;

namespace IrtGpu.Bench.Mixed;

/// <summary>A mixed model and its data.</summary>
/// <param name="Name">For the tables.</param>
/// <param name="Formula">The model.</param>
/// <param name="Factors">Columns that lme4 is to take as factors.</param>
/// <param name="Columns">The data.</param>
/// <param name="IsForPeer">Whether lme4 is run on it: not where it takes many minutes.</param>
internal sealed record MixedCase(string Name, string Formula, string[] Factors, IColumnSource Columns, bool IsForPeer)
{
    /// <summary>The cases.</summary>
    /// <param name="isQuick">Small sizes.</param>
    /// <param name="lme4">R's lme4, which has InstEval; null: that case is left out unless its file is given.</param>
    /// <param name="insteval">File with InstEval; null: lme4's own.</param>
    /// <param name="folder">Where tables may be put.</param>
    public static IEnumerable<MixedCase> All(bool isQuick, RProgram? lme4, string? insteval, string folder)
    {
        string sleepstudy = Path.Combine(Root, "docs", "examples", "sleepstudy.csv");
        if (File.Exists(sleepstudy)) // a published folder has no examples
            yield return new MixedCase("sleepstudy", "Reaction ~ Days + (Days | Subject)", ["Subject"], Read(sleepstudy), IsForPeer: true);
        if (insteval is null && lme4 is not null)
        {
            insteval = Path.Combine(folder, "insteval.csv");
            lme4.Run("data", insteval);
        }
        if (insteval is not null && !isQuick)
            yield return new MixedCase("InstEval", "y ~ 1 + service + (1 | s) + (1 | d) + (1 | dept)", ["s", "d", "dept", "service"], Read(insteval), IsForPeer: true);
        (int rows, int levels) = isQuick ? (10_000, 1000) : (1_000_000, 100_000);
        yield return new MixedCase(FormattableString.Invariant($"slopes, {rows:N0} × {levels:N0}"), "y ~ x + (1 + x | g)", ["g"], Slopes(rows, levels), IsForPeer: isQuick);
        (rows, levels) = isQuick ? (4000, 100) : (200_000, 5000);
        yield return new MixedCase(FormattableString.Invariant($"crossed, {rows:N0}, {levels:N0} × {levels:N0}"), "y ~ x + (1 | g) + (1 | h)", ["g", "h"], Crossed(rows, levels), IsForPeer: isQuick);
    }

    private static string Root => Environment.GetEnvironmentVariable("IRTGPU_BENCH_ROOT") ?? ".";

    /// <summary>Writes the data as a table.</summary>
    public void Write(string path)
    {
        using StreamWriter writer = new(path);
        writer.WriteLine(string.Join(',', Columns.Names));
        for (int row = 0; row < Columns.RowCount; row++)
        {
            writer.WriteLine(string.Join(',', Columns.Names.Select(name => Columns.IsNumeric(name)
                ? Columns.Numbers(name)[row].ToString("R", CultureInfo.InvariantCulture)
                : Columns.Categories(name).Levels[Columns.Categories(name).Level[row]])));
        }
    }

    private static TableColumns Read(string path) => new(DataTable.Read(path));

    private static MemoryColumns Slopes(int rows, int levels)
    {
        StreamRandom random = new(seed: 1, stream: 0);
        double[] intercept = [.. Enumerable.Range(0, levels).Select(_ => random.NextNormal())];
        double[] slope = [.. intercept.Select(value => 0.3 * value + 0.5 * random.NextNormal())];
        double[] x = new double[rows];
        double[] y = new double[rows];
        double[] g = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            int level = row % levels;
            (x[row], g[row]) = (random.NextNormal(), level);
            y[row] = 1 + 0.5 * x[row] + intercept[level] + slope[level] * x[row] + random.NextNormal();
        }
        return new MemoryColumns().Add("y", y).Add("x", x).Add("g", g);
    }

    private static MemoryColumns Crossed(int rows, int levels)
    {
        StreamRandom random = new(seed: 2, stream: 0);
        double[] first = [.. Enumerable.Range(0, levels).Select(_ => random.NextNormal())];
        double[] second = [.. Enumerable.Range(0, levels).Select(_ => 0.5 * random.NextNormal())];
        double[] x = new double[rows];
        double[] y = new double[rows];
        double[] g = new double[rows];
        double[] h = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            int own = row % levels;
            int other = (int)(levels * random.NextUniform());
            (x[row], g[row], h[row]) = (random.NextNormal(), own, other);
            y[row] = 1 + 0.5 * x[row] + first[own] + second[other] + random.NextNormal();
        }
        return new MemoryColumns().Add("y", y).Add("x", x).Add("g", g).Add("h", h);
    }
}
