using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning;
using IrtGpu.Reporting.Documents;

namespace IrtGpu.Reporting.Tables;

/// <summary>The files <c>rotation.csv</c> (items on the turned axes) and <c>rotation.json</c> (transformation, correlations, populations).</summary>
public static class RotationTable
{
    /// <summary>Writes <c>rotation.csv</c>: a row for each item and turned attribute in each block where the item was given.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="rotations">The rotated solutions.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<RotatedSolution> rotations)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(rotations);
        using CsvWriter csv = new(stream);
        csv.Record("group", "class", "item", "attribute", "loading", "loading_se", "slope", "slope_se", "communality");
        Dictionary<(int, int), RotatedItem> items = [];
        foreach (RotatedItem item in rotations.SelectMany(rotation => rotation.Items))
        {
            foreach (int block in plan.ParameterSets[item.ParameterSet].Blocks)
                items[(block, plan.ParameterSets[item.ParameterSet].Item)] = item;
        }
        foreach ((PlannedBlock block, ItemParameterSet set) in BlockItems.Of(plan))
        {
            RotatedItem item = items[(block.Index, set.Item)];
            for (int j = 0; j < plan.AttributeCount; j++)
            {
                csv.Field(BlockItems.GroupLabel(plan, block));
                csv.Field(BlockItems.ClassLabel(plan, block));
                csv.Field(item.Item);
                csv.Field(plan.Specification.Attributes[j]);
                csv.Field(item.Loadings[j]);
                csv.Field(item.LoadingErrors?[j] ?? double.NaN);
                csv.Field(item.Slopes[j]);
                csv.Field(item.SlopeErrors?[j] ?? double.NaN);
                csv.Field(item.Communality);
                csv.EndRecord();
            }
        }
    }

    /// <summary>Writes <c>rotation.json</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="rotations">The rotated solutions.</param>
    public static void WriteJson(Stream stream, IReadOnlyList<RotatedSolution> rotations)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonSettings.Write(stream, json => json.Objects(rotations, DocumentWriter.Write));
    }
}
