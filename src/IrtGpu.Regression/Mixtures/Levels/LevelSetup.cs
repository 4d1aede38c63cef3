using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Levels.Quadrature;
using IrtGpu.Regression.Mixtures.Levels.Search;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>A mixture with random effects or classes of levels, set up from its data: which cells there are, and how effects are summed out.</summary>
internal sealed class LevelSetup
{
    private readonly MixtureProblem problem;
    private readonly double[][] columns; // weighted
    private readonly double[][] effects;
    private readonly double[] response;
    private readonly int[] level; // of the effects; of the units where there are none
    private readonly int[] unit;

    public LevelSetup(MixtureProblem problem)
    {
        this.problem = problem;
        MixtureData data = problem.Data;
        double[]? roots = data.Weights is null ? null : Array.ConvertAll(data.Weights, Math.Sqrt);
        columns = [.. data.Columns.Select(column => Weighted(column, roots))];
        effects = [.. data.EffectColumns.Select(column => Weighted(column, roots))];
        response = Weighted(data.Response, roots);
        int[]? effectLevel = data.Effects.Count > 0 ? data.Effects[0].Levels.Level : null;
        int[] units = data.UnitOfRow ?? [.. Enumerable.Range(0, data.RowCount)];
        level = effectLevel ?? units;
        unit = problem.Layout.ClassCount == 1 ? level : units;
        Coordinates = new LevelCoordinates(problem.Layout);
        Classes = new UnitClasses(data.ClassColumns, data.KnownClass, data.UnitCount, problem.Layout.ClassCount);
        int[] nodes = [.. Enumerable.Range(0, Classes.Count).Select(index => problem.Layout.FreeOf(problem.Layout.ClassCoefficient(1) + index))];
        IsClassFree = Array.ConvertAll(nodes, free => free >= 0);
        Held = Coordinates.Parameters(problem.Layout.Expand(new double[problem.Layout.FreeCount]));
        if (!IsNested(level, unit) && !IsNested(unit, level))
            throw Crossed();
        Kind = IsNested(level, unit) ? LevelKind.ClassesOfLevels : LevelKind.ClassesWithinLevels;
    }

    /// <summary>How classes and levels lie to each other.</summary>
    public LevelKind Kind { get; }

    public LevelCoordinates Coordinates { get; }

    public UnitClasses Classes { get; }

    /// <summary>Whether a class coefficient is estimated. [(K − 1) m]</summary>
    public bool[] IsClassFree { get; }

    /// <summary>Parameters with the numbers that are held.</summary>
    public LevelParameters Held { get; }

    private int Threads => problem.Options.ThreadCount;

    /// <summary>Units that hold levels, effects included.</summary>
    public ClosedFormLevels ClosedForm() => new(LevelCells.Of(unit, level), columns, effects, response, Threads);

    /// <summary>The levels of the effects as units, for one class.</summary>
    public ClosedFormLevels OneClass() => new(LevelCells.Of(level, level), columns, effects, response, Threads);

    /// <summary>Units by themselves, without effects.</summary>
    public ClosedFormLevels WithoutEffects() => new(LevelCells.Of(unit, unit), columns, [], response, Threads);

    /// <summary>Levels that hold units.</summary>
    /// <param name="nodes">Nodes a dimension.</param>
    public QuadratureLevels Quadrature(int nodes) => new(LevelCells.Of(level, unit), columns, effects, response, nodes, Threads);

    /// <summary>The likelihood in the working vector.</summary>
    public LevelLikelihood Likelihood(ILevelModel model) => new(problem.Layout, Coordinates, model, Classes, problem.Data.UnitCount);

    /// <summary>A problem for EM.</summary>
    public LevelEmProblem Em(ILevelModel model) => new(Coordinates, model, Classes, Held, IsClassFree, full => Collapse.Find(problem, full) is not null);

    /// <summary>Free numbers of EM's vector. [free]</summary>
    public double[] Free(double[] vector) => problem.Layout.Collapse(Coordinates.Full(Coordinates.Unpack(vector, Held), Coordinates.UnpackClasses(vector)));

    /// <summary>EM's vector of free numbers.</summary>
    public double[] Vector(double[] free)
    {
        double[] full = problem.Layout.Expand(free);
        return Coordinates.Pack(Coordinates.Parameters(full), Coordinates.ClassCoefficients(full));
    }

    private DataException Crossed()
    {
        string group = problem.Layout.Shape.EffectGroup;
        return problem.Frame.Rows.Failure(
            $"Levels of '{group}' spread over several levels of '{problem.Options.MembershipColumn}', and the other way round, so the likelihood does not split into pieces that can be integrated. "
            + $"Use --membership {group} for classes of the levels of the effects, --membership row for classes of rows, or a column whose levels lie within those of '{group}' or hold them whole.");
    }

    /// <summary>Whether each of the inner groups lies within one of the outer.</summary>
    private static bool IsNested(int[] inner, int[] outer)
    {
        int[] home = new int[inner.Max() + 1];
        Array.Fill(home, -1);
        for (int row = 0; row < inner.Length; row++)
        {
            ref int known = ref home[inner[row]];
            if (known >= 0 && known != outer[row])
                return false;
            known = outer[row];
        }
        return true;
    }

    private static double[] Weighted(double[] values, double[]? roots) => roots is null ? values : [.. values.Zip(roots, (value, root) => value * root)];
}

/// <summary>How the units of the classes and the levels of the effects lie to each other.</summary>
internal enum LevelKind
{
    /// <summary>A unit holds whole levels, or is one: closed form.</summary>
    ClassesOfLevels,

    /// <summary>A level holds several units, such as rows: effects are integrated numerically.</summary>
    ClassesWithinLevels,
}
