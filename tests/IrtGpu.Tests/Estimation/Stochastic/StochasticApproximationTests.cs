using IrtGpu.Data;
using IrtGpu.Estimation.Stochastic;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Inference.Rotation;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Simulation;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;

namespace IrtGpu.Tests.Estimation.Stochastic;

/// <summary>Estimates from draws against those from a grid, and against what data were drawn from.</summary>
public sealed class StochasticApproximationTests
{
    /// <summary>Estimates differ from the grid's by what the method states: over seeds, squares of differences over Monte-Carlo errors have a mean near 1.</summary>
    [Theory]
    [InlineData("2pl", 1)]
    [InlineData("grm", 2)]
    public void Estimates_are_those_of_the_grid_within_the_error_that_is_stated(string function, int attributes)
    {
        (ResponseData data, ModelSpecification model) = Case(function, attributes);
        CalibrationResult grid = Calibration.Run(
            data, model, new CalibrationOptions { Tolerance = 1e-7, MaxCycles = 2000, StandardErrors = StandardErrorMethod.Oakes }, cancellation: TestContext.Current.CancellationToken);
        int count = grid.Plan.Layout.FreeCount;
        double squares = 0;
        const int Seeds = 4;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            CalibrationResult drawn = Draw(data, model, seed);
            Assert.Equal(TerminationKind.Converged, drawn.Termination.Kind);
            Assert.Equal(StandardErrorMethod.Louis, drawn.StandardErrors.Method);
            for (int k = 0; k < count; k++)
            {
                double error = Math.Sqrt(grid.StandardErrors.Covariance![k * count + k]);
                double difference = drawn.Point.Parameters.Free[k] - grid.Point.Parameters.Free[k];
                Assert.True(Math.Abs(difference) < 0.4 * error, FormattableString.Invariant($"parameter {k}, seed {seed}: {difference / error} standard errors apart"));
                Assert.Equal(1, Math.Sqrt(drawn.StandardErrors.Covariance![k * count + k]) / error, 0.08);
                squares += difference * difference / (drawn.MonteCarloErrors[k] * drawn.MonteCarloErrors[k]) / count / Seeds;
            }
            Assert.True(drawn.LogLikelihood <= grid.LogLikelihood + 0.01);
            Assert.Equal(grid.LogLikelihood, drawn.LogLikelihood, 0.5);
        }
        Assert.InRange(squares, 0.2, 3);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        (ResponseData data, ModelSpecification model) = Case("2pl", 2);
        CalibrationResult one = Draw(data, model, 1, threads: 1), three = Draw(data, model, 1, threads: 3);
        Assert.Equal(one.Point.Parameters.Free, three.Point.Parameters.Free);
        Assert.Equal(one.StandardErrors.Covariance, three.StandardErrors.Covariance);
        Assert.Equal(one.LogLikelihood, three.LogLikelihood);
    }

    /// <summary>Information from nodes that are turned at random, which four attributes and more have, and seeds that leave it as it is.</summary>
    [Fact]
    public void Many_parameters_converge_with_standard_errors_that_depend_on_no_threads_and_hardly_on_the_seed()
    {
        const int Attributes = 5;
        ResponseData data = new SimulatedData(1500, [.. Enumerable.Repeat(2, 30)]) { Attributes = Attributes, Spread = 1.5 }.Draw();
        ModelSpecification model = new() { Attributes = [.. Enumerable.Range(1, Attributes).Select(j => $"F{j}")], IsExploratory = true };
        CalibrationResult one = Draw(data, model, 1, threads: 1, error: 0.3), three = Draw(data, model, 1, threads: 3, error: 0.3), other = Draw(data, model, 2, error: 0.3);
        Assert.Equal(TerminationKind.Converged, one.Termination.Kind);
        Assert.Equal(TerminationKind.Converged, other.Termination.Kind);
        Assert.Equal(one.Point.Parameters.Free, three.Point.Parameters.Free);
        Assert.Equal(one.StandardErrors.Covariance, three.StandardErrors.Covariance);
        int count = one.Plan.Layout.FreeCount;
        for (int k = 0; k < count; k++)
        {
            double error = Math.Sqrt(one.StandardErrors.Covariance![k * count + k]);
            Assert.True(Math.Abs(one.Point.Parameters.Free[k] - other.Point.Parameters.Free[k]) < 1.8 * error); // four Monte-Carlo errors of a difference
            Assert.Equal(1, Math.Sqrt(other.StandardErrors.Covariance![k * count + k]) / error, 0.25);
        }
    }

    [Fact]
    public void Exploration_finds_simple_structure_again_wherever_its_items_stand()
    {
        const int Attributes = 3;
        string[] names = [.. Enumerable.Range(0, 24).Select(item => $"q{item:00}")];
        // Items of one attribute one after the other: zeros in the first three would leave two axes undetermined.
        ModelSpecification truth = new()
        {
            Attributes = ["A", "B", "C"],
            QMatrix = names.Select((name, item) => (name, item)).ToDictionary(pair => pair.name, pair => Enumerable.Range(0, Attributes).Select(j => j == pair.item / 8 ? 1 : 0).ToArray()),
            Integration = IntegrationMethod.Stochastic,
        };
        ResponseData shape = new SimulatedData(50, [.. Enumerable.Repeat(2, 24)]).Draw();
        truth = truth with { QMatrix = shape.ItemNames.Zip(truth.QMatrix!.Values).ToDictionary(pair => pair.First, pair => pair.Second) };
        CalibrationProblem problem = CalibrationProblem.Create(shape, truth);
        double[] free = (double[])problem.Plan.DefaultStart.Clone();
        for (int k = 0; k < free.Length; k++)
        {
            ParameterKind kind = problem.Plan.Layout.Slots[problem.Plan.Layout.RepresentativeSlot[k]].Kind;
            free[k] = kind == ParameterKind.Slope ? 1.6 : kind == ParameterKind.Covariance ? 0.3 : 0.3 * (k % 5 - 2);
        }
        ResponseData data = ResponseSimulator.Draw(problem.Plan, new ParameterVector(problem.Plan.Layout, free), 2000, 11, cancellation: TestContext.Current.CancellationToken).Data;
        CalibrationResult fit = Draw(data, new ModelSpecification { Attributes = ["F1", "F2", "F3"], IsExploratory = true }, 1, error: 0.3);
        RotatedSolution rotation = Assert.Single(fit.Rotations);
        for (int j = 0; j < Attributes; j++)
        {
            double best = Enumerable.Range(0, Attributes).Max(k =>
            {
                double along = 0, all = 0;
                for (int item = 0; item < 24; item++)
                {
                    double loading = rotation.Items[item].Loadings[k];
                    along += item / 8 == j ? loading : 0;
                    all += loading * loading;
                }
                return Math.Abs(along) / Math.Sqrt(8 * all);
            });
            Assert.True(best > 0.98, FormattableString.Invariant($"attribute {j}: congruence {best}"));
        }
        Assert.All(rotation.Items, item => Assert.All(item.LoadingErrors!, error => Assert.InRange(error, 1e-3, 0.2)));
        Assert.InRange(Math.Abs(rotation.Correlations[0][1]), 0.15, 0.45);
    }

    /// <summary>Cross-products of scores and sandwiches against a dense grid: counts as weights, sampling weights, missing answers, groups, several chains a person.</summary>
    [Theory]
    [InlineData(StandardErrorMethod.CrossProduct, false)]
    [InlineData(StandardErrorMethod.Sandwich, false)]
    [InlineData(StandardErrorMethod.Sandwich, true)]
    public void Errors_by_scores_are_those_of_quadrature(StandardErrorMethod method, bool sampling)
    {
        SimulatedData simulated = new(900, [.. Enumerable.Repeat(2, 12)]) { Attributes = 2, Missing = 0.1, HasWeights = true, Groups = 2 };
        ResponseData drawn = simulated.Draw();
        ResponseData data = sampling ? drawn.Sampled(drawn.Weights!) : drawn;
        ModelSpecification model = new()
        {
            Attributes = ["A", "B"],
            QMatrix = data.ItemNames.Select((name, item) => (name, item)).ToDictionary(pair => pair.name, pair => pair.item % 2 == 0 ? (int[])[1, 0] : [0, 1]),
        };
        CalibrationOptions options = new() { StandardErrors = method, Scores = ScoreMethod.None, Tolerance = 1e-6, Stochastic = new StochasticOptions { MonteCarloError = 0.03 } }; // errors of steep slopes grow with the slopes
        CalibrationResult nodes = Calibration.Run(data, model with { Integration = IntegrationMethod.Grid, Quadrature = new QuadratureSpecification(Nodes: 41) }, options, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult chains = Calibration.Run(data, model with { Integration = IntegrationMethod.Stochastic }, options, cancellation: TestContext.Current.CancellationToken);
        int count = nodes.Plan.Layout.FreeCount;
        double[] ratios = [.. Enumerable.Range(0, count).Select(k => Math.Sqrt(chains.StandardErrors.Covariance![k * count + k] / nodes.StandardErrors.Covariance![k * count + k]))];
        Assert.All(ratios, ratio => Assert.Equal(1, ratio, 0.12));
        Assert.Equal(1, ratios.Average(), 0.02);
    }

    [Fact]
    public void What_it_does_not_do_is_refused_in_one_message()
    {
        (ResponseData data, ModelSpecification model) = Case("2pl", 1);
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => Calibration.Run(
            data, model with { Integration = IntegrationMethod.Stochastic, ClassCount = 2 },
            new CalibrationOptions { StandardErrors = StandardErrorMethod.Oakes, Starts = 3, Stochastic = new StochasticOptions { MonteCarloError = 0 } },
            cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(4, refusal.Problems.Count);
    }

    [Fact]
    public void An_interruption_keeps_what_was_reached()
    {
        (ResponseData data, ModelSpecification model) = Case("2pl", 1);
        using CancellationTokenSource source = new();
        CalibrationResult fit = Calibration.Run(
            data, model with { Integration = IntegrationMethod.Stochastic }, new CalibrationOptions(), new CancelAt(source, 30), source.Token);
        Assert.Equal(TerminationKind.Interrupted, fit.Termination.Kind);
        Assert.InRange(fit.History.Count, 30, 31);
        Assert.True(double.IsFinite(fit.LogLikelihood));
        Assert.Null(fit.StandardErrors.Covariance);
    }

    private static (ResponseData Data, ModelSpecification Model) Case(string function, int attributes)
    {
        Assert.True(ItemFunctions.TryParse(function, out ItemFunction parsed));
        ResponseData data = new SimulatedData(800, [.. Enumerable.Repeat(function == "grm" ? 3 : 2, 10)]) { Attributes = attributes }.Draw();
        return (data, new ModelSpecification
        {
            Functions = [new FunctionAssignment("*", parsed)],
            Attributes = attributes == 1 ? ["theta"] : ["A", "B"],
            QMatrix = attributes == 1 ? null : data.ItemNames.Select((name, item) => (name, item)).ToDictionary(pair => pair.name, pair => pair.item % 2 == 0 ? (int[])[1, 0] : [0, 1]),
        });
    }

    private static CalibrationResult Draw(ResponseData data, ModelSpecification model, int seed, int threads = 2, double error = 0.1) => Calibration.Run(
        data, model with { Integration = IntegrationMethod.Stochastic },
        new CalibrationOptions { Seed = seed, Threads = threads, Stochastic = new StochasticOptions { MonteCarloError = error } },
        cancellation: TestContext.Current.CancellationToken);

    private sealed class CancelAt(CancellationTokenSource source, int cycle) : IProgress<IterationRecord>
    {
        public void Report(IterationRecord value)
        {
            if (value.Cycle == cycle)
                source.Cancel();
        }
    }
}
