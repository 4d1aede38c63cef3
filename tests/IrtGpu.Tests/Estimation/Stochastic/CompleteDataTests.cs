using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Estimation.Stochastic.Complete;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Population;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Stochastic;

/// <summary>Sums over draws against the complete-data log-likelihood person by person, and its differences.</summary>
public sealed class CompleteDataTests
{
    public static TheoryData<string> Functions { get; } = ["2pl", "3pl", "gpcm", "grm", "nominal", "tutz", "rasch"];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradient_and_hessian_are_differences_of_the_complete_data_likelihood(string function)
    {
        (CalibrationPlan plan, PersonSampler sampler, ModelPoint point) = Draw(function);
        DrawnExpectation expectation = new(plan, sampler);
        MStep mStep = new(plan, 1, 1);
        int count = plan.Layout.FreeCount;
        double[] hessian = new double[count * count];
        double[] gradient = mStep.Derivatives(point, expectation, hessian);
        const double Step = 1e-5;
        for (int k = 0; k < count; k++)
        {
            ModelPoint up = Moved(point, k, Step), down = Moved(point, k, -Step);
            double difference = (LogLikelihood(sampler, up) - LogLikelihood(sampler, down)) / (2 * Step);
            Assert.Equal(difference, gradient[k], 1e-4 * Math.Max(1, Math.Abs(difference)));
            double[] above = mStep.Derivatives(up, expectation), below = mStep.Derivatives(down, expectation);
            for (int other = 0; other < count; other++)
                Assert.Equal((above[other] - below[other]) / (2 * Step), hessian[k * count + other], 1e-3 * Math.Max(1, Math.Abs(hessian[k * count + k])));
        }
    }

    /// <summary>Sums at nodes about modes against 61 nodes a dimension on lines that all persons share, person by person in separate code.</summary>
    [Theory]
    [InlineData("2pl", 2, 2e-3)]
    [InlineData("grm", 2, 2e-3)]
    [InlineData("3pl", 1, 2e-2)] // posteriors with a shoulder
    public void Information_at_nodes_about_modes_is_that_of_dense_nodes(string function, int attributes, double tolerance)
    {
        (CalibrationPlan plan, PersonSampler sampler, ModelPoint point) = Draw(function, persons: 60, attributes: attributes);
        sampler.MoveTo(point, 20);
        PosteriorInformation found = PosteriorInformation.Of(point, sampler.Tiles, true, 2, CancellationToken.None);
        int count = plan.Layout.FreeCount;
        double[] missing = new double[count * count], crossed = new double[count * count], gradient = new double[count];
        foreach (PersonTile tile in sampler.Tiles)
            AddDense(plan, point, tile, missing, crossed, gradient);
        double[] ofNodes = new MStep(plan, 1, 1).Derivatives(point, found.Expectation);
        for (int r = 0; r < count; r++)
        {
            Assert.Equal(gradient[r], ofNodes[r], tolerance * Math.Max(1, Math.Sqrt(crossed[r * count + r])));
            for (int c = 0; c <= r; c++)
            {
                Assert.Equal(missing[r * count + c], found.Missing[r * count + c], tolerance * Math.Sqrt(missing[r * count + r] * missing[c * count + c]));
                Assert.Equal(crossed[r * count + c], found.CrossProduct[r * count + c], tolerance * Math.Sqrt(crossed[r * count + r] * crossed[c * count + c]));
            }
        }
    }

    /// <summary>The axes of random bases, which four attributes and more have, against 9 Gauss–Hermite nodes a dimension about the same modes.</summary>
    [Fact]
    public void Axes_of_random_bases_give_the_missing_information_of_a_product_of_nodes()
    {
        const int Attributes = 4;
        ResponseData data = new SimulatedData(700, [.. Enumerable.Repeat(2, 20)]) { Attributes = Attributes }.Draw();
        ModelSpecification model = new()
        {
            Attributes = ["A", "B", "C", "D"],
            QMatrix = data.ItemNames.Select((name, item) => (name, item)).ToDictionary(pair => pair.name, pair => Enumerable.Range(0, Attributes).Select(j => pair.item % Attributes == j || pair.item % 7 == j ? 1 : 0).ToArray()),
            Integration = IntegrationMethod.Stochastic,
        };
        CalibrationProblem problem = CalibrationProblem.Create(data, model);
        ModelPoint point = ModelPoint.TryCreate(problem.Plan, StartingValues.FromMarginals(problem.Plan, problem.Patterns))!;
        PersonSampler sampler = new(problem.Plan, PersonTiles.Cut(problem.Plan, problem.Patterns, _ => 4, 5), 2);
        sampler.Begin(point);
        sampler.MoveTo(point, 20);
        PosteriorInformation found = PosteriorInformation.Of(point, sampler.Tiles, true, 2, CancellationToken.None);
        ModelSpecification adaptive = model with { Integration = IntegrationMethod.Adaptive, Quadrature = new QuadratureSpecification { Nodes = 9 } };
        CalibrationProblem dense = CalibrationProblem.Create(data, adaptive);
        using AdaptiveBackend backend = new(dense.Plan, dense.Patterns, dense.Plan.Integration.PersonRule!, 2);
        ModelPoint same = ModelPoint.TryCreate(dense.Plan, new ParameterVector(dense.Plan.Layout, point.Parameters.Free))!;
        _ = backend.ComputeExpectation(same);
        double[] missing = backend.Capabilities.TryMissingInformation(same)!;
        double[] crossed = backend.Capabilities.TryCrossProduct(same)!;
        int count = problem.Plan.Layout.FreeCount;
        for (int r = 0; r < count; r++)
        {
            for (int c = 0; c <= r; c++)
            {
                Assert.Equal(missing[r * count + c], found.Missing[r * count + c], 0.015 * Math.Sqrt(missing[r * count + r] * missing[c * count + c]));
                Assert.Equal(crossed[r * count + c], found.CrossProduct[r * count + c], 0.015 * Math.Sqrt(crossed[r * count + r] * crossed[c * count + c]));
            }
        }
    }

