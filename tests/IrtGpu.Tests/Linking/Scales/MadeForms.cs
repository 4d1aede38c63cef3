using IrtGpu.Items;
using IrtGpu.Linking;
using IrtGpu.Linking.Forms;
using IrtGpu.Linking.Results;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;
using IrtGpu.Saved;
using IrtGpu.Simulation;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Linking.Scales;

/// <summary>Calibrations with parameters that a test chooses, or estimated from data drawn from these.</summary>
internal static class MadeForms
{
    /// <summary>A one-dimensional model of items 1 … <paramref name="count"/> with a spread of slopes and intercepts.</summary>
    public static CalibrationPlan Plan(ItemFunction function, int categories, int count, int firstItem = 1, string? free = null) => CalibrationPlanner.Plan(
        new ModelSpecification { Functions = [new("*", function)], Population = free is null ? [] : [new("mean", ConstraintKind.Free), new("sd", ConstraintKind.Free)] },
        new DataShape(
            [.. Enumerable.Range(firstItem, count).Select(Name)], [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, categories).ToArray())], [""], [],
            [[.. Enumerable.Repeat(true, count)]]));

    public static string Name(int item) => FormattableString.Invariant($"q{item:d2}");

    /// <summary>Values that depend on an item's name alone, so that forms share what they share.</summary>
    public static double[] Slots(CalibrationPlan plan)
    {
        double[] slots = new double[plan.Layout.SlotCount];
        plan.Layout.Expand(plan.DefaultStart, slots);
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            PlannedItem item = plan.Items[set.Item];
            int number = int.Parse(item.Name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
            IReadOnlyList<ItemSlot> described = item.Family.Slots(item);
            double location = 1.5 * Math.Sin(1.3 * number);
            for (int k = 0; k < described.Count; k++)
            {
                if (plan.Layout.IsFixed(set.FirstSlot + k))
                    continue;
                slots[set.FirstSlot + k] = described[k].Kind switch
                {
                    ParameterKind.Slope => item.Form.Tie is { TiesSlopes: true } ? 1.1 : 0.8 + 0.3 * ((number * 5) % 4),
                    ParameterKind.Intercept => location + 0.7 * (item.CategoryCount / 2.0 - described[k].Index - 1) * (item.Function == ItemFunction.Nominal ? -0.4 : 1),
                    ParameterKind.Easiness => location + 0.8 * (1 - described[k].Index),
                    ParameterKind.LowerAsymptote => Math.Log(0.15 / 0.85),
                    ParameterKind.UpperAsymptote => Math.Log(0.95 / 0.05),
                    ParameterKind.ScoringCoefficient => described[k].Index + 0.2 * Math.Sin(number),
                    _ => slots[set.FirstSlot + k],
                };
            }
        }
        return slots;
    }

    /// <summary>A calibration that holds the values, without covariance.</summary>
    public static SavedCalibration Hold(CalibrationPlan plan, double[] slots, MetricTransformation? moved = null)
    {
        SavedCalibration any = Calibrate(plan, slots, 300, 1, maxCycles: 1);
        LinkForm form = LinkForm.Of("made", any);
        LinkedTables tables = new(form);
        double[] carried = tables.Carry(slots, moved ?? MetricTransformation.Identity);
        double[] values = tables.Reported(carried);
        IReadOnlyList<ItemRow> items = tables.Items(values, new double?[values.Length]);
        IReadOnlyList<PopulationRow> population = tables.Population(values, new double?[values.Length]);
        return tables.Hold(carried, items, population);
    }

    /// <summary>A calibration of data drawn from the values.</summary>
    public static SavedCalibration Calibrate(CalibrationPlan plan, double[] slots, int persons, int seed, double mean = 0, double deviation = 1, int maxCycles = 500)
    {
        SimulatedResponses drawn = Draw(plan, slots, persons, seed, mean, deviation);
        CalibrationResult result = Calibration.Run(drawn.Data, plan.Specification with { Population = [] }, new CalibrationOptions
        {
            Threads = 1,
            MaxCycles = maxCycles,
            Tolerance = maxCycles == 1 ? 100 : 1e-5,
            StandardErrors = maxCycles == 1 ? StandardErrorMethod.None : StandardErrorMethod.Auto,
            Scores = ScoreMethod.Eap,
        }, cancellation: TestContext.Current.CancellationToken);
        FitSummary fit = FitSummary.Of(result, 0);
        return SavedCalibration.Of(result, fit with { Converged = true });
    }

    /// <summary>Data of persons with a mean and an SD, who answer as the slots say on the scale where the first population is N(0, 1).</summary>
    public static SimulatedResponses Draw(CalibrationPlan plan, double[] slots, int persons, int seed, double mean, double deviation)
    {
        ModelSpecification free = plan.Specification with { Population = [new("mean", ConstraintKind.Fixed, mean), new("sd", ConstraintKind.Fixed, deviation)] };
        CalibrationPlan truth = CalibrationPlanner.Plan(free, plan.Shape);
        double[] parameters = (double[])truth.DefaultStart.Clone();
        for (int k = 0; k < parameters.Length; k++)
            parameters[k] = slots[truth.Layout.RepresentativeSlot[k]];
        return ResponseSimulator.Draw(truth, new ParameterVector(truth.Layout, parameters), persons, seed, cancellation: TestContext.Current.CancellationToken);
    }
}
