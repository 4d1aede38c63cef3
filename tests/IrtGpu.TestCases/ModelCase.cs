using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Population;
using IrtGpu.Specification;

namespace IrtGpu.TestCases;

/// <summary>A small made-up problem: which model, how many of everything, what is odd about the data.</summary>
internal sealed record ModelCase
{
    /// <summary>Functions, given to the items in turn.</summary>
    public ItemFunction[] Functions { get; init; } = [ItemFunction.TwoParameter];

    /// <summary>Numbers of categories, given to the items in turn; null: what the functions take, from 2 to 5.</summary>
    public int[]? Categories { get; init; }

    public int Persons { get; init; } = 41;

    public int Items { get; init; } = 6;

    public int Attributes { get; init; } = 1;

    /// <summary>Whether every third item measures two attributes.</summary>
    public bool HasCrossLoadings { get; init; }

    public int Groups { get; init; } = 1;

    public int Classes { get; init; } = 1;

    /// <summary>Share of persons whose class is known.</summary>
    public double KnownShare { get; init; }

    /// <summary>Share of responses missing; some persons then answer nothing.</summary>
    public double Missing { get; init; }

    public bool HasWeights { get; init; }

    /// <summary>Nodes a dimension.</summary>
    public int Nodes { get; init; } = 7;

    public QuadratureRule Rule { get; init; }

    /// <summary>As <see cref="QuadratureSpecification"/> has it.</summary>
    public double PruneBelow { get; init; }

    public string EqualAcrossGroups { get; init; } = "all";

    public string? FreeItems { get; init; }

    public string EqualAcrossClasses { get; init; } = "none";

    public IReadOnlyList<ParameterPrior> Priors { get; init; } = [];

    public IReadOnlyList<CategoryScores> CategoryScores { get; init; } = [];

    public int Seed { get; init; } = 1;

    public SimulatedData Simulation => new(Persons, [.. Enumerable.Range(0, Items).Select(CategoryCount)])
    {
        Seed = Seed,
        Attributes = Attributes,
        HasCrossLoadings = HasCrossLoadings,
        Groups = Groups,
        Classes = Classes,
        KnownShare = KnownShare,
        Missing = Missing,
        HasWeights = HasWeights,
    };

    public ModelSpecification Specification => new()
    {
        Attributes = [.. Enumerable.Range(1, Attributes).Select(j => $"F{j}")],
        Functions = Functions.Length == 1
            ? [new("*", Functions[0])]
            : [.. Enumerable.Range(0, Items).Select(item => new FunctionAssignment(SimulatedData.Name(item), Function(item)))],
        QMatrix = Attributes == 1 ? null : Simulation.QMatrix(),
        ClassCount = Classes,
        EqualAcrossGroups = EqualAcrossGroups,
        FreeItems = FreeItems,
        EqualAcrossClasses = EqualAcrossClasses,
        Priors = Priors,
        CategoryScores = CategoryScores,
        Quadrature = new QuadratureSpecification(Rule, Nodes, PruneBelow: PruneBelow),
    };

    public ItemFunction Function(int item) => Functions[item % Functions.Length];

    public ResponseData Data() => Simulation.Draw();

    public (ResponseData Data, PatternTable Patterns, CalibrationPlan Plan) Plan()
    {
        ResponseData data = Data();
        PatternTable patterns = PatternTable.Compress(data);
        return (data, patterns, CalibrationPlanner.Plan(Specification, DataShape.Of(data, patterns)));
    }

    /// <summary>Plan, compressed data and a point away from the start.</summary>
    public (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point) Build()
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Plan();
        return (plan, patterns, RandomPoint(plan, patterns, Seed));
    }

    /// <summary>A point away from any optimum: starting values with noise on every free parameter.</summary>
    public static ModelPoint RandomPoint(CalibrationPlan plan, PatternTable patterns, int seed)
    {
        Random random = new(seed);
        ParameterVector disturbed = StartingValues.Disturb(plan, StartingValues.FromMarginals(plan, patterns), seed, 0.5);
        double[] free = [.. disturbed.Free];
        for (int index = 0; index < free.Length; index++)
        {
            if (plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]].Kind is not (ParameterKind.Slope or ParameterKind.Intercept or ParameterKind.Easiness))
                free[index] += 0.15 * SimulatedData.Normal(random);
        }
        ParameterVector parameters = new(plan.Layout, free);
        Assert.True(plan.IsInDomain(parameters));
        return ModelPoint.TryCreate(plan, parameters) ?? throw new InvalidOperationException("Not a covariance matrix.");
    }

    /// <summary>The same patterns with rows of covariates, and the same point with means that differ by them.</summary>
    public static (PatternTable Patterns, ModelPoint Point) Shift(PatternTable patterns, ModelPoint point, int seed)
    {
        const int RowCount = 5;
        Random random = new(seed);
        int attributeCount = point.Plan.AttributeCount;
        int[] rows = [.. Enumerable.Range(0, patterns.PatternCount).Select(_ => random.Next(RowCount))];
        double[][] values = [.. point.Plan.Blocks.Select(_ => (double[])[.. Enumerable.Range(0, RowCount * attributeCount).Select(_ => 0.7 * SimulatedData.Normal(random))])];
        return (patterns.WithCovariateRows(rows), point.WithShifts(new MeanShifts(attributeCount, values)));
    }

    private int CategoryCount(int item) => Categories is { } given ? given[item % given.Length] : Function(item) switch
    {
        ItemFunction.Rasch => 2,
        var function when ItemFamily.FormOf(function).IsDichotomous => 2,
        var function when ItemFamily.FormOf(function).Tie is not null => 3, // the same for all items
        _ => 2 + item % 4,
    };
}