    [Fact]
    public void Draws_have_the_posterior_moments_of_dense_nodes()
    {
        (CalibrationPlan plan, PersonSampler sampler, ModelPoint at) = Draw("2pl", persons: 40, attributes: 1);
        int count = sampler.Tiles[0].Count;
        double[] sum = new double[count], squares = new double[count];
        const int Draws = 20_000;
        for (int draw = 0; draw < Draws; draw++)
        {
            sampler.Advance(draw % 4 == 0 ? 0.9 : 0);
            foreach (WeightedPoint point in new[] { sampler.Tiles[0].Point, sampler.Tiles[0].Mirror })
            {
                for (int lane = 0; lane < count; lane++)
                {
                    double theta = point.Theta[lane], share = point.Weight[lane] / sampler.Tiles[0].Weight[lane];
                    sum[lane] += share * theta / Draws;
                    squares[lane] += share * theta * theta / Draws;
                }
            }
        }
        PersonModel model = new(at);
        TileScratch scratch = new(plan);
        double[] everywhere = new double[PersonTile.Size], density = new double[PersonTile.Size], other = new double[PersonTile.Size];
        double[] weight = new double[count], mean = new double[count], square = new double[count];
        for (double theta = -7; theta <= 7; theta += 0.01)
        {
            Array.Fill(everywhere, theta);
            model.LogDensities(sampler.Tiles[0], everywhere, everywhere, scratch, density, other);
            Assert.Equal(density, other);
            for (int lane = 0; lane < count; lane++)
            {
                weight[lane] += Math.Exp(density[lane]);
                mean[lane] += theta * Math.Exp(density[lane]);
                square[lane] += theta * theta * Math.Exp(density[lane]);
            }
        }
        for (int lane = 0; lane < count; lane++)
        {
            Assert.Equal(mean[lane] / weight[lane], sum[lane], 0.03);
            Assert.Equal(square[lane] / weight[lane], squares[lane], 0.06);
        }
    }

    private static (CalibrationPlan Plan, PersonSampler Sampler, ModelPoint Point) Draw(string function, int persons = 200, int attributes = 2)
    {
        Assert.True(ItemFunctions.TryParse(function, out ItemFunction parsed));
        int categories = parsed is ItemFunction.TwoParameter or ItemFunction.ThreeParameter or ItemFunction.Rasch ? 2 : 3;
        ResponseData data = new SimulatedData(persons, [.. Enumerable.Repeat(categories, 6)]) { Attributes = attributes, Groups = 2 }.Draw();
        ModelSpecification model = new()
        {
            Functions = [new FunctionAssignment("*", parsed)],
            Attributes = attributes == 1 ? ["theta"] : ["A", "B"],
            QMatrix = attributes == 1 ? null : data.ItemNames.Select((name, item) => (name, item)).ToDictionary(pair => pair.name, pair => pair.item % 3 == 0 ? (int[])[1, 0] : pair.item % 3 == 1 ? [0, 1] : [1, 1]),
            Integration = IntegrationMethod.Stochastic,
        };
        CalibrationProblem problem = CalibrationProblem.Create(data, model);
        ParameterVector start = StartingValues.Disturb(problem.Plan, StartingValues.FromMarginals(problem.Plan, problem.Patterns), 3, 0.2);
        ModelPoint point = ModelPoint.TryCreate(problem.Plan, start)!;
        PersonSampler sampler = new(problem.Plan, PersonTiles.Cut(problem.Plan, problem.Patterns, _ => 1, 5), 2);
        sampler.Begin(point);
        sampler.Advance(0);
        return (problem.Plan, sampler, point);
    }

    private static ModelPoint Moved(ModelPoint point, int free, double step)
    {
        double[] values = (double[])point.Parameters.Free.Clone();
        values[free] += step;
        return ModelPoint.TryCreate(point.Plan, new ParameterVector(point.Plan.Layout, values))!;
    }

