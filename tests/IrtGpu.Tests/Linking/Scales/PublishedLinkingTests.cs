using IrtGpu.Items;
using IrtGpu.Linking;
using IrtGpu.Linking.Equating;
using IrtGpu.Linking.Forms;
using IrtGpu.Linking.Methods;
using IrtGpu.Linking.Results;
using IrtGpu.Planning;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Linking.Scales;

/// <summary>Linking and true-score equating beside what the programs of Kolen and his colleagues print.</summary>
/// <remarks>
/// The two examples that come with STUIRT (Kim and Kolen 2004), with criteria divided by the sum of weights and both directions added, and an example of
/// POLYEQUATE (Kolen 2004). Parameters and results as they stand in the tests of jMetrik's library: IrtScaleLinkingTest.java and IrtTrueScoreEquatingTest.java of
/// github.com/meyerjp3/psychometrics (Apache License 2.0). D is 1.7.
/// </remarks>
public sealed class PublishedLinkingTests
{
    private const double D = 1.7;

    private static readonly double[][] FirstNew = // a, b, c
    [
        [0.4551, -0.7101, 0.2087], [0.5839, -0.8567, 0.2038], [0.7544, 0.0212, 0.1600], [0.6633, 0.0506, 0.1240], [1.0690, 0.9610, 0.2986], [0.9672, 0.1950, 0.0535],
        [0.3479, 2.2768, 0.1489], [1.4579, 1.0241, 0.2453], [1.8811, 1.4062, 0.1992], [0.7020, 2.2401, 0.0853], [1.4080, 1.5556, 0.0789], [1.2993, 2.1589, 0.1075],
    ];

    private static readonly double[][] FirstBase =
    [
        [0.4416, -1.3349, 0.1559], [0.5730, -1.3210, 0.1913], [0.5987, -0.7098, 0.1177], [0.6041, -0.3539, 0.0818], [0.9902, 0.5320, 0.3024], [0.8081, -0.1156, 0.0648],
        [0.4140, 2.5538, 0.2410], [1.3554, 0.5811, 0.2243], [1.0417, 0.9392, 0.1651], [0.6336, 1.8960, 0.0794], [1.1347, 1.0790, 0.0630], [0.9255, 2.1337, 0.1259],
    ];

    private static readonly double[] FirstPoints = [-4, -3.111, -2.222, -1.333, -0.4444, 0.4444, 1.333, 2.222, 3.111, 4];
    private static readonly double[] FirstNewWeights = [0.0001008, 0.002760, 0.03021, 0.1420, 0.3149, 0.3158, 0.1542, 0.03596, 0.003925, 0.0001862];
    private static readonly double[] FirstBaseWeights = [0.0001173, 0.003242, 0.03449, 0.1471, 0.3148, 0.3110, 0.1526, 0.03406, 0.002510, 0.0001116];

    /// <summary>Twelve 3PL items, then five of the generalized partial credit model: a, b, then steps.</summary>
    private static readonly double[][] SecondNew =
    [
        [0.751335, -0.897391, 0.244001], [0.955947, -0.811477, 0.242883], [0.497206, -0.858681, 0.260893], [0.724000, -0.123911, 0.243497],
        [0.865200, 0.205889, 0.319135], [0.658129, 0.555228, 0.277826], [1.082118, 0.950549, 0.157979], [0.988294, 1.377501, 0.084828],
        [1.248923, 1.614355, 0.181874], [1.116682, 2.353932, 0.246856], [0.438171, 3.217965, 0.309243], [1.082206, 4.441864, 0.192339],
        [0.269994, 0.003998, 1.097268, -1.097268], [0.972506, 1.632662, 0.106514, -0.106514], [0.378812, 3.464657, 2.102301, -2.102301],
        [0.537706, 1.010053, -0.476513, 1.081282, -0.604770], [0.554506, 2.432938, 1.007525, -0.197767, -0.809758],
    ];

