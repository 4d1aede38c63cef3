using System.Numerics.Tensors;
using IrtGpu.Compute;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.LocalDependence;

/// <summary>Derivatives by the free parameters of the probabilities of two responses together.</summary>
internal sealed class ResponseDerivatives
{
    private readonly CalibrationPlan plan;
    private readonly GroupPopulation population;
    private readonly (int Slot, double[] Derivative)[][] ofRow; // [row]: weighted ∂P. [node]
    private readonly (int Slot, double[] Derivative)[] ofWeights; // ∂w. [node]

    public ResponseDerivatives(ModelPoint point, GroupPopulation population, Func<int, double[][]> gradients)
    {
        plan = population.Plan;
        this.population = population;
        PopulationDerivatives derivatives = new(point, population, gradients);
        ofRow = new (int, double[])[plan.RowCount][];
        foreach (int item in population.Items)
        {
            int categoryCount = plan.Items[item].CategoryCount;
            for (int category = 0; category < categoryCount; category++)
            {
                double[] unit = new double[categoryCount];
                unit[category] = 1;
                ofRow[plan.Items[item].FirstRow + category] = derivatives.OfFunction(item, unit);
            }
        }
        ofWeights = derivatives.OfWeights();
    }

    /// <summary>Of two items.</summary>
    /// <param name="first">The earlier.</param>
    /// <param name="second">The later.</param>
    /// <returns>The free parameters they depend on, and the derivatives. [cell, those]</returns>
    public (int[] Free, double[] Rows) Of(int first, int second)
    {
        PlannedItem a = plan.Items[first];
        PlannedItem b = plan.Items[second];
        int[] free = [.. ofRow[a.FirstRow].Concat(ofRow[b.FirstRow]).Concat(ofWeights).SelectMany(one => plan.Layout.FreeOf(one.Slot).ToArray()).Distinct().Order()];
        double[] rows = new double[a.CategoryCount * b.CategoryCount * free.Length];
        double[] product = new double[population.NodeCount];
        for (int m = 0; m < a.CategoryCount; m++)
        {
            for (int n = 0; n < b.CategoryCount; n++)
            {
                Span<double> row = rows.AsSpan((m * b.CategoryCount + n) * free.Length, free.Length);
                ReadOnlySpan<double> pa = population.Row(a.FirstRow + m);
                ReadOnlySpan<double> pb = population.Row(b.FirstRow + n);
                foreach ((int slot, double[] derivative) in ofRow[a.FirstRow + m])
                    plan.Layout.AddToFree(slot, FixedOrderSums.Dot(derivative, pb), free, row);
                foreach ((int slot, double[] derivative) in ofRow[b.FirstRow + n])
                    plan.Layout.AddToFree(slot, FixedOrderSums.Dot(derivative, pa), free, row);
                TensorPrimitives.Multiply(pa, pb, product);
                foreach ((int slot, double[] derivative) in ofWeights)
                    plan.Layout.AddToFree(slot, FixedOrderSums.Dot(derivative, product), free, row);
            }
        }
        return (free, rows);
    }
}
