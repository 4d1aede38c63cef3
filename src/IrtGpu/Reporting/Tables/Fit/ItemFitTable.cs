using IrtGpu.Fit;
using IrtGpu.Fit.Items;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The table <c>item-fit.csv</c>: a row for each item in each group; empty where there is nothing, and the note says why.</summary>
public static class ItemFitTable
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="plan">Names.</param>
    /// <param name="items">The rows.</param>
    public static void Write(Stream stream, CalibrationPlan plan, IReadOnlyList<ItemFit> items)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(items);
        using CsvWriter csv = new(stream);
        csv.Record(
            "group", "item", "sx2", "sx2_df", "sx2_p", "infit", "infit_z", "outfit", "outfit_z", "x2", "x2_df", "x2_p", "g2", "g2_df", "g2_p",
            "infit_eap", "infit_eap_z", "outfit_eap", "outfit_eap_z", "infit_wle", "infit_wle_z", "outfit_wle", "outfit_wle_z", "sx2_persons", "sx2_p_corrected", "pv_q1", "pv_q1_df", "pv_q1_p", "pv_q1_p_corrected", "note");
        foreach (ItemFit item in items)
        {
            csv.Field(FitLabels.Group(plan, item.Group));
            csv.Field(plan.Items[item.Item].Name);
            Write(csv, item.SumScores);
            Write(csv, item.OverPosterior);
            Write(csv, item.X2);
            Write(csv, item.G2);
            Write(csv, item.AtEap);
            Write(csv, item.AtWle);
            csv.Field(item.SumScores?.Persons);
            csv.Field(item.SumScores?.CorrectedP);
            Write(csv, item.PlausibleValues);
            csv.Field(item.PlausibleValues?.CorrectedP);
            csv.Field(string.Join("; ", Notes(item)));
            csv.EndRecord();
        }
    }

    private static void Write(CsvWriter csv, ItemTest? test)
    {
        csv.Field(test?.Statistic);
        csv.Field(test is { Reason: null } ? test.Df : null);
        csv.Field(test?.P);
    }

    private static void Write(CsvWriter csv, MeanSquares? squares)
    {
        csv.Field(squares?.Infit);
        csv.Field(squares?.InfitZ);
        csv.Field(squares?.Outfit);
        csv.Field(squares?.OutfitZ);
    }

    private static IEnumerable<string> Notes(ItemFit item)
    {
        if (item.SumScores?.Reason is { } sumScores)
            yield return $"sx2: {sumScores}";
        if (item.X2?.Reason is { } x2)
            yield return $"x2: {x2}";
        if (item.G2?.Reason is { } g2)
            yield return $"g2: {g2}";
        if (item.PlausibleValues?.Reason is { } plausibleValues)
            yield return $"pv_q1: {plausibleValues}";
        if (item.OverPosterior is { } squares && double.IsNaN(squares.Infit))
            yield return "infit: nobody answered, or no answer varies";
    }
}
