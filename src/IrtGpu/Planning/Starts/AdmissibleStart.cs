using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Starts;

/// <summary>Starts that are inside the domains of items and the supports of priors.</summary>
internal static class AdmissibleStart
{
    private const int LargestHalvingCount = 30;
    private const int LargestShownCount = 3;

    /// <summary>Moves what is free, and not started by the user, to where every item is in its domain, as far as ties allow.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="start">The start wanted.</param>
    public static ParameterVector Place(CalibrationPlan plan, ParameterVector start)
    {
        ParameterVector placed = Place(plan, start, keepsTied: false);
        return Place(plan, placed, keepsTied: true); // ties took the mean of what their items wanted: now the rest follows them
    }

    /// <summary>The point nearest to a wanted one, on the way to it from a start, that is inside.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="start">Inside.</param>
    /// <param name="wanted">The point wanted.</param>
    public static ParameterVector Towards(CalibrationPlan plan, ParameterVector start, ParameterVector wanted)
    {
        for (int halving = 0; halving < LargestHalvingCount && !plan.IsInDomain(wanted); halving++)
            wanted = new ParameterVector(plan.Layout, [.. start.Free.Zip(wanted.Free, (from, to) => (from + to) / 2)]);
        return plan.IsInDomain(wanted) ? wanted : start;
    }

    /// <summary>Returns when estimation can begin at the start.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="start">The start.</param>
    /// <exception cref="SpecificationException">An item is outside its domain, or a parameter outside the support of its prior.</exception>
    public static void Require(CalibrationPlan plan, ParameterVector start)
    {
        List<string> problems = [.. plan.ParameterSets.Where(set => !plan.IsInDomain(set, start)).Select(set => Refuse(plan, set, start))];
        foreach (IGrouping<(PriorDistribution, string), PlannedPrior> alike in plan.Priors
            .Where(prior => !double.IsFinite(prior.LogDensity(start.Slots[prior.Slot])))
            .GroupBy(prior => (prior.Distribution, plan.Layout.Slots[prior.Slot].Name)))
        {
            problems.Add(Refuse(plan, [.. alike], start));
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
    }

    private static ParameterVector Place(CalibrationPlan plan, ParameterVector start, bool keepsTied)
    {
        double[] desired = (double[])start.Slots.Clone();
        bool isMoved = false;
        foreach (ItemParameterSet set in plan.ParameterSets.Where(set => !plan.IsInDomain(set, start)))
        {
            bool[] isGiven = [.. Enumerable.Range(set.FirstSlot, set.SlotCount).Select(slot => plan.IsGiven(slot) || (keepsTied && plan.Layout.IsTied(slot)))];
            PlannedItem item = plan.Items[set.Item];
            item.Family.PlaceStart(item, isGiven, desired.AsSpan(set.FirstSlot, set.SlotCount));
            isMoved = true;
        }
        return isMoved ? StartingValues.Project(plan, desired, keepUserStarts: true) : start;
    }

    private static string Refuse(CalibrationPlan plan, ItemParameterSet set, ParameterVector start)
    {
        PlannedItem item = plan.Items[set.Item];
        IEnumerable<string> values = item.Family.Report(item, start.Slots.AsSpan(set.FirstSlot, set.SlotCount))
            .Select(parameter => FormattableString.Invariant($"{parameter.Name} = {parameter.Value:g4}"));
        return $"The {item.Function.Name()} item '{item.Name}' cannot start where its values and those tied to it put it ({string.Join(", ", values)}): it needs {item.Family.Domain}. "
            + $"Change fixed values and ties of it, or give it starts ({Entry(item.Name, plan.Layout.Slots[set.FirstSlot + set.SlopeCount].Name, "…")}).";
    }

    private static string Refuse(CalibrationPlan plan, IReadOnlyList<PlannedPrior> priors, ParameterVector start)
    {
        ParameterSlot slot = plan.Layout.Slots[priors[0].Slot];
        string what = slot.Kind.IsLogit() ? "logit of " : "";
        string[] starts = [.. priors.Select(prior => FormattableString.Invariant($"{SlotNames.Describe(plan, prior.Slot)} at {start.Slots[prior.Slot]:g3}"))];
        return $"The {PriorParser.NameOf(priors[0].Distribution)} prior on {slot.Name} allows only positive values{(what.Length > 0 ? " of its logit" : "")}, but {what}{string.Join(", ", starts.Take(LargestShownCount))}"
            + $"{(starts.Length > LargestShownCount ? FormattableString.Invariant($" and {starts.Length - LargestShownCount} more") : "")} would start outside, where the answers put it. "
            + $"Give a normal prior, or positive starts ({Entry(plan.Items[plan.ParameterSets[slot.ParameterSet].Item].Name, slot.Name, "0.5")}).";
    }

    private static string Entry(string item, string parameter, string value) =>
        $"constraints: [{{items: {item}, parameter: {parameter}, start: {value}}}] in a --spec file";
}
