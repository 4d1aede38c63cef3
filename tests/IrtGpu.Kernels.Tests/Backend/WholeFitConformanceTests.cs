using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Backend;

/// <summary>Whole calibrations, one of each kind: every device ends where the reference ends.</summary>
/// <remarks>
/// A covering of item function, dimensions and population, not their product: a fit is a run of E-steps, of which
/// <see cref="EStep.ProductConformanceTests"/> has the product, and of M-steps, which take the counts from there.
/// </remarks>
public sealed class WholeFitConformanceTests
{
    private static readonly ModelCase Base = new() { Persons = 120, Items = 6, Nodes = 9, Missing = 0.2 };

    private static readonly Dictionary<string, ModelCase> Kinds = new()
    {
        ["rasch, weights"] = Base with { Functions = [ItemFunction.Rasch], HasWeights = true },
        ["rating scale"] = Base with { Functions = [ItemFunction.RatingScale] },
        ["2pl and gpcm, 3 groups"] = Base with
        {
            Functions = [ItemFunction.TwoParameter, ItemFunction.GeneralizedPartialCredit],
            Groups = 3,
            EqualAcrossGroups = "q0001-q0005",
        },
        ["grm, 2 classes"] = Base with { Functions = [ItemFunction.Graded], Classes = 2 },
        ["sequential, moving nodes"] = Base with { Functions = [ItemFunction.Sequential], Rule = QuadratureRule.GaussHermite },
        ["3pl and 4pl, 2 dimensions"] = Base with { Functions = [ItemFunction.ThreeParameter, ItemFunction.FourParameter], Attributes = 2, Nodes = 5 },
        ["nominal, 2 groups by 2 known classes"] = Base with
        {
            Functions = [ItemFunction.Nominal],
            Groups = 2,
            Classes = 2,
            KnownShare = 0.3,
            EqualAcrossClasses = "q0001-q0005",
        },
        ["mixed, 3 dimensions"] = Base with
        {
            Functions = [ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.GeneralizedPartialCredit],
            Attributes = 3,
            Nodes = 4,
            Items = 8,
            HasWeights = true,
        },
    };

    public static TheoryData<string, string> DevicesAndKinds => TestDevices.Each(Kinds.Keys);

    [Theory]
    [MemberData(nameof(DevicesAndKinds))]
    public void A_fit_ends_where_the_reference_ends(string device, string kind)
    {
        CalibrationResult expected = Fit(Kinds[kind], "reference");
        CalibrationResult result = Fit(Kinds[kind], device);
        Assert.Equal(expected.Termination.Kind, result.Termination.Kind);
        Assert.Equal(expected.History.Count, result.History.Count);
        Assert.InRange(result.LogLikelihood, expected.LogLikelihood - 1e-8, expected.LogLikelihood + 1e-8);
        Assert.True(result.LogLikelihood > expected.History[0].LogLikelihood);
        Closeness.AssertNear(expected.Scores!.Mean, result.Scores!.Mean, 1e-6);
    }

    private static CalibrationResult Fit(ModelCase problem, string device)
    {
        CalibrationOptions options = new()
        {
            Device = device,
            Providers = [new AcceleratorProvider()],
            MaxCycles = 10,
            Starts = 1,
            StandardErrors = StandardErrorMethod.None,
        };
        return Calibration.Run(problem.Data(), problem.Specification, options);
    }
}
