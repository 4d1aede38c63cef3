using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Planning.Identification;

/// <summary>Refuses plans whose parameters no data could determine, with the reason and the remedy.</summary>
internal sealed class IdentificationCheck
{
    private const double Negligible = 1e-9;
    private const int LargestJointCheck = 300;

    private readonly CalibrationPlan plan;
    private readonly MetricChanges changes;
    private readonly List<string> problems = [];

    private IdentificationCheck(CalibrationPlan plan)
    {
        this.plan = plan;
        changes = new MetricChanges(plan);
    }

    private IReadOnlyList<string> Attributes => plan.Specification.Attributes;

    /// <summary>Returns when nothing speaks against estimating the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <exception cref="SpecificationException">It is not identified.</exception>
    public static void Require(CalibrationPlan plan)
    {
        IdentificationCheck check = new(plan);
        check.CheckOriginsAndUnits();
        if (check.problems.Count == 0)
            check.CheckAxes();
        check.CheckExploration();
        check.CheckLoneItems();
        check.CheckCellCount();
        if (check.problems.Count > 0)
            throw new SpecificationException(check.problems);
    }

    private void CheckOriginsAndUnits()
    {
        for (int attribute = 0; attribute < Attributes.Count; attribute++)
        {
            foreach (int[] blocks in LinkedBlocks.Of(plan, attribute))
            {
                int j = attribute;
                string where = Where(blocks);
                string lonely = blocks.Length < plan.Blocks.Count ? $"no item links {(where.Length == 0 ? "it" : where.Trim())} to the others, " : "";
                if (IsFree([.. blocks.Select(block => changes.Shift(block, j))]))
                {
                    problems.Add($"Nothing fixes the origin of '{Attributes[j]}'{InWhere(where)}: {lonely}every mean there is free and no fixed item parameter places it, "
                        + "so that means and intercepts could shift together without changing the fit. "
                        + $"Fix a mean ({Entry("mean", blocks[0], "fixed: 0")}), hold items equal to those of a group whose mean is fixed, or fix items with --anchors.");
                }
                if (IsFree([.. blocks.Select(block => changes.Linear(block, j, j))]))
                {
                    problems.Add($"Nothing fixes the unit of '{Attributes[j]}'{InWhere(where)}: {lonely}every SD there is free and no slope is fixed, "
                        + "so that SDs and slopes could stretch together without changing the fit. "
                        + $"Fix an SD ({Entry("sd", blocks[0], "fixed: 1")}), fix a slope, or fix items with --anchors.");
                }
            }
        }
    }

    private string Entry(string parameter, int block, string setting)
    {
        List<string> parts = [$"parameter: {parameter}"];
        if (plan.GroupCount > 1)
            parts.Add($"group: {plan.Shape.GroupNames[plan.Blocks[block].Group]}");
        if (plan.ClassCount > 1)
            parts.Add($"class: {plan.ClassNames[plan.Blocks[block].Class]}");
        return $"population: [{{{string.Join(", ", parts)}, {setting}}}] in a --spec file";
    }

    private string Where(int[] blocks) => plan.Blocks.Count == 1
        ? ""
        : string.Join(" and ", blocks.Take(3).Select(block => SlotNames.DescribeBlock(plan.Blocks[block], plan.Shape, plan.ClassNames)))
            + (blocks.Length > 3 ? FormattableString.Invariant($" and {blocks.Length - 3} more") : "");

    private static string InWhere(string where) => where.Length == 0 ? "" : $" in {where}";

    /// <summary>Whether one and the same change in all the blocks goes unnoticed.</summary>
    private bool IsFree(int[] indices)
    {
        double residual = 0;
        double size = 0;
        foreach (int r in indices)
        {
            size += changes.Size[r];
            foreach (int c in indices)
                residual += changes.Residual[r, c];
        }
        return residual < Negligible * size;
    }

