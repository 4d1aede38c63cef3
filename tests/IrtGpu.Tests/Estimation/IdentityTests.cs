using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation;

/// <summary>Models that are special cases of others must fit alike.</summary>
public sealed class IdentityTests
{
    private const double Bound = 2e-6;

    private static readonly SimulatedData Dichotomous = SimulatedData.Dichotomous(600, 8) with { Missing = 0.05 };

    [Theory]
    [InlineData(ItemFunction.GeneralizedPartialCredit, ItemFunction.TwoParameter)]
    [InlineData(ItemFunction.Graded, ItemFunction.TwoParameter)]
    [InlineData(ItemFunction.Nominal, ItemFunction.TwoParameter)]
    [InlineData(ItemFunction.PartialCredit, ItemFunction.Rasch)]
    [InlineData(ItemFunction.RatingScale, ItemFunction.Rasch)]
    public void With_two_categories_it_is(ItemFunction general, ItemFunction special)
    {
        ResponseData data = Dichotomous.Draw();
        CalibrationResult expected = AssertFit.Run(data, Model(special));
        CalibrationResult actual = AssertFit.Run(data, Model(general));
        Assert.True(actual.Termination.IsConverged, actual.Termination.Message);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-7);
        Assert.Equal(expected.FreeParameterCount, actual.FreeParameterCount);
        AssertFit.EqualItems(expected, actual, Bound);
        Assert.Equal(AssertFit.Covariance(expected, 0), AssertFit.Covariance(actual, 0), Bound);
    }

    [Theory]
    [InlineData(ItemFunction.ThreeParameter)]
    [InlineData(ItemFunction.FourParameter)]
    public void Without_asymptotes_it_is_the_2pl(ItemFunction function)
    {
        ResponseData data = Dichotomous.Draw();
        ParameterConstraint[] asymptotes = function == ItemFunction.ThreeParameter
            ? [new("*", "g", ConstraintKind.Fixed, 0)]
            : [new("*", "g", ConstraintKind.Fixed, 0), new("*", "u", ConstraintKind.Fixed, 1)];
        CalibrationResult expected = AssertFit.Run(data, Model(ItemFunction.TwoParameter));
        CalibrationResult actual = AssertFit.Run(data, Model(function) with { Constraints = asymptotes });
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-7);
        AssertFit.EqualItems(expected, actual, Bound);
    }

    [Fact]
    public void Equal_slopes_are_the_1pl_and_rescale_to_the_rasch_model()
    {
        ResponseData data = Dichotomous.Draw();
        CalibrationResult onePl = AssertFit.Run(data, Model(ItemFunction.OneParameter));
        CalibrationResult tied = AssertFit.Run(data, Model(ItemFunction.TwoParameter) with { Constraints = [new("*", "a1", ConstraintKind.Equal)] });
        Assert.Equal(onePl.LogLikelihood, tied.LogLikelihood, 1e-7);
        Assert.Equal(onePl.FreeParameterCount, tied.FreeParameterCount);
        AssertFit.EqualItems(onePl, tied, Bound);

        // θ → aθ takes the 1PL to the Rasch model of variance a²; equal up to the discretisation of the normal density.
        CalibrationResult rasch = AssertFit.Run(data, Model(ItemFunction.Rasch));
        double slope = AssertFit.Value(onePl, "q0001", "a1");
        Assert.Equal(slope * slope, AssertFit.Covariance(rasch, 0), 1e-4);
        Assert.Equal(onePl.LogLikelihood, rasch.LogLikelihood, 1e-4);
        Assert.Equal(AssertFit.Value(onePl, "q0003", "d"), AssertFit.Value(rasch, "q0003", "d"), 1e-4);
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("gpcm")]
    [InlineData("two dimensions")]
    public void Everything_fixed_at_the_estimates_gives_their_log_likelihood(string name)
    {
        ModelCase model = Catalogue.Get(name);
        ResponseData data = model.Data();
        CalibrationResult estimated = AssertFit.Run(data, model.Specification, new CalibrationOptions());
        CalibrationPlan plan = estimated.Plan;
        List<ParameterConstraint> constraints = [];
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            for (int slot = set.FirstSlot; slot < set.FirstSlot + set.SlotCount; slot++)
            {
                double value = estimated.Point.Parameters.Slots[slot];
                bool isLogit = plan.Layout.Slots[slot].Kind is ParameterKind.LowerAsymptote or ParameterKind.UpperAsymptote;
                if (!double.IsFinite(value))
                    continue;
                constraints.Add(new(plan.Items[set.Item].Name, plan.Layout.Slots[slot].Name, ConstraintKind.Fixed, isLogit ? Elementary.Sigmoid(value) : value));
            }
        }
        List<PopulationConstraint> population = [.. InvarianceTests.StandardNormal];
        if (plan.AttributeCount == 2)
            population.Add(new("covariance", ConstraintKind.Fixed, AssertFit.Covariance(estimated, 0, 1)));
        CalibrationResult repeated = AssertFit.Run(data, model.Specification with { Constraints = constraints, Population = population });
        Assert.Equal(0, repeated.FreeParameterCount);
        Assert.True(repeated.Termination.IsConverged, repeated.Termination.Message);
        Assert.Equal(estimated.LogLikelihood, repeated.LogLikelihood, 1e-8);
    }

    [Fact]
    public void A_strong_prior_pins_its_parameter_and_a_weak_one_does_nothing()
    {
        ResponseData data = Dichotomous.Draw();
        CalibrationResult free = AssertFit.Run(data, Model(ItemFunction.TwoParameter));
        ParameterPrior Prior(double sd) => new("q0002", "a1", PriorDistribution.Normal, 2, sd);
        CalibrationResult strong = AssertFit.Run(data, Model(ItemFunction.TwoParameter) with { Priors = [Prior(1e-4)] });
        CalibrationResult weak = AssertFit.Run(data, Model(ItemFunction.TwoParameter) with { Priors = [Prior(1e5)] });
        CalibrationResult fixedThere = AssertFit.Run(data, Model(ItemFunction.TwoParameter) with { Constraints = [new("q0002", "a1", ConstraintKind.Fixed, 2)], Population = InvarianceTests.StandardNormal });
        Assert.Equal(2, AssertFit.Value(strong, "q0002", "a1"), 1e-5);
        Assert.Equal(fixedThere.LogLikelihood, strong.LogLikelihood, 1e-3);
        Assert.True(free.LogLikelihood > strong.LogLikelihood + 0.1);
        AssertFit.Equal(free, weak, 1e-5);
    }

    [Fact]
    public void Beta_prior_is_pseudo_data_on_the_probability()
    {
        // The mode of beta(a, b) is (a − 1)/(a + b − 2): an item no one answers wrong by guessing still keeps it.
        ResponseData data = Dichotomous.Draw();
        CalibrationResult result = AssertFit.Run(data, Model(ItemFunction.ThreeParameter) with { Priors = [new("*", "g", PriorDistribution.Beta, 2001, 8001)] });
        for (int item = 0; item < data.ItemCount; item++)
            Assert.Equal(0.2, Elementary.Sigmoid(AssertFit.Value(result, data.ItemNames[item], "g")), 0.02);
    }

    [Fact]
    public void Quadrature_rules_agree_when_nodes_are_many()
    {
        ModelCase model = Catalogue.Get("groups");
        ResponseData data = model.Data();
        CalibrationResult rectangular = AssertFit.Run(data, model.Specification with { Quadrature = new(Nodes: 161, Low: -8, High: 8) });
        CalibrationResult hermite = AssertFit.Run(data, model.Specification with { Quadrature = new(QuadratureRule.GaussHermite, 101) }, new CalibrationOptions { Tolerance = 1e-7, MaxCycles = 5000 });
        Assert.True(hermite.Termination.IsConverged, hermite.Termination.Message);
        Assert.Equal(rectangular.LogLikelihood, hermite.LogLikelihood, 1e-4);
        AssertFit.Equal(rectangular, hermite, 1e-4);
    }

    [Fact]
    public void Unrelated_dimensions_are_separate_fits()
    {
        SimulatedData simulation = SimulatedData.Polytomous(500, 8, 3) with { Attributes = 2 };
        ResponseData data = simulation.Draw();
        ModelSpecification both = new()
        {
            Functions = [new("*", ItemFunction.Graded)],
            Attributes = ["F1", "F2"],
            QMatrix = simulation.QMatrix(),
            Population = [new("covariance", ConstraintKind.Fixed, 0)],
            Quadrature = new(Nodes: 21),
        };
        CalibrationResult joint = AssertFit.Run(data, both);
        CalibrationResult[] alone = [.. Enumerable.Range(0, 2).Select(attribute =>
            AssertFit.Run(Columns(data, attribute, 2), new ModelSpecification { Functions = [new("*", ItemFunction.Graded)], Quadrature = new(Nodes: 21) }))];
        Assert.Equal(alone.Sum(fit => fit.LogLikelihood), joint.LogLikelihood, 1e-7);
        for (int item = 0; item < data.ItemCount; item++)
        {
            string name = data.ItemNames[item];
            Assert.Equal(AssertFit.Value(alone[item % 2], name, "a1"), AssertFit.Value(joint, name, item % 2 == 0 ? "a1" : "a2"), Bound);
            Assert.Equal(AssertFit.Value(alone[item % 2], name, "d2"), AssertFit.Value(joint, name, "d2"), Bound);
        }
    }

    private static ModelSpecification Model(ItemFunction function) => new() { Functions = [new("*", function)], Quadrature = new(Nodes: 41) };

    private static ResponseData Columns(ResponseData data, int first, int step)
    {
        int[] items = [.. Enumerable.Range(0, data.ItemCount).Where(item => item % step == first)];
        return new ResponseData
        {
            ItemNames = [.. items.Select(item => data.ItemNames[item])],
            CategoryCodes = [.. items.Select(item => data.CategoryCodes[item])],
            Responses = new([.. Enumerable.Range(0, data.PersonCount).SelectMany(person => items.Select(item => data.Row(person)[item]).ToArray())], items.Length),
            PersonCount = data.PersonCount,
        };
    }
}
