using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

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
/// Two categories: b = −d/a. GRM: b_m = −d_m/a, where P(category ≥ m) is half (between the asymptotes).
/// GPCM family: step parameters b_t = −(d_t − d_{t−1})/(a (s_t − s_{t−1})), d_0 = s_0 = 0, where the curves of neighbouring
/// categories cross. Nominal: Bock's (1972) form. More dimensions: MDISC and MDIFF. Each family says which it has.
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
            foreach (ReportedParameter parameter in item.Family.ReportClassical(
                item, parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount), isOneDimensional: plan.AttributeCount == 1))
            {
                rows.Add(blank with
                {
                    Parameter = parameter.Name,
                    Estimate = double.IsNaN(parameter.Value) ? null : parameter.Value,
                    StandardError = delta.Of(parameters, set, parameter),
                });
            }
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
}
