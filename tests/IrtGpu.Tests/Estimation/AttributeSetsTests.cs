using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Identification;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;
using IrtGpu.Tests.Linking;

namespace IrtGpu.Tests.Estimation;

/// <summary>Groups whose items measure fewer attributes than those of others: their population has these alone.</summary>
public sealed class AttributeSetsTests
{
    private static readonly SimulatedData Simulated = SimulatedData.Dichotomous(900, 8) with { Attributes = 2, Groups = 2 };
    private static readonly ModelSpecification Model = new() { Attributes = ["x", "y"], QMatrix = Simulated.QMatrix(), Quadrature = new QuadratureSpecification(Nodes: 15, Low: -5, High: 5) };

    /// <summary>A group answers no item of the second attribute.</summary>
    private static ResponseData Draw(int group)
    {
        ResponseData complete = Simulated.Draw();
        return complete.Change((person, item, response) => complete.Groups![person] == group && Simulated.Measures(item)[1] == 1 ? ResponseData.Missing : response);
    }

    private static CalibrationResult Run(ResponseData data, ModelSpecification model, EStepForm form = EStepForm.Auto) => Calibration.Run(
        data, model, new CalibrationOptions { Tolerance = 1e-7, EStep = form }, cancellation: TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_likelihood_is_an_integral_over_the_attributes_that_are_measured(int group)
    {
        using ResponseData data = Draw(group);
        CalibrationResult result = Run(data, Model);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        Assert.Equal(16 + 1 + 2, result.FreeParameterCount); // items; the correlation where both are measured; mean and SD of the other group
        Assert.Equal(LogLikelihood(result, group), result.LogLikelihood, 1e-6);
        foreach (EStepForm form in new[] { EStepForm.Tables, EStepForm.WeightedScore })
            Assert.Equal(result.LogLikelihood, Run(data, Model, form).LogLikelihood, 1e-5);

        IReadOnlyList<PopulationRow> rows = PopulationTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors);
        string name = data.GroupNames[group];
        Assert.Equal(["mean", "sd"], rows.Where(row => row.Group == name).Select(row => row.Parameter));
        Assert.All(rows.Where(row => row.Group == name), row => Assert.Equal(("x", ParameterStatus.Free, true), (row.Attribute, row.Status, row.StandardError > 0)));
        Assert.Equal(6, rows.Count(row => row.Group != name));
    }

