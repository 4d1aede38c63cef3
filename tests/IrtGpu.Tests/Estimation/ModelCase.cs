using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Estimation;

/// <summary>One model with small data: every item function, and what can surround it.</summary>
internal sealed record ModelCase(SimulatedData Simulation, ModelSpecification Specification)
{
    private static readonly Dictionary<string, Func<ModelCase>> Cases = new(StringComparer.Ordinal)
    {
        ["rasch"] = () => Of(ItemFunction.Rasch, 2),
        ["1pl"] = () => Of(ItemFunction.OneParameter, 2),
        ["2pl"] = () => Of(ItemFunction.TwoParameter, 2),
        ["3pl"] = () => Of(ItemFunction.ThreeParameter, 2),
        ["4pl"] = () => Of(ItemFunction.FourParameter, 2),
        ["pcm"] = () => Of(ItemFunction.PartialCredit, 4),
        ["gpcm"] = () => Of(ItemFunction.GeneralizedPartialCredit, 4),
        ["rsm"] = () => Of(ItemFunction.RatingScale, 4),
        ["grm"] = () => Of(ItemFunction.Graded, 4),
        ["sequential"] = () => Of(ItemFunction.Sequential, 4),
        ["nominal"] = () => Of(ItemFunction.Nominal, 4),
        ["mixed"] = Mixed,
        ["3pl with priors"] = () => Of(ItemFunction.ThreeParameter, 2) with
        {
            Specification = Model(ItemFunction.ThreeParameter) with
            {
                Priors = [new("*", "g", PriorDistribution.Beta, 5, 17), new("*", "a1", PriorDistribution.LogNormal, 0, 0.5), new("*", "d", PriorDistribution.Normal, 0, 2)],
            },
        },
        ["category scores"] = () => Of(ItemFunction.GeneralizedPartialCredit, 3) with
        {
            Specification = Model(ItemFunction.GeneralizedPartialCredit) with { CategoryScores = [new("q0001-q0003", [0, 0.5, 2]), new("q0004", [-1, 1, 2])] },
        },
        ["two dimensions"] = () => TwoDimensions(ItemFunction.TwoParameter, 2),
        ["two dimensions, grm"] = () => TwoDimensions(ItemFunction.Graded, 3),
        ["two dimensions, 3pl"] = () => TwoDimensions(ItemFunction.ThreeParameter, 2),
        ["two dimensions, nominal"] = () => TwoDimensions(ItemFunction.Nominal, 3),
        ["two dimensions, rasch"] = () => TwoDimensions(ItemFunction.Rasch, 2),
        ["groups"] = () => Of(ItemFunction.TwoParameter, 2, groups: 3),
        ["groups with free items"] = () => Of(ItemFunction.GeneralizedPartialCredit, 3, groups: 2) is var some
            ? some with { Specification = some.Specification with { FreeItems = "q0002,q0005" } }
            : some,
        ["groups, rating scale"] = () => Of(ItemFunction.RatingScale, 3, groups: 2),
        ["groups, two dimensions"] = () => TwoDimensions(ItemFunction.TwoParameter, 2) is var two
            ? two with { Simulation = two.Simulation with { Groups = 2 } }
            : two,
        ["classes"] = () => Classes(ItemFunction.TwoParameter, 2, "none"),
        ["classes, rasch"] = () => Classes(ItemFunction.Rasch, 2, "none"),
        ["classes, common items"] = () => Classes(ItemFunction.GeneralizedPartialCredit, 3, "q0001-q0006"),
        ["classes, rating scale"] = () => Classes(ItemFunction.RatingScale, 3, "none"),
        ["classes partly known, groups"] = () => Classes(ItemFunction.TwoParameter, 2, "none") is var known
            ? known with { Simulation = known.Simulation with { Groups = 2, KnownShare = 0.3 } }
            : known,
        ["missing and weights"] = () => Mixed() is var mixed
            ? mixed with { Simulation = mixed.Simulation with { Missing = 0.3, HasWeights = true } }
            : mixed,
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static ModelCase Get(string name) => Cases[name]();

    /// <summary>A point away from any optimum: starting values with noise on every free parameter.</summary>
    public static ModelPoint RandomPoint(CalibrationPlan plan, PatternTable patterns, int seed, double noise = 0.15)
    {
        Random random = new(seed);
        ParameterVector disturbed = StartingValues.Disturb(plan, StartingValues.FromMarginals(plan, patterns), seed, 0.5);
        double[] free = [.. disturbed.Free];
        for (int index = 0; index < free.Length; index++)
        {
            if (plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]].Kind is not (ParameterKind.Slope or ParameterKind.Intercept))
                free[index] += noise * SimulatedData.Normal(random);
        }
        ParameterVector parameters = new(plan.Layout, free);
        Assert.True(plan.IsInDomain(parameters));
        return ModelPoint.TryCreate(plan, parameters) ?? throw new InvalidOperationException("Not a covariance matrix.");
    }

    public (ResponseData Data, PatternTable Patterns, CalibrationPlan Plan) Plan()
    {
        ResponseData data = Simulation.Draw();
        PatternTable patterns = PatternTable.Compress(data);
        return (data, patterns, CalibrationPlanner.Plan(Specification, DataShape.Of(data, patterns)));
    }

    private static ModelSpecification Model(ItemFunction function) => new()
    {
        Functions = [new("*", function)],
        Quadrature = new QuadratureSpecification(Nodes: 31),
    };

    private static ModelCase Of(ItemFunction function, int categories, int groups = 1) =>
        new(SimulatedData.Polytomous(400, 8, categories) with { Groups = groups }, Model(function));

    private static ModelCase Mixed() => new(
        new SimulatedData(400, [2, 2, 2, 3, 4, 5, 3, 2]),
        Model(ItemFunction.TwoParameter) with
        {
            Functions =
            [
                new("q0001", ItemFunction.TwoParameter), new("q0002", ItemFunction.ThreeParameter), new("q0003", ItemFunction.FourParameter),
                new("q0004", ItemFunction.Graded), new("q0005", ItemFunction.GeneralizedPartialCredit), new("q0006", ItemFunction.Nominal),
                new("q0007", ItemFunction.Graded), new("q0008", ItemFunction.TwoParameter),
            ],
        });

    private static ModelCase TwoDimensions(ItemFunction function, int categories)
    {
        SimulatedData simulation = SimulatedData.Polytomous(400, 8, categories) with { Attributes = 2, HasCrossLoadings = function != ItemFunction.Rasch };
        return new ModelCase(simulation, Model(function) with
        {
            Attributes = ["F1", "F2"],
            QMatrix = simulation.QMatrix(),
            Quadrature = new QuadratureSpecification(Nodes: 13),
        });
    }

    private static ModelCase Classes(ItemFunction function, int categories, string equal) => new(
        SimulatedData.Polytomous(1200, 10, categories) with { Classes = 2 },
        Model(function) with { ClassCount = 2, EqualAcrossClasses = equal });
}