    private void CheckAxes()
    {
        if (Attributes.Count == 1)
            return;
        foreach (int[] blocks in LinkedBlocks.Of(plan))
        {
            for (int j = 0; j < Attributes.Count; j++)
            {
                for (int k = 0; k < j; k++)
                {
                    int[] measuring = [.. blocks.Where(block => plan.Measured.Has(plan.Blocks[block].Group, j) || plan.Measured.Has(plan.Blocks[block].Group, k))];
                    if (measuring.Length == 0)
                        continue;
                    (int Row, int Column)[] elements = [(j, k), (k, j), (j, j), (k, k)];
                    Matrix<double> joint = Matrix<double>.Build.Dense(4, 4, (r, c) => Joint(measuring, elements[r], elements[c]));
                    if (SmallestEigenvalue(joint, out _) < Negligible)
                        problems.Add(MixedAxes(k, j, Where(measuring)));
                }
            }
        }
        if (problems.Count > 0 || changes.Residual.RowCount > LargestJointCheck)
            return;
        Matrix<double> whole = Matrix<double>.Build.Dense(changes.Residual.RowCount, changes.Residual.RowCount, (r, c) =>
            changes.Residual[r, c] / Math.Sqrt(changes.Size[r] * changes.Size[c]));
        if (SmallestEigenvalue(whole, out int largest) >= Negligible)
            return;
        int block = largest / changes.PerBlock;
        int change = largest % changes.PerBlock - Attributes.Count;
        problems.Add(change < 0
            ? $"The origin of '{Attributes[change + Attributes.Count]}'{InWhere(Where([block]))} is not determined: it can shift together with other attributes "
                + "without changing the fit. Fix its mean, or anchor more items."
            : change / Attributes.Count == change % Attributes.Count ? JointUnits(change / Attributes.Count, block)
            : MixedAxes(change / Attributes.Count, change % Attributes.Count, Where([block])));
    }

    private double Joint(int[] blocks, (int Row, int Column) first, (int Row, int Column) second)
    {
        double sum = 0;
        double firstSize = 0;
        double secondSize = 0;
        foreach (int block in blocks)
        {
            firstSize += changes.Size[changes.Linear(block, first.Row, first.Column)];
            secondSize += changes.Size[changes.Linear(block, second.Row, second.Column)];
            foreach (int other in blocks)
                sum += changes.Residual[changes.Linear(block, first.Row, first.Column), changes.Linear(other, second.Row, second.Column)];
        }
        return sum / Math.Sqrt(firstSize * secondSize);
    }

    private static double SmallestEigenvalue(Matrix<double> matrix, out int largestElement)
    {
        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> evd = ((matrix + matrix.Transpose()) / 2).Evd(Symmetricity.Symmetric);
        int smallest = evd.EigenValues.Real().MinimumIndex();
        largestElement = evd.EigenVectors.Column(smallest).AbsoluteMaximumIndex();
        return evd.EigenValues[smallest].Real;
    }

    private string MixedAxes(int k, int j, string where)
    {
        string Measuring(int attribute) => string.Join(", ", plan.Items.Where(item => item.Attributes.Contains(attribute)).Take(3).Select(item => $"'{item.Name}'"));
        return $"The axes of '{Attributes[k]}' ({Measuring(k)}…) and '{Attributes[j]}' ({Measuring(j)}…) are not determined{InWhere(where)}: "
            + "the items that measure one measure the other too, and their correlation is free, so that a mixture of the two fits as well. "
            + $"Fix the correlation (population: [{{parameter: correlation, attribute: {Attributes[k]}, attribute2: {Attributes[j]}, fixed: 0}}] in a --spec file), "
            + "give each an item of its own in the Q-matrix, fix slopes, or explore with --attributes.";
    }

    /// <summary>Units that go together, as those of two testlets that all items belong to: three deviations, of which their one correlation tells two.</summary>
    private string JointUnits(int attribute, int block) =>
        $"The units of several attributes, '{Attributes[attribute]}' among them, are not determined{InWhere(Where([block]))}: their SDs and slopes can change together without changing the fit. "
        + $"Fix an SD ({Entry("sd", block, "fixed: 1")}), give an attribute that they share items of its own, or use three testlets or more.";

