using IrtGpu.Compute;
using IrtGpu.Planning;
using IrtGpu.Simulation;
using IrtGpu.TestCases;
using IrtGpu.Tests.Scoring;

namespace IrtGpu.Tests.Simulation;

/// <summary>Simulated persons and responses against the populations and integrals they stand for.</summary>
public sealed class ResponseSimulatorTests
{
    private const int Persons = 60_000;

    [Theory]
    [InlineData("groups with free items")]
    [InlineData("classes, common items")]
    public void Shares_of_categories_are_the_integrals_of_their_probabilities(string name)
    {
        (CalibrationPlan plan, _, ModelPoint point) = Catalogue.Get(name).Build();
        SimulatedResponses drawn = ResponseSimulator.Draw(plan, point.Parameters, Persons, seed: 5, cancellation: TestContext.Current.CancellationToken);
        foreach (PlannedBlock block in plan.Blocks)
        {
            int[] persons = Members(plan, drawn, block);
            PlainTest test = PlainTest.Of(point, block);
            for (int item = 0; item < plan.ItemCount; item++)
            {
                double[] expected = Integrate(point, block, theta => test.Probabilities(item, theta));
                for (int category = 0; category < expected.Length; category++)
                {
                    double share = persons.Count(person => drawn.Data.Row(person)[item] == category) / (double)persons.Length;
                    Assert.Equal(expected[category], share, 5 * Math.Sqrt(expected[category] * (1 - expected[category]) / persons.Length));
                }
            }
        }
    }

    [Theory]
    [InlineData("groups, two dimensions")]
    [InlineData("classes partly known, groups")]
    public void Persons_have_the_means_covariances_and_proportions_of_their_blocks(string name)
    {
        (CalibrationPlan plan, _, ModelPoint point) = Catalogue.Get(name).Build();
        SimulatedResponses drawn = ResponseSimulator.Draw(plan, point.Parameters, Persons, seed: 6, cancellation: TestContext.Current.CancellationToken);
        double[] slots = point.Parameters.Slots;
        foreach (PlannedBlock block in plan.Blocks)
        {
            int[] persons = Members(plan, drawn, block);
            double proportion = Math.Exp(point.LogProportion[block.Index]);
            double ofGroup = Persons / (double)plan.GroupCount;
            Assert.Equal(proportion, persons.Length / ofGroup, 5 * Math.Sqrt(proportion * (1 - proportion) / ofGroup) + 1e-12);
            double Theta(int person, int j) => drawn.Theta[person * plan.AttributeCount + j] - slots[block.FirstMeanSlot + j];
            double Covariance(int j, int k) => slots[block.FirstCovarianceSlot + j * (j + 1) / 2 + k];
            for (int j = 0; j < plan.AttributeCount; j++)
            {
                Assert.Equal(0, persons.Average(person => Theta(person, j)), 5 * Math.Sqrt(Covariance(j, j) / persons.Length));
                for (int k = 0; k <= j; k++)
                {
                    double spread = Covariance(j, j) * Covariance(k, k) + Covariance(j, k) * Covariance(j, k);
                    Assert.Equal(Covariance(j, k), persons.Average(person => Theta(person, j) * Theta(person, k)), 5 * Math.Sqrt(spread / persons.Length));
                }
            }
        }
    }

    private static int[] Members(CalibrationPlan plan, SimulatedResponses drawn, PlannedBlock block) => [.. Enumerable.Range(0, Persons)
        .Where(person => (plan.GroupCount == 1 || drawn.Data.Groups![person] == block.Group) && drawn.Classes[person] == block.Class)];

    private static double[] Integrate(ModelPoint point, PlannedBlock block, Func<double, double[]> function)
    {
        (double mean, double variance) = (point.Parameters.Slots[block.FirstMeanSlot], point.Parameters.Slots[block.FirstCovarianceSlot]);
        double deviation = Math.Sqrt(variance);
        double[] sum = new double[function(0).Length];
        double total = 0;
        for (double z = -8; z <= 8; z += 0.02)
        {
            double weight = Math.Exp(-z * z / 2);
            double[] values = function(mean + deviation * z);
            total += weight;
            for (int k = 0; k < sum.Length; k++)
                sum[k] += weight * values[k];
        }
        return [.. sum.Select(value => value / total)];
    }
}
