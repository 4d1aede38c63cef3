using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Planning.Grids;

/// <summary>Nodes that were not asked for follow the populations; those that were stay, and what they miss is said.</summary>
public sealed class FollowingGridTests
{
    private static readonly QuadratureSpecification Wide = new(Nodes: 301, Low: -30, High: 30);

    private static ResponseData Read(string name, string? group = null) => ResponseReader.Read(
        Path.Combine(AppContext.BaseDirectory, "Planning", "Grids", "data", name), new ResponseReaderOptions { GroupColumn = group });

    private static CalibrationResult Fit(ResponseData data, ModelSpecification specification, ScoreMethod scores = ScoreMethod.Eap) => Calibration.Run(
        data, specification, new CalibrationOptions { StandardErrors = StandardErrorMethod.None, Scores = scores, Threads = 2 }, cancellation: TestContext.Current.CancellationToken);

    private static ModelSpecification Model(string functions) => new() { Functions = ModelParser.Parse(functions) };

    [Fact]
    public void A_wide_scale_gets_wide_nodes()
    {
        using ResponseData data = Read("wide-scale.csv");
        CalibrationResult fit = Fit(data, Model("rasch"));
        double[] slots = fit.Point.Parameters.Slots;
        double[] scores = [.. fit.Patterns.PatternOfPerson.Select(pattern => fit.Scores!.Mean[pattern])];

        // Independent maximisation over nodes from −30 to 30.
        Assert.Equal(-1524.236, fit.LogLikelihood, 2e-3);
        Assert.Equal(4.094, Math.Sqrt(slots[fit.Plan.Blocks[0].FirstCovarianceSlot]), 2e-3);
        Assert.Equal(8.063, slots[fit.Plan.ParameterSets[0].FirstSlot + 1], 5e-3);
        Assert.Equal(-8.377, slots[fit.Plan.ParameterSets[13].FirstSlot + 1], 5e-3);
        Assert.Equal(-9.21, scores.Min(), 0.01);
        Assert.Equal(9.48, scores.Max(), 0.01);
        Assert.True(fit.Termination.IsConverged);
        Assert.NotEmpty(fit.GridRounds);
        Assert.Contains("reached beyond the nodes", fit.Plan.Grid.Reason, StringComparison.Ordinal);
        Assert.Empty(fit.Warnings);
    }

    [Theory]
    [InlineData("wide-scale.csv", "rasch", null)]
    [InlineData("distant-groups.csv", "2pl", "g")]
    [InlineData("distant-groups.csv", "1pl", "g")]
    public void Nodes_that_follow_end_where_wide_ones_do(string name, string functions, string? group)
    {
        using ResponseData data = Read(name, group);
        CalibrationResult followed = Fit(data, Model(functions), ScoreMethod.None);
        CalibrationResult wide = Fit(data, Model(functions) with { Quadrature = Wide }, ScoreMethod.None);
        Assert.Equal(wide.LogLikelihood, followed.LogLikelihood, 1e-2);
        Assert.Empty(wide.GridRounds);
        Assert.NotEmpty(followed.GridRounds);
        Assert.All(followed.Grid!.Populations, population => Assert.InRange(population.ShareBeyond, 0, 1e-6));
        Assert.Equal(followed.GridRounds.Count > 0, followed.EStepCount > followed.History.Count + 1);
    }

    [Fact]
    public void Partial_credit_and_two_dimensions_follow_too()
    {
        ResponseData pcm = (SimulatedData.Polytomous(400, 10, 3) with { Spread = 4 }).Draw();
        SimulatedData plane = SimulatedData.Dichotomous(400, 16) with { Attributes = 2, Spread = 4 };
        ModelSpecification twoDimensions = Model("rasch") with { Attributes = ["x", "y"], QMatrix = plane.QMatrix() };
        foreach ((ResponseData data, ModelSpecification model, int nodes) in new[] { (pcm, Model("pcm"), 301), (pcm, Model("rsm"), 301), (plane.Draw(), twoDimensions, 81) })
        {
            CalibrationResult followed = Fit(data, model, ScoreMethod.None);
            CalibrationResult wide = Fit(data, model with { Quadrature = Wide with { Nodes = nodes } }, ScoreMethod.None);
            Assert.Equal(wide.LogLikelihood, followed.LogLikelihood, 2e-2);
            Assert.NotEmpty(followed.GridRounds);
        }
    }

