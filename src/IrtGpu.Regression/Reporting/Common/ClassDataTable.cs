using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Results;

namespace IrtGpu.Regression.Reporting.Common;

/// <summary>
/// The table <c>class-data.csv</c>: rows of the data with their likeliest class, the first predictor that holds numbers, the response and the mean of each
/// class, so that a picture need not read the data. Of many rows every n-th.
/// </summary>
internal static class ClassDataTable
{
    private const int MostRows = 2000;

    /// <param name="stream">Where to.</param>
    /// <param name="fit">The mixture.</param>
    /// <param name="rowName">Names of the rows of the data, by 1-based row.</param>
    public static void Write(Stream stream, MixtureFit fit, Func<int, string> rowName)
    {
        string? predictor = fit.Problem.Frame.Formula.PredictorColumns.Select(column => column.Text).FirstOrDefault(name => name != fit.EffectGroup && fit.Problem.Frame.Rows.Source.IsNumeric(name));
        double[]? x = predictor is null ? null : fit.Problem.Frame.Rows.Numbers(predictor);
        double[] y = fit.Problem.Frame.Response!;
        string response = fit.Problem.Frame.Formula.Response!.ToString()!;
        double[] means = MixtureMeans.OfClasses(fit.Problem, fit.Full);
        int[] likeliest = fit.LikeliestClasses();
        int[]? unitOfRow = fit.Problem.Data.UnitOfRow;
        int stride = Math.Max(1, (y.Length + MostRows - 1) / MostRows);
        using CsvWriter csv = new(stream);
        csv.Record(["row", "class", "response", "y", "predictor", "x", .. Enumerable.Range(1, fit.Classes).Select(k => FormattableString.Invariant($"mean_{k}"))]);
        for (int row = 0; row < y.Length; row += stride)
        {
            csv.Field(rowName(fit.RowNumbers[row]));
            csv.Field(likeliest[unitOfRow is null ? row : unitOfRow[row]] + 1);
            csv.Field(response);
            csv.Field(y[row]);
            csv.Field(predictor ?? "");
            csv.Field(x is null ? double.NaN : x[row]);
            for (int k = 0; k < fit.Classes; k++)
                csv.Field(means[row * fit.Classes + k]);
            csv.EndRecord();
        }
    }
}
