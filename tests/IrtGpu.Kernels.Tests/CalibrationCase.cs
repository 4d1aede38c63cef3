using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Kernels.Tests;

/// <summary>A small made-up problem: which model, how many of everything, what is odd about the data.</summary>
internal sealed record CalibrationCase
{
    /// <summary>Functions, given to the items in turn.</summary>
    public ItemFunction[] Functions { get; init; } = [ItemFunction.TwoParameter];

    public int Persons { get; init; } = 41;

    public int Items { get; init; } = 6;

    public int Attributes { get; init; } = 1;

    public int Groups { get; init; } = 1;

    public int Classes { get; init; } = 1;

    public bool HasKnownClasses { get; init; }

    public bool HasMissing { get; init; }

    public bool HasWeights { get; init; }

    /// <summary>Nodes a dimension.</summary>
    public int Nodes { get; init; } = 7;

    public QuadratureRule Rule { get; init; }

    /// <summary>As <see cref="QuadratureSpecification"/> has it.</summary>
    public double PruneBelow { get; init; }

    public string EqualAcrossGroups { get; init; } = "all";

    public string EqualAcrossClasses { get; init; } = "none";

    public int Seed { get; init; } = 1;

    public ModelSpecification Specification => new()
    {
        Attributes = [.. Enumerable.Range(1, Attributes).Select(j => $"f{j}")],
        Functions = [.. Enumerable.Range(0, Items).Select(item => new FunctionAssignment($"i{item}", Functions[item % Functions.Length]))],
        QMatrix = Attributes == 1 ? null : Enumerable.Range(0, Items).ToDictionary(item => $"i{item}", Loadings),
        ClassCount = Classes,
        EqualAcrossGroups = EqualAcrossGroups,
        EqualAcrossClasses = EqualAcrossClasses,
        Quadrature = new QuadratureSpecification(Rule, Nodes, PruneBelow: PruneBelow),
    };

    /// <summary>Random answers; the first persons show every category once, so that none is empty.</summary>
    public ResponseData Data()
    {
        Random random = new(Seed);
        byte[] responses = new byte[Persons * Items];
        for (int person = 0; person < Persons; person++)
        {
            double ability = random.NextDouble() - 0.5;
            for (int item = 0; item < Items; item++)
            {
                int categories = CategoryCount(item);
                int answer = (int)Math.Clamp((random.NextDouble() + 0.6 * ability) * categories, 0, categories - 1);
                bool isMissing = HasMissing && (person % 11 == 3 || random.Next(5) == 0); // some answer nothing
                responses[person * Items + item] = isMissing ? ResponseData.Missing : (byte)answer;
            }
        }
        for (int person = 0; person < Math.Min(Persons, 5 * Groups); person++)
        {
            for (int item = 0; item < Items; item++)
                responses[person * Items + item] = (byte)(person / Groups % CategoryCount(item));
        }
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(0, Items).Select(item => $"i{item}")],
            CategoryCodes = [.. Enumerable.Range(0, Items).Select(item => Enumerable.Range(0, CategoryCount(item)).ToArray())],
            Responses = new(responses, Items),
            PersonCount = Persons,
            Weights = HasWeights ? [.. Enumerable.Range(0, Persons).Select(person => person % 7 == 0 ? 0 : 0.25 + random.NextDouble())] : null,
            GroupNames = Groups == 1 ? [""] : [.. Enumerable.Range(0, Groups).Select(group => $"g{group}")],
            Groups = Groups == 1 ? null : [.. Enumerable.Range(0, Persons).Select(person => person % Groups)],
            ClassNames = HasKnownClasses ? [.. Enumerable.Range(0, Classes).Select(k => $"c{k}")] : [],
            KnownClasses = HasKnownClasses ? [.. Enumerable.Range(0, Persons).Select(person => person % 3 == 0 ? person / 3 % Classes : -1)] : null,
        };
    }

    /// <summary>Plan, compressed data and a point away from the start, populations included.</summary>
    public (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point) Build()
    {
        ResponseData data = Data();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(Specification, DataShape.Of(data, patterns));
        ParameterVector start = StartingValues.Disturb(plan, StartingValues.FromMarginals(plan, patterns), Seed, 0.3);
        Random random = new(Seed + 1);
        double[] free = [.. start.Free.Select(value => value + 0.05 * (random.NextDouble() - 0.5))];
        return (plan, patterns, ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!);
    }

    private int CategoryCount(int item) => Functions[item % Functions.Length] switch
    {
        ItemFunction.TwoParameter or ItemFunction.ThreeParameter or ItemFunction.FourParameter or ItemFunction.OneParameter or ItemFunction.Rasch => 2,
        ItemFunction.RatingScale => 3, // the same for all items
        _ => 2 + item % 4,
    };

    /// <summary>The first items load on one attribute each, which identifies the axes; the others on all.</summary>
    private int[] Loadings(int item) => [.. Enumerable.Range(0, Attributes).Select(j => item < Attributes && item != j ? 0 : 1)];
}
