using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Asks whether frequency weights are sampling weights, where they look so.</summary>
internal static class WeightReview
{
    private const double ManyPersonsARow = 10;

    /// <summary>Warns of fractions, and of sums far above the rows that are no table of patterns.</summary>
    /// <param name="data">With frequency weights.</param>
    /// <param name="column">Their column.</param>
    /// <param name="path">The data.</param>
    /// <param name="warnings">Receives the question.</param>
    public static void Report(ResponseData data, string column, string path, List<DataProblem> warnings)
    {
        double[] weights = data.Weights!;
        double total = weights.Sum();
        double fraction = Array.Find(weights, weight => weight != Math.Floor(weight)); // 0: there is none
        if (fraction == 0 && !(total > ManyPersonsARow * weights.Length && !IsTableOfPatterns(data)))
            return;
        string what = fraction != 0
            ? string.Create(CultureInfo.InvariantCulture, $"The weights have fractions (such as {fraction}) and sum to {total:0.###}")
            : string.Create(CultureInfo.InvariantCulture, $"The weights sum to {total:0.###}, far more than the {weights.Length} rows");
        warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
            $"{what}. Frequency or sampling? They are taken as numbers of persons with the same answers, so that standard errors are those of {total:0.###} persons. ")
            + $"If they say how many of the population a person was drawn for, use --sampling-weight {OptionText.Name(column)}.", path, null, column));
    }

    // Rows that are all different, of few possible ones or with many that occur once.
    private static bool IsTableOfPatterns(ResponseData data)
    {
        if (PatternIndex.Assign(data, new int[data.PersonCount]) < data.PersonCount)
            return false;
        double logPossible = data.CategoryCodes.Sum(codes => Math.Log(codes.Length + 1));
        return logPossible < Math.Log(ManyPersonsARow * data.Weights!.Sum()) || data.Weights!.Count(weight => weight == 1) > data.PersonCount / ManyPersonsARow;
    }
}
