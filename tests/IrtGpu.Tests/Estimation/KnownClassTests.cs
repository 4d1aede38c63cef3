using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;

namespace IrtGpu.Tests.Estimation;

/// <summary>Latent classes between the multigroup model (all known) and the mixture (none known).</summary>
public sealed class KnownClassTests
{
    private static readonly SimulatedData Simulation = SimulatedData.Dichotomous(1500, 10) with { Classes = 2, KnownShare = 1 };

    private static readonly ModelSpecification Mixture = new()
    {
        Functions = [new("*", ItemFunction.Rasch)],
        ClassCount = 2,
        Quadrature = new(Nodes: 31),
    };

    [Fact]
    public void Classes_known_of_everyone_are_groups()
    {
        ResponseData data = Simulation.Draw();
        CalibrationResult classes = AssertFit.Run(data, Mixture);
        ResponseData groups = KnownOfNoOne(data).With(groups: data.KnownClasses, groupNames: data.ClassNames);
        CalibrationResult multigroup = AssertFit.Run(groups, Mixture with { ClassCount = 1, EqualAcrossGroups = "none" });

        double[] sizes = [.. Enumerable.Range(0, 2).Select(k => (double)data.KnownClasses!.Count(known => known == k))];
        double shares = sizes.Sum(size => size * Math.Log(size / data.PersonCount));
        Assert.Equal(multigroup.LogLikelihood + shares, classes.LogLikelihood, 1e-6);
        Assert.Equal(multigroup.FreeParameterCount + 1, classes.FreeParameterCount);
        for (int k = 0; k < 2; k++)
        {
            Assert.Equal(sizes[k] / data.PersonCount, Math.Exp(classes.Point.LogProportion[k]), 1e-9);
            Assert.Equal(AssertFit.Covariance(multigroup, k), AssertFit.Covariance(classes, k), 1e-6);
            foreach (string item in data.ItemNames)
                Assert.Equal(AssertFit.Value(multigroup, item, "d", k), AssertFit.Value(classes, item, "d", k), 1e-6);
        }
    }

    [Fact]
    public void Classes_known_of_no_one_are_the_mixture()
    {
        ResponseData data = (Simulation with { KnownShare = 0 }).Draw();
        ResponseData blank = KnownOfNoOne(data);
        CalibrationOptions options = AssertFit.Tight with { MaxCycles = 100, Starts = 2 };
        CalibrationResult mixture = AssertFit.Run(data, Mixture, options);
        CalibrationResult unknown = AssertFit.Run(blank, Mixture, options);
        Assert.Equal(mixture.Point.Parameters.Free, unknown.Point.Parameters.Free);
    }

    [Fact]
    public void Some_known_members_name_the_classes_and_inform_them()
    {
        ResponseData full = Simulation.Draw();
        ResponseData some = (Simulation with { KnownShare = 0.3 }).Draw();
        CalibrationResult known = AssertFit.Run(full, Mixture);
        CalibrationResult partly = AssertFit.Run(some, Mixture, AssertFit.Tight with { Tolerance = 1e-6 });
        Assert.True(partly.Termination.IsConverged, partly.Termination.Message);
        for (int k = 0; k < 2; k++)
        {
            foreach (string item in full.ItemNames)
                Assert.Equal(AssertFit.Value(known, item, "d", k), AssertFit.Value(partly, item, "d", k), 0.6);
        }
        for (int person = 0; person < some.PersonCount; person++)
        {
            if (some.KnownClasses![person] is >= 0 and int latent)
                Assert.Equal(1, partly.Scores!.ClassProbability[partly.Patterns.PatternOfPerson[person] * 2 + latent], 1e-12);
        }
    }

    private static ResponseData KnownOfNoOne(ResponseData data) => data.With(knownClasses: [.. Enumerable.Repeat(-1, data.PersonCount)], classNames: []);
}