    private static readonly double[][] SecondBase =
    [
        [0.887276, -1.334798, 0.134406], [1.184412, -1.129004, 0.237765], [0.609412, -1.464546, 0.151393], [0.923812, -0.576435, 0.240097],
        [0.822776, -0.476357, 0.192369], [0.707818, -0.235189, 0.189557], [1.306976, 0.242986, 0.165553], [1.295471, 0.598029, 0.090557],
        [1.366841, 0.923206, 0.172993], [1.389624, 1.380666, 0.238008], [0.293806, 2.028070, 0.203448], [0.885347, 3.152928, 0.195473],
        [0.346324, -0.494115, 0.893232, -0.893232], [1.252012, 0.856264, 0.099750, -0.099750], [0.392282, 2.825801, 1.850498, -1.850498],
        [0.660841, 0.342977333333333, -0.300428333333333, 0.761845666666667, -0.461417333333333], [0.669612, 1.643267, 1.001974, -0.107221, -0.894753],
    ];

    /// <summary>The new form of the second example, brought to the scale of the base.</summary>
    private static readonly double[][] SecondCarried =
    [
        [0.920353277679441, -1.181970629805, 0.244001], [1.170994236576, -1.111834306335, 0.242883], [0.609056109168193, -1.150369527755, 0.260893],
        [0.886869070441168, -0.550536364405, 0.243497], [1.05983303832279, -0.281302485405, 0.319135], [0.806179909475657, 0.00388215394000008, 0.277826],
        [1.32554832150229, 0.326604428895, 0.157979], [1.2106179296997, 0.675148828855, 0.084828], [1.52987732052845, 0.868505776025, 0.181874],
        [1.3678877449149, 1.47226315786, 0.246856], [0.536740756166129, 2.177620817575, 0.309243], [1.32565611774289, 3.17675688572, 0.192339],
        [0.330731115752338, -0.44611721271, 0.89576021814, -0.89576021814], [1.19127830416914, 0.88345078701, 0.0869532364700001, -0.0869532364700001],
        [0.464028517005469, 2.379009065235, 1.716223932855, -1.716223932855],
        [0.658666878992595, 0.375180544696667, -0.389003497996667, 0.882710239228333, -0.493706741231667],
        [0.679246161290125, 1.53676010099, 0.822498071375, -0.161448079285, -0.66104999209],
    ];

    private static readonly double[] EquatedScores =
    [
        0, 0.800918, 1.601837, 2.505823, 3.769920, 4.940334, 6.044153, 7.104130, 8.135673, 9.150035, 10.154059, 11.151285, 12.143439,
        13.131138, 14.114030, 15.090912, 16.060224, 17.020592, 17.971175, 18.912790, 19.851019, 20.789404, 21.701693, 22.647306, 24,
    ];

    private static readonly double[] EquatedThetas = // of the scores from 3 to 23
    [
        -4.351326, -2.173359, -1.493876, -1.055053, -0.714006, -0.431074, -0.188090, 0.027123, 0.223379, 0.406995, 0.582850, 0.755538, 0.930351,
        1.114001, 1.315253, 1.545813, 1.822200, 2.169455, 2.621238, 3.206924, 4.117257,
    ];

    [Fact]
    public void Twelve_items_with_guessing_are_linked_as_by_STUIRT()
    {
        LinkGrid baseGrid = Grid(FirstPoints, FirstBaseWeights);
        LinkGrid grid = Grid(FirstPoints, FirstNewWeights);
        AssertLinks(FirstNew, FirstBase, baseGrid, grid, (1.168891, -0.515543), (1.217266, -0.557156), (1.067800, -0.471281), (1.083417, -0.487619));
    }

    [Fact]
    public void Items_with_guessing_and_of_partial_credit_are_linked_as_by_STUIRT()
    {
        LinkGrid grid = Grid([.. Enumerable.Range(0, 25).Select(k => -3 + 0.25 * k)], [.. Enumerable.Repeat(1.0, 25)]);
        AssertLinks(SecondNew, SecondBase, grid, grid, (0.887294, -0.560159), (0.875095, -0.543611), (0.805049, -0.446101), (0.815445, -0.456487));
    }

    [Fact]
    public void True_scores_are_equated_as_by_POLYEQUATE()
    {
        EquatingTable table = ScoreEquating.Of(Hold(SecondBase), Hold(SecondCarried), MetricTransformation.Identity, 0.5);
        Assert.Null(table.Reason);
        Assert.Equal(EquatedScores.Length, table.Scores.Count);
        for (int score = 0; score < EquatedScores.Length; score++)
            Assert.Equal(EquatedScores[score], table.Scores[score].TrueScore, 2e-6);
        for (int score = 3; score < 24; score++)
            Assert.Equal(EquatedThetas[score - 3], table.Scores[score].Theta!.Value, 1e-5);
        Assert.All(((int[])[0, 1, 2, 24]), score => Assert.Null(table.Scores[score].Theta)); // below the sum of lower asymptotes, and the end
    }

