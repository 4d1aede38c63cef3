using IrtGpu.Compute;
using IrtGpu.Items;
using IrtGpu.Linking;
using IrtGpu.Linking.Methods;
using IrtGpu.Linking.Results;
using IrtGpu.Planning;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Linking.Scales;

/// <summary>Forms without noise are linked exactly; drifting items, chains, and what cannot be linked.</summary>
public sealed class ScaleLinkingTests
{
    private static readonly MetricTransformation Truth = new(1.3, -0.45);

    private static LinkResult Link(IReadOnlyList<(string, SavedCalibration)> forms, LinkOptions options) =>
        ScaleLinking.Run(forms, options, null, TestContext.Current.CancellationToken);

    /// <summary>The form that reads θ as (θ − B)/A.</summary>
    private static MetricTransformation Back(MetricTransformation to) => new(1 / to.A, -to.B / to.A);

    [Theory]
    [InlineData(ItemFunction.TwoParameter, 2)]
    [InlineData(ItemFunction.OneParameter, 2)]
    [InlineData(ItemFunction.ThreeParameter, 2)]
    [InlineData(ItemFunction.FourParameter, 2)]
    [InlineData(ItemFunction.GeneralizedPartialCredit, 4)]
    [InlineData(ItemFunction.Graded, 4)]
    [InlineData(ItemFunction.Sequential, 3)]
    [InlineData(ItemFunction.GradedRatingScale, 4)]
    [InlineData(ItemFunction.Nominal, 4)]
    [InlineData(ItemFunction.Rasch, 2)]
    [InlineData(ItemFunction.PartialCredit, 3)]
    [InlineData(ItemFunction.RatingScale, 3)]
    [InlineData(ItemFunction.SequentialRasch, 3)]
    public void Without_noise_every_method_finds_the_transformation_and_the_linked_items_are_those_of_the_base(ItemFunction function, int categories)
    {
        CalibrationPlan plan = MadeForms.Plan(function, categories, 8);
        double[] slots = MadeForms.Slots(plan);
        bool hasUnit = ItemFamily.FormOf(function).Fixed.Any(parameter => parameter.Kind == ParameterKind.Slope);
        MetricTransformation truth = hasUnit ? Truth with { A = 1 } : Truth;
        SavedCalibration there = MadeForms.Hold(plan, slots);
        SavedCalibration here = MadeForms.Hold(plan, slots, Back(truth));
        LinkMethod method = function == ItemFunction.Nominal ? LinkMethod.Haebara : LinkMethod.StockingLord;
        foreach (LinkDirection direction in Enum.GetValues<LinkDirection>())
        {
            LinkedForm linked = Link([("base", there), ("form", here)], new LinkOptions { Method = method, Direction = direction, Errors = LinkErrors.None }).Forms.Single();
            foreach (LinkEstimate estimate in linked.Estimates)
            {
                if (function == ItemFunction.Nominal && estimate.Method is not (LinkMethod.Haebara or LinkMethod.RobustHaebara))
                {
                    Assert.Null(estimate.Transformation);
                    Assert.Contains("nominal", estimate.Reason, StringComparison.Ordinal);
                    continue;
                }
                Assert.Equal(truth.A, estimate.Transformation!.Value.A, 1e-7);
                Assert.Equal(truth.B, estimate.Transformation!.Value.B, 1e-7);
            }
            for (int row = 0; row < linked.Items.Count; row++)
                Assert.Equal(there.Items[row].Estimate, linked.Items[row].Estimate, 1e-6);
            Assert.DoesNotContain(linked.Anchors, anchor => anchor.HasDrifted);
            ModelPoint point = linked.Calibration.Point;
            Assert.Equal(0, point.Parameters.Slots[point.Plan.Blocks[0].FirstMeanSlot], 1e-6); // the persons are the same, too
            Assert.Equal(there.Parameters.Slots[plan.Blocks[0].FirstCovarianceSlot], point.Parameters.Slots[point.Plan.Blocks[0].FirstCovarianceSlot], 1e-6);
            foreach (var score in linked.Equating.Scores) // the same items on one scale: every score is its own
            {
                Assert.Equal(score.Score, score.TrueScore, 1e-6);
                Assert.Equal(score.Score, score.ObservedScore, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(LinkWeights.Normal)]
    [InlineData(LinkWeights.Grid)]
    public void Curve_criteria_are_least_where_plain_code_finds_their_least_value(LinkWeights weights)
    {
        CalibrationPlan plan = MadeForms.Plan(ItemFunction.TwoParameter, 2, 6);
        double[] slots = MadeForms.Slots(plan);
        double[] noisy = [.. slots.Select((value, slot) => slot < 12 ? value * (1 + 0.15 * Math.Sin(3 * slot)) + 0.1 * Math.Cos(7 * slot) : value)];
        SavedCalibration there = MadeForms.Hold(plan, slots);
        SavedCalibration here = MadeForms.Hold(plan, noisy);
        foreach (LinkMethod method in (LinkMethod[])[LinkMethod.Haebara, LinkMethod.StockingLord, LinkMethod.RobustHaebara])
        {
            foreach (LinkDirection direction in Enum.GetValues<LinkDirection>())
            {
                LinkEstimate found = Link([("base", there), ("form", here)], new LinkOptions { Method = method, Direction = direction, Weights = weights, Errors = LinkErrors.None }).Forms[0].Chosen;
                (double a, double b) = found.Transformation!.Value;
                double least = Plain(a, b);
                Assert.Equal(least, found.Criterion!.Value, 1e-10);
                foreach ((double da, double db) in (ReadOnlySpan<(double, double)>)[(1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3), (1e-3, 1e-3), (-1e-3, 1e-3)])
                    Assert.True(Plain(a + da, b + db) > least, $"{method} {direction}: {Plain(a + da, b + db) - least}");

                double Plain(double unit, double origin)
                {
                    double sum = 0;
                    double total = Enumerable.Range(0, 81).Sum(node => Weight(-4 + 0.1 * node));
                    for (int node = 0; node < 81; node++)
                    {
                        double theta = -4 + 0.1 * node;
                        double weight = Weight(theta) / total;
                        if (direction != LinkDirection.Form)
                            sum += weight * Loss(item => P(slots, item, theta) - P(noisy, item, (theta - origin) / unit));
                        if (direction != LinkDirection.Base)
                            sum += weight * Loss(item => P(noisy, item, theta) - P(slots, item, unit * theta + origin));
                    }
                    return sum;
                }

                double Loss(Func<int, double> residual) => method switch
                {
                    LinkMethod.StockingLord => Math.Pow(Enumerable.Range(0, 6).Sum(residual), 2),
                    LinkMethod.Haebara => Enumerable.Range(0, 6).Sum(item => 2 * Math.Pow(residual(item), 2)), // right and wrong
                    _ => Enumerable.Range(0, 6).Sum(item => 2 * Math.Abs(residual(item))),
                };
            }
        }

        double Weight(double theta) => weights == LinkWeights.Grid ? 1 : Math.Exp(-theta * theta / 2);

        static double P(double[] of, int item, double theta) => 1 / (1 + Math.Exp(-of[2 * item] * theta - of[2 * item + 1]));
    }

    [Fact]
    public void The_robust_method_is_exact_although_two_of_ten_items_drifted_and_these_are_flagged()
    {
        CalibrationPlan plan = MadeForms.Plan(ItemFunction.TwoParameter, 2, 10);
        double[] slots = MadeForms.Slots(plan);
        double[] drifted = (double[])slots.Clone();
        drifted[2 * 3 + 1] += 1;
        drifted[2 * 7 + 1] += 0.8;
        SavedCalibration there = MadeForms.Hold(plan, slots);
        SavedCalibration here = MadeForms.Hold(plan, drifted, Back(Truth));
        LinkedForm linked = Link([("base", there), ("form", here)], new LinkOptions { Method = LinkMethod.StockingLord, Errors = LinkErrors.None, DropsDrift = true }).Forms[0];
        Assert.Equal([MadeForms.Name(4), MadeForms.Name(8)], linked.Anchors.Where(anchor => !anchor.IsUsed).Select(anchor => anchor.Item));
        Assert.Equal(Truth.A, linked.Chosen.Transformation!.Value.A, 1e-8);

        LinkedForm all = Link([("base", there), ("form", here)], new LinkOptions { Method = LinkMethod.RobustHaebara, Errors = LinkErrors.None }).Forms[0];
        Assert.Equal(Truth.A, all.Chosen.Transformation!.Value.A, 1e-5);
        Assert.Equal(Truth.B, all.Chosen.Transformation!.Value.B, 1e-5);
        Assert.True(Math.Abs(all.Estimates[(int)LinkMethod.StockingLord].Transformation!.Value.B - Truth.B) > 0.05);
        Assert.Equal([MadeForms.Name(4), MadeForms.Name(8)], all.Anchors.Where(anchor => anchor.HasDrifted).Select(anchor => anchor.Item));
    }

    /// <summary>Estimates over their standard errors are standard normal: 60 pairs of data sets, both forms estimated.</summary>
    [Fact]
    public void Estimates_scatter_about_the_truth_as_their_standard_errors_say()
    {
        CalibrationPlan plan = MadeForms.Plan(ItemFunction.TwoParameter, 2, 8);
        double[] slots = MadeForms.Slots(plan);
        LinkMethod[] methods = [LinkMethod.MeanMean, LinkMethod.MeanSigma, LinkMethod.Haebara, LinkMethod.StockingLord];
        const int Pairs = 60;
        double[,] z = new double[methods.Length * 2, Pairs];
        double[] wald = new double[Pairs];
        Parallel.For(0, Pairs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, pair =>
        {
            SavedCalibration there = MadeForms.Calibrate(plan, slots, 1000, 2 * pair + 1);
            SavedCalibration here = MadeForms.Calibrate(plan, slots, 1000, 2 * pair + 2, mean: 0.4, deviation: 1.2); // θ = 1.2 θ' + 0.4
            LinkedForm linked = Link([("base", there), ("form", here)], new LinkOptions { Method = LinkMethod.Haebara, Threads = 1 }).Forms[0];
            for (int k = 0; k < methods.Length; k++)
            {
                LinkEstimate estimate = linked.Estimates[(int)methods[k]];
                z[2 * k, pair] = (estimate.Transformation!.Value.A - 1.2) / estimate.ErrorA!.Value;
                z[2 * k + 1, pair] = (estimate.Transformation!.Value.B - 0.4) / estimate.ErrorB!.Value;
            }
            wald[pair] = linked.Anchors.Average(anchor => anchor.Wald!.Value);
        });
        for (int row = 0; row < z.GetLength(0); row++)
        {
            double[] values = [.. Enumerable.Range(0, Pairs).Select(pair => z[row, pair])];
            double mean = values.Average();
            double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (Pairs - 1));
            Assert.Equal(0, mean, 3.5 / Math.Sqrt(Pairs));
            Assert.InRange(deviation, 0.72, 1.35); // χ² with 59 degrees of freedom, beyond 1 in 1000 on either side
        }
        // Each statistic is χ² with two degrees of freedom but for the two that A and B take from all eight together.
        Assert.Equal(2, wald.Average(), 0.5);
    }

    [Theory]
    [InlineData(LinkPath.Auto)]
    [InlineData(LinkPath.Chain)]
    public void A_chain_of_forms_reaches_the_base(LinkPath path)
    {
        MetricTransformation second = new(0.8, 0.3);
        MetricTransformation third = new(1.5, -1);
        CalibrationPlan[] plans = [MadeForms.Plan(ItemFunction.TwoParameter, 2, 6), MadeForms.Plan(ItemFunction.TwoParameter, 2, 6, 5), MadeForms.Plan(ItemFunction.TwoParameter, 2, 6, 9)];
        SavedCalibration Make(int form, MetricTransformation to) => MadeForms.Hold(plans[form], MadeForms.Slots(plans[form]), Back(to));
        LinkResult result = Link([("one", Make(0, MetricTransformation.Identity)), ("two", Make(1, second)), ("three", Make(2, third))], new LinkOptions { Path = path, Errors = LinkErrors.None });
        Assert.Equal(["one", "two"], result.Forms.Select(form => form.Base));
        Assert.Equal(second.A, result.Forms[0].Chosen.Transformation!.Value.A, 1e-8);
        Assert.Equal(third.A, result.Forms[1].Chosen.Transformation!.Value.A, 1e-8);
        Assert.Equal(third.B, result.Forms[1].Chosen.Transformation!.Value.B, 1e-8);
        Assert.Contains("no item in common", Assert.Throws<SpecificationException>(() =>
            Link([("one", Make(0, second)), ("two", Make(1, second)), ("three", Make(2, third))], new LinkOptions { Path = LinkPath.Base })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_common_scale_is_refused_with_the_reason()
    {
        CalibrationPlan plan = MadeForms.Plan(ItemFunction.TwoParameter, 2, 5);
        SavedCalibration two = MadeForms.Hold(plan, MadeForms.Slots(plan));
        CalibrationPlan other = MadeForms.Plan(ItemFunction.ThreeParameter, 2, 5);
        SavedCalibration three = MadeForms.Hold(other, MadeForms.Slots(other));
        CalibrationPlan apart = MadeForms.Plan(ItemFunction.TwoParameter, 2, 5, 30);
        SavedCalibration strange = MadeForms.Hold(apart, MadeForms.Slots(apart));
        string Refusal(SavedCalibration form, LinkOptions? options = null) => Assert.Throws<SpecificationException>(() => Link([("base", two), ("form", form)], options ?? new LinkOptions())).Message;

        Assert.Contains("2pl in one form and 3pl in the other", Refusal(three), StringComparison.Ordinal);
        Assert.Contains("begin with 'q01'", Refusal(strange), StringComparison.Ordinal);
        Assert.Contains("one difficulty", Refusal(two, new LinkOptions { Method = LinkMethod.MeanSigma, Anchors = "q02" }), StringComparison.Ordinal);
        Assert.Contains("two fits or more", Assert.Throws<SpecificationException>(() => Link([("base", two)], new LinkOptions())).Message, StringComparison.Ordinal);
        LinkResult single = Link([("base", two), ("form", two)], new LinkOptions { Anchors = "q02" });
        Assert.Equal(1, single.Forms[0].Chosen.Transformation!.Value.A, 1e-9);
        Assert.Contains("no covariance matrix", single.Forms[0].Estimates[0].Reason ?? "no covariance matrix", StringComparison.Ordinal);
        Assert.All(single.Forms[0].Anchors, anchor => Assert.Null(anchor.DifficultyZ));
    }
}
