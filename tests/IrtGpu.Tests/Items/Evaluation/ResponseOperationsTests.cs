using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items.Evaluation;
using IrtGpu.Models;
using IrtGpu.Models.Functions;
using IrtGpu.TestCases;
using IrtGpu.Tests.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Tests.Items.Evaluation;

/// <summary>What one answer leaves at a person's nodes against the model's own derivatives at one node after the other, and the chain rule written out.</summary>
public sealed class ResponseOperationsTests
{
    private const int NodeCount = 24;
    private const int AttributeCount = 7;

    private static readonly int[] CategoryCounts = [2, 4];
    private static readonly int[][] AttributeSets = [[2], [0, 3], [0, 1, 3, 4, 6]];

    public static TheoryData<string, int> Cases => [.. ItemModelSubject.All.SelectMany(subject => CategoryCounts
        .Where(categories => categories <= subject.LargestCategoryCount).Select(categories => (subject.Name, categories)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sums_and_gradients_are_those_of_single_nodes(string model, int categoryCount)
    {
        foreach (ItemModelOperations operations in OperationsOf(model))
        {
            foreach (int[] attributes in AttributeSets)
            {
                for (int category = 0; category < categoryCount; category++)
                    Check(operations, ItemModelSubject.Of(model), CaseOf(ItemModelSubject.Of(model), categoryCount), attributes, category, 2);
            }
        }
    }

    /// <summary>Thresholds close together and far apart, traits to where exponentials underflow.</summary>
    public static TheoryData<string, double[]> Thresholds => new()
    {
        { ItemModelSubject.Of<GradedResponse>().Name, [1 + 1e-9, 1, 0.5] },
        { ItemModelSubject.Of<GradedResponse>().Name, [900, 0.1, -1500] },
        { ItemModelSubject.Of<GradedResponse>().Name, [-30, -30.001, -31] },
        { ItemModelSubject.Of<SequentialResponse>().Name, [900, 0.1, -1500] },
        { ItemModelSubject.Of<SequentialResponse>().Name, [0, 0.2, 0.1, 1, 2, 0.5] }, // as many steps as have a factor together
        { ItemModelSubject.Of<SequentialResponse>().Name, [0, 0.2, 0.1, 1, 2, 0.5, 0.7] }, // one more
        { ItemModelSubject.Of<GradedRatingScale>().Name, [1 + 1e-9, 1, 0.5, 1.5] },
        { ItemModelSubject.Of<GradedRatingScale>().Name, [500, 0.1, -700, 2] },
        { ItemModelSubject.Of<GradedRatingScale>().Name, [0.2, 0.5, 3, -0.8] },
        { ItemModelSubject.Of<GradedRatingScale>().Name, [40, 30, 20, 1e-8] },
    };

    [Theory]
    [MemberData(nameof(Thresholds))]
    public void Sums_and_gradients_of_extreme_answers_are_those_of_single_nodes(string model, double[] shape)
    {
        int categoryCount = model == ItemModelSubject.Of<GradedRatingScale>().Name ? shape.Length : shape.Length + 1; // s is one of its shape
        ItemModelCase item = new(0, shape, [.. Enumerable.Range(0, categoryCount).Select(category => (double)category)]);
        foreach (ItemModelOperations operations in OperationsOf(model))
        {
            foreach (double range in (double[])[2, 40, 1000])
            {
                for (int category = 0; category < item.Scores.Length; category++)
                    Check(operations, ItemModelSubject.Of(model), item, [0, 2], category, range);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Answers_of_persons_side_by_side_are_those_of_single_persons(string model, int categoryCount)
    {
        ItemModelSubject subject = ItemModelSubject.Of(model);
        ItemModelCase item = CaseOf(subject, categoryCount);
        Random random = new(3);
        double[] z = [.. Enumerable.Range(0, NodeCount).Select(_ => 8 * random.NextDouble() - 4)];
        double[] codes = [.. Enumerable.Range(0, NodeCount).Select(person => (double)(person % (categoryCount + 1)))]; // the last where there is none
        double[] weights = [.. Enumerable.Range(0, NodeCount).Select(_ => random.NextDouble())];
        int local = 1 + item.Shape.Length;
        int packed = PackedTriangle.Length(local);
        foreach (ItemModelOperations operations in OperationsOf(model))
        {
            double[] value = [.. Enumerable.Repeat(0.5, NodeCount)];
            double[] gradient = new double[local * NodeCount];
            double[] hessian = new double[packed * NodeCount];
            operations.AddLogProbabilities(z, categoryCount, item.Shape, item.Scores, codes, value);
            double total = operations.FillDerivatives(z, categoryCount, item.Shape, item.Scores, codes, weights, gradient, hessian);
            double expectedTotal = 0;
            for (int person = 0; person < NodeCount; person++)
            {
                int category = (int)codes[person];
                (double log, double[] first, double[] second) = category == categoryCount
                    ? (0, new double[local], new double[packed])
                    : Derivatives(operations, subject, item, z[person], category);
                expectedTotal += weights[person] * log;
                Assert.Equal(0.5 + log, value[person], 1e-13 * (1 + Math.Abs(log)));
                for (int r = 0; r < local; r++)
                    Assert.Equal(weights[person] * first[r], gradient[r * NodeCount + person], 1e-12 * (1 + Math.Abs(first[r])));
                for (int r = 0; r < packed; r++)
                    Assert.Equal(weights[person] * second[r], hessian[r * NodeCount + person], 1e-12 * (1 + Math.Abs(second[r])));
            }
            Assert.Equal(expectedTotal, total, 1e-11);
        }
    }

    private static void Check(ItemModelOperations operations, ItemModelSubject subject, ItemModelCase item, int[] attributes, int category, double range)
    {
        int categoryCount = item.Scores.Length;
        Random random = new(attributes.Length + 10 * category);
        double[] slopes = [.. attributes.Select(_ => 0.5 + random.NextDouble())];
        double[] theta = [.. Enumerable.Range(0, AttributeCount * NodeCount).Select(_ => range * (2 * random.NextDouble() - 1))];
        double[] weights = [.. Enumerable.Range(0, NodeCount).Select(node => node is >= 8 and < 16 ? 0 : random.NextDouble())];
        int slots = slopes.Length + item.Shape.Length;
        ResponseNodes nodes = new()
        {
            Slopes = slopes,
            Attributes = attributes,
            Theta = theta,
            NodeCount = NodeCount,
            Category = category,
            CategoryCount = categoryCount,
            Shape = item.Shape,
            Scores = item.Scores,
            Constants = Constants(operations, item, categoryCount),
        };
        double[] sum = [.. Enumerable.Repeat(-1.5, NodeCount)];
        double[] product = [.. Enumerable.Repeat(3.0, NodeCount)];
        double[] kept = new double[operations.KeptRowCount(categoryCount) * NodeCount];
        operations.AddResponse(nodes, sum, product, kept);
        double[] keptAgain = [.. kept];
        // Several calls share the memory, and each finds the rows by its address, which must stay.
        Span<double> memory = LaneMemory.Align(GC.AllocateArray<double>(ItemSums.ScratchLength(slopes.Length, categoryCount, item.Shape.Length) + LaneMemory.MostLanes, pinned: true));
        operations.ClearSums(slopes.Length, categoryCount, item.Shape.Length, memory);
        operations.AddKeptSums(nodes, weights, kept, memory);
        double[] gradient = new double[slots];
        double[] hessian = new double[slots * slots];
        double value = operations.TakeSums(slopes.Length, categoryCount, item.Shape.Length, memory, gradient, hessian);
        double[] gradients = new double[slots * NodeCount];
        operations.FillKeptGradients(nodes, keptAgain, memory, gradients);

        double expectedValue = 0;
        double[] expectedGradient = new double[slots];
        double[] expectedHessian = new double[slots * slots];
        for (int node = 0; node < NodeCount; node++)
        {
            double[] factor = [.. attributes.Select(j => theta[j * NodeCount + node]), .. item.Shape.Select(_ => 1.0)];
            double z = slopes.Select((slope, loading) => slope * factor[loading]).Sum();
            (double log, double[] first, double[] second) = Derivatives(operations, subject, item, z, category);
            Assert.Equal(-1.5 + log, sum[node] - Math.Log(product[node] / 3), 1e-12 * (1 + Math.Abs(log)));
            int Local(int slot) => Math.Max(0, slot - slopes.Length + 1);
            expectedValue += weights[node] * log;
            for (int r = 0; r < slots; r++)
            {
                double own = factor[r] * first[Local(r)];
                Assert.Equal(own, gradients[r * NodeCount + node], 1e-12 * (1 + Math.Abs(own)));
                expectedGradient[r] += weights[node] * own;
                for (int c = 0; c <= r; c++)
                    expectedHessian[r * slots + c] += weights[node] * factor[r] * factor[c] * second[PackedTriangle.SymmetricIndex(Local(r), Local(c))];
            }
        }
        if (operations.HasKeptValue(categoryCount))
            Assert.Equal(expectedValue, value, 1e-11);
        double precision = 1e-12 * Math.Max(1, range / 50); // z is rounded as its terms are large
        Closeness.AssertNear(expectedGradient, gradient, precision * (1 + expectedGradient.Max(Math.Abs)), "gradient");
        Closeness.AssertNear(expectedHessian, hessian, precision * (1 + expectedHessian.Max(Math.Abs)), "Hessian");
    }

    private static (double Log, double[] First, double[] Second) Derivatives(ItemModelOperations operations, ItemModelSubject subject, ItemModelCase item, double z, int category)
    {
        double[] logProbability = subject.LogProbabilities(z, item.Shape, item.Scores);
        double log = logProbability[category];
        double[] counts = new double[logProbability.Length];
        counts[category] = 1;
        double[] first = new double[1 + item.Shape.Length];
        double[] second = new double[PackedTriangle.Length(first.Length)];
        operations.AddDerivatives(z, counts.Length, item.Shape, item.Scores, logProbability, 1, counts, 1, first, second);
        return (log, first, second);
    }

    private static ItemModelCase CaseOf(ItemModelSubject subject, int categoryCount) =>
        ItemModelCase.For(subject, 1).First(item => item.Scores.Length == categoryCount && item.Shape.All(double.IsFinite));

    private static double[] Constants(ItemModelOperations operations, ItemModelCase item, int categoryCount)
    {
        double[] constants = new double[operations.ConstantLength(categoryCount)];
        operations.FillConstants(categoryCount, item.Shape, constants);
        return constants;
    }

    private static IEnumerable<ItemModelOperations> OperationsOf(string model)
    {
        foreach (int width in (int[])[512, 256, 128])
            yield return ItemModelSubject.Of(model).Use(new Loops(width));
        if (model == ItemModelSubject.Of<GeneralizedPartialCredit>().Name)
        {
            yield return ItemModelOperations.OfWeightedScore<GeneralizedPartialCredit, Lanes512>();
            yield return ItemModelOperations.OfWeightedScore<GeneralizedPartialCredit, Lanes256>();
            yield return ItemModelOperations.OfWeightedScore<GeneralizedPartialCredit, Lanes128>();
        }
        if (model == ItemModelSubject.Of<FourParameterLogistic>().Name)
        {
            yield return ItemModelOperations.OfFourParameter<Lanes512>();
            yield return ItemModelOperations.OfFourParameter<Lanes256>();
            yield return ItemModelOperations.OfFourParameter<Lanes128>();
        }
        if (model == ItemModelSubject.Of<GradedResponse>().Name)
        {
            yield return ItemModelOperations.OfGraded<Lanes512>();
            yield return ItemModelOperations.OfGraded<Lanes256>();
            yield return ItemModelOperations.OfGraded<Lanes128>();
        }
        if (model == ItemModelSubject.Of<GradedRatingScale>().Name)
        {
            yield return ItemModelOperations.OfGradedRatingScale<Lanes512>();
            yield return ItemModelOperations.OfGradedRatingScale<Lanes256>();
            yield return ItemModelOperations.OfGradedRatingScale<Lanes128>();
        }
        if (model == ItemModelSubject.Of<SequentialResponse>().Name)
        {
            yield return ItemModelOperations.OfSequential<Lanes512>();
            yield return ItemModelOperations.OfSequential<Lanes256>();
            yield return ItemModelOperations.OfSequential<Lanes128>();
        }
        if (model == ItemModelSubject.Of<NominalResponse>().Name)
            yield return ItemModelOperations.OfWeightedScore<NominalResponse, Lanes256>();
    }

    private sealed class Loops(int width) : IrtGpu.Items.IItemModelUser<ItemModelOperations>
    {
        public ItemModelOperations Use<TModel>()
            where TModel : struct, IItemModel => width switch
            {
                512 => ItemModelOperations.Of<TModel, Lanes512>(),
                256 => ItemModelOperations.Of<TModel, Lanes256>(),
                _ => ItemModelOperations.Of<TModel, Lanes128>(),
            };
    }
}