    private static void AssertLinks(
        double[][] form, double[][] baseForm, LinkGrid baseGrid, LinkGrid grid, (double A, double B) meanSigma, (double A, double B) meanMean, (double A, double B) haebara, (double A, double B) stockingLord)
    {
        LinkForm there = LinkForm.Of("base", Any(baseForm));
        LinkForm here = LinkForm.Of("new", Any(form));
        IReadOnlyList<AnchorItem> anchors = CommonItems.Of(there, here, null).Items;
        Assert.Equal(form.Length, anchors.Count);
        double[] baseSlots = Slots(there.Plan, baseForm);
        double[] slots = Slots(here.Plan, form);
        AssertNear(meanSigma, AnchorMoments.Solve(LinkMethod.MeanSigma, anchors, baseSlots, slots), 1e-6);
        MetricTransformation start = AnchorMoments.Solve(LinkMethod.MeanMean, anchors, baseSlots, slots);
        AssertNear(meanMean, start, 1e-6);
        AssertNear(haebara, Curves(LinkMethod.Haebara), 1e-4);
        AssertNear(stockingLord, Curves(LinkMethod.StockingLord), 1e-5);

        MetricTransformation Curves(LinkMethod method) => new CurveCriterion(method, anchors, baseSlots, slots, LinkDirection.Both, baseGrid, grid).Minimize(start);

        static void AssertNear((double A, double B) expected, MetricTransformation actual, double tolerance)
        {
            Assert.Equal(expected.A, actual.A, tolerance);
            Assert.Equal(expected.B, actual.B, tolerance);
        }
    }

    private static LinkGrid Grid(double[] points, double[] weights) => new(points, [.. weights.Select(weight => weight / weights.Sum())]);

    private static CalibrationPlan Plan(double[][] items) => CalibrationPlanner.Plan(
        new ModelSpecification
        {
            Functions =
            [
                .. items.Select((item, k) => new FunctionAssignment(MadeForms.Name(k + 1), item.Length == 3 ? ItemFunction.ThreeParameter : ItemFunction.GeneralizedPartialCredit)),
            ],
        },
        new DataShape(
            [.. Enumerable.Range(1, items.Length).Select(MadeForms.Name)], [.. items.Select(item => Enumerable.Range(0, item.Length == 3 ? 2 : item.Length - 1).ToArray())], [""], [],
            [[.. Enumerable.Repeat(true, items.Length)]]));

    /// <summary>A calibration of such items; its values are not used.</summary>
    private static SavedCalibration Any(double[][] items)
    {
        CalibrationPlan plan = Plan(items);
        return MadeForms.Calibrate(plan, MadeForms.Slots(plan), 400, 1, maxCycles: 1);
    }

    private static LinkForm Hold(double[][] items)
    {
        LinkForm form = LinkForm.Of("made", Any(items));
        LinkedTables tables = new(form);
        double[] carried = tables.Carry(Slots(form.Plan, items), MetricTransformation.Identity);
        double[] values = tables.Reported(carried);
        return LinkForm.Of("made", tables.Hold(carried, tables.Items(values, new double?[values.Length]), tables.Population(values, new double?[values.Length])));
    }

    private static double[] Slots(CalibrationPlan plan, double[][] items)
    {
        double[] slots = MadeForms.Slots(plan);
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            double[] item = items[set.Item];
            double slope = D * item[0];
            slots[set.FirstSlot] = slope;
            if (item.Length == 3)
            {
                slots[set.FirstSlot + 1] = -slope * item[1];
                slots[set.FirstSlot + 2] = Math.Log(item[2] / (1 - item[2]));
                continue;
            }
            double sum = 0;
            for (int step = 2; step < item.Length; step++) // a step lies at b − step
                slots[set.FirstSlot + step - 1] = sum -= slope * (item[1] - item[step]);
        }
        return slots;
    }
}
