using IrtGpu.Planning;
using IrtGpu.Planning.Identification;
using IrtGpu.Planning.Layout;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference.Rotation;

/// <summary>Rotates exploratory solutions.</summary>
public static class SolutionRotator
{
    private const double LogisticToNormal = 1.702;
    private const int StartCount = 20;
    private const double SameValue = 1e-8;

    /// <summary>Rotates the solution of every set of linked blocks; nothing where the axes are confirmatory or no rotation is asked for.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">The estimates.</param>
    /// <param name="method">The criterion.</param>
    /// <param name="seed">Seed of the random starts.</param>
    public static IReadOnlyList<RotatedSolution> Rotate(CalibrationPlan plan, ParameterVector parameters, RotationMethod method, int seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(parameters);
        if (method == RotationMethod.None || !plan.Specification.IsExploratory || plan.AttributeCount < 2)
            return [];
        return [.. LinkedBlocks.Of(plan).Select(blocks => Rotate(plan, parameters, method, seed, blocks))];
    }

    /// <summary>The rotation of one matrix of standardised loadings.</summary>
    /// <param name="loadings">Unrotated. [item, attribute]</param>
    /// <param name="method">The criterion.</param>
    /// <param name="seed">Seed of the random starts.</param>
    /// <returns>T, neither ordered nor reflected, its criterion, and how many starts ended there.</returns>
    internal static (Matrix<double> Transformation, double Value, int Hits) Minimize(Matrix<double> loadings, RotationMethod method, int seed)
    {
        GradientProjection.Criterion criterion = method == RotationMethod.Varimax ? RotationCriterion.Varimax : RotationCriterion.Quartimin;
        Random random = new MathNet.Numerics.Random.Xoshiro256StarStar(seed);
        Matrix<double> best = Matrix<double>.Build.DenseIdentity(loadings.ColumnCount);
        double bestValue = double.PositiveInfinity;
        int hits = 0;
        for (int start = 0; start < StartCount; start++)
        {
            Matrix<double> from = start == 0
                ? Matrix<double>.Build.DenseIdentity(loadings.ColumnCount)
                : GradientProjection.RandomOrthogonal(loadings.ColumnCount, random);
            (Matrix<double> transformation, double value) = GradientProjection.Minimize(loadings, from, criterion, method == RotationMethod.Oblimin);
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

    private static RotatedSolution Rotate(CalibrationPlan plan, ParameterVector parameters, RotationMethod method, int seed, int[] blocks)
    {
        int[] sets = [.. Enumerable.Range(0, plan.ParameterSets.Count).Where(set => blocks.Contains(plan.ParameterSets[set].Blocks[0]))];
        double[][] slopes = [.. sets.Select(set => SlopesOf(plan, parameters, plan.ParameterSets[set]))];
        double[][] loadings = [.. slopes.Select(Standardize)];
        // An item counts once, with its parameters in the first block that took it.
        int[] counted = [.. Enumerable.Range(0, sets.Length).GroupBy(k => plan.ParameterSets[sets[k]].Item)
            .Select(group => group.MinBy(k => plan.ParameterSets[sets[k]].Blocks[0]))];
        Matrix<double> unrotated = Matrix<double>.Build.DenseOfRowArrays(counted.Select(k => loadings[k]));
        (Matrix<double> transformation, double value, int hits) = Minimize(unrotated, method, seed);
        transformation = OrderAndReflect(transformation, unrotated, Matrix<double>.Build.DenseOfRowArrays(counted.Select(k => slopes[k])));

        Matrix<double> turn = transformation.Inverse().Transpose();
        return new RotatedSolution(
            method, value, StartCount, hits, blocks, transformation.ToRowArrays(), transformation.TransposeThisAndMultiply(transformation).ToRowArrays(),
            [.. sets.Select((set, k) => new RotatedItem(
                set, plan.Items[plan.ParameterSets[set].Item].Name, Turn(slopes[k], turn), Turn(loadings[k], turn), loadings[k].Sum(loading => loading * loading)))],
            [.. blocks.Select(block => Turn(plan, parameters, plan.Blocks[block], transformation))]);
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

    private static Matrix<double> OrderAndReflect(Matrix<double> transformation, Matrix<double> loadings, Matrix<double> slopes)
    {
        Matrix<double> turn = transformation.Inverse().Transpose();
        Vector<double> size = (loadings * turn).PointwisePower(2).ColumnSums();
        Vector<double> sign = (slopes * turn).ColumnSums();
        int[] order = [.. Enumerable.Range(0, size.Count).OrderByDescending(j => size[j])];
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