    [Fact]
    public void A_group_may_be_measured_on_one_of_three()
    {
        SimulatedData simulated = SimulatedData.Dichotomous(900, 12) with { Attributes = 3, Groups = 2 };
        ResponseData complete = simulated.Draw();
        using ResponseData data = complete.Change((person, item, response) => complete.Groups![person] == 1 && simulated.Measures(item)[1] == 0 ? ResponseData.Missing : response);
        ModelSpecification model = Model with { Attributes = ["x", "y", "z"], QMatrix = simulated.QMatrix(), Quadrature = new QuadratureSpecification(Nodes: 9, Low: -4, High: 4) };
        CalibrationResult result = Run(data, model);
        Assert.Equal(24 + 3 + 2, result.FreeParameterCount); // items; correlations where all are measured; mean and SD of the other group
        CalibrationResult allNodes = Calibration.Run(
            data, model, new CalibrationOptions { Tolerance = 1e-7, Device = "reference" }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(allNodes.LogLikelihood, result.LogLikelihood, 1e-6);
    }

    [Fact]
    public void Axes_that_a_group_mixes_are_refused_whatever_another_group_leaves_unmeasured()
    {
        SimulatedData simulated = SimulatedData.Dichotomous(400, 9) with { Attributes = 3, Groups = 2 };
        Dictionary<string, int[]> mixed = simulated.QMatrix().ToDictionary(row => row.Key, row => row.Value[0] == 1 ? [1, 0, 1] : row.Value);
        ResponseData complete = simulated.Draw();
        using ResponseData data = complete.Change((person, item, response) => complete.Groups![person] == 1 && simulated.Measures(item)[1] == 0 ? ResponseData.Missing : response);
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => Run(data, Model with { Attributes = ["x", "y", "z"], QMatrix = mixed }));
        Assert.Contains("The axes of 'x' ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"are not determined in group '{data.GroupNames[0]}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_reference_group_is_the_same_model()
    {
        using ResponseData data = Draw(0);
        ModelSpecification dense = Model with { Quadrature = new QuadratureSpecification(Nodes: 41, Low: -7, High: 7) }; // the metric is another one, and so are the nodes in it
        CalibrationResult chosen = Run(data, dense);
        CalibrationResult named = Run(data, dense with { ReferenceGroup = data.GroupNames[0] });
        Assert.Equal(chosen.LogLikelihood, named.LogLikelihood, 1e-4);
        Assert.Equal(chosen.FreeParameterCount, named.FreeParameterCount);
    }

    [Fact]
    public void Settings_of_a_population_that_is_not_there_are_refused_unless_they_say_what_holds()
    {
        using ResponseData data = Draw(1);
        string name = data.GroupNames[1];
        DataShape shape = DataShape.Of(data, PatternTable.Compress(data));
        void Plan(params PopulationConstraint[] population) => IdentificationCheck.Require(CalibrationPlanner.Plan(Model with { Population = population }, shape));
        Plan(new PopulationConstraint("correlation", ConstraintKind.Fixed, 0, "x", "y", name), new PopulationConstraint("sd", ConstraintKind.Fixed, 1, "y"));
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => Plan(new PopulationConstraint("mean", ConstraintKind.Free, Attribute: "y", Group: name)));
        Assert.Contains($"mean of 'y' is for group '{name}', where nobody answers an item of it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_of_attributes_that_are_not_measured_are_blank()
    {
        using ResultFolder folder = new();
        using ResponseData data = Draw(1);
        string path = folder.Write("d.csv", data);
        File.WriteAllText(folder.PathOf("q.csv"), "item,x,y\n" + string.Concat(Simulated.QMatrix().Select(row => $"{row.Key},{row.Value[0]},{row.Value[1]}\n")));
        Results fit = folder.Calibrate(path, "fit", "--group", "group", "--q-matrix", folder.PathOf("q.csv"), "--nodes", "15");
        Assert.All(fit.Table("scores.csv"), row => Assert.Equal((false, row["group"] == data.GroupNames[1]), (row["eap_x"].Length == 0, row["eap_y"].Length == 0)));
        Assert.All(fit.Table("scores.csv"), row => Assert.Equal(row["eap_y"].Length, row["sd_y"].Length > 0 ? row["eap_y"].Length : 0));
        Assert.DoesNotContain(fit.Table("score-summary.csv"), row => row["group"] == data.GroupNames[1] && (row["attribute"] == "y" || row["attribute2"] == "y"));
        foreach (string method in new[] { "map", "ml", "pv" })
        {
            Assert.Equal(0, folder.Score("fit/calibration.json", path, method, $"fit/{method}.csv"));
            string column = method == "pv" ? "pv1_y" : $"{method}_y";
            Assert.All(fit.Table($"{method}.csv").Where(row => row["group"] == data.GroupNames[1]), row => Assert.Empty(row[column]));
        }
    }

    /// <summary>By sums over a line of nodes in the group that measures one attribute, over the product in the other.</summary>
    private static double LogLikelihood(CalibrationResult result, int group)
    {
        double[] slots = result.Point.Parameters.Slots;
        double[] line = [.. Enumerable.Range(0, 15).Select(node => -5 + 10 * node / 14.0)];
        double sum = 0;
        for (int person = 0; person < result.Data.PersonCount; person++)
        {
            PlannedBlock block = result.Plan.Blocks[result.Data.Groups![person]];
            byte[] row = result.Data.Row(person).ToArray();
            double[][] nodes = block.Group == group
                ? [.. line.Select(x => new[] { x, 0 })]
                : [.. line.SelectMany(x => line.Select(y => new[] { x, y }))];
            double variance = slots[block.CovarianceSlot(0, 0)];
            double covariance = block.Group == group ? 0 : slots[block.CovarianceSlot(0, 1)];
            double second = block.Group == group ? 1 : slots[block.CovarianceSlot(1, 1)];
            double determinant = variance * second - covariance * covariance;
            double total = 0;
            double weights = 0;
            foreach (double[] theta in nodes)
            {
                double x = theta[0] - slots[block.FirstMeanSlot];
                double y = theta[1] - slots[block.FirstMeanSlot + 1];
                double weight = Math.Exp(-0.5 * (second * x * x - 2 * covariance * x * y + variance * y * y) / determinant);
                weights += weight;
                foreach (ItemParameterSet set in result.Plan.ParameterSets.Where(set => set.Blocks.Contains(block.Index) && row[set.Item] != ResponseData.Missing))
                {
                    double z = slots[set.FirstSlot + 1] + slots[set.FirstSlot] * theta[result.Plan.Items[set.Item].Attributes[0]];
                    weight /= 1 + Math.Exp(row[set.Item] == 1 ? -z : z);
                }
                total += weight;
            }
            sum += Math.Log(total / weights);
        }
        return sum;
    }
}
