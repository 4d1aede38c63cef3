using IrtGpu.Compute;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Models;
using IrtGpu.Models.Functions;
using IrtGpu.Tests.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Tests.Items.Evaluation;

/// <summary>Tables and sums over nodes against one node after the other, for numbers of nodes that do and do not fill vectors.</summary>
public sealed class ItemModelOperationsTests
{
    private static readonly int[] Widths = [512, 256, 128]; // bits

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            TheoryData<string, int, int> cases = [];
            foreach (ItemModelSubject subject in ItemModelSubject.All)
            {
                foreach (int nodeCount in new[] { 1, 5, 8, 13, 61 })
                {
                    cases.Add(subject.Name, nodeCount, 1);
                    cases.Add(subject.Name, nodeCount, 3);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_table_has_the_bits_of_single_nodes(string model, int nodeCount, int attributeCount)
    {
        int stride = nodeCount + 3;
        foreach (int width in Widths)
        {
            Setting setting = Setting.Draw(ItemModelSubject.Of(model), nodeCount, attributeCount) with { Width = width };
            double[] table = [.. Enumerable.Repeat(double.NaN, setting.Scores.Length * stride)];
            setting.Operations.FillTable(setting.Z, setting.Scores.Length, setting.Shape, setting.Scores, table, stride);
            for (int node = 0; node < nodeCount; node++)
            {
                double[] single = setting.LogProbabilities(node);
                for (int category = 0; category < single.Length; category++)
                    Assert.Equal(single[category], table[category * stride + node]);
            }
            Assert.All(Enumerable.Range(0, setting.Scores.Length), category => Assert.True(double.IsNaN(table[category * stride + nodeCount]))); // nothing else is written
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_sum_over_nodes_is_that_of_single_nodes(string model, int nodeCount, int attributeCount)
    {
        foreach (int width in Widths)
            CheckSum(Setting.Draw(ItemModelSubject.Of(model), nodeCount, attributeCount) with { Width = width });
    }

    [Fact]
    public void Nodes_without_counts_add_nothing_whatever_is_there()
    {
        // δ = 0: the middle category has log-probability −∞ and an infinite κ everywhere.
        Setting setting = Setting.Draw(ItemModelSubject.Of<GradedResponse>(), 20, 1) with { Shape = [0.3, 0.3], Scores = [0, 1, 2] };
        double[] counts = new double[3 * 20];
        counts[3] = 2; // first category, node 3
        counts[2 * 20 + 17] = 4; // last category, node 17
        setting = setting with { Counts = counts };
        double[] gradient = new double[3];
        double[] hessian = new double[9];
        double value = setting.Sum(gradient, hessian);
        Assert.Equal(2 * setting.LogProbabilities(3)[0] + 4 * setting.LogProbabilities(17)[2], value, 1e-13);
        Assert.All([.. gradient, .. hessian], x => Assert.True(double.IsFinite(x)));
    }

    private static void CheckSum(Setting setting)
    {
        int slots = setting.Slopes.Length + setting.Shape.Length;
        double[] gradient = [.. Enumerable.Repeat(0.5, slots)]; // what is there is added to
        double[] hessian = [.. Enumerable.Repeat(0.25, slots * slots)];
        double value = setting.Sum(gradient, hessian);
        (double expectedValue, double[] expectedGradient, double[] expectedHessian, double size) = setting.PlainSum();

        Assert.Equal(expectedValue, value, 1e-13 * size);
        Assert.Equal(value, setting.Sum([], []));
        for (int r = 0; r < slots; r++)
        {
            Assert.Equal(0.5 + expectedGradient[r], gradient[r], 1e-12 * size);
            for (int c = 0; c < slots; c++)
                Assert.Equal(0.25 + (c <= r ? expectedHessian[r * slots + c] : 0), hessian[r * slots + c], 1e-12 * size);
        }
    }

    private sealed record Setting(ItemModelSubject Subject, double[] Slopes, int[] Attributes, double[] Theta, int AttributeCount, double[] Shape, double[] Scores, double[] Counts)
    {
        public int NodeCount => Theta.Length / AttributeCount;

        public double[] Z
        {
            get
            {
                double[] z = new double[NodeCount];
                ItemTables.LinearPredictor(Slopes, Attributes, Theta, AttributeCount, z);
                return z;
            }
        }

        public static Setting Draw(ItemModelSubject subject, int nodeCount, int attributeCount)
        {
            Random random = new(nodeCount + 100 * attributeCount);
            ItemModelCase item = ItemModelCase.For(subject, 1).ElementAt(subject.LargestCategoryCount < 4 ? 0 : 16); // four categories
            int[] attributes = attributeCount == 1 ? [0] : [0, 2];
            double[] theta = [.. Enumerable.Range(0, nodeCount * attributeCount).Select(_ => 6 * random.NextDouble() - 3)];
            double[] counts = [.. Enumerable.Range(0, item.Scores.Length * nodeCount)
                .Select(k => k % nodeCount is >= 16 and < 32 || k % 7 == 3 ? 0 : 5 * random.NextDouble())]; // two whole vectors of zeros
            return new Setting(subject, [.. attributes.Select(_ => 0.5 + random.NextDouble())], attributes, theta, attributeCount, item.Shape, item.Scores, counts);
        }

        public int Width { get; init; } = 256;

        public ItemModelOperations Operations => Subject.Use(new OperationsOf(Width));

        public double[] LogProbabilities(int node) => Subject.LogProbabilities(PlainZ(node), Shape, Scores);

        public double Sum(Span<double> gradient, Span<double> hessian)
        {
            ItemNodes nodes = new() { Slopes = Slopes, Attributes = Attributes, Theta = Theta, AttributeCount = AttributeCount, Counts = Counts };
            double[] scratch = new double[ItemSums.ScratchLength(Slopes.Length, Scores.Length, Shape.Length)];
            Array.Fill(scratch, double.NaN);
            return Operations.SumNodes(nodes, Scores.Length, Shape, Scores, scratch, gradient, hessian);
        }

        /// <summary>One node after the other, each by the model's derivatives in z and the chain rule written out.</summary>
        public (double Value, double[] Gradient, double[] Hessian, double Size) PlainSum()
        {
            int slots = Slopes.Length + Shape.Length;
            double[] gradient = new double[slots];
            double[] hessian = new double[slots * slots];
            double value = 0;
            double size = 1;
            for (int node = 0; node < NodeCount; node++)
            {
                double[] logProbability = LogProbabilities(node);
                double[] counts = [.. Enumerable.Range(0, Scores.Length).Select(m => Counts[m * NodeCount + node])];
                double[] local = new double[1 + Shape.Length];
                double[] second = new double[local.Length * (local.Length + 1) / 2];
                Operations.AddDerivatives(PlainZ(node), Scores.Length, Shape, Scores, logProbability, 1, counts, 1, local, second);
                double[] factor = [.. Attributes.Select(j => Theta[node * AttributeCount + j]), .. Shape.Select(_ => 1.0)];
                int Local(int slot) => Math.Max(0, slot - Slopes.Length + 1);
                for (int m = 0; m < counts.Length; m++)
                {
                    value += counts[m] * logProbability[m];
                    size += counts[m] * (1 - logProbability[m]) * factor.Max(Math.Abs) * factor.Max(Math.Abs) * (1 + PlainZ(node) * PlainZ(node));
                }
                for (int r = 0; r < slots; r++)
                {
                    gradient[r] += factor[r] * local[Local(r)];
                    for (int c = 0; c <= r; c++)
                        hessian[r * slots + c] += factor[r] * factor[c] * second[ItemModelProbe.Packed(Local(r), Local(c))];
                }
            }
            return (value, gradient, hessian, size);
        }

        private double PlainZ(int node)
        {
            double z = 0;
            for (int loading = 0; loading < Slopes.Length; loading++)
                z += Slopes[loading] * Theta[node * AttributeCount + Attributes[loading]];
            return z;
        }
    }

    private sealed class OperationsOf(int width) : IItemModelUser<ItemModelOperations>
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