    /// <summary>Person by person by the functions for single values.</summary>
    private static double LogLikelihood(PersonSampler sampler, ModelPoint point)
    {
        double sum = 0;
        CalibrationPlan plan = point.Plan;
        foreach (PersonTile tile in sampler.Tiles)
        {
            NormalPopulation population = NormalPopulation.TryCreate(plan, plan.Blocks[tile.Block], point.Parameters.Slots)!;
            foreach ((WeightedPoint drawn, int lane) in from drawn in new[] { tile.Point, tile.Mirror } from lane in Enumerable.Range(0, tile.Count) select (drawn, lane))
            {
                double[] theta = [.. Enumerable.Range(0, plan.AttributeCount).Select(j => drawn.Theta[j * PersonTile.Size + lane])];
                sum += drawn.Weight[lane] * (population.LogDensity(theta) - population.LogNormalizer);
                foreach (int item in tile.Items)
                {
                    int code = tile.CodesOf(item)[lane];
                    if (code == plan.Items[item].CategoryCount)
                        continue;
                    ItemParameterSet set = plan.ParameterSets[plan.Tables[tile.Table].SetOfItem[item]];
                    double[] slots = point.Parameters.Slots[set.FirstSlot..(set.FirstSlot + set.SlotCount)];
                    double[] z = [Enumerable.Range(0, set.SlopeCount).Sum(loading => slots[loading] * theta[plan.Items[item].Attributes[loading]])];
                    double[] log = new double[plan.Items[item].CategoryCount];
                    plan.Items[item].Family.Operations.FillTable(z, log.Length, slots.AsSpan(set.SlopeCount), plan.Items[item].Scores, log, 1);
                    sum += drawn.Weight[lane] * log[code];
                }
            }
        }
        return sum;
    }

    /// <summary>Posterior sums of one tile's persons over nodes that all share.</summary>
    private static void AddDense(CalibrationPlan plan, ModelPoint point, PersonTile tile, double[] missing, double[] crossed, double[] gradient)
    {
        const int Line = 61;
        int count = plan.Layout.FreeCount;
        int total = (int)Math.Pow(Line, plan.AttributeCount);
        PersonModel model = new(point);
        TileScratch scratch = new(plan);
        CompleteGradients gradients = new(point, plan.Blocks[tile.Block]);
        double[] ones = [.. Enumerable.Repeat(1.0, PersonTile.Size)], other = new double[PersonTile.Size];
        double[][] densities = new double[total][], thetas = new double[total][];
        for (int node = 0; node < total; node++)
        {
            thetas[node] = new double[plan.AttributeCount * PersonTile.Size];
            for (int j = 0, rest = node; j < plan.AttributeCount; j++, rest /= Line)
                thetas[node].AsSpan(j * PersonTile.Size, PersonTile.Size).Fill(-7 + 14.0 * (rest % Line) / (Line - 1));
            densities[node] = new double[PersonTile.Size];
            model.LogDensities(tile, thetas[node], thetas[node], scratch, densities[node], other);
        }
        double[][] mean = [.. Enumerable.Range(0, tile.Count).Select(_ => new double[count])], square = [.. mean.Select(_ => new double[count * count])];
        double[] largest = [.. Enumerable.Range(0, tile.Count).Select(lane => densities.Max(one => one[lane]))];
        double[] norm = [.. largest.Select((most, lane) => densities.Sum(one => Math.Exp(one[lane] - most)))];
        using AlignedMatrix rows = new((gradients.Free.Length + 7) / 8 * 8, PersonTile.Size);
        for (int node = 0; node < total; node++)
        {
            rows.Clear();
            gradients.Fill(tile, thetas[node], ones, scratch, rows);
            for (int lane = 0; lane < tile.Count; lane++)
            {
                double weight = Math.Exp(densities[node][lane] - largest[lane]) / norm[lane];
                if (weight < 1e-14)
                    continue;
                for (int r = 0; r < gradients.Free.Length; r++)
                {
                    mean[lane][gradients.Free[r]] += weight * rows.Span(r)[lane];
                    for (int c = 0; c <= r; c++)
                        square[lane][gradients.Free[r] * count + gradients.Free[c]] += weight * rows.Span(r)[lane] * rows.Span(c)[lane];
                }
            }
        }
        for (int lane = 0; lane < tile.Count; lane++)
        {
            for (int r = 0; r < count; r++)
            {
                gradient[r] += tile.Weight[lane] * mean[lane][r];
                for (int c = 0; c <= r; c++)
                {
                    crossed[r * count + c] += tile.CrossWeight[lane] * mean[lane][r] * mean[lane][c];
                    missing[r * count + c] += tile.Weight[lane] * (square[lane][r * count + c] - mean[lane][r] * mean[lane][c]);
                }
            }
        }
    }
}
