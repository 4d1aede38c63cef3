using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Reporting.Tables;

/// <summary>One parameter of one block's population.</summary>
/// <param name="Group">Observed group; empty when there is one.</param>
/// <param name="Class">Latent class; empty when there is one.</param>
/// <param name="Parameter"><c>proportion</c>, <c>mean</c>, <c>sd</c>, <c>covariance</c> or <c>correlation</c>.</param>
/// <param name="Attribute">Attribute; empty for a proportion.</param>
/// <param name="Attribute2">Second attribute of a covariance or correlation; else empty.</param>
/// <param name="Estimate">In the metric of θ.</param>
/// <param name="StandardError">By the delta method; null where nothing in it is free or there is no covariance matrix.</param>
/// <param name="Status">Free, fixed or equal.</param>
public sealed record PopulationRow(
    string Group, string Class, string Parameter, string Attribute, string Attribute2, double Estimate, double? StandardError, ParameterStatus Status);

/// <summary>The table <c>population.csv</c>.</summary>
public static class PopulationTable
{
    /// <summary>Makes the rows, block by block: proportion (with classes), means, SDs, covariances, correlations.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">The estimates.</param>
    /// <param name="errors">Their covariance.</param>
    public static IReadOnlyList<PopulationRow> Build(CalibrationPlan plan, ParameterVector parameters, StandardErrors errors)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(errors);
        List<PopulationRow> rows = [];
        DeltaMethod delta = new(plan.Layout, errors);
        foreach (PlannedBlock block in plan.Blocks)
        {
            PopulationRow blank = new(BlockItems.GroupLabel(plan, block), BlockItems.ClassLabel(plan, block), "", "", "", 0, null, ParameterStatus.Fixed);
            if (plan.ClassCount > 1)
                rows.Add(Proportion(plan, parameters.Slots, block, delta, blank));
            AddMeansAndDeviations(rows, plan, parameters.Slots, block, delta, blank);
            AddPairs(rows, plan, parameters.Slots, block, delta, blank);
        }
        return rows;
    }

    /// <summary>Writes <c>population.csv</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(Stream stream, IReadOnlyList<PopulationRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "parameter", "attribute", "attribute2", "estimate", "se", "status");
        foreach (PopulationRow row in rows)
        {
            csv.Field(row.Group);
            csv.Field(row.Class);
            csv.Field(row.Parameter);
            csv.Field(row.Attribute);
            csv.Field(row.Attribute2);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field(row.Status.Name());
            csv.EndRecord();
        }
    }

    private static PopulationRow Proportion(CalibrationPlan plan, double[] slots, PlannedBlock block, DeltaMethod delta, PopulationRow blank)
    {
        int[] logits = [.. Enumerable.Range(0, plan.ClassCount).Select(k => plan.Blocks[block.Group * plan.ClassCount + k].ClassLogitSlot)];
        double largest = logits.Max(slot => slots[slot]);
        double total = logits.Sum(slot => Math.Exp(slots[slot] - largest));
        double Share(int slot) => Math.Exp(slots[slot] - largest) / total;
        double proportion = Share(block.ClassLogitSlot);
        (int, double)[] derivatives = [.. logits.Select(slot => (slot, proportion * ((slot == block.ClassLogitSlot ? 1 : 0) - Share(slot))))];
        return blank with
        {
            Parameter = "proportion",
            Estimate = proportion,
            StandardError = delta.Of(derivatives),
            Status = StatusOf(plan.Layout, logits),
        };
    }

    private static void AddMeansAndDeviations(
        List<PopulationRow> rows, CalibrationPlan plan, double[] slots, PlannedBlock block, DeltaMethod delta, PopulationRow blank)
    {
        foreach (int j in plan.Measured.Of(block.Group))
        {
            int slot = block.FirstMeanSlot + j;
            rows.Add(blank with
            {
                Parameter = "mean",
                Attribute = plan.Specification.Attributes[j],
                Estimate = slots[slot],
                StandardError = delta.OfSlot(slot),
                Status = StatusOf(plan.Layout, slot),
            });
        }
        foreach (int j in plan.Measured.Of(block.Group))
        {
            int slot = block.CovarianceSlot(j, j);
            double deviation = Math.Sqrt(slots[slot]);
            rows.Add(blank with
            {
                Parameter = "sd",
                Attribute = plan.Specification.Attributes[j],
                Estimate = deviation,
                StandardError = delta.Of([(slot, 0.5 / deviation)]),
                Status = StatusOf(plan.Layout, slot),
            });
        }
    }

    private static void AddPairs(
        List<PopulationRow> rows, CalibrationPlan plan, double[] slots, PlannedBlock block, DeltaMethod delta, PopulationRow blank)
    {
        IReadOnlyList<string> names = plan.Specification.Attributes;
        foreach ((int j, int k) in Pairs(plan, block))
        {
            int slot = block.CovarianceSlot(j, k);
            rows.Add(blank with
            {
                Parameter = "covariance",
                Attribute = names[k],
                Attribute2 = names[j],
                Estimate = slots[slot],
                StandardError = delta.OfSlot(slot),
                Status = StatusOf(plan.Layout, slot),
            });
        }
        foreach ((int j, int k) in Pairs(plan, block))
        {
            int slot = block.CovarianceSlot(j, k);
            int first = block.CovarianceSlot(k, k);
            int second = block.CovarianceSlot(j, j);
            double scale = Math.Sqrt(slots[first] * slots[second]);
            double correlation = slots[slot] / scale;
            bool isFixedAtZero = plan.Layout.IsFixed(slot) && slots[slot] == 0;
            rows.Add(blank with
            {
                Parameter = "correlation",
                Attribute = names[k],
                Attribute2 = names[j],
                Estimate = correlation,
                StandardError = isFixedAtZero ? null
                    : delta.Of([(slot, 1 / scale), (first, -0.5 * correlation / slots[first]), (second, -0.5 * correlation / slots[second])]),
                Status = isFixedAtZero ? ParameterStatus.Fixed : StatusOf(plan.Layout, slot, first, second),
            });
        }
    }

    private static IEnumerable<(int J, int K)> Pairs(CalibrationPlan plan, PlannedBlock block) =>
        plan.Measured.Of(block.Group).SelectMany(j => plan.Measured.Of(block.Group).Where(k => k < j).Select(k => (j, k)));

    /// <summary>Fixed when all are; else by the free ones: equal when any is shared.</summary>
    private static ParameterStatus StatusOf(ParameterLayout layout, params ReadOnlySpan<int> slots)
    {
        ParameterStatus status = ParameterStatus.Fixed;
        foreach (int slot in slots)
        {
            if (layout.IsFixed(slot))
                continue;
            if (layout.IsTied(slot))
                return ParameterStatus.Equal;
            status = ParameterStatus.Free;
        }
        return status;
    }
}
