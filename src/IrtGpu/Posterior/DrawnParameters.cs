using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Posterior;

/// <summary>The parameters that draws are reported of: those of the tables that are not fixed, once where several are one.</summary>
internal sealed class DrawnParameters
{
    private readonly CalibrationPlan plan;
    private readonly List<string> names = [];
    private readonly List<(ItemParameterSet Set, int[] Reported)> items = []; // which of those that the family reports
    private readonly List<Func<double[], double>> populations = [];
    private readonly HashSet<string> seen = [];

    /// <summary>Lists the parameters of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="estimates">Any point of it, for the names.</param>
    public DrawnParameters(CalibrationPlan plan, ParameterVector estimates)
    {
        this.plan = plan;
        foreach (ItemParameterSet set in plan.ParameterSets)
            AddItem(set, estimates);
        foreach (PlannedBlock block in plan.Blocks)
            AddPopulation(block);
    }

    /// <summary><c>ITEM:PARAMETER</c>, <c>mean:ATTRIBUTE</c>, <c>sd:…</c>, <c>correlation:…</c>, <c>proportion</c>; then group and class where not all have it.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Values on the scale of the tables.</summary>
    /// <param name="slots">All parameters, working scale. [slot]</param>
    /// <param name="values">Out. [parameter]</param>
    public void Values(double[] slots, Span<double> values)
    {
        int next = 0;
        foreach ((ItemParameterSet set, int[] wanted) in items)
        {
            PlannedItem item = plan.Items[set.Item];
            IReadOnlyList<ReportedParameter> reported = item.Family.Report(item, slots.AsSpan(set.FirstSlot, set.SlotCount));
            foreach (int index in wanted)
                values[next++] = reported[index].Value;
        }
        foreach (Func<double[], double> value in populations)
            values[next++] = value(slots);
    }

    private void AddItem(ItemParameterSet set, ParameterVector estimates)
    {
        PlannedItem item = plan.Items[set.Item];
        IReadOnlyList<ReportedParameter> reported = item.Family.Report(item, estimates.Slots.AsSpan(set.FirstSlot, set.SlotCount));
        string where = set.Blocks.Length == plan.Blocks.Count ? "" : Where(plan.Blocks[set.Blocks[0]], set.Blocks);
        List<int> wanted = [];
        for (int index = 0; index < reported.Count; index++)
        {
            if (!IsNew(reported[index].Name, [.. reported[index].Derivatives.Select(term => set.FirstSlot + term.Slot)]))
                continue;
            wanted.Add(index);
            names.Add($"{item.Name}:{reported[index].Name}{where}");
        }
        if (wanted.Count > 0)
            items.Add((set, [.. wanted]));
    }

    private void AddPopulation(PlannedBlock block)
    {
        IReadOnlyList<string> attributes = plan.Specification.Attributes;
        string where = Where(block, [block.Index]);
        int[] logits = [.. Enumerable.Range(0, plan.ClassCount).Select(k => plan.Blocks[block.Group * plan.ClassCount + k].ClassLogitSlot)];
        if (plan.ClassCount > 1 && logits.Any(slot => !plan.Layout.IsFixed(slot)))
        {
            names.Add("proportion" + where);
            populations.Add(slots => 1 / logits.Sum(other => Math.Exp(slots[other] - slots[block.ClassLogitSlot])));
        }
        int[] measured = [.. plan.Measured.Of(block.Group)];
        foreach (int j in measured)
        {
            int slot = block.FirstMeanSlot + j;
            Add($"mean:{attributes[j]}{where}", "mean", [slot], slots => slots[slot]);
        }
        foreach (int j in measured)
        {
            int slot = block.CovarianceSlot(j, j);
            Add($"sd:{attributes[j]}{where}", "sd", [slot], slots => Math.Sqrt(slots[slot]));
        }
        foreach (int j in measured)
        {
            foreach (int k in measured.Where(k => k < j))
            {
                (int slot, int first, int second) = (block.CovarianceSlot(j, k), block.CovarianceSlot(k, k), block.CovarianceSlot(j, j));
                if (!plan.Layout.IsFixed(slot))
                    Add($"correlation:{attributes[k]}:{attributes[j]}{where}", "correlation", [slot, first, second], slots => slots[slot] / Math.Sqrt(slots[first] * slots[second]));
            }
        }
    }

    private void Add(string name, string what, int[] slots, Func<double[], double> value)
    {
        if (!IsNew(what, slots))
            return;
        names.Add(name);
        populations.Add(value);
    }

    /// <summary>Whether a parameter is free, and made of other free parameters than those before.</summary>
    private bool IsNew(string what, int[] slots)
    {
        if (slots.All(plan.Layout.IsFixed))
            return false;
        string identity = string.Join(';', slots.Select(slot => FormattableString.Invariant(
            $"{plan.Layout.Offset[slot]:R}:{string.Join(',', plan.Layout.FreeOf(slot).ToArray())}:{string.Join(',', plan.Layout.CoefficientsOf(slot).ToArray())}")));
        return seen.Add($"{what}|{identity}");
    }

    private string Where(PlannedBlock block, int[] blocks)
    {
        bool isOfAllGroups = plan.GroupCount == 1 || blocks.Select(index => plan.Blocks[index].Group).Distinct().Count() == plan.GroupCount;
        bool isOfAllClasses = plan.ClassCount == 1 || blocks.Select(index => plan.Blocks[index].Class).Distinct().Count() == plan.ClassCount;
        return (isOfAllGroups ? "" : $":{plan.Shape.GroupNames[block.Group]}") + (isOfAllClasses ? "" : $":class{plan.ClassNames[block.Class]}");
    }
}
