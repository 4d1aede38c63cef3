using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Differential;
using IrtGpu.Differential.Effects;
using IrtGpu.Differential.Models;
using IrtGpu.Differential.Results;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Simulation;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Differential;

/// <summary>Scans for differential item functioning: other software's numbers, planted differences, hostile data.</summary>
public sealed class DifScanTests
{
    private static readonly CalibrationOptions TwoThreads = new() { Threads = 2 };

    /// <summary>
    /// mirt 1.47: log-likelihoods −17385.3296571383 with item 5 free in the groups and −17388.766644911 with all items equal, and the χ² of the differences of
    /// its slope and intercept by the covariance matrix (Oakes) of the former; see Golden/README.md.
    /// </summary>
    [Fact]
    public void Ratio_and_Wald_are_those_of_other_software()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Golden", "data", "sim_mg_A.csv.gz");
        using ResponseData data = ResponseReader.Read(path, new ResponseReaderOptions { GroupColumn = "group" }, TestContext.Current.CancellationToken);
        ModelSpecification specification = new() { Quadrature = new(Nodes: 61, Low: -6, High: 6) };
        DifResult result = Scan(data, new DifOptions { Tested = "I05", HasSumScores = false }, specification);
        ItemDif ratio = result.Tests.Single(test => test.Method == "lr");
        ItemDif wald = result.Tests.Single(test => test.Method == "wald");
        Assert.Equal(6.873975545, ratio.Statistic!.Value, 1e-5);
        Assert.Equal(6.62373586, wald.Statistic!.Value, 1e-3);
        Assert.Equal(2, ratio.Df);
        Assert.Equal("G2 - G1", wald.Comparison);
        // Estimates of the same fit, slope and intercept by group.
        const double A1 = 1.29479900673868, D1 = -1.52542927206354, A2 = 1.49019907087678, D2 = -1.94026473433341;
        Assert.Equal(D1 / A1 - -D2 / A2 * -1, -(ratio.EffectSigned!.Value), 1e-4);
    }

    /// <summary>Raju (1988), Psychometrika 53, 495–502: areas of two-parameter curves in closed form.</summary>
    [Theory]
    [InlineData(1.2, 0.3, 1.2, -0.4)]
    [InlineData(1.2, 0.3, 0.7, -0.4)]
    [InlineData(0.6, -1.1, 2.1, 0.9)]
    public void Areas_are_those_of_the_closed_form(double a1, double d1, double a2, double d2)
    {
        CalibrationPlan plan = CalibrationPlanner.Plan(
            new ModelSpecification { FreeItems = "q1" }, new DataShape(["q1", "q2", "q3"], [[0, 1], [0, 1], [0, 1]], ["A", "B"], [], [[true, true, true], [true, true, true]]));
        double[] free = (double[])plan.DefaultStart.Clone();
        ItemParameterSet[] sets = [.. plan.ParameterSets.Where(set => set.Item == 0)];
        (double, double)[] values = [(a1, d1), (a2, d2)];
        for (int k = 0; k < 2; k++)
        {
            free[plan.Layout.FreeOf(sets[k].FirstSlot)[0]] = values[k].Item1;
            free[plan.Layout.FreeOf(sets[k].FirstSlot + 1)[0]] = values[k].Item2;
        }
        InvarianceFit fit = new(IrtGpu.Compute.ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!, 0, true, null);
        CurveEffects effects = CurveEffects.Of(fit, 0, sets[0], sets[1], 1);
        double b1 = -d1 / a1;
        double b2 = -d2 / a2;
        Assert.Equal(b1 - b2, effects.SignedArea!.Value, 1e-6);
        double unsigned = a1 == a2 ? Math.Abs(b2 - b1) : Math.Abs(2 * (a2 - a1) / (a1 * a2) * Math.Log(1 + Math.Exp(a1 * a2 * (b2 - b1) / (a2 - a1))) - (b2 - b1));
        Assert.Equal(unsigned, effects.UnsignedArea!.Value, 1e-3);
        Assert.Equal(2.35 * (d2 - d1), effects.Delta!.Value, 1e-9); // the focal mean is 0
    }

    [Fact]
    public void A_planted_difference_is_found_by_every_test_and_leaves_the_anchors()
    {
        ResponseData data = Draw(8, 1500, ["A", "B"], ("q3", "d", 1, 1.0), ("q6", "d", 1, 0.9));
        DifResult result = Scan(data, new DifOptions { Anchors = AnchorStrategy.Purified });
        foreach (string method in (string[])["lr", "wald", "mantel-haenszel", "logistic", "logistic-uniform"])
        {
            ItemDif[] tests = [.. result.Tests.Concat(result.SumScoreTests).Where(test => test.Method == method)];
            Assert.Equal(8, tests.Length);
            Assert.Equal(["q3", "q6"], tests.Where(test => test.AdjustedP < 0.01).Select(test => test.Item));
            Assert.Equal(["q3", "q6"], tests.Where(test => !test.IsAnchor).Select(test => test.Item));
            Assert.All(tests.Where(test => test.AdjustedP < 0.01), test => Assert.True(test.EffectSigned > 0)); // easier for B
        }
        ItemDif planted = result.Tests.First(test => test is { Item: "q3", Method: "lr" });
        Assert.Equal(2.35, planted.Delta!.Value, 4 * planted.DeltaError!.Value);
        Assert.Equal("C", planted.Class);
        Assert.True(result.Rounds >= 2);

        DifResult given = Scan(data, new DifOptions { Anchors = AnchorStrategy.Given, AnchorItems = "q1,q2,q4,q5", HasSumScores = false });
        Assert.Equal(["q3", "q6"], given.Tests.Where(test => test is { Method: "lr", AdjustedP: < 0.01 }).Select(test => test.Item));
        Assert.Equal("Anchor.", given.Tests.First(test => test.Item == "q1").Reason);
        Assert.All(given.Tests.Where(test => test.Item is "q1" or "q2"), test => Assert.Null(test.Statistic));
    }

    [Fact]
    public void With_three_groups_the_omnibus_test_and_pairs_say_where()
    {
        ResponseData data = Draw(6, 1200, ["A", "B", "C"], ("q2", "d", 2, 1.0));
        DifResult result = Scan(data, new DifOptions());
        ItemDif all = result.Tests.Single(test => test is { Item: "q2", Method: "wald", Comparison: "all" });
        Assert.Equal(4, all.Df);
        Assert.True(all.P < 1e-6);
        Assert.True(result.Tests.Single(test => test is { Item: "q2", Comparison: "C - A" }).P < 1e-6);
        Assert.True(result.Tests.Single(test => test is { Item: "q2", Comparison: "B - A" }).P > 1e-3);
        ItemDif sums = result.SumScoreTests.Single(test => test is { Item: "q2", Method: "generalized-mantel-haenszel" });
        Assert.Equal(2, sums.Df);
        Assert.True(sums.P < 1e-4);
        Assert.Equal(4, result.SumScoreTests.Single(test => test is { Item: "q2", Method: "logistic" }).Df);
    }

    [Fact]
    public void Partial_invariance_releases_the_planted_pairs_of_item_and_group_alone()
    {
        ResponseData data = Draw(10, 1000, ["A", "B", "C", "D"], ("q3", "d", 2, 1.3), ("q7", "d", 3, -1.2));
        DifResult result = Scan(data, new DifOptions { Methods = DifMethods.None, HasSumScores = false, ReleaseAbove = 0.1 });
        Assert.Equal([("q3", "C"), ("q7", "D")], result.Released.Select(one => (one.Item, one.Group)).Order());
        CalibrationResult partial = result.Partial!;
        Assert.Equal(result.First.FreeParameterCount + 4, partial.FreeParameterCount);
        Assert.Equal(result.First.LogLikelihood + result.Released.GroupBy(one => one.Step).Sum(step => step.First().Gain), partial.LogLikelihood, 1e-2);
        Assert.NotNull(partial.StandardErrors.Covariance);
        int item = 2;
        double Intercept(int group) => partial.Point.Parameters.Slots[partial.Plan.ParameterSets.Single(set => set.Item == item && set.Blocks.Contains(group)).FirstSlot + 1];
        Assert.Equal(Intercept(0), Intercept(1), 1e-12);
        Assert.Equal(Intercept(0), Intercept(3), 1e-12);
        Assert.Equal(1.3, Intercept(2) - Intercept(0), 0.5);
        Assert.Empty(Scan(Draw(10, 1000, ["A", "B"]), new DifOptions { Methods = DifMethods.None, HasSumScores = false, ReleaseAbove = 0.1 }).Released);
    }

    [Theory]
    [InlineData(ItemFunction.Graded, 3, 3)]
    [InlineData(ItemFunction.PartialCredit, 3, 2)]
    [InlineData(ItemFunction.Nominal, 3, 4)]
    [InlineData(ItemFunction.Rasch, 2, 1)]
    [InlineData(ItemFunction.GradedRatingScale, 3, 0)]
    public void Degrees_of_freedom_are_the_parameters_that_can_differ(ItemFunction function, int categories, int df)
    {
        CalibrationPlan plan = IrtGpu.Tests.Linking.Scales.MadeForms.Plan(function, categories, 6);
        SimulatedResponses drawn = IrtGpu.Tests.Linking.Scales.MadeForms.Draw(plan, IrtGpu.Tests.Linking.Scales.MadeForms.Slots(plan), 900, 5, 0, 1);
        ResponseData data = Grouped(drawn.Data);
        DifResult result = Scan(data, new DifOptions { Tested = "q02" }, new ModelSpecification { Functions = [new("*", function)] });
        ItemDif ratio = result.Tests.Single(test => test.Method == "lr");
        Assert.True(df == 0 || ratio.Df == df, $"{ratio.Df} {ratio.Reason}");
        Assert.True(ratio.P is > 0 and <= 1, ratio.Reason);
        Assert.All(result.Tests.Concat(result.SumScoreTests), test => Assert.True(test.Statistic is null == test.Reason.Length > 0));
    }

    [Fact]
    public void Threads_change_nothing()
    {
        ResponseData data = Draw(6, 500, ["A", "B"]);
        DifResult one = DifScan.Run(data, new ModelSpecification(), new DifOptions(), new CalibrationOptions { Threads = 1 }, cancellation: TestContext.Current.CancellationToken);
        DifResult two = Scan(data, new DifOptions());
        Assert.Equal(one.Tests, two.Tests);
        Assert.Equal(one.SumScoreTests, two.SumScoreTests);
    }

    [Fact]
    public void Hostile_data_get_reasons_and_no_numbers()
    {
        ResponseData one = Draw(1, 300, ["A", "B"]);
        Assert.Contains("1 item(s)", Refusal(one, new ModelSpecification(), new DifOptions()), StringComparison.Ordinal); // the scale cannot be estimated at all
        DifResult alone = Scan(one, new DifOptions(), new ModelSpecification { Functions = [new("*", ItemFunction.Rasch)], Population = [new("sd", ConstraintKind.Fixed, 1)] });
        Assert.All(alone.Tests, test => Assert.Contains("No other item is an anchor", test.Reason, StringComparison.Ordinal));
        Assert.All(alone.SumScoreTests, test => Assert.Contains("cannot be matched", test.Reason, StringComparison.Ordinal));

        DifResult two = Scan(Draw(2, 400, ["A", "B"]), new DifOptions(), new ModelSpecification { Functions = [new("*", ItemFunction.Rasch)] });
        Assert.All(two.Tests.Concat(two.SumScoreTests), test => Assert.True(test.P is null ? test.Reason.Length > 0 : double.IsFinite(test.P.Value)));

        ResponseData constant = Change(Draw(5, 300, ["A", "B"]), (person, item, value) => person >= 300 && item == 1 ? (byte)1 : value);
        DifResult withConstant = Scan(constant, new DifOptions());
        Assert.All(withConstant.Tests.Where(test => test.Item == "q2"), test => Assert.Contains("All who answered it in group 'B' gave 1", test.Reason, StringComparison.Ordinal));
        Assert.All(withConstant.Tests.Where(test => test.Item == "q3"), test => Assert.NotNull(test.P));

        ResponseData absent = Change(Draw(5, 300, ["A", "B"]), (person, item, value) => person >= 300 && item == 1 ? ResponseData.Missing : value);
        DifResult withAbsent = Scan(absent, new DifOptions());
        Assert.All(withAbsent.Tests.Where(test => test.Item == "q2"), test => Assert.Contains("Nobody in group 'B' answered it", test.Reason, StringComparison.Ordinal));
        Assert.All(withAbsent.Tests.Concat(withAbsent.SumScoreTests).Where(test => test.Item == "q4"), test => Assert.NotNull(test.P));

        string Refusal(ResponseData data, ModelSpecification specification, DifOptions options) =>
            Assert.Throws<SpecificationException>(() => Scan(data, options, specification)).Message;
        Assert.Contains("--group", Refusal(Ungrouped(one), new ModelSpecification(), new DifOptions()), StringComparison.Ordinal);
        Assert.Contains("latent classes", Refusal(one, new ModelSpecification { ClassCount = 2 }, new DifOptions()), StringComparison.Ordinal);
        Assert.Contains("--anchors", Refusal(one, new ModelSpecification(), new DifOptions { Anchors = AnchorStrategy.Given, AnchorItems = "zz" }), StringComparison.Ordinal);
    }

    private static DifResult Scan(ResponseData data, DifOptions options, ModelSpecification? specification = null) =>
        DifScan.Run(data, specification ?? new ModelSpecification(), options, TwoThreads, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Persons of each group after those of the other; two-parameter items, the second group's mean .3.</summary>
    private static ResponseData Draw(int items, int personsPerGroup, string[] groups, params (string Item, string Parameter, int Group, double Shift)[] planted)
    {
        string[] names = [.. Enumerable.Range(1, items).Select(item => FormattableString.Invariant($"q{item}"))];
        CalibrationPlan plan = CalibrationPlanner.Plan(
            new ModelSpecification { FreeItems = planted.Length == 0 ? null : string.Join(',', planted.Select(one => one.Item)) },
            new DataShape(names, [.. names.Select(_ => (int[])[0, 1])], groups, [], [.. groups.Select(_ => Enumerable.Repeat(true, items).ToArray())]));
        double[] free = (double[])plan.DefaultStart.Clone();
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            free[plan.Layout.FreeOf(set.FirstSlot)[0]] = 0.9 + 0.3 * (set.Item % 3);
            double shift = planted.Where(one => one.Item == names[set.Item] && set.Blocks.Contains(one.Group)).Sum(one => one.Shift);
            free[plan.Layout.FreeOf(set.FirstSlot + 1)[0]] = 0.8 * Math.Sin(2.1 * set.Item) + shift;
        }
        if (plan.Layout.FreeOf(plan.Blocks[1].FirstMeanSlot) is { Length: > 0 } mean)
            free[mean[0]] = 0.3;
        return ResponseSimulator.Draw(plan, new ParameterVector(plan.Layout, free), personsPerGroup * groups.Length, 11, cancellation: TestContext.Current.CancellationToken).Data;
    }

    private static ResponseData Grouped(ResponseData data) => With(data, (_, _, value) => value, ["A", "B"], [.. Enumerable.Range(0, data.PersonCount).Select(person => person % 2)]);

    private static ResponseData Ungrouped(ResponseData data) => With(data, (_, _, value) => value, [""], null);

    private static ResponseData Change(ResponseData data, Func<int, int, byte, byte> change) => With(data, change, data.GroupNames, data.Groups);

    private static ResponseData With(ResponseData data, Func<int, int, byte, byte> change, string[] groupNames, int[]? groups) => new()
    {
        ItemNames = data.ItemNames,
        CategoryCodes = data.CategoryCodes,
        Responses = data.Responses.CreateBeside(data.PersonCount, data.ItemCount, (first, rows) =>
        {
            for (int person = first; rows.Length > 0; person++, rows = rows[data.ItemCount..])
            {
                for (int item = 0; item < data.ItemCount; item++)
                    rows[item] = change(person, item, data.Row(person)[item]);
            }
        }),
        PersonCount = data.PersonCount,
        GroupNames = groupNames,
        Groups = groups,
    };
}
