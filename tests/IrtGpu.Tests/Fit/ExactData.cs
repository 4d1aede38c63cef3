using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Tests.Fit.LimitedInformation;

namespace IrtGpu.Tests.Fit;

/// <summary>Data without noise: every pattern, as often as the model expects it of 1,000 persons a group.</summary>
internal static class ExactData
{
    public static PatternTable Of(ModelPoint point)
    {
        CalibrationPlan plan = point.Plan;
        EnumeratedModel model = new(plan);
        double[] weights = [.. Enumerable.Range(0, plan.GroupCount).SelectMany(group => model.Probabilities(point, group).Select(p => 1000 * p))];
        byte[] rows = [.. Enumerable.Repeat(model.Cells, plan.GroupCount).SelectMany(cells => cells).SelectMany(cell => cell)];
        return PatternTable.Compress(new ResponseData
        {
            ItemNames = plan.Shape.ItemNames,
            CategoryCodes = plan.Shape.CategoryCodes,
            Responses = new(rows, plan.ItemCount),
            PersonCount = weights.Length,
            Weights = weights,
            GroupNames = plan.Shape.GroupNames,
            Groups = plan.GroupCount == 1 ? null : [.. Enumerable.Range(0, weights.Length).Select(row => row / model.Cells.Length)],
        });
    }
}
