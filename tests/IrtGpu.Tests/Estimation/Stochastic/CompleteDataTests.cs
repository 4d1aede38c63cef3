using IrtGpu.Compute;
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

    /// <summary>Gradients of single persons sum to that of all; with two draws the missing information is half the square of their difference.</summary>
    [Fact]
    public void Gradients_of_persons_sum_to_that_of_all_and_their_squares_to_the_missing_information()
    {
        (CalibrationPlan plan, PersonSampler sampler, ModelPoint point) = Draw("grm");
        double[][] first = Snapshot(sampler);
        double[][] ofFirst = PersonGradients(plan, sampler, point);
        sampler.Advance(0);
        double[][] second = Snapshot(sampler);
        double[][] ofSecond = PersonGradients(plan, sampler, point);
        double[] all = new MStep(plan, 1, 1).Derivatives(point, new DrawnExpectation(plan, sampler));
        for (int k = 0; k < all.Length; k++)
            Assert.Equal(ofSecond.Sum(person => person[k]), all[k], 1e-8 * Math.Max(1, Math.Abs(all[k])));
        DrawnInformation sums = DrawnInformation.Of(point, sampler.Tiles, [first, second], true, 2, CancellationToken.None);
        for (int r = 0; r < all.Length; r++)
        {
            for (int c = 0; c <= r; c++)
            {
                double missing = 0, crossed = 0;
                for (int person = 0; person < ofFirst.Length; person++)
                {
                    double weight = Weight(sampler, person);
                    missing += 0.5 * (ofFirst[person][r] - ofSecond[person][r]) * (ofFirst[person][c] - ofSecond[person][c]) / weight;
                    crossed += 0.5 * (ofFirst[person][r] * ofSecond[person][c] + ofSecond[person][r] * ofFirst[person][c]);
                }
                Assert.Equal(missing, sums.Missing[r * all.Length + c], 1e-8 * Math.Max(1, Math.Abs(missing)));
                Assert.Equal(crossed, sums.CrossProduct[r * all.Length + c], 1e-8 * Math.Max(1, Math.Abs(crossed)));
            }
        }
    }

    [Fact]
    public void Draws_have_the_posterior_moments_of_dense_nodes()
    {
        (CalibrationPlan plan, PersonSampler sampler, ModelPoint point) = Draw("2pl", persons: 40, attributes: 1);
        int count = sampler.Tiles[0].Count;
        double[] sum = new double[count], squares = new double[count];
        const int Draws = 20_000;
        for (int draw = 0; draw < Draws; draw++)
        {
            sampler.Advance(draw % 4 == 0 ? 0.9 : -0.25);
            for (int lane = 0; lane < count; lane++)
            {
                double theta = sampler.Tiles[0].Theta[lane];
                sum[lane] += theta / Draws;
                squares[lane] += theta * theta / Draws;
            }
        }
        PersonModel model = new(point);
        TileScratch scratch = new(plan);
        double[] at = new double[PersonTile.Size], density = new double[PersonTile.Size];
        double[] weight = new double[count], mean = new double[count], square = new double[count];
        for (double theta = -7; theta <= 7; theta += 0.01)
        {
            Array.Fill(at, theta);
            model.LogDensity(sampler.Tiles[0], at, scratch, density);
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
            for (int lane = 0; lane < tile.Count; lane++)
            {
                double[] theta = [.. Enumerable.Range(0, plan.AttributeCount).Select(j => tile.Theta[j * PersonTile.Size + lane])];
                sum += tile.Weight[lane] * (population.LogDensity(theta) - population.LogNormalizer);
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
                    sum += tile.Weight[lane] * log[code];
                }
            }
        }
        return sum;
    }

    private static double[][] Snapshot(PersonSampler sampler) => [.. sampler.Tiles.Select(tile => (double[])tile.Theta.Clone())];

    private static double Weight(PersonSampler sampler, int person)
    {
        foreach (PersonTile tile in sampler.Tiles)
        {
            if (person < tile.Count)
                return tile.Weight[person];
            person -= tile.Count;
        }
        throw new ArgumentOutOfRangeException(nameof(person));
    }

    /// <summary>Weighted gradients by all free parameters. [person][free]</summary>
    private static double[][] PersonGradients(CalibrationPlan plan, PersonSampler sampler, ModelPoint point)
    {
        List<double[]> gradients = [];
        foreach (PersonTile tile in sampler.Tiles)
        {
            DrawnGradients block = new(point, plan.Blocks[tile.Block]);
            using AlignedMatrix columns = new(block.Free.Length, PersonTile.Size);
            block.Fill(tile, tile.Theta, tile.Weight, new TileScratch(plan), columns, 0);
            for (int lane = 0; lane < tile.Count; lane++)
            {
                double[] gradient = new double[plan.Layout.FreeCount];
                for (int row = 0; row < block.Free.Length; row++)
                    gradient[block.Free[row]] = columns.Span(row)[lane];
                gradients.Add(gradient);
            }
        }
        return [.. gradients];
    }
}
