using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive;

/// <summary>Finds the mode of a pattern's posterior in one class, and the curvature there, by Newton's method; one instance serves one thread.</summary>
/// <remarks>
/// Where the curvature is not positive definite, as items with asymptotes or several directions can make it, what single answers take
/// away from the information is left out: the density of the population keeps the rest positive definite.
/// </remarks>
internal sealed class PosteriorMode(CalibrationPlan plan)
{
    private const int MaxIterations = 50;
    private const int MaxHalvings = 30;
    private const double Enough = 1e-18; // gain of a Newton step: a distance of 1e-9 standard deviations of the posterior

    private readonly int attributeCount = plan.AttributeCount;
    private readonly double[] gradient = new double[plan.AttributeCount];
    private readonly double[] information = new double[plan.AttributeCount * plan.AttributeCount];
    private readonly double[] withoutLoss = new double[plan.AttributeCount * plan.AttributeCount];
    private readonly double[] factor = new double[plan.AttributeCount * plan.AttributeCount];
    private readonly double[] step = new double[plan.AttributeCount];
    private readonly double[] candidate = new double[plan.AttributeCount];
    private readonly double[] logProbability = new double[plan.Items.Max(item => item.CategoryCount)];
    private readonly double[] unit = new double[plan.Items.Max(item => item.CategoryCount)];
    private readonly double[] itemGradient = new double[1 + plan.ParameterSets.Max(set => set.ShapeCount)];
    private readonly double[] itemHessian = new double[PackedTriangle.Length(1 + plan.ParameterSets.Max(set => set.ShapeCount))];

    /// <summary>Finds it.</summary>
    /// <param name="point">Populations.</param>
    /// <param name="items">Items at the point.</param>
    /// <param name="block">Group and class.</param>
    /// <param name="responses">Answers. [item]</param>
    /// <param name="centre">In: where to begin; out: the mode. [attribute]</param>
    /// <param name="upper">Receives U with U Uᵀ the inverse of the curvature, as <see cref="Placements.Factor"/> has it.</param>
    /// <returns>log |U|.</returns>
    public double Find(ModelPoint point, ItemsAt items, PlannedBlock block, ReadOnlySpan<byte> responses, Span<double> centre, Span<double> upper)
    {
        double value = Evaluate(point, items, block, responses, centre, true);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            Factor();
            gradient.CopyTo(step, 0);
            CholeskySolver.Solve(factor, step, attributeCount);
            double gain = 0;
            for (int j = 0; j < attributeCount; j++)
                gain += step[j] * gradient[j];
            if (!(gain > Enough))
                break;
            if (!TryStep(point, items, block, responses, centre, ref value))
                break;
            _ = Evaluate(point, items, block, responses, centre, true);
        }
        Factor();
        return Invert(upper);
    }

    private bool TryStep(ModelPoint point, ItemsAt items, PlannedBlock block, ReadOnlySpan<byte> responses, Span<double> centre, ref double value)
    {
        double scale = 1;
        for (int halving = 0; halving < MaxHalvings; halving++, scale /= 2)
        {
            for (int j = 0; j < attributeCount; j++)
                candidate[j] = centre[j] + scale * step[j];
            double there = Evaluate(point, items, block, responses, candidate, false);
            if (!(there >= value - 1e-13 * Math.Abs(value)))
                continue;
            candidate.CopyTo(centre);
            value = there;
            return true;
        }
        return false;
    }

    /// <summary>Log posterior density but for a constant; gradient and information where they are wanted.</summary>
    private double Evaluate(ModelPoint point, ItemsAt items, PlannedBlock block, ReadOnlySpan<byte> responses, ReadOnlySpan<double> theta, bool withDerivatives)
    {
        double value;
        if (withDerivatives)
        {
            Array.Clear(gradient);
            value = point.Populations[block.Index].LogDensity(theta, gradient, information);
            information.CopyTo(withoutLoss, 0);
        }
        else
        {
            value = point.Populations[block.Index].LogDensity(theta);
        }
        int[] setOfItem = plan.Tables[block.Table].SetOfItem;
        for (int index = 0; index < responses.Length; index++)
        {
            if (responses[index] != ResponseData.Missing)
                value += AddItem(items, setOfItem[index], responses[index], theta, withDerivatives);
        }
        return value;
    }

    private double AddItem(ItemsAt items, int index, int category, ReadOnlySpan<double> theta, bool withDerivatives)
    {
        ItemParameterSet set = plan.ParameterSets[index];
        PlannedItem item = plan.Items[set.Item];
        ReadOnlySpan<double> slots = items.Slopes(index);
        Span<double> shape = items.Shape(index);
        double z = 0;
        for (int loading = 0; loading < set.SlopeCount; loading++)
            z += slots[loading] * theta[item.Attributes[loading]];
        item.Family.Operations.FillTable([z], item.CategoryCount, shape, item.Scores, logProbability, 1);
        double value = logProbability[category];
        if (!withDerivatives)
            return value;
        Array.Clear(itemGradient);
        Array.Clear(itemHessian);
        Array.Clear(unit);
        unit[category] = 1;
        item.Family.Operations.AddDerivatives(z, item.CategoryCount, shape, item.Scores, logProbability, 1, unit, 1, itemGradient, itemHessian);
        for (int row = 0; row < set.SlopeCount; row++)
        {
            int j = item.Attributes[row];
            gradient[j] += slots[row] * itemGradient[0];
            for (int column = 0; column <= row; column++)
            {
                int k = item.Attributes[column]; // not above j
                double product = -itemHessian[0] * slots[row] * slots[column];
                information[j * attributeCount + k] += product;
                if (itemHessian[0] < 0)
                    withoutLoss[j * attributeCount + k] += product;
            }
        }
        return value;
    }

    private void Factor()
    {
        information.CopyTo(factor, 0);
        if (CholeskySolver.TryFactor(factor, attributeCount))
            return;
        withoutLoss.CopyTo(factor, 0);
        CholeskySolver.FactorWithRidge(withoutLoss, factor, attributeCount);
    }

    /// <summary>U = C⁻ᵀ of the Cholesky factor C of the curvature.</summary>
    private double Invert(Span<double> upper)
    {
        double logDeterminant = 0;
        for (int k = 0; k < attributeCount; k++)
        {
            // Row k of C⁻¹, which is column k of U: elements j ≤ k.
            Span<double> row = upper.Slice(PackedTriangle.Index(k, 0), k + 1);
            row.Clear();
            row[k] = 1 / factor[k * attributeCount + k];
            for (int j = k - 1; j >= 0; j--)
            {
                double sum = 0;
                for (int m = j + 1; m <= k; m++)
                    sum += row[m] * factor[m * attributeCount + j];
                row[j] = -sum / factor[j * attributeCount + j];
            }
            logDeterminant -= Math.Log(factor[k * attributeCount + k]);
        }
        return logDeterminant;
    }
}
