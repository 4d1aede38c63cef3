using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference.Rotation;

/// <summary>Standard errors of rotated slopes, loadings and correlations by the delta method, the rotation following the estimates.</summary>
internal sealed class RotationErrors
{
    private const double Step = 1e-4; // of a free parameter

    private readonly CalibrationPlan plan;
    private readonly int[] sets;
    private readonly double[][] slopes; // [set][attribute]
    private readonly int[] counted; // sets that decide the rotation
    private readonly Matrix<double> transformation;
    private readonly RotationMotion motion;
    private readonly Func<double[], double[]> standardize;

    private RotationErrors(CalibrationPlan plan, int[] sets, double[][] slopes, int[] counted, Matrix<double> transformation, RotationMotion motion, Func<double[], double[]> standardize)
    {
        this.plan = plan;
        this.sets = sets;
        this.slopes = slopes;
        this.counted = counted;
        this.transformation = transformation;
        this.motion = motion;
        this.standardize = standardize;
    }

    /// <summary>Completes a rotated solution; as it is where a parameter has no standard error or the rotation is not determined.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="solution">The solution.</param>
    /// <param name="sets">Parameter sets of its items.</param>
    /// <param name="slopes">Their unrotated slopes. [set][attribute]</param>
    /// <param name="counted">Positions of those that decide the rotation.</param>
    /// <param name="rule">The criterion.</param>
    /// <param name="standardize">Loadings of slopes.</param>
    /// <param name="errors">The covariance of the free parameters.</param>
    public static RotatedSolution Complete(
        CalibrationPlan plan, RotatedSolution solution, int[] sets, double[][] slopes, int[] counted, RotationRule rule, Func<double[], double[]> standardize, StandardErrors? errors)
    {
        if (errors?.Covariance is not { } covariance)
            return solution;
        Matrix<double> transformation = Matrix<double>.Build.DenseOfRowArrays(solution.Transformation);
        RotationMotion motion = RotationMotion.Of(Matrix<double>.Build.DenseOfRowArrays(counted.Select(k => standardize(slopes[k]))), transformation, rule);
        return motion.IsDetermined
            ? new RotationErrors(plan, sets, slopes, counted, transformation, motion, standardize).Complete(solution, covariance)
            : solution;
    }

    private RotatedSolution Complete(RotatedSolution solution, double[] covariance)
    {
        int attributeCount = transformation.ColumnCount;
        int[] free = [.. sets.SelectMany(set => plan.Layout.FreeOf(plan.ParameterSets[set].FirstSlot, plan.ParameterSets[set].SlopeCount).ToArray()).Distinct().Order()];
        int perSet = 2 * attributeCount;
        int length = sets.Length * perSet + PackedTriangle.Length(attributeCount);
        Matrix<double> jacobian = Matrix<double>.Build.Dense(length, free.Length);
        Parallel.For(0, free.Length, k =>
        {
            double[] up = Rotated(Moved(free[k], Step));
            double[] down = Rotated(Moved(free[k], -Step));
            for (int row = 0; row < length; row++)
                jacobian[row, k] = (up[row] - down[row]) / (2 * Step);
        });
        Matrix<double> part = Matrix<double>.Build.Dense(free.Length, free.Length, (r, c) => covariance[(long)free[r] * plan.Layout.FreeCount + free[c]]);
        Matrix<double> product = jacobian * part;
        double[] error = [.. Enumerable.Range(0, length).Select(row => Math.Sqrt(Math.Max(0, product.Row(row).DotProduct(jacobian.Row(row)))))];
        return solution with
        {
            Items = [.. solution.Items.Select((item, k) => item with
            {
                SlopeErrors = error[(k * perSet)..(k * perSet + attributeCount)],
                LoadingErrors = error[(k * perSet + attributeCount)..((k + 1) * perSet)],
            })],
            CorrelationErrors = [.. Enumerable.Range(0, attributeCount).Select(j => Enumerable.Range(0, attributeCount)
                .Select(m => error[sets.Length * perSet + PackedTriangle.SymmetricIndex(j, m)]).ToArray())],
        };
    }

    /// <summary>Slopes where a free parameter has moved.</summary>
    private double[][] Moved(int free, double step)
    {
        double[][] moved = new double[sets.Length][];
        for (int k = 0; k < sets.Length; k++)
        {
            ItemParameterSet set = plan.ParameterSets[sets[k]];
            moved[k] = slopes[k];
            for (int loading = 0; loading < set.SlopeCount; loading++)
            {
                int term = plan.Layout.FreeOf(set.FirstSlot + loading).IndexOf(free);
                if (term < 0)
                    continue;
                if (ReferenceEquals(moved[k], slopes[k]))
                    moved[k] = (double[])slopes[k].Clone();
                moved[k][plan.Items[set.Item].Attributes[loading]] += step * plan.Layout.CoefficientsOf(set.FirstSlot + loading)[term];
            }
        }
        return moved;
    }

    /// <summary>Rotated slopes and loadings by set, then correlations.</summary>
    private double[] Rotated(double[][] moved)
    {
        int attributeCount = transformation.ColumnCount;
        Matrix<double> change = Matrix<double>.Build.Dense(counted.Length, attributeCount);
        for (int row = 0; row < counted.Length; row++)
        {
            int k = counted[row];
            if (!ReferenceEquals(moved[k], slopes[k]))
                change.SetRow(row, standardize(moved[k]).Zip(standardize(slopes[k]), (after, before) => after - before).ToArray());
        }
        Matrix<double> turned = motion.After(change);
        Matrix<double> turn = turned.Inverse();
        double[] result = new double[sets.Length * 2 * attributeCount + PackedTriangle.Length(attributeCount)];
        int index = 0;
        for (int k = 0; k < sets.Length; k++)
        {
            (turn * Vector<double>.Build.Dense(moved[k])).ToArray().CopyTo(result, index);
            (turn * Vector<double>.Build.Dense(standardize(moved[k]))).ToArray().CopyTo(result, index + attributeCount);
            index += 2 * attributeCount;
        }
        Matrix<double> correlations = turned.TransposeThisAndMultiply(turned);
        for (int j = 0; j < attributeCount; j++)
        {
            for (int m = 0; m <= j; m++)
                result[index++] = correlations[j, m];
        }
        return result;
    }
}
