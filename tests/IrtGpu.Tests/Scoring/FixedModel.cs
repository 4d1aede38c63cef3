using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Scoring;

/// <summary>Dichotomous items with known parameters and every pattern of answers to them, for scores that are computed by hand.</summary>
internal sealed class FixedModel
{
    private FixedModel(ModelPoint point, PatternTable patterns, PatternScores summaries)
    {
        Point = point;
        Patterns = patterns;
        Summaries = summaries;
    }

    public ModelPoint Point { get; }

    public PatternTable Patterns { get; }

    public PatternScores Summaries { get; }

    /// <summary>Makes the model.</summary>
    /// <param name="slopes">[item][attribute]; 0 where the item does not measure it.</param>
    /// <param name="intercepts">[item]</param>
    /// <param name="guessing">Lower asymptote of all items; 0: none.</param>
    /// <param name="correlation">Of two attributes.</param>
    public static FixedModel Create(double[][] slopes, double[] intercepts, double guessing = 0, double correlation = 0)
    {
        string[] names = [.. intercepts.Select((_, item) => FormattableString.Invariant($"q{item}"))];
        List<string> rows = [string.Join(',', names)];
        for (int pattern = 0; pattern < 1 << names.Length; pattern++)
            rows.Add(string.Join(',', names.Select((_, item) => (pattern >> item) & 1)));
        string path = Path.GetTempFileName();
        File.WriteAllLines(path, rows);
        ResponseData data = ResponseReader.Read(path, new ResponseReaderOptions(), TestContext.Current.CancellationToken);
        File.Delete(path);

        int attributeCount = slopes[0].Length;
        List<ParameterConstraint> constraints = [];
        for (int item = 0; item < names.Length; item++)
        {
            for (int j = 0; j < attributeCount; j++)
            {
                if (slopes[item][j] != 0)
                    constraints.Add(new(names[item], FormattableString.Invariant($"a{j + 1}"), ConstraintKind.Fixed, slopes[item][j]));
            }
            constraints.Add(new(names[item], "d", ConstraintKind.Fixed, intercepts[item]));
            if (guessing > 0)
                constraints.Add(new(names[item], "g", ConstraintKind.Fixed, guessing));
        }
        ModelSpecification specification = new()
        {
            Functions = [new("*", guessing > 0 ? ItemFunction.ThreeParameter : ItemFunction.TwoParameter)],
            Attributes = [.. Enumerable.Range(1, attributeCount).Select(j => FormattableString.Invariant($"t{j}"))],
            QMatrix = attributeCount == 1 ? null : names.Select((name, item) => (name, slopes[item])).ToDictionary(
                pair => pair.name, pair => pair.Item2.Select(slope => slope == 0 ? 0 : 1).ToArray()),
            Constraints = constraints,
            Population = attributeCount == 1 ? [] : [new("sd", ConstraintKind.Fixed, 1), new("correlation", ConstraintKind.Fixed, correlation)],
        };
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        ModelPoint point = ModelPoint.TryCreate(plan, new(plan.Layout, plan.DefaultStart))!;
        using ReferenceBackend backend = new(plan, patterns);
        return new FixedModel(point, patterns, PatternScorer.Score(point, patterns.Groups, backend));
    }

    /// <summary>Index of the pattern in which exactly these items are answered right.</summary>
    public int PatternOf(int answers) => Patterns.PatternOfPerson[answers];

    public PersonEstimates Estimate(PointEstimator estimator, int threads = 1) =>
        PersonEstimators.Estimate(Point, Patterns, Summaries, estimator, threads);
}
