using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Linking.Forms;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Linking.Results;

/// <summary>The parameters of a form on the scale of the base, as numbers in the order of its tables, and the tables made of them.</summary>
internal sealed class LinkedTables(LinkForm form)
{
    private readonly (PlannedBlock Block, ItemParameterSet Set)[] sets = [.. BlockItems.Of(form.Plan)];

    /// <summary>Slots on the scale of the base.</summary>
    /// <param name="slots">Of the form. [slot]</param>
    /// <param name="at">From the form to the base.</param>
    public double[] Carry(double[] slots, MetricTransformation at)
    {
        double[] carried = (double[])slots.Clone();
        foreach (ItemParameterSet set in form.Plan.ParameterSets)
        {
            PlannedItem item = form.Plan.Items[set.Item];
            item.Family.ChangeMetric(item, 0, -at.B / at.A, 1 / at.A, carried.AsSpan(set.FirstSlot, set.SlotCount));
        }
        foreach (PlannedBlock block in form.Plan.Blocks)
        {
            carried[block.FirstMeanSlot] = at.ToBase(slots[block.FirstMeanSlot]);
            carried[block.FirstCovarianceSlot] = at.A * at.A * slots[block.FirstCovarianceSlot];
        }
        return carried;
    }

    /// <summary>What the tables report: items row by row, then mean and SD of each block.</summary>
    /// <param name="carried">Slots on the scale of the base.</param>
    public double[] Reported(double[] carried) =>
    [
        .. sets.SelectMany(pair => Report(pair.Set, carried).Select(parameter => parameter.Value)),
        .. form.Plan.Blocks.SelectMany(block => (double[])[carried[block.FirstMeanSlot], Math.Sqrt(carried[block.FirstCovarianceSlot])]),
    ];

    /// <summary>The rows of <c>items.csv</c>.</summary>
    /// <param name="values">What is reported.</param>
    /// <param name="errors">Its standard errors; null where there are none.</param>
    public IReadOnlyList<ItemRow> Items(double[] values, double?[] errors)
    {
        List<ItemRow> rows = [];
        foreach ((PlannedBlock block, ItemParameterSet set) in sets)
        {
            PlannedItem item = form.Plan.Items[set.Item];
            foreach (ReportedParameter parameter in Report(set, form.Slots))
            {
                int position = rows.Count;
                ParameterStatus status = position < form.Saved.Items.Count ? form.Saved.Items[position].Status : ParameterStatus.Fixed;
                rows.Add(new ItemRow(
                    BlockItems.GroupLabel(form.Plan, block), BlockItems.ClassLabel(form.Plan, block), item.Name, item.Function.Name(), parameter.Name, values[position],
                    parameter.Derivatives.Count == 0 || status == ParameterStatus.Bound ? null : errors[position], status));
            }
        }
        return rows;
    }

    /// <summary>The rows of <c>population.csv</c>.</summary>
    /// <param name="values">What is reported.</param>
    /// <param name="errors">Its standard errors; null where there are none.</param>
    public IReadOnlyList<PopulationRow> Population(double[] values, double?[] errors)
    {
        List<PopulationRow> rows = [];
        int position = values.Length - 2 * form.Plan.Blocks.Count;
        foreach (PlannedBlock block in form.Plan.Blocks)
        {
            foreach (string parameter in (string[])["mean", "sd"])
            {
                PopulationRow? own = form.Saved.Population.FirstOrDefault(row => row.Group == BlockItems.GroupLabel(form.Plan, block) && row.Parameter == parameter);
                rows.Add(new PopulationRow(
                    BlockItems.GroupLabel(form.Plan, block), "", parameter, form.Plan.Specification.Attributes[0], "", values[position], errors[position], own?.Status ?? ParameterStatus.Fixed));
                position++;
            }
        }
        return rows;
    }

    /// <summary>The calibration with every parameter held at its value on the scale of the base.</summary>
    /// <param name="carried">Slots on that scale.</param>
    /// <param name="items">Rows of items.</param>
    /// <param name="population">Rows of populations.</param>
    /// <exception cref="SpecificationException">The model cannot hold such values.</exception>
    public SavedCalibration Hold(double[] carried, IReadOnlyList<ItemRow> items, IReadOnlyList<PopulationRow> population)
    {
        CalibrationPlan plan = form.Plan;
        string? GroupOf(PlannedBlock block) => plan.GroupCount > 1 ? plan.Shape.GroupNames[block.Group] : null;
        List<ParameterConstraint> held = [];
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            PlannedItem item = plan.Items[set.Item];
            foreach (string? group in set.Blocks.Length == plan.Blocks.Count ? [null] : set.Blocks.Select(block => GroupOf(plan.Blocks[block])))
            {
                held.AddRange(Report(set, carried).Where(parameter => parameter.Derivatives.Count > 0)
                    .Select(parameter => new ParameterConstraint(QuotedList.Quote(item.Name), parameter.Name, ConstraintKind.Fixed, parameter.Value, group)));
            }
        }
        ModelSpecification specification = plan.Specification with
        {
            Constraints = held,
            Priors = [],
            Population = [.. plan.Blocks.SelectMany(block => (PopulationConstraint[])
            [
                new("mean", ConstraintKind.Fixed, carried[block.FirstMeanSlot], Group: GroupOf(block)),
                new("sd", ConstraintKind.Fixed, Math.Sqrt(carried[block.FirstCovarianceSlot]), Group: GroupOf(block)),
            ])],
            Quadrature = plan.Specification.Quadrature with { Low = null, High = null },
        };
        CalibrationPlan fixedPlan = CalibrationPlanner.Plan(specification, plan.Shape);
        if (fixedPlan.Layout.FreeCount > 0)
            throw new SpecificationException($"'{form.Name}' cannot be written on another scale: {SlotNames.Describe(fixedPlan, fixedPlan.Layout.RepresentativeSlot[0])} cannot be held at a value.");
        ModelPoint point = ModelPoint.TryCreate(fixedPlan, new ParameterVector(fixedPlan.Layout, []))
            ?? throw new SpecificationException($"'{form.Name}' cannot be written on another scale: a variance is not positive.");
        return form.Saved.HeldAt(point, items, population);
    }

    private IReadOnlyList<ReportedParameter> Report(ItemParameterSet set, double[] slots) =>
        form.Plan.Items[set.Item].Family.Report(form.Plan.Items[set.Item], slots.AsSpan(set.FirstSlot, set.SlotCount));
}