    /// <summary>A free slope of the only item of an attribute trades with the attribute's correlations, or with the item's other slopes.</summary>
    private void CheckLoneItems()
    {
        if (Attributes.Count == 1 || plan.Priors.Count > 0)
            return;
        for (int attribute = 0; attribute < Attributes.Count; attribute++)
        {
            int[] measuring = [.. Enumerable.Range(0, plan.ItemCount).Where(item => plan.Items[item].Attributes.Contains(attribute))];
            if (measuring.Length != 1 || HasFixedCorrelation(attribute))
                continue;
            ItemParameterSet set = plan.ParameterSets.First(candidate => candidate.Item == measuring[0]);
            int slot = set.FirstSlot + Array.IndexOf(plan.Items[measuring[0]].Attributes, attribute);
            if (plan.Layout.IsFixed(slot) || IsSharedWithOthers(slot))
                continue;
            problems.Add($"Only item '{plan.Items[measuring[0]].Name}' measures '{Attributes[attribute]}', so its slope cannot be told from how the attribute relates to the rest. "
                + (plan.Specification.IsExploratory ? "Lower --attributes." : "Give the attribute more items in the Q-matrix, fix the slope, or remove the attribute."));
        }
    }

    /// <summary>Whether other parameter sets have the slope, too; that the item's own slopes are equal does not tell it.</summary>
    private bool IsSharedWithOthers(int slot) => plan.Layout.IsTied(slot) && Enumerable.Range(0, plan.Layout.SlotCount).Any(other =>
        plan.Layout.Slots[other].ParameterSet != plan.Layout.Slots[slot].ParameterSet && plan.Layout.FreeOf(other).ContainsAny(plan.Layout.FreeOf(slot)));

    /// <summary>Slopes that are all held at one number leave nothing to explore, and the attributes the same.</summary>
    private void CheckExploration()
    {
        if (!plan.Specification.IsExploratory || Attributes.Count == 1)
            return;
        int[] slopes = [.. Enumerable.Range(0, plan.Layout.SlotCount).Where(slot => plan.Layout.Slots[slot].Kind == ParameterKind.Slope)];
        if (slopes.All(plan.Layout.IsFixed) && slopes.Select(slot => plan.Layout.Offset[slot]).Distinct().Count() == 1)
        {
            problems.Add(FormattableString.Invariant($"Every slope is fixed at {plan.Layout.Offset[slopes[0]]}, so there is nothing to explore and the {Attributes.Count} attributes are the same. ")
                + "Free the slopes, say in a Q-matrix what each item measures (--q-matrix), or explore one attribute.");
        }
    }

    private bool HasFixedCorrelation(int attribute)
    {
        PlannedBlock block = plan.Blocks[0];
        for (int other = 0; other < Attributes.Count; other++)
        {
            int slot = block.CovarianceSlot(attribute, other);
            if (other != attribute && plan.Layout.IsFixed(slot) && plan.Layout.Offset[slot] != 0)
                return true;
        }
        return false;
    }

    private void CheckCellCount()
    {
        if (plan.Priors.Count > 0)
            return;
        double cells = 0;
        for (int group = 0; group < plan.GroupCount; group++)
        {
            double product = 1;
            for (int item = 0; item < plan.ItemCount; item++)
                product *= plan.Shape.Administered[group][item] ? plan.Items[item].CategoryCount : 1;
            cells += product * (plan.Shape.ClassNames.Length > 0 ? 1 + plan.Shape.ClassNames.Length : 1) - 1;
        }
        if (plan.Layout.FreeCount > cells)
        {
            problems.Add(FormattableString.Invariant(
                $"{plan.Layout.FreeCount} free parameters are more than the {cells} that the response patterns of {plan.ItemCount} item(s) can determine. ")
                + "Use more items, a simpler --model (rasch, 1pl), fewer --classes, or fix parameters.");
        }
    }
}
