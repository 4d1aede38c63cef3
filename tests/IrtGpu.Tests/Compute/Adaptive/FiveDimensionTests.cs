using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Compute.Adaptive;

/// <summary>Five dimensions against a dense grid in separate code.</summary>
/// <remarks>
/// The truth is a program of eighty lines of C (plain loops over 21⁵ equally spaced nodes from −6 to 6, all 300 persons, the model and the data
/// as below, no code in common). With 17⁵ nodes its log-likelihood is 1.5e-4 higher and its gradients differ by 1.3e-4 at most, so that the
/// numbers here hold to about 1e-5.
/// </remarks>
public sealed class FiveDimensionTests
{
    private const int Persons = 300;
    private const int Items = 20;
    private const int Dimensions = 5;
    private const double Correlation = 0.4;
    private const double DenseLogLikelihood = -3695.8939992644;

    private static readonly double[] DenseOfPersons = [-12.3655595633, -13.2754068006, -15.3422024945];

    private static readonly double[] DenseMeans = // of the first three persons
    [
        -0.34273287, -1.06600458, 0.19941917, -0.10388278, -0.10537622,
        0.79983437, -0.06081989, 1.20486344, 0.71723817, 0.63234844,
        -0.92294002, 0.72005843, 0.42525551, -0.10228572, -0.37733271,
    ];

    private static readonly double[] DenseDeviations = // of the first person
        [0.67295343, 0.67844895, 0.66651136, 0.63944112, 0.65723839];

    private static readonly (int Item, double[] Gradient)[] DenseGradients = // by slopes, then the intercept
    [
        (0, [-1.17588648, -4.36582809]),
        (7, [-7.42239376, -11.56145711, -0.62990377]),
        (14, [-0.18003635, 17.85129649]),
    ];

    [Theory]
    [InlineData(IntegrationMethod.Adaptive, null, 1.0, 4e-3, 0.15)]
    [InlineData(IntegrationMethod.Adaptive, 5, 0.1, 1e-3, 0.03)]
    [InlineData(IntegrationMethod.Qmc, 512, 1.0, 2e-2, 0.5)]
    [InlineData(IntegrationMethod.Qmc, 4096, 0.3, 3e-3, 0.06)]
    public void Log_likelihood_scores_and_gradients_are_those_of_the_dense_grid(IntegrationMethod method, int? nodes, double ofLogLikelihood, double ofScores, double ofGradients)
    {
        PatternTable patterns = PatternTable.Compress(Draw());
        CalibrationPlan plan = CalibrationPlanner.Plan(Specification(method, nodes), DataShape.Of(Draw(), patterns));
        ModelPoint point = TruePoint(plan);
        using AdaptiveBackend backend = new(plan, patterns, plan.Integration.PersonRule!, 2);
        using Expectation found = backend.ComputeExpectation(point);
        IntegrationError error = backend.Capabilities.TryMeasureIntegration(point)!;
        Assert.True(Math.Abs(found.LogLikelihood - DenseLogLikelihood) < ofLogLikelihood, $"log-likelihood off by {found.LogLikelihood - DenseLogLikelihood}, stated {error.Error}");
        Assert.True(Math.Abs(found.LogLikelihood - DenseLogLikelihood) <= error.Error + 0.01, $"off by {found.LogLikelihood - DenseLogLikelihood}, stated {error.Error}");

        PatternScores scores = backend.Capabilities.TryScore(point)!;
        for (int person = 0; person < 3; person++)
        {
            int pattern = patterns.PatternOfPerson[person];
            Assert.Equal(DenseOfPersons[person], scores.LogLikelihood[pattern], 5 * ofScores);
            for (int j = 0; j < Dimensions; j++)
                Assert.Equal(DenseMeans[person * Dimensions + j], scores.Mean[pattern * Dimensions + j], ofScores);
        }
        for (int j = 0; j < Dimensions; j++)
            Assert.Equal(DenseDeviations[j], scores.StandardDeviation(patterns.PatternOfPerson[0], j), 2 * ofScores);

        double[] gradient = new MStep(plan, 1, 2).Derivatives(point, found);
        foreach ((int item, double[] expected) in DenseGradients)
        {
            ItemParameterSet set = plan.ParameterSets[item];
            double[] ofItem = [.. Enumerable.Range(set.FirstSlot, set.SlotCount).Select(slot => gradient[plan.Layout.FreeOf(slot)[0]])];
            for (int slot = 0; slot < expected.Length; slot++)
                Assert.True(Math.Abs(expected[slot] - ofItem[slot]) < ofGradients, $"item {item}: {string.Join(", ", ofItem)}");
        }
    }

    private static double[] Slopes(int item)
    {
        double[] slopes = new double[Dimensions];
        slopes[item % Dimensions] = 0.8 + 0.1 * (item % 7);
        if (item % 4 == 3)
            slopes[(item + 1) % Dimensions] = 0.5;
        return slopes;
    }

    private static double Intercept(int item) => -1.2 + 0.13 * item;

    private static ModelSpecification Specification(IntegrationMethod method, int? nodes) => new()
    {
        Attributes = [.. Enumerable.Range(1, Dimensions).Select(j => $"F{j}")],
        Functions = [new("*", ItemFunction.TwoParameter)],
        QMatrix = Enumerable.Range(0, Items).ToDictionary(Name, item => Slopes(item).Select(slope => slope == 0 ? 0 : 1).ToArray()),
        Integration = method,
        Quadrature = new QuadratureSpecification(Nodes: nodes),
    };

    private static ModelPoint TruePoint(CalibrationPlan plan)
    {
        double[] free = new double[plan.Layout.FreeCount];
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            double[] values = [.. Slopes(set.Item).Where(slope => slope != 0), Intercept(set.Item)];
            for (int slot = 0; slot < set.SlotCount; slot++)
                free[plan.Layout.FreeOf(set.FirstSlot + slot)[0]] = values[slot];
        }
        for (int j = 0; j < Dimensions; j++)
        {
            for (int k = 0; k < j; k++)
                free[plan.Layout.FreeOf(plan.Blocks[0].CovarianceSlot(j, k))[0]] = Correlation;
        }
        return ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
    }

    /// <summary>The data, by a generator of six lines that C has too.</summary>
    private static ResponseData Draw()
    {
        uint state = 12345;
        byte[] responses = new byte[Persons * Items];
        int check = 0;
        for (int person = 0; person < Persons; person++)
        {
            double common = Normal();
            double[] theta = new double[Dimensions];
            for (int j = 0; j < Dimensions; j++)
                theta[j] = Math.Sqrt(Correlation) * common + Math.Sqrt(1 - Correlation) * Normal();
            for (int item = 0; item < Items; item++)
            {
                double z = Intercept(item) + Slopes(item).Zip(theta, (slope, value) => slope * value).Sum();
                responses[person * Items + item] = (byte)(Uniform() < 1 / (1 + Math.Exp(-z)) ? 1 : 0);
                check += responses[person * Items + item] * (1 + (person * 31 + item) % 97);
            }
        }
        Assert.Equal(147028, check);
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(0, Items).Select(Name)],
            CategoryCodes = [.. Enumerable.Repeat((int[])[0, 1], Items)],
            Responses = new(responses, Items),
            PersonCount = Persons,
        };

        double Uniform()
        {
            state = state * 1664525 + 1013904223;
            return (state >> 8) / 16777216.0;
        }

        double Normal()
        {
            double sum = -6;
            for (int k = 0; k < 12; k++)
                sum += Uniform();
            return sum;
        }
    }

    private static string Name(int item) => FormattableString.Invariant($"q{item + 1:d2}");
}
