using System.IO.Enumeration;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Constraints;

/// <summary>Applies to item slots what functions fix and tie and what the user set.</summary>
internal sealed class ConstraintPlanner(
    ModelSpecification specification, DataShape shape, string[] classNames, PlannedItem[] items, List<ItemParameterSet> sets,
    PlannedBlock[] blocks, ParameterLayoutBuilder builder, List<string> problems)
{
    private readonly List<(ParameterPrior, int[])> namedByPriors = [];
    private readonly List<string> startsOfFixed = [];

    /// <summary>Priors with the slots that they name.</summary>
    public IReadOnlyList<(ParameterPrior Prior, int[] Slots)> NamedByPriors => namedByPriors;

    /// <summary>Starts of fixed parameters, in words.</summary>
    public IReadOnlyList<string> StartsOfFixed => startsOfFixed;

    /// <summary>What each function fixes.</summary>
    public void ApplyFunctionConstraints()
    {
        for (int set = 0; set < sets.Count; set++)
        {
            foreach (int slot in SlotsOf(set))
            {
                if (items[sets[set].Item].Form.Fixed.FirstOrDefault(parameter => parameter.Kind == builder[slot].Kind) is { } fixedParameter)
                    builder.Fix(slot, fixedParameter.Value);
            }
        }
    }

    /// <summary>What the user set, then what functions tie of the rest.</summary>
    public void ApplyItemConstraints()
    {
        Dictionary<int, ParameterConstraint> products = []; // slots that are reported times their slope: set once the slopes are known
        foreach (ParameterConstraint constraint in specification.Constraints)
        {
            int[] named = [.. Select(constraint.Items, constraint.Parameter, constraint.Group, constraint.Class, "constraint")];
            foreach (int slot in named)
            {
                ParameterSlot target = builder[slot];
                if (target.Kind == ParameterKind.Easiness && constraint.Kind != ConstraintKind.EqualWithinItems)
                {
                    products[slot] = constraint;
                    continue;
                }
                switch (constraint.Kind)
                {
                    case ConstraintKind.Fixed when ToWorking(target, constraint) is { } value:
                        builder.Fix(slot, value);
                        break;
                    case ConstraintKind.Start when ToWorking(target, constraint) is { } value:
                        if (builder.IsFixed(slot) && builder.Value(slot) != value)
                            startsOfFixed.Add(FormattableString.Invariant($"{target.Name} of '{items[sets[target.ParameterSet].Item].Name}' ({constraint.Value})"));
                        builder.Start(slot, value);
                        break;
                    case ConstraintKind.Free:
                        builder.Free(slot);
                        break;
                }
            }
            if (named.Length == 0 && problems.Count == 0)
                problems.Add(ExplainEmpty(constraint));
            else if (constraint.Kind == ConstraintKind.Equal)
                new EqualParameters(items, sets, builder, problems).Tie(constraint, [.. named.Where(slot => builder[slot].Kind != ParameterKind.Easiness)]);
            else if (constraint.Kind == ConstraintKind.EqualWithinItems)
                new EqualParameters(items, sets, builder, problems).TieWithinItems(constraint, named);
        }
        foreach ((int slot, ParameterConstraint constraint) in products)
            ApplyToProduct(slot, constraint);
        RefuseHeldValues();
        TieItems();
    }

    public List<PlannedPrior> PlanPriors()
    {
        Dictionary<int, PlannedPrior> priors = [];
        foreach (ParameterPrior prior in specification.Priors)
        {
            if (!(prior.B > 0) || !double.IsFinite(prior.A) || (prior.Distribution == PriorDistribution.Beta && !(prior.A > 0)))
            {
                problems.Add(FormattableString.Invariant(
                    $"The prior {prior.Distribution}({prior.A}, {prior.B}) on {prior.Parameter} is not a density: the second number must be positive, and for beta the first too."));
                continue;
            }
            int product = -1;
            int[] named = [.. Select(prior.Items, prior.Parameter, null, null, "--prior")];
            namedByPriors.Add((prior, named));
            foreach (int slot in named)
            {
                bool isProbability = builder[slot].Kind.IsLogit();
                if (builder[slot].Kind == ParameterKind.Easiness)
                    product = slot;
                else if (prior.Distribution == PriorDistribution.Beta && !isProbability)
                    problems.Add($"A beta prior is for probabilities (g, u), not for {builder[slot].Name}. Use normal or lognormal.");
                else
                    priors[slot] = new PlannedPrior(slot, prior.Distribution, prior.A, prior.B);
            }
            if (product >= 0)
            {
                problems.Add($"The prior on {prior.Parameter} of '{prior.Items}' names intercepts of grsm, as that of '{items[sets[builder[product].ParameterSet].Item].Name}', "
                    + "which are products of slope and threshold and have no prior of their own. Put the prior on the slope, or use grm.");
            }
            if (named.Length == 0 && problems.Count == 0)
                problems.Add($"The prior on {prior.Parameter} of '{prior.Items}' names no parameter of the model. Parameters are a1…, d or d1…, g, u, ak1….");
        }
        return KeepOnePriorPerParameter(priors);
    }

    private List<PlannedPrior> KeepOnePriorPerParameter(Dictionary<int, PlannedPrior> priors)
    {
        List<PlannedPrior> kept = [];
        foreach (PlannedPrior prior in priors.Values)
        {
            if (!kept.Any(other => builder.AreTied(other.Slot, prior.Slot)))
                kept.Add(prior);
        }
        return kept;
    }

    private IEnumerable<int> SlotsOf(int set) => Enumerable.Range(sets[set].FirstSlot, sets[set].SlotCount);

    /// <summary>Ties the items of each function, set by set that share a block, directly or through others.</summary>
    private void TieItems()
    {
        foreach (IGrouping<ItemForm, int> ofForm in Enumerable.Range(0, sets.Count).GroupBy(set => items[sets[set].Item].Form).OrderBy(group => group.Key.Function))
        {
            HashSet<int> done = [];
            foreach (int seed in ofForm)
            {
                if (ofForm.Key.Tie is not { } tie || !done.Add(seed))
                    continue;
                List<int> linked = [seed];
                for (int k = 0; k < linked.Count; k++)
                    linked.AddRange(ofForm.Where(other => sets[other].Blocks.Intersect(sets[linked[k]].Blocks).Any() && done.Add(other)));
                linked.Sort();
                tie.Apply([.. linked.Select(set => new TiedItem(items[sets[set].Item], set, sets[set].FirstSlot))], builder, problems);
            }
        }
    }

    private IEnumerable<int> Select(string itemList, string parameter, string? group, string? className, string option)
    {
        HashSet<int> chosen;
        try
        {
            chosen = [.. ItemSelector.Resolve(itemList, shape.ItemNames)];
        }
        catch (ArgumentException exception)
        {
            problems.Add($"{option}: {exception.Message}");
            yield break;
        }
        if (BlockSelector.TryResolve(group, className, shape, classNames, blocks, problems) is not { } wanted)
            yield break;
        for (int set = 0; set < sets.Count; set++)
        {
            if (!chosen.Contains(sets[set].Item) || !sets[set].Blocks.Any(wanted.Contains))
                continue;
            foreach (int slot in SlotsOf(set))
            {
                ParameterSlot candidate = builder[slot];
                bool isNamed = FileSystemName.MatchesSimpleExpression(parameter, candidate.Name) || (candidate.Kind == ParameterKind.Slope && IsSlope(parameter));
                if (isNamed && !items[sets[set].Item].Form.Hides(candidate.Kind))
                    yield return slot;
            }
        }
    }

    /// <summary>Whether a name means the slope of an item whatever attribute it measures.</summary>
    private static bool IsSlope(string parameter) => parameter.Equals(EqualParameters.Slope, StringComparison.OrdinalIgnoreCase);

    private string ExplainEmpty(ParameterConstraint constraint)
    {
        HashSet<int> chosen = [.. ItemSelector.Resolve(constraint.Items, shape.ItemNames)];
        HashSet<int> wanted = BlockSelector.TryResolve(constraint.Group, constraint.Class, shape, classNames, blocks, problems)!;
        return sets.Any(set => chosen.Contains(set.Item) && set.Blocks.Any(wanted.Contains)) || constraint.Group is null
            ? $"The constraint on {constraint.Parameter} of '{constraint.Items}' names no parameter of the model. Parameters are a1…, d or d1…, g, u, ak1…."
            : $"The constraint on {constraint.Parameter} of '{constraint.Items}' is for group '{constraint.Group}', but no one there answered the item, so it has no parameters there. "
                + "Name a group that took the item, or remove the constraint.";
    }

    private double? ToWorking(ParameterSlot slot, ParameterConstraint constraint)
    {
        double value = constraint.Value;
        bool isStart = constraint.Kind == ConstraintKind.Start;
        if (!slot.Kind.IsLogit() && double.IsFinite(value))
            return value;
        if (slot.Kind.IsLogit() && (isStart ? value is > 0 and < 1 : value is >= 0 and <= 1))
            return Math.Log(value / (1 - value));
        string what = $"{slot.Name} of '{items[sets[slot.ParameterSet].Item].Name}'";
        problems.Add(!slot.Kind.IsLogit()
            ? FormattableString.Invariant($"{what} is set to {value}: give a finite number.")
            : isStart && value is 0 or 1
                ? FormattableString.Invariant($"{what} starts at {value}, the end of its range, which no estimate leaves. Give a start between 0 and 1, or fix it there (fixed: {value}).")
                : FormattableString.Invariant($"{what} is set to {value}, but it is a probability: give a number from 0 to 1."));
        return null;
    }

    /// <summary>An intercept a·e is held by holding both, and starts by a start of e.</summary>
    private void ApplyToProduct(int slot, ParameterConstraint constraint)
    {
        ItemParameterSet set = sets[builder[slot].ParameterSet];
        PlannedItem item = items[set.Item];
        int slope = set.FirstSlot + item.Family.SlopeSlot(item, 0);
        double value = constraint.Value / builder.Value(slope);
        string intercept = $"{builder[slot].Name} of '{item.Name}'";
        switch (constraint.Kind)
        {
            case ConstraintKind.Free:
                builder.Free(slot);
                break;
            case ConstraintKind.Equal:
                problems.Add($"{intercept} cannot be held equal alone, as it is the product of the item's slope and threshold in {item.Function.Name()}. "
                    + "Hold whole items equal across groups or classes, or use grm.");
                break;
            case ConstraintKind.Fixed when !builder.IsFixed(slope):
                problems.Add($"{intercept} cannot be fixed alone, as it is the product of the item's slope and threshold in {item.Function.Name()}. "
                    + $"Fix {builder[slope].Name} of the item as well, or use grm.");
                break;
            case ConstraintKind.Fixed or ConstraintKind.Start when !double.IsFinite(value):
                problems.Add(FormattableString.Invariant($"{intercept} is set to {constraint.Value}, but with slope {builder.Value(slope)} no threshold gives that. Set another slope."));
                break;
            case ConstraintKind.Fixed:
                builder.Fix(slot, value);
                break;
            case ConstraintKind.Start:
                builder.Start(slot, value);
                break;
        }
    }

    private void RefuseHeldValues()
    {
        for (int set = 0; set < sets.Count; set++)
        {
            double?[] held = [.. SlotsOf(set).Select(slot => builder.IsGiven(slot) ? builder.Value(slot) : (double?)null)];
            if (items[sets[set].Item].Family.RefuseHeld(items[sets[set].Item], held) is { } problem)
                problems.Add(problem);
        }
    }
}
