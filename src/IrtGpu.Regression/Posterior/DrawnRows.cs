using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Posterior;

/// <summary>All that was drawn of a mixed model, kept to evaluate its rows at every draw.</summary>
internal sealed class DrawnRows
{
    private const long LargestStore = 40_000_000; // numbers: 320 MB

    private readonly MixedProblem problem;
    private readonly int draws;
    private readonly double[] fixedEffects; // [draw, p]
    private readonly double[] sigma; // [draw]
    private readonly double[][] effects; // [term][draw, level, effect]
    private readonly double[][] columns; // of X [p][row]
    private readonly RandomDesign[] designs; // [term]

    /// <summary>Prepares a store.</summary>
    /// <param name="problem">The model.</param>
    /// <param name="draws">Draws of all chains.</param>
    public DrawnRows(MixedProblem problem, int draws)
    {
        this.problem = problem;
        this.draws = draws;
        fixedEffects = new double[draws * problem.FixedCount];
        sigma = new double[draws];
        effects = [.. problem.Terms.Select(term => new double[draws * LevelCount(term) * term.Width])];
        columns = [.. problem.FixedNames.Select(name => problem.Frame.Fixed.Columns[Array.IndexOf(problem.Frame.Fixed.Names, name)])];
        List<RandomDesign> left = [.. problem.Frame.Random];
        designs = [.. problem.Terms.Select(term =>
        {
            RandomDesign design = left.First(candidate => candidate.Group == term.Group && candidate.Effects.Names.SequenceEqual(term.Effects));
            left.Remove(design);
            return design;
        })];
    }

    /// <summary>Whether so many draws can be kept.</summary>
    public static bool CanHold(MixedProblem problem, int draws) => (long)draws * problem.Data.ScalarCount <= LargestStore;

    /// <summary>Keeps a draw.</summary>
    public void Keep(int draw, MixedDraw drawn)
    {
        drawn.FixedEffects.CopyTo(fixedEffects, draw * problem.FixedCount);
        sigma[draw] = drawn.Sigma;
        for (int term = 0; term < effects.Length; term++)
            drawn.Effects[term].CopyTo(effects[term], draw * drawn.Effects[term].Length);
    }

    /// <summary>Means of a row at every draw.</summary>
    /// <param name="row">The row.</param>
    /// <param name="means">Out. [draw]</param>
    public void Means(int row, Span<double> means)
    {
        double offset = problem.Frame.Offset?[row] ?? 0;
        for (int draw = 0; draw < draws; draw++)
            means[draw] = Mean(row, draw, offset);
    }

    /// <summary>Log densities of the response of a row at every draw.</summary>
    /// <param name="row">The row.</param>
    /// <param name="values">Out. [draw]</param>
    public void LogDensities(int row, Span<double> values)
    {
        double response = problem.Frame.Response![row];
        double weight = problem.Frame.Weights?[row] ?? 1;
        Means(row, values);
        for (int draw = 0; draw < draws; draw++)
        {
            double residual = (response - values[draw]) / sigma[draw];
            values[draw] = 0.5 * (Math.Log(weight / (2 * Math.PI)) - weight * residual * residual) - Math.Log(sigma[draw]);
        }
    }

    /// <summary>A response drawn anew at every row, levels as they are.</summary>
    /// <param name="draw">From which draw.</param>
    /// <param name="stream">Of this set.</param>
    public double[] Predict(int draw, ref Foundation.Sampling.StreamRandom stream)
    {
        double[] response = new double[problem.RowCount];
        for (int row = 0; row < response.Length; row++)
            response[row] = Mean(row, draw, problem.Frame.Offset?[row] ?? 0) + sigma[draw] / Math.Sqrt(problem.Frame.Weights?[row] ?? 1) * stream.NextNormal();
        return response;
    }

    /// <summary>Summaries of the random effects.</summary>
    /// <param name="chains">Number of chains.</param>
    /// <param name="threads">Number of threads.</param>
    public IReadOnlyList<DrawnEffect> Summarize(int chains, int threads)
    {
        List<DrawnEffect> result = [];
        for (int number = 0; number < effects.Length; number++)
        {
            MixedTerm term = problem.Terms[number];
            int width = LevelCount(term) * term.Width;
            double[] values = effects[number];
            DrawSummary[] summaries = new DrawSummary[width];
            Parallel.For(0, width, new ParallelOptions { MaxDegreeOfParallelism = threads }, index =>
                summaries[index] = DrawSummary.Of(new ChainValues([.. Enumerable.Range(0, chains).Select(chain =>
                    Enumerable.Range(chain * (draws / chains), draws / chains).Select(draw => values[draw * width + index]).ToArray())])));
            IReadOnlyList<string> levels = problem.Data.Groupings[term.GroupingIndex].Levels;
            result.AddRange(summaries.Select((summary, index) => new DrawnEffect(term.Group, levels[index / term.Width], term.Effects[index % term.Width], summary)));
        }
        return result;
    }

    private double Mean(int row, int draw, double offset)
    {
        double mean = offset;
        for (int column = 0; column < columns.Length; column++)
            mean += columns[column][row] * fixedEffects[draw * columns.Length + column];
        for (int number = 0; number < designs.Length; number++)
        {
            MixedTerm term = problem.Terms[number];
            int first = (draw * LevelCount(term) + designs[number].Levels.Level[row]) * term.Width;
            for (int effect = 0; effect < term.Width; effect++)
                mean += designs[number].Effects.Columns[effect][row] * effects[number][first + effect];
        }
        return mean;
    }

    private int LevelCount(MixedTerm term) => problem.Data.Groupings[term.GroupingIndex].LevelCount;
}