    /// <summary>θ′ = m + s θ is the same model where a′ = a/s and d′ = d − a m/s: the population goes along, whatever m and s.</summary>
    [Theory]
    [InlineData(4, 1)]
    [InlineData(-9, 2)]
    [InlineData(60, 5)]
    [InlineData(500, 100)]
    public void Items_that_are_fixed_in_another_metric_carry_the_population_there(double origin, double unit)
    {
        SimulatedData simulated = SimulatedData.Dichotomous(500, 12);
        ResponseData data = simulated.Draw();
        double[] standard = Moments(Fit(data, Fixed(0, 1), ScoreMethod.None), out double logLikelihood);
        double[] moved = Moments(Fit(data, Fixed(origin, unit), ScoreMethod.None), out double there);
        Assert.Equal(logLikelihood, there, 1e-3);
        Assert.Equal(origin + unit * standard[0], moved[0], 1e-3 * unit);
        Assert.Equal(unit * standard[1], moved[1], 1e-3 * unit);

        ModelSpecification Fixed(double m, double s) => Model("2pl") with
        {
            Constraints = [.. Enumerable.Range(0, simulated.ItemCount).SelectMany(item => (ParameterConstraint[])
            [
                new(SimulatedData.Name(item), "a1", ConstraintKind.Fixed, simulated.Slopes[item][0] / s),
                new(SimulatedData.Name(item), "d", ConstraintKind.Fixed, simulated.Intercepts[item][0] - simulated.Slopes[item][0] * m / s),
            ])],
            Population = [new PopulationConstraint("mean", ConstraintKind.Free), new PopulationConstraint("sd", ConstraintKind.Free)],
        };
    }

    private static double[] Moments(CalibrationResult fit, out double logLikelihood)
    {
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        Assert.Empty(fit.Warnings);
        logLikelihood = fit.LogLikelihood;
        double[] slots = fit.Point.Parameters.Slots;
        return [slots[fit.Plan.Blocks[0].FirstMeanSlot], Math.Sqrt(slots[fit.Plan.Blocks[0].FirstCovarianceSlot])];
    }

    [Fact]
    public void Ordinary_data_keep_the_default_nodes_to_the_bit()
    {
        ResponseData data = SimulatedData.Dichotomous(800, 12).Draw();
        CalibrationResult free = Fit(data, Model("2pl"));
        CalibrationResult stated = Fit(data, Model("2pl") with { Quadrature = new QuadratureSpecification(Nodes: 61, Low: -6, High: 6) });
        Assert.Equal(stated.LogLikelihood, free.LogLikelihood);
        Assert.Equal(stated.Point.Parameters.Free, free.Point.Parameters.Free);
        Assert.Empty(free.GridRounds);
        Assert.Equal("the default", free.Plan.Grid.Reason);
        Assert.Equal("as asked for", stated.Plan.Grid.Reason);
    }

    [Fact]
    public void Long_tests_get_dense_nodes()
    {
        ResponseData data = SimulatedData.Polytomous(200, 250, 4).Draw();
        CalibrationResult free = Fit(data, Model("pcm"), ScoreMethod.None);
        CalibrationResult dense = Fit(data, Model("pcm") with { Quadrature = new QuadratureSpecification(Nodes: 301) }, ScoreMethod.None);
        Assert.True(free.Plan.Grid.NodesPerAttribute > 61);
        Assert.Equal(dense.LogLikelihood, free.LogLikelihood, 1e-2);
        CalibrationResult moving = Fit(data, Model("pcm") with { Quadrature = new QuadratureSpecification(QuadratureRule.GaussHermite) }, ScoreMethod.None);
        Assert.True(moving.Plan.Grid.NodesPerAttribute > 61);
    }

    [Fact]
    public void A_range_that_was_asked_for_stays_and_what_lies_beyond_is_told()
    {
        using ResponseData data = Read("wide-scale.csv");
        CalibrationResult fit = Fit(data, Model("rasch") with { Quadrature = new QuadratureSpecification(Low: -6, High: 6) }, ScoreMethod.None);
        Assert.Empty(fit.GridRounds);
        string warning = Assert.Single(fit.Warnings);
        Assert.Contains("beyond the nodes from -6 to 6", warning, StringComparison.Ordinal);
        Assert.Contains("--range", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 200, "beyond the nodes")]
    [InlineData(-1e300, 1e300, "apart")]
    [InlineData(-1e308, 1e308, "too wide")]
    public void Nodes_that_miss_a_fixed_population_are_refused(double low, double high, string reason)
    {
        SpecificationException refused = Assert.Throws<SpecificationException>(() => CalibrationProblem.Create(
            SimulatedData.Dichotomous(100, 5).Draw(), Model("2pl") with { Quadrature = new QuadratureSpecification(Low: low, High: high) }));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--range", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Populations_that_are_given_have_nodes_from_the_start()
    {
        ModelSpecification model = Model("2pl") with
        {
            Population = [new PopulationConstraint("mean", ConstraintKind.Fixed, 20), new PopulationConstraint("sd", ConstraintKind.Fixed, 3)],
        };
        CalibrationProblem problem = CalibrationProblem.Create(SimulatedData.Dichotomous(100, 5).Draw(), model);
        Assert.Equal((2.0, 38.0), (problem.Plan.Grid.Low, problem.Plan.Grid.High));
    }
}
