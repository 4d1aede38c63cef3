using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Planning.Starts;

/// <summary>Slopes for exploration from <see cref="SpectralLoadings"/>, turned to where zeros fix the axes.</summary>
internal static class SpectralStart
{
    private const double LogisticToNormal = 1.702;

    /// <summary>Makes the start; null where the axes are confirmatory or there is one.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    public static ParameterVector? TryMake(CalibrationPlan plan, PatternTable patterns)
    {
        if (!plan.Specification.IsExploratory || plan.AttributeCount < 2)
            return null;
        Matrix<double> slopes = Turn(plan, Slopes(SpectralLoadings.Of(patterns, plan.AttributeCount)));
        ParameterVector marginal = StartingValues.FromMarginals(plan, patterns);
        double[] desired = (double[])marginal.Slots.Clone();
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            PlannedItem item = plan.Items[set.Item];
            for (int loading = 0; loading < item.Attributes.Length; loading++)
            {
                int slot = set.FirstSlot + item.Family.SlopeSlot(item, loading);
                if (plan.Layout.Slots[slot].Kind == ParameterKind.Slope)
                    desired[slot] = slopes[set.Item, item.Attributes[loading]];
            }
        }
        ParameterVector start = AdmissibleStart.Place(plan, StartingValues.Project(plan, desired, keepUserStarts: true));
        AdmissibleStart.Require(plan, start);
        return start;
    }

    private static Matrix<double> Slopes(Matrix<double> loadings) => Matrix<double>.Build.Dense(loadings.RowCount, loadings.ColumnCount, (item, j) =>
        LogisticToNormal * loadings[item, j] / Math.Sqrt(1 - loadings.Row(item).DotProduct(loadings.Row(item))));

    /// <summary>Rotates so that the item that has k + 1 loadings has the others 0: with B the rows of these items, Bᵀ = Q R, new slopes are A Q.</summary>
    private static Matrix<double> Turn(CalibrationPlan plan, Matrix<double> slopes)
    {
        int count = plan.AttributeCount;
        int[] axes = [.. Enumerable.Range(0, plan.ItemCount).Where(item => plan.Items[item].Attributes.Length < count).OrderBy(item => plan.Items[item].Attributes.Length)];
        Matrix<double> rows = Matrix<double>.Build.Dense(count, count, (j, k) => k < axes.Length ? slopes[axes[k], j] : j == k ? 1 : 0);
        Matrix<double> turned = slopes * rows.QR().Q;
        for (int j = 0; j < count; j++)
        {
            if (turned.Column(j).Sum() < 0)
                turned.SetColumn(j, -turned.Column(j));
        }
        return turned;
    }
}
