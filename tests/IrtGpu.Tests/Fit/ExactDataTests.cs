using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Fit.Information;
using IrtGpu.Fit.LocalDependence;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Fit;

/// <summary>Statistics of data without noise, in which every pattern is as frequent as the model expects: their expected values.</summary>
public sealed class ExactDataTests
{
    private static readonly Dictionary<string, ModelCase> Cases = new(StringComparer.Ordinal)
    {
        ["2pl"] = Of(ItemFunction.TwoParameter),
        ["3pl"] = Of(ItemFunction.ThreeParameter),
        ["gpcm and grm"] = Of(ItemFunction.GeneralizedPartialCredit) with { Functions = [ItemFunction.GeneralizedPartialCredit, ItemFunction.Graded], Categories = [3, 2, 4] },
        ["nominal"] = Of(ItemFunction.Nominal) with { Categories = [3] },
        ["two dimensions"] = Of(ItemFunction.TwoParameter) with { Attributes = 2, Nodes = 11, Items = 6 },
        ["groups"] = Of(ItemFunction.TwoParameter) with { Groups = 2, FreeItems = "q0002" },
        ["classes"] = Of(ItemFunction.TwoParameter) with { Classes = 2 },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_misfits(string name)
    {
        (CalibrationPlan plan, _, ModelPoint point) = Cases[name].Build();
        FitReport report = Evaluate(point, ExactData.Of(point));
        Assert.False(report.IsInterrupted);
        Assert.All(report.Items!, item =>
        {
            Assert.Equal(0, item.SumScores!.Reason is null ? item.SumScores.Statistic : 0, 1e-9);
            Assert.Equal(1, item.OverPosterior!.Infit, 1e-6);
            Assert.Equal(1, item.OverPosterior.Outfit, 1e-6);
        });
        Assert.All(report.Deviations!, row =>
        {
            Assert.Equal(0, row.Deviation.Rmsd, 1e-9);
            Assert.Equal(0, row.Deviation.Corrected, 1e-9);
            Assert.Equal(0, row.Deviation.Md, 1e-9);
            Assert.Equal(1000, row.Deviation.Persons, 1e-6);
        });
        Assert.All(report.Pairs!, pair => Assert.Equal(0, pair.X2, 1e-9));
        Assert.Equal(plan.GroupCount * plan.ItemCount * (plan.ItemCount - 1) / 2, report.Pairs!.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sum_scores_have_the_moments_of_the_population(string name)
    {
        (CalibrationPlan plan, _, ModelPoint point) = Cases[name].Build();
        foreach (SumScoreEap table in Evaluate(point, ExactData.Of(point)).SumScores!)
        {
            Assert.Equal(1, table.Probability.Sum(), 1e-12);
            for (int score = 0; score < table.Probability.Length; score++)
                Assert.Equal(1000 * table.Probability[score], table.Observed[score], 1e-6);
            GroupPopulation population = GroupPopulation.Create(point, table.Group);
            for (int j = 0; j < plan.AttributeCount; j++)
            {
                double Theta(int node) => point.ThetaOfBlock(population.Block(population.ClassOf(node)))[population.NodeOf[node] % plan.NodeCount * plan.AttributeCount + j];
                double mean = Enumerable.Range(0, population.NodeCount).Sum(node => population.Weight[node] * Theta(node));
                double square = Enumerable.Range(0, population.NodeCount).Sum(node => population.Weight[node] * Theta(node) * Theta(node));
                double Mean(int score) => table.Mean[score * plan.AttributeCount + j];
                double Deviation(int score) => table.StandardDeviation[score * plan.AttributeCount + j];
                Assert.Equal(mean, table.Probability.Select((p, score) => p * Mean(score)).Sum(), 1e-9);
                Assert.Equal(square, table.Probability.Select((p, score) => p * (Mean(score) * Mean(score) + Deviation(score) * Deviation(score))).Sum(), 1e-9);
                Assert.InRange(table.Reliability(j), 0, 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Information_is_the_expected_curvature_of_the_log_likelihood(string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        foreach (InformationCurves curves in Evaluate(point, patterns, FitStatistic.Information).Information!)
        {
            DirectionCurve direction = curves.Directions[0];
            PlannedBlock block = plan.Blocks[curves.Block];
            foreach (int at in (int[])[10, 40, 65])
            {
                double sum = 0;
                foreach (ItemCurve item in direction.Items)
                {
                    Assert.Equal(item.Information[at], item.Categories.Sum(category => category[at]), 1e-9);
                    double expected = Expected(point, block, item.Item, plan.AttributeCount == 1 ? direction.Position[at] : direction.Position[at] + point.Parameters.Slots[block.FirstMeanSlot]);
                    Assert.Equal(expected, item.Information[at], 1e-5);
                    sum += item.Information[at];
                }
                Assert.Equal(sum, direction.Test[at], 1e-9);
            }
        }
    }

    [Fact]
    public void A_planted_pair_is_the_first_of_the_pairs_and_an_item_with_other_curves_misfits_in_its_group()
    {
        (CalibrationPlan plan, _, ModelPoint point) = (Of(ItemFunction.TwoParameter) with { Groups = 2 }).Build();
        PatternTable exact = ExactData.Of(point);
        // The second and third answers agree more often than they should; in the second group the first item is easier.
        double[] frequency = [.. Enumerable.Range(0, exact.PatternCount).Select(pattern =>
            exact.Frequency[pattern] * (exact.Row(pattern)[1] == exact.Row(pattern)[2] ? 1.3 : 0.7) * (exact.Groups[pattern] == 1 && exact.Row(pattern)[0] == 1 ? 1.6 : 1))];
        FitReport report = Evaluate(point, ChangedFrequency.Of(exact, frequency, plan));
        PairTest first = report.Pairs![0];
        Assert.Equal((1, 2), (first.First, first.Second));
        Assert.True(first.Standardized > 5 && first.AdjustedQ3 > 0.1 && first.P < 1e-6);
        ItemDeviation[] easier = [.. report.Deviations!.Where(row => row.Item == 0).OrderBy(row => row.Group)];
        Assert.True(easier[1].Deviation.Rmsd > 3 * easier[0].Deviation.Rmsd);
        Assert.True(easier[1].Deviation.Md > 0.02);
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        (_, PatternTable patterns, ModelPoint point) = (Of(ItemFunction.GeneralizedPartialCredit) with { Categories = [3], Persons = 5000, Groups = 2, Missing = 0.1 }).Build();
        FitReport one = Evaluate(point, patterns, threads: 1);
        FitReport three = Evaluate(point, patterns, threads: 3);
        Assert.Equal(one.Items!, three.Items!);
        Assert.Equal(one.Deviations!, three.Deviations!);
        Assert.Equal(one.Pairs!, three.Pairs!);
        Assert.Equal(one.ModelFits!, three.ModelFits!);
        Assert.Equal(one.Persons!.LzStar, three.Persons!.LzStar);
    }

    private static ModelCase Of(ItemFunction function) => new() { Functions = [function], Items = 5, Persons = 300, Nodes = 31 };

    private static FitReport Evaluate(ModelPoint point, PatternTable patterns, FitStatistic? only = null, int threads = 2)
    {
        using ReferenceBackend backend = new(point.Plan, patterns);
        FitOptions options = new() { Threads = threads };
        return FitEvaluation.Run(
            FitSource.Of(point, patterns, backend, threads, TestContext.Current.CancellationToken),
            only is { } statistic ? options with { Statistics = new HashSet<FitStatistic> { statistic } } : options, cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>Σ P (∂ log P/∂θ)² of the first attribute, by differences.</summary>
    private static double Expected(ModelPoint point, PlannedBlock block, int item, double at)
    {
        const double h = 1e-4;
        double[] theta = point.Parameters.Slots.AsSpan(block.FirstMeanSlot, point.Plan.AttributeCount).ToArray();
        double[] LogProbability(double value)
        {
            theta[0] = value;
            ItemParameterSet set = point.Plan.ParameterSets[point.Plan.Tables[block.Table].SetOfItem[item]];
            double[] rows = new double[point.Plan.Items[item].CategoryCount];
            ItemTables.FillItem(point, set, theta, point.Plan.Items[item].Attributes, theta.Length, new double[1], rows, 1);
            return rows;
        }
        double[] above = LogProbability(at + h);
        double[] below = LogProbability(at - h);
        return LogProbability(at).Select((log, m) => Math.Exp(log) * (above[m] - below[m]) * (above[m] - below[m]) / (4 * h * h)).Sum();
    }
}
