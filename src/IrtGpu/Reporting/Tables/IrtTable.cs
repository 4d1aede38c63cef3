using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Documents;

namespace IrtGpu.Reporting.Tables;

/// <summary>One parameter of one item in one block, in the classical form.</summary>
/// <param name="Group">Observed group; empty when there is one.</param>
/// <param name="Class">Latent class; empty when there is one.</param>
/// <param name="Item">Item name.</param>
/// <param name="Function">Item function.</param>
/// <param name="Parameter"><c>a</c>, <c>b</c> or <c>b1…</c>, <c>g</c>, <c>u</c>; <c>MDISC</c>, <c>MDIFF</c> or <c>MDIFF1…</c>; nominal <c>a1…</c>, <c>c1…</c>.</param>
/// <param name="Estimate">Metric of θ for b and MDIFF; null where undefined (slope 0, or neighbouring categories with equal scores).</param>
/// <param name="StandardError">By the delta method; null where nothing in it is free or there is no covariance matrix.</param>
public sealed record IrtRow(
    string Group, string Class, string Item, string Function, string Parameter, double? Estimate, double? StandardError);

/// <summary>The table <c>items-irt.csv</c>: difficulties and discriminations in place of slopes and intercepts.</summary>
/// <remarks>
/// One dimension. Two categories: b = −d/a. GRM: b_m = −d_m/a, where P(category ≥ m) is half (between the asymptotes).
/// GPCM family: step parameters b_t = −(d_t − d_{t−1})/(a (s_t − s_{t−1})), d_0 = s_0 = 0, where the curves of neighbouring
/// categories cross. Nominal: Bock's (1972) form with both sets summing to zero, a_m = a (ak_m − mean ak) and
/// c_m = d_m − mean d, m = 1…M. More dimensions: MDISC = √Σ a_j² in place of a and MDIFF in place of b, −d over MDISC
/// (Reckase 1985), stated for uncorrelated attributes; the nominal model has no such form and is left out.
/// </remarks>
public static class IrtTable
{
    /// <summary>Makes the rows, in the order of <see cref="ItemTable"/>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">The estimates.</param>
    /// <param name="errors">Their covariance.</param>
    public static IReadOnlyList<IrtRow> Build(CalibrationPlan plan, ParameterVector parameters, StandardErrors errors)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(errors);
        List<IrtRow> rows = [];
        DeltaMethod delta = new(plan.Layout, errors);
        foreach ((PlannedBlock block, ItemParameterSet set) in BlockItems.Of(plan))
        {
            PlannedItem item = plan.Items[set.Item];
            IrtRow blank = new(BlockItems.GroupLabel(plan, block), BlockItems.ClassLabel(plan, block), item.Name, item.Function.Name(), "", null, null);
            if (item.Kind == ItemModelKind.NominalResponse)
            {
                if (plan.AttributeCount == 1)
                    AddNominal(rows, blank, parameters.Slots, item, set, delta);
                continue;
            }
            AddDiscriminationAndDifficulties(rows, blank, plan.AttributeCount, parameters.Slots, item, set, delta);
            if (item.Kind == ItemModelKind.FourParameterLogistic)
                AddAsymptotes(rows, blank, parameters.Slots, item, set, delta);
        }
        return rows;
    }

    /// <summary>Writes <c>items-irt.csv</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(Stream stream, IReadOnlyList<IrtRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "item", "function", "parameter", "estimate", "se");
        foreach (IrtRow row in rows)
        {
            csv.Field(row.Group);
            csv.Field(row.Class);
            csv.Field(row.Item);
            csv.Field(row.Function);
            csv.Field(row.Parameter);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.EndRecord();
        }
    }

    private static void AddDiscriminationAndDifficulties(
        List<IrtRow> rows, IrtRow blank, int attributeCount, double[] slots, PlannedItem item, ItemParameterSet set, DeltaMethod delta)
    {
        ReadOnlySpan<double> slopes = slots.AsSpan(set.FirstSlot, set.SlopeCount);
        double length = 0;
        foreach (double slope in slopes)
            length += slope * slope;
        // In one dimension the discrimination keeps the slope's sign.
        double discrimination = attributeCount == 1 ? slopes[0] : Math.Sqrt(length);
        List<(int Slot, double Derivative)> ofDiscrimination = [];
        for (int loading = 0; loading < slopes.Length; loading++)
            ofDiscrimination.Add((set.FirstSlot + loading, discrimination == 0 ? 1 : slopes[loading] / discrimination));
        string name = attributeCount == 1 ? "a" : "MDISC";
        rows.Add(blank with { Parameter = name, Estimate = discrimination, StandardError = delta.Of([.. ofDiscrimination]) });

        bool hasSteps = item.Kind == ItemModelKind.GeneralizedPartialCredit;
        int firstIntercept = set.FirstSlot + set.SlopeCount;
        int stepCount = item.CategoryCount - 1;
        name = attributeCount == 1 ? "b" : "MDIFF";
        for (int step = 0; step < stepCount; step++)
        {
            bool hasPrevious = step > 0 && hasSteps;
            double scoreStep = !hasSteps ? 1
                : item.Scores[step + 1] - (step == 0 ? 0 : item.Scores[step]);
            double scale = discrimination * scoreStep;
            string parameter = stepCount == 1 ? name : FormattableString.Invariant($"{name}{step + 1}");
            if (scale == 0)
            {
                rows.Add(blank with { Parameter = parameter });
                continue;
            }
            double difference = slots[firstIntercept + step] - (hasPrevious ? slots[firstIntercept + step - 1] : 0);
            double difficulty = -difference / scale;
            List<(int Slot, double Derivative)> derivatives = [(firstIntercept + step, -1 / scale)];
            if (hasPrevious)
                derivatives.Add((firstIntercept + step - 1, 1 / scale));
            foreach ((int slot, double derivative) in ofDiscrimination)
                derivatives.Add((slot, -difficulty / discrimination * derivative));
            rows.Add(blank with { Parameter = parameter, Estimate = difficulty, StandardError = delta.Of([.. derivatives]) });
        }
    }

    private static void AddAsymptotes(List<IrtRow> rows, IrtRow blank, double[] slots, PlannedItem item, ItemParameterSet set, DeltaMethod delta)
    {
        int lower = set.FirstSlot + set.SlopeCount + 1;
        for (int slot = lower; slot <= (item.Function == ItemFunction.ThreeParameter ? lower : lower + 1); slot++)
        {
            double probability = Elementary.Sigmoid(slots[slot]);
            bool isAtBound = Math.Abs(slots[slot]) >= ParameterLayout.LogitBound;
            rows.Add(blank with
            {
                Parameter = slot == lower ? "g" : "u",
                Estimate = probability,
                StandardError = isAtBound ? null : delta.Of([(slot, probability * (1 - probability))]),
            });
        }
    }

    private static void AddNominal(List<IrtRow> rows, IrtRow blank, double[] slots, PlannedItem item, ItemParameterSet set, DeltaMethod delta)
    {
        int count = item.CategoryCount;
        double slope = slots[set.FirstSlot];
        int firstIntercept = set.FirstSlot + 1;
        int firstCoefficient = firstIntercept + count - 1; // of ak1; ak0 = 0 and ak(M−1) = M − 1 have no slot
        double Coefficient(int m) => m == 0 ? 0 : m == count - 1 ? count - 1 : slots[firstCoefficient + m - 1];
        double Intercept(int m) => m == 0 ? 0 : slots[firstIntercept + m - 1];
        double meanCoefficient = Enumerable.Range(0, count).Average(Coefficient);
        double meanIntercept = Enumerable.Range(0, count).Average(Intercept);
        for (int m = 0; m < count; m++)
        {
            List<(int Slot, double Derivative)> derivatives = [(set.FirstSlot, Coefficient(m) - meanCoefficient)];
            for (int other = 1; other < count - 1; other++)
                derivatives.Add((firstCoefficient + other - 1, slope * ((other == m ? 1 : 0) - 1.0 / count)));
            rows.Add(blank with
            {
                Parameter = FormattableString.Invariant($"a{m + 1}"),
                Estimate = slope * (Coefficient(m) - meanCoefficient),
                StandardError = delta.Of([.. derivatives]),
            });
        }
        for (int m = 0; m < count; m++)
        {
            List<(int Slot, double Derivative)> derivatives = [];
            for (int other = 1; other < count; other++)
                derivatives.Add((firstIntercept + other - 1, (other == m ? 1 : 0) - 1.0 / count));
            rows.Add(blank with
            {
                Parameter = FormattableString.Invariant($"c{m + 1}"),
                Estimate = Intercept(m) - meanIntercept,
                StandardError = delta.Of([.. derivatives]),
            });
        }
    }
}
