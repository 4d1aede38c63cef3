using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>Gathers the weights row by row, and what is wrong with them once for the column.</summary>
/// <param name="delimiter">What separates fields: where it is no comma, a comma may be that of decimals.</param>
internal sealed class WeightColumn(char delimiter)
{
    /// <summary>Most persons that can be counted one by one in floating point.</summary>
    private const double LargestTotal = 1L << 53;

    private readonly List<double> values = [];
    private readonly PlaceTally missing = new();
    private readonly PlaceTally bad = new();
    private readonly PlaceTally commas = new();
    private readonly PlaceTally thousands = new();
    private readonly PlaceTally points = new();

    /// <summary>Rows of weight 0.</summary>
    public PlaceTally Zeros { get; } = new();

    /// <summary>The weights. [person]</summary>
    public double[] Values => [.. values];

    public void Add(ReadOnlySpan<char> text, bool isMissing, long line)
    {
        double weight = 1;
        if (isMissing)
            missing.Add(line, text.ToString());
        else if (!TryParse(text, line, out weight) || weight < 0)
            bad.Add(line, text.ToString());
        else if (weight == 0)
            Zeros.Add(line);
        values.Add(double.IsFinite(weight) ? weight : 1);
    }

    /// <summary>Adds the weight of a row that cannot be read.</summary>
    public void AddNone() => values.Add(1);

    /// <summary>Tells what is wrong with the column.</summary>
    public void Report(string path, string column, bool isSampling, ProblemLog problems, List<DataProblem> warnings)
    {
        if (missing.Count > 0)
        {
            problems.Add(new DataProblem($"The weight of {Rows(missing)} is missing: {missing}. Fill it in or correct it, or take the row out; codes for missing hold for weights too.",
                path, missing.FirstLine, column));
        }
        if (bad.Count > 0)
        {
            problems.Add(new DataProblem($"The weight of {Rows(bad)} is not a number from 0 up: {bad}. A weight says how many persons the row stands for; correct it "
                + "(with a decimal point), or take the row out.", path, bad.FirstLine, column));
        }
        if (commas.Count > 0 && (points.Count > 0 || thousands.Count == commas.Count))
        {
            problems.Add(new DataProblem($"It cannot be told whether the comma in {commas} separates decimals or thousands. Write decimal points and no thousands separators.",
                path, commas.FirstLine, column));
        }
        else if (commas.Count > 0)
        {
            warnings.Add(new DataProblem($"{Rows(commas)} have a weight with a decimal comma, and were read so: {commas}.", path, commas.FirstLine, column));
        }
        if (values.Count > 0 && Zeros.Count == values.Count)
        {
            problems.Add(new DataProblem($"Every weight is 0, so nobody counts. Name another column with --{(isSampling ? "sampling-" : "")}weight, or leave the option out.",
                path, null, column));
        }
        double total = values.Sum();
        if (!isSampling && !(total <= LargestTotal))
        {
            problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"The weights sum to {(double.IsFinite(total) ? total.ToString("g3", CultureInfo.InvariantCulture) : "more than any number")}; persons can be counted up to {LargestTotal:g3}. ")
                + "Divide them all by the same number; if they are sampling weights, of which only the ratios count, use --sampling-weight.", path, null, column));
        }
    }

    private static string Rows(PlaceTally tally) => tally.Count == 1 ? "one row" : $"{tally.Count.ToString(CultureInfo.InvariantCulture)} rows";

    private bool TryParse(ReadOnlySpan<char> text, long line, out double weight)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out weight) && double.IsFinite(weight))
        {
            if (text.Contains('.'))
                points.Add(line);
            return true;
        }
        if (delimiter == ',' || DecimalComma.Parse(text) is not { } number)
            return false;
        weight = number;
        commas.Add(line, text.ToString());
        if (DecimalComma.MayBeThousands(text))
            thousands.Add(line);
        return true;
    }
}
