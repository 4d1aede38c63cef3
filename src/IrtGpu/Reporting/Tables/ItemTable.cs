using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Reporting.Tables;

/// <summary>One parameter of one item in one block.</summary>
/// <param name="Group">Observed group; empty when there is one.</param>
/// <param name="Class">Latent class; empty when there is one.</param>
/// <param name="Item">Item name.</param>
/// <param name="Function">Item function, e.g. <c>2pl</c>.</param>
/// <param name="Parameter"><c>a1…aJ</c>, <c>d</c> or <c>d1…</c>, <c>g</c>, <c>u</c>, <c>ak0…</c>.</param>
/// <param name="Estimate">Slope–intercept metric, D = 1; probability for g and u.</param>
/// <param name="StandardError">By the delta method; null for fixed parameters, at a bound, and where there is no covariance matrix.</param>
/// <param name="Status">Free, fixed, equal or at its bound.</param>
public sealed record ItemRow(
    string Group, string Class, string Item, string Function, string Parameter, double Estimate, double? StandardError, ParameterStatus Status);

/// <summary>The table <c>items.csv</c>: a row for each item parameter in each block where the item was given.</summary>
public static class ItemTable
{
    /// <summary>Makes the rows: blocks group by group, items in column order, slopes before intercepts before the rest.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">The estimates.</param>
    /// <param name="errors">Their covariance.</param>
    public static IReadOnlyList<ItemRow> Build(CalibrationPlan plan, ParameterVector parameters, StandardErrors errors)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(errors);
        List<ItemRow> rows = [];
        DeltaMethod delta = new(plan.Layout, errors);
        foreach ((PlannedBlock block, ItemParameterSet set) in BlockItems.Of(plan))
        {
            PlannedItem item = plan.Items[set.Item];
            ItemRow blank = new(
                BlockItems.GroupLabel(plan, block), BlockItems.ClassLabel(plan, block), item.Name, item.Function.Name(), "", 0, null, ParameterStatus.Fixed);
            foreach (ReportedParameter parameter in item.Family.Report(item, parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount)))
            {
                ParameterStatus status = StatusOf(plan.Layout, parameters, errors, set, parameter);
                rows.Add(blank with
                {
                    Parameter = parameter.Name,
                    Estimate = parameter.Value,
                    StandardError = status is ParameterStatus.Fixed ? null : delta.Of(parameters, set, parameter),
                    Status = status,
                });
            }
        }
        return rows;
    }

    /// <summary>Writes <c>items.csv</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(Stream stream, IReadOnlyList<ItemRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "item", "function", "parameter", "estimate", "se", "status");
        foreach (ItemRow row in rows)
        {
            csv.Field(row.Group);
            csv.Field(row.Class);
            csv.Field(row.Item);
            csv.Field(row.Function);
            csv.Field(row.Parameter);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field(row.Status.Name());
            csv.EndRecord();
        }
    }

    private static ParameterStatus StatusOf(
        ParameterLayout layout, ParameterVector parameters, StandardErrors errors, ItemParameterSet set, ReportedParameter parameter)
    {
        int[] slots = [.. parameter.Derivatives.Select(term => set.FirstSlot + term.Slot)];
        return slots.All(layout.IsFixed) ? ParameterStatus.Fixed
            : slots.Any(slot => layout.IsLogitAtEnd(slot, parameters.Slots[slot]) || layout.FreeOf(slot).ToArray().Any(errors.WithoutLimit.Contains)) ? ParameterStatus.Bound
            : set.Blocks.Length > 1 || slots.Any(layout.IsTied) ? ParameterStatus.Equal
            : ParameterStatus.Free;
    }
}
