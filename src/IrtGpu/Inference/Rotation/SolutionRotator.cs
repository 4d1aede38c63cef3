using IrtGpu.Planning;
using IrtGpu.Planning.Identification;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference.Rotation;

/// <summary>Rotates exploratory solutions.</summary>
public static class SolutionRotator
{
    private const double LogisticToNormal = 1.702;
    private const double SameValue = 1e-8;

    /// <summary>Rotates the solution of every set of linked blocks; nothing where the axes are confirmatory or no rotation is asked for.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">The estimates.</param>
    /// <param name="method">The criterion.</param>
    /// <param name="seed">Seed of the random starts.</param>
    /// <param name="target">Loadings that <see cref="RotationMethod.Target"/> turns towards; null with other methods.</param>
    /// <param name="errors">Standard errors of the estimates, from which those of rotated slopes are made; null: there are none.</param>
    /// <exception cref="SpecificationException">The target does not fit the model.</exception>
    public static IReadOnlyList<RotatedSolution> Rotate(
        CalibrationPlan plan, ParameterVector parameters, RotationMethod method, int seed, RotationTargetFile? target = null, StandardErrors? errors = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(parameters);
        if (method == RotationMethod.None || !plan.Specification.IsExploratory || plan.AttributeCount < 2)
            return [];
        RequireTarget(plan, method, target);
        return [.. LinkedBlocks.Of(plan).Select(blocks => Rotate(plan, parameters, method, seed, blocks, target, errors))];
    }

    /// <summary>Refuses targets that the model cannot be turned to.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="method">The criterion.</param>
    /// <param name="target">The target.</param>
    /// <exception cref="SpecificationException">There is something wrong with it.</exception>
    internal static void RequireTarget(CalibrationPlan plan, RotationMethod method, RotationTargetFile? target)
    {
        if (method != RotationMethod.Target)
            return;
        List<string> problems = [];
        if (target is null)
            throw new SpecificationException("A target rotation needs a target: --target FILE.");
        int count = plan.AttributeCount;
        if (target.Attributes.Count != count)
            problems.Add(FormattableString.Invariant($"The target has {target.Attributes.Count} columns of loadings ({string.Join(", ", target.Attributes.Take(5))}), and {count} attributes are explored. Give one column for each."));
        string[] strangers = [.. target.Rows.Keys.Where(name => !plan.Items.Any(item => item.Name == name))];
        if (strangers.Length > 0)
            problems.Add($"The target has loadings for {string.Join(", ", strangers.Take(5).Select(name => $"'{name}'"))}, which {(strangers.Length == 1 ? "is" : "are")} not among the items. Correct the names, or leave the rows out.");
        for (int j = 0; j < count && problems.Count == 0; j++)
        {
            int given = target.Rows.Values.Count(row => !double.IsNaN(row[j]));
            if (given < count - 1)
                problems.Add(FormattableString.Invariant($"Column '{target.Attributes[j]}' of the target has {given} loadings, and it takes {count - 1} at least to tell an axis from {count - 1} others. Give more, zeros for example."));
        }
        if (problems.Count > 0)
            throw new SpecificationException(problems);
    }

    /// <summary>The rotation of one matrix of standardised loadings.</summary>
    /// <param name="loadings">Unrotated. [item, attribute]</param>
    /// <param name="method">The criterion.</param>
    /// <param name="seed">Seed of the random starts.</param>
    /// <returns>T, neither ordered nor reflected, its criterion, and how many starts ended there.</returns>
    internal static (Matrix<double> Transformation, double Value, int Hits) Minimize(Matrix<double> loadings, RotationMethod method, int seed) =>
        Minimize(loadings, RotationRule.Of(method, loadings.ColumnCount), seed);

    /// <summary>The same by a rule.</summary>
    internal static (Matrix<double> Transformation, double Value, int Hits) Minimize(Matrix<double> loadings, RotationRule rule, int seed)
    {
        Random random = new MathNet.Numerics.Random.Xoshiro256StarStar(seed);
        Matrix<double> best = Matrix<double>.Build.DenseIdentity(loadings.ColumnCount);
        double bestValue = double.PositiveInfinity;
        int hits = 0;
        for (int start = 0; start < rule.StartCount; start++)
        {
            Matrix<double> from = start == 0
                ? Matrix<double>.Build.DenseIdentity(loadings.ColumnCount)
                : GradientProjection.RandomOrthogonal(loadings.ColumnCount, random);
            (Matrix<double> transformation, double value) = GradientProjection.Minimize(loadings, from, rule.Criterion, rule.IsOblique);
            if (value < bestValue - SameValue)
            {
                (best, bestValue, hits) = (transformation, value, 1);
            }
            else if (value < bestValue + SameValue)
            {
                hits++;
            }
        }
        return (best, bestValue, hits);
    }

