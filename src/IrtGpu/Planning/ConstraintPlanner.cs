using System.IO.Enumeration;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning;

/// <summary>Applies to item slots what functions imply (unit slopes, common slopes, rating scales) and what the user set.</summary>
internal sealed class ConstraintPlanner(
    ModelSpecification specification, DataShape shape, string[] classNames, PlannedItem[] items, List<ItemParameterSet> sets,
    PlannedBlock[] blocks, ParameterLayoutBuilder builder, List<string> problems)
{
    public void ApplyFunctionConstraints()
    {
        for (int set = 0; set < sets.Count; set++)
        {
            PlannedItem item = items[sets[set].Item];
            foreach (int slot in SlotsOf(set))
            {
                ParameterKind kind = builder[slot].Kind;
                if (kind == ParameterKind.Slope && item.Function.HasUnitSlope())
                    builder.Fix(slot, 1);
                if (kind == ParameterKind.UpperAsymptote && item.Function == ItemFunction.ThreeParameter)
                    builder.Fix(slot, double.PositiveInfinity);
            }
        }
        TieCommonSlopes();
        SumRatingScales();
    }

    public void ApplyItemConstraints()
    {
        foreach (ParameterConstraint constraint in specification.Constraints)
        {
            Dictionary<string, int> first = [];
            bool any = false;
            foreach (int slot in Select(constraint.Items, constraint.Parameter, constraint.Group, constraint.Class, "constraint"))
            {
                any = true;
                ParameterSlot target = builder[slot];
                switch (constraint.Kind)
                {
                    case ConstraintKind.Fixed when ToWorking(target, constraint.Value) is { } value:
                        builder.Fix(slot, value);
                        break;
                    case ConstraintKind.Start when ToWorking(target, constraint.Value) is { } value:
                        builder.Start(slot, value);
                        break;
                    case ConstraintKind.Free:
                        builder.Free(slot);
                        break;
                    case ConstraintKind.Equal:
                        if (first.TryGetValue(target.Name, out int other))
                            builder.Tie(slot, other);
                        else
                            first[target.Name] = slot;
                        break;
                }
            }
            if (!any && problems.Count == 0)
                problems.Add(ExplainEmpty(constraint));
        }
        CheckGradedIntercepts();
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
            bool any = false;
            foreach (int slot in Select(prior.Items, prior.Parameter, null, null, "--prior"))
            {
                any = true;
                bool isProbability = builder[slot].Kind is ParameterKind.LowerAsymptote or ParameterKind.UpperAsymptote;
                if (prior.Distribution == PriorDistribution.Beta && !isProbability)
                    problems.Add($"A beta prior is for probabilities (g, u), not for {builder[slot].Name}. Use normal or lognormal.");
                else
                    priors[slot] = new PlannedPrior(slot, prior.Distribution, prior.A, prior.B);
            }
            if (!any && problems.Count == 0)
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

    private void TieCommonSlopes()
    {
        foreach (PlannedBlock block in blocks)
        {
            int first = -1;
            for (int set = 0; set < sets.Count; set++)
            {
                if (items[sets[set].Item].Function != ItemFunction.OneParameter || !sets[set].Blocks.Contains(block.Index))
                    continue;
                foreach (int slot in SlotsOf(set).Take(sets[set].SlopeCount))
                {
                    if (first >= 0)
                        builder.Tie(slot, first);
                    first = slot;
                }
            }
        }
    }

    private void SumRatingScales()
    {
        int[] ratingSets = [.. Enumerable.Range(0, sets.Count).Where(set => items[sets[set].Item].Function == ItemFunction.RatingScale)];
        HashSet<int> done = [];
        foreach (int seed in ratingSets)
        {
            if (!done.Add(seed))
                continue;
            List<int> scale = [seed]; // the sets that share a block, directly or through others
            for (int k = 0; k < scale.Count; k++)
                scale.AddRange(ratingSets.Where(other => sets[other].Blocks.Intersect(sets[scale[k]].Blocks).Any() && done.Add(other)));
            scale.Sort();
            SumRatingScale(scale);
        }
    }

    private void SumRatingScale(List<int> scale)
    {
        int categoryCount = items[sets[scale[0]].Item].CategoryCount;
        if (scale.Find(set => items[sets[set].Item].CategoryCount != categoryCount) is var other and > 0)
        {
            problems.Add($"The rating scale needs the same number of categories in all its items, but '{items[sets[scale[0]].Item].Name}' has {categoryCount} "
                + $"and '{items[sets[other].Item].Name}' has {items[sets[other].Item].CategoryCount}. Use pcm for the odd ones.");
            return;
        }
        int[] thresholds = [.. Enumerable.Range(0, categoryCount - 1).Select(step =>
            builder.Add(new ParameterSlot(ParameterKind.Threshold, FormattableString.Invariant($"b{step + 1}"), -1, -1, step), 0))];
        foreach (int set in scale)
        {
            int location = builder.Add(new ParameterSlot(ParameterKind.Location, "c", set, -1, 0), 0, fix: set == scale[0]);
            for (int step = 0; step < thresholds.Length; step++)
            {
                (int, double)[] terms = [.. thresholds[..(step + 1)].Select(slot => (slot, -1.0)), (location, step + 1.0)];
                builder.SetSum(sets[set].FirstSlot + sets[set].SlopeCount + step, terms);
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
                if (FileSystemName.MatchesSimpleExpression(parameter, candidate.Name) && !IsOutsideFunction(items[sets[set].Item], candidate.Kind))
                    yield return slot;
            }
        }
    }

    private string ExplainEmpty(ParameterConstraint constraint)
    {
        HashSet<int> chosen = [.. ItemSelector.Resolve(constraint.Items, shape.ItemNames)];
        HashSet<int> wanted = BlockSelector.TryResolve(constraint.Group, constraint.Class, shape, classNames, blocks, problems)!;
        return sets.Any(set => chosen.Contains(set.Item) && set.Blocks.Any(wanted.Contains)) || constraint.Group is null
            ? $"The constraint on {constraint.Parameter} of '{constraint.Items}' names no parameter of the model. Parameters are a1…, d or d1…, g, u, ak1…."
            : $"The constraint on {constraint.Parameter} of '{constraint.Items}' is for group '{constraint.Group}', but no one there answered the item, so it has no parameters there. "
                + "Name a group that took the item, or remove the constraint.";
    }

    private static bool IsOutsideFunction(PlannedItem item, ParameterKind kind) =>
        item.Function == ItemFunction.ThreeParameter && kind == ParameterKind.UpperAsymptote;

    private double? ToWorking(ParameterSlot slot, double value)
    {
        if (slot.Kind is not (ParameterKind.LowerAsymptote or ParameterKind.UpperAsymptote))
            return value;
        if (value is >= 0 and <= 1)
            return Math.Log(value / (1 - value));
        problems.Add(FormattableString.Invariant(
            $"{slot.Name} of '{items[sets[slot.ParameterSet].Item].Name}' is set to {value}, but it is a probability: give a number from 0 to 1."));
        return null;
    }

    private void CheckGradedIntercepts()
    {
        foreach (ItemParameterSet set in sets.Where(set => items[set.Item].Kind == ItemModelKind.GradedResponse))
        {
            double? above = null;
            foreach (int slot in Enumerable.Range(set.FirstSlot + set.SlopeCount, set.ShapeCount).Where(builder.IsFixed))
            {
                if (above <= builder.Value(slot))
                    problems.Add($"The fixed intercepts of the graded item '{items[set.Item].Name}' do not decrease. Fix d1 > d2 > ….");
                above = builder.Value(slot);
            }
        }
    }
}
