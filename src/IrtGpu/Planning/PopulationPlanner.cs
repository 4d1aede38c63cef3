using IrtGpu.Items;
using IrtGpu.Planning.Constraints;
using IrtGpu.Planning.Identification;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace IrtGpu.Planning;

/// <summary>Decides which means, covariances and class proportions are free: by identification, then by the user's settings.</summary>
internal sealed class PopulationPlanner(
    ModelSpecification specification, DataShape shape, string[] classNames, PlannedItem[] items, List<ItemParameterSet> sets,
    PlannedBlock[] blocks, MeasuredAttributes measured, ParameterLayoutBuilder builder, List<string> problems, List<string> warnings)
{
    private const double SmallestVariance = 1e-10;
    private const double CompletedVariance = 0.02; // of the metric's unit, so that the start is well inside

    private readonly int attributeCount = specification.Attributes.Count;

    public void Apply()
    {
        int reference = ReferenceBlock();
        AttributeMetric[] metrics = new AttributeMetrics(specification, items, sets, blocks.Length, builder).Find();
        for (int attribute = 0; attribute < attributeCount; attribute++)
            Identify(attribute, metrics[attribute], reference);
        for (int block = 0; block < blocks.Length; block++)
        {
            for (int j = 0; j < attributeCount; j++)
            {
                for (int k = 0; k < j; k++)
                {
                    if (specification.IsExploratory || specification.IsOrthogonal)
                        builder.Fix(blocks[block].CovarianceSlot(j, k), 0);
                }
            }
        }
        foreach (PopulationConstraint constraint in specification.Population)
            Apply(constraint);
        FixUnmeasured();
        CheckFixedCovariances();
    }

    private int ReferenceBlock()
    {
        if (specification.ReferenceGroup is not { } name)
            return Math.Max(0, Array.FindIndex(blocks, block => Enumerable.Range(0, attributeCount).All(attribute => measured.Has(block.Group, attribute))));
        int group = Array.IndexOf(shape.GroupNames, name);
        if (group < 0)
            problems.Add($"The reference group '{name}' is not in the data. {(shape.GroupNames.Length == 1 ? "They have one group: name the column of groups with --group." : $"The groups are: {string.Join(", ", shape.GroupNames)}.")}");
        return Math.Max(group, 0) * classNames.Length;
    }

    /// <summary>In each set of blocks that share a metric it needs one mean and one variance fixed, unless something else gives origin and unit.</summary>
    private void Identify(int attribute, AttributeMetric metric, int reference)
    {
        (int[] component, bool[] hasScale, bool[] hasOrigin) = metric;
        // Block 'reference' leads its component; elsewhere the first block does.
        int[] leader = new int[blocks.Length];
        Array.Fill(leader, -1);
        leader[component[reference]] = reference;
        for (int block = 0; block < blocks.Length; block++)
        {
            if (leader[component[block]] < 0)
                leader[component[block]] = block;
        }
        for (int block = 0; block < blocks.Length; block++)
        {
            int home = component[block];
            bool leads = leader[home] == block;
            if (leads && !hasOrigin[home])
                builder.Fix(blocks[block].FirstMeanSlot + attribute, 0);
            if (leads && !hasScale[home])
                builder.Fix(blocks[block].CovarianceSlot(attribute, attribute), 1);
            if (leads && home != component[reference] && classNames.Length == 1 && !hasOrigin[home] && measured.Has(blocks[block].Group, attribute))
            {
                warnings.Add($"No item links {SlotNames.DescribeBlock(blocks[block], shape, classNames)} to {SlotNames.DescribeBlock(blocks[reference], shape, classNames)}, "
                    + $"so its population of {specification.Attributes[attribute]} stays at mean 0"
                    + (hasScale[home] ? "" : " and variance 1") + ": its estimates are on a metric of their own. Link it by common items or anchors.");
            }
        }
    }

    private void Apply(PopulationConstraint constraint)
    {
        if (BlockSelector.TryResolve(constraint.Group, constraint.Class, shape, classNames, blocks, problems) is not { } wanted)
            return;
        if (!TryAttribute(constraint.Attribute, out int first) || !TryAttribute(constraint.Attribute2, out int second))
            return;
        List<int> targets = [];
        foreach (PlannedBlock block in blocks.Where(block => wanted.Contains(block.Index)))
        {
            switch (constraint.Parameter.ToUpperInvariant())
            {
                case "MEAN":
                    targets.AddRange(Attributes(block, first).Select(j => block.FirstMeanSlot + j));
                    break;
                case "SD" or "VARIANCE":
                    targets.AddRange(Attributes(block, first).Select(j => block.CovarianceSlot(j, j)));
                    break;
                case "COVARIANCE" or "CORRELATION":
                    targets.AddRange(Attributes(block, first).SelectMany(j => Attributes(block, second).Where(k => first >= 0 && second >= 0 ? k != j : k < j)
                        .Select(k => block.CovarianceSlot(j, k))));
                    break;
                case "PROPORTION" when constraint.Kind is ConstraintKind.Fixed or ConstraintKind.Start:
                    // One class's value settles the log odds of all classes of its group, the one left out included.
                    targets.AddRange(blocks.Where(other => other.Group == block.Group && !targets.Contains(other.ClassLogitSlot)).Select(other => other.ClassLogitSlot));
                    break;
                case "PROPORTION":
                    targets.Add(block.ClassLogitSlot);
                    break;
                default:
                    problems.Add($"'{constraint.Parameter}' is not a population parameter. They are mean, sd, covariance, correlation and proportion.");
                    return;
            }
        }
        Dictionary<(ParameterKind, int, int), int> firstSlot = [];
        foreach (int slot in targets)
            ApplyToSlot(constraint, slot, firstSlot);
        if (targets.Count == 0 && FindUnmeasured(wanted, first, second) is { } missing)
        {
            if (!IsNeutral(constraint))
            {
                problems.Add($"The population setting on {constraint.Parameter} of '{specification.Attributes[missing.Attribute]}' is for {SlotNames.DescribeBlock(blocks[missing.Block], shape, classNames)}, "
                    + "where nobody answers an item of it, so that it has no such parameter there. Remove the setting, or name another group.");
            }
        }
        else if (targets.Count == 0)
        {
            problems.Add($"The population setting on {constraint.Parameter} names nothing: a {constraint.Parameter} is of two attributes, and {(attributeCount == 1 ? "the model has one" : "here both are the same")}. "
                + "Name two attributes, or remove the setting.");
        }
        else if (constraint.Kind == ConstraintKind.Equal && firstSlot.Count == targets.Count)
        {
            problems.Add($"The population setting 'equal' on {constraint.Parameter} holds nothing equal: it makes one parameter of the {constraint.Parameter}s of several groups or classes, attribute by attribute, "
                + "and names one group and class only. Leave 'group' and 'class' out, or remove the setting.");
        }
    }

    private void ApplyToSlot(PopulationConstraint constraint, int slot, Dictionary<(ParameterKind, int, int), int> firstSlot)
    {
        ParameterSlot target = builder[slot];
        switch (constraint.Kind)
        {
            case ConstraintKind.Free:
                builder.Free(slot);
                break;
            case ConstraintKind.Equal:
                (ParameterKind, int, int) key = (target.Kind, target.Index, target.Index2);
                if (!firstSlot.TryAdd(key, slot))
                    builder.Tie(slot, firstSlot[key]);
                break;
            case ConstraintKind.Fixed when WorkingValue(constraint, target) is { } value:
                builder.Fix(slot, value);
                break;
            case ConstraintKind.Start when WorkingValue(constraint, target) is { } value:
                builder.Start(slot, value);
                break;
        }
    }

    private double? WorkingValue(PopulationConstraint constraint, ParameterSlot target)
    {
        double value = constraint.Value;
        PlannedBlock block = blocks[target.Block];
        switch (constraint.Parameter.ToUpperInvariant())
        {
            case "SD" or "VARIANCE":
                if (!(value > 0))
                {
                    problems.Add(FormattableString.Invariant($"The {constraint.Parameter} of '{specification.Attributes[target.Index]}' is set to {value} for ")
                        + $"{SlotNames.DescribeBlock(block, shape, classNames)}, but it must be positive. Give a positive number, or leave it free.");
                    return null;
                }
                return constraint.Parameter.Equals("sd", StringComparison.OrdinalIgnoreCase) ? value * value : value;
            case "CORRELATION":
                int variance1 = block.CovarianceSlot(target.Index, target.Index);
                int variance2 = block.CovarianceSlot(target.Index2, target.Index2);
                if (constraint.Kind == ConstraintKind.Fixed && !(builder.IsFixed(variance1) && builder.IsFixed(variance2)))
                {
                    if (value == 0)
                        return 0;
                    problems.Add(FormattableString.Invariant($"The correlation of '{specification.Attributes[target.Index2]}' and '{specification.Attributes[target.Index]}' ")
                        + FormattableString.Invariant($"is fixed at {value} for {SlotNames.DescribeBlock(block, shape, classNames)}, where an SD is free; other than at 0 it can be fixed only where both SDs are. ")
                        + "Fix the SDs first (in an earlier entry), or fix the covariance.");
                    return null;
                }
                return value * Math.Sqrt(builder.Value(variance1) * builder.Value(variance2));
            case "PROPORTION":
                return ClassLogit(constraint, target, block);
            default:
                return value;
        }
    }

    private double? ClassLogit(PopulationConstraint constraint, ParameterSlot target, PlannedBlock block)
    {
        double[] proportions = [.. classNames.Select((name, k) => specification.Population.LastOrDefault(other =>
            other.Parameter.Equals("proportion", StringComparison.OrdinalIgnoreCase) && other.Kind == constraint.Kind
            && (other.Group is null || other.Group == shape.GroupNames[block.Group])
            && (other.Class is null || other.Class == name || other.Class == FormattableString.Invariant($"{k + 1}")))?.Value ?? double.NaN)];
        int missing = proportions.Count(double.IsNaN);
        if (missing == 1)
            proportions[Array.FindIndex(proportions, double.IsNaN)] = 1 - proportions.Where(value => !double.IsNaN(value)).Sum();
        if (missing > 1 || proportions.Any(value => !(value > 0)) || Math.Abs(proportions.Sum() - 1) > 1e-9)
        {
            string where = shape.GroupNames.Length > 1 ? $" in group '{shape.GroupNames[block.Group]}'" : "";
            int empty = Array.FindIndex(proportions, value => value <= 0);
            problems.Add(empty >= 0
                ? FormattableString.Invariant($"Class '{classNames[empty]}' is left a proportion of {proportions[empty]}{where}, but a class without members has no parameters. ")
                    + "Give it a positive proportion, or lower --classes."
                : missing > 1
                    ? $"The proportions of {missing} of the {classNames.Length} classes{where} are not given. Give those of all classes, or of all but one."
                    : FormattableString.Invariant($"The proportions of the classes{where} sum to {proportions.Sum()}, not to 1. Correct them, or leave one class out."));
            return null;
        }
        return Math.Log(proportions[target.Index] / proportions[0]);
    }

    private IEnumerable<int> Attributes(PlannedBlock block, int chosen) =>
        (chosen >= 0 ? [chosen] : Enumerable.Range(0, attributeCount)).Where(attribute => measured.Has(block.Group, attribute));

    /// <summary>An attribute without items in a group has no population there: the likelihood is that of any it could have, uncorrelated with the others.</summary>
    private void FixUnmeasured()
    {
        foreach (PlannedBlock block in blocks)
        {
            foreach (int j in Enumerable.Range(0, attributeCount).Where(attribute => !measured.Has(block.Group, attribute)))
            {
                builder.Fix(block.FirstMeanSlot + j, 0);
                for (int k = 0; k < attributeCount; k++)
                    builder.Fix(block.CovarianceSlot(j, k), j == k ? 1 : 0);
            }
        }
    }

    private (int Block, int Attribute)? FindUnmeasured(HashSet<int> wanted, int first, int second)
    {
        foreach (int block in wanted)
        {
            foreach (int attribute in new[] { first, second })
            {
                if (attribute >= 0 && !measured.Has(blocks[block].Group, attribute))
                    return (block, attribute);
            }
        }
        return null;
    }

    /// <summary>Whether a setting says what holds anyway.</summary>
    private static bool IsNeutral(PopulationConstraint constraint) => constraint.Kind == ConstraintKind.Fixed && constraint.Parameter.ToUpperInvariant() switch
    {
        "SD" or "VARIANCE" => constraint.Value == 1,
        _ => constraint.Value == 0,
    };

    private bool TryAttribute(string? name, out int attribute)
    {
        attribute = -1;
        if (name is null)
            return true;
        for (int j = 0; j < attributeCount; j++)
        {
            if (specification.Attributes[j] == name)
                attribute = j;
        }
        if (attribute < 0)
            problems.Add($"There is no attribute '{name}'. The attributes are: {string.Join(", ", specification.Attributes)}.");
        return attribute >= 0;
    }

    /// <summary>Free elements start where they make the matrix positive definite; where nothing does, the fixed ones contradict one another.</summary>
    private void CheckFixedCovariances()
    {
        foreach (PlannedBlock block in blocks)
        {
            Matrix<double> matrix = Matrix<double>.Build.Dense(attributeCount, attributeCount, (j, k) => builder.Value(block.CovarianceSlot(j, k)));
            if (SmallestEigenvalue(matrix) > SmallestVariance)
                continue;
            if (TryComplete(block, matrix))
                continue;
            problems.Add($"The covariance matrix set for {SlotNames.DescribeBlock(block, shape, classNames)} is not positive definite. "
                + "Change the fixed or start values of its SDs and correlations.");
        }
    }

    /// <summary>Alternates between the nearest positive definite matrix and the nearest one with the fixed elements (Higham 2002).</summary>
    private bool TryComplete(PlannedBlock block, Matrix<double> matrix)
    {
        Matrix<double> completed = matrix.Clone();
        for (int round = 0; round < 500 && SmallestEigenvalue(completed) <= SmallestVariance; round++)
        {
            Evd<double> evd = completed.Evd(Symmetricity.Symmetric);
            Vector<double> values = evd.EigenValues.Real().Map(value => Math.Max(value, CompletedVariance));
            completed = evd.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(values) * evd.EigenVectors.Transpose();
            completed.MapIndexedInplace((j, k, value) => IsGiven(block, j, k) ? matrix[j, k] : value);
        }
        if (SmallestEigenvalue(completed) <= SmallestVariance)
            return false;
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                if (!IsGiven(block, j, k))
                    builder.Start(block.CovarianceSlot(j, k), completed[j, k]);
            }
        }
        return true;
    }

    private bool IsGiven(PlannedBlock block, int j, int k) => j == k || builder.IsFixed(block.CovarianceSlot(j, k));

    private static double SmallestEigenvalue(Matrix<double> matrix) => matrix.Evd(Symmetricity.Symmetric).EigenValues.Real().Minimum();
}