    private static RotatedSolution Rotate(
        CalibrationPlan plan, ParameterVector parameters, RotationMethod method, int seed, int[] blocks, RotationTargetFile? target, StandardErrors? errors)
    {
        int[] sets = [.. Enumerable.Range(0, plan.ParameterSets.Count).Where(set => blocks.Contains(plan.ParameterSets[set].Blocks[0]))];
        double[][] slopes = [.. sets.Select(set => SlopesOf(plan, parameters, plan.ParameterSets[set]))];
        double[][] loadings = [.. slopes.Select(Standardize)];
        // An item counts once, with its parameters in the first block that took it.
        int[] counted = [.. Enumerable.Range(0, sets.Length).GroupBy(k => plan.ParameterSets[sets[k]].Item)
            .Select(group => group.MinBy(k => plan.ParameterSets[sets[k]].Blocks[0]))];
        Matrix<double> unrotated = Matrix<double>.Build.DenseOfRowArrays(counted.Select(k => loadings[k]));
        RotationRule rule = RotationRule.Of(method, plan.AttributeCount, target is null ? null : Matrix<double>.Build.DenseOfRowArrays(counted.Select(k =>
            target.Rows.GetValueOrDefault(plan.Items[plan.ParameterSets[sets[k]].Item].Name) ?? [.. Enumerable.Repeat(double.NaN, plan.AttributeCount)])));
        (Matrix<double> transformation, double value, int hits) = Minimize(unrotated, rule, seed);
        transformation = OrderAndReflect(transformation, unrotated, Matrix<double>.Build.DenseOfRowArrays(counted.Select(k => slopes[k])), rule);

        Matrix<double> turn = transformation.Inverse().Transpose();
        RotatedSolution solution = new(
            method, value, rule.StartCount, hits, blocks, transformation.ToRowArrays(), transformation.TransposeThisAndMultiply(transformation).ToRowArrays(),
            [.. sets.Select((set, k) => new RotatedItem(
                set, plan.Items[plan.ParameterSets[set].Item].Name, Turn(slopes[k], turn), Turn(loadings[k], turn), loadings[k].Sum(loading => loading * loading)))],
            [.. blocks.Select(block => Turn(plan, parameters, plan.Blocks[block], transformation))]);
        return RotationErrors.Complete(plan, solution, sets, slopes, counted, rule, Standardize, errors);
    }

    private static double[] SlopesOf(CalibrationPlan plan, ParameterVector parameters, ItemParameterSet set)
    {
        double[] slopes = new double[plan.AttributeCount];
        for (int loading = 0; loading < set.SlopeCount; loading++)
            slopes[plan.Items[set.Item].Attributes[loading]] = parameters.Slots[set.FirstSlot + loading];
        return slopes;
    }

    private static double[] Standardize(double[] slopes)
    {
        double scale = Math.Sqrt(LogisticToNormal * LogisticToNormal + slopes.Sum(slope => slope * slope));
        return [.. slopes.Select(slope => slope / scale)];
    }

    private static double[] Turn(double[] row, Matrix<double> turn) => turn.LeftMultiply(Vector<double>.Build.Dense(row)).ToArray();

    private static Matrix<double> OrderAndReflect(Matrix<double> transformation, Matrix<double> loadings, Matrix<double> slopes, RotationRule rule)
    {
        Matrix<double> turn = transformation.Inverse().Transpose();
        Vector<double> size = (loadings * turn).PointwisePower(2).ColumnSums();
        Vector<double> sign = rule.Method == RotationMethod.Target ? Vector<double>.Build.Dense(size.Count, 1) : (slopes * turn).ColumnSums();
        int[] order = [.. Enumerable.Range(0, rule.FixedAxes), .. Enumerable.Range(rule.FixedAxes, size.Count - rule.FixedAxes).OrderByDescending(j => size[j])];
        return Matrix<double>.Build.Dense(size.Count, size.Count, (r, c) => transformation[r, order[c]] * (sign[order[c]] < 0 ? -1 : 1));
    }

    private static RotatedPopulation Turn(CalibrationPlan plan, ParameterVector parameters, PlannedBlock block, Matrix<double> transformation)
    {
        int count = plan.AttributeCount;
        Vector<double> means = Vector<double>.Build.Dense(count, j => parameters.Slots[block.FirstMeanSlot + j]);
        Matrix<double> covariances = Matrix<double>.Build.Dense(
            count, count, (j, k) => parameters.Slots[block.CovarianceSlot(j, k)]);
        return new RotatedPopulation(
            plan.GroupCount > 1 ? plan.Shape.GroupNames[block.Group] : "", plan.ClassCount > 1 ? plan.ClassNames[block.Class] : "",
            (transformation.Transpose() * means).ToArray(), (transformation.TransposeThisAndMultiply(covariances) * transformation).ToRowArrays());
    }
}
