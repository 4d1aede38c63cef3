using IrtGpu.Foundation.Optimization;

namespace IrtGpu.Differential.SumScores;

/// <summary>Regression of an item on sum score and group: logistic, and of ordered categories with proportional odds.</summary>
/// <remarks>
/// P(y ≥ m) = σ(α_m + xβ), α_1 &gt; … &gt; α_(M−1), by Newton's method over counts of sum score, group and category. Swaminathan &amp; Rogers (1990); Zumbo
/// (1999).
/// </remarks>
internal sealed class ScoreRegression
{
    private const double FarPredictor = 30; // probabilities beyond are 0 or 1: the data set no limit

    private readonly MatchedCounts counts;
    private readonly bool hasGroup;
    private readonly bool hasProduct;
    private readonly double center;
    private readonly double scale;
    private readonly int thresholds;
    private readonly int count;

    private ScoreRegression(MatchedCounts counts, bool hasGroup, bool hasProduct)
    {
        this.counts = counts;
        this.hasGroup = hasGroup;
        this.hasProduct = hasProduct;
        thresholds = counts.CategoryCount - 1;
        int groups = counts.GroupCount - 1;
        count = thresholds + 1 + (hasGroup ? groups : 0) + (hasProduct ? groups : 0);
        double weight = 0;
        double mean = 0;
        double square = 0;
        for (int stratum = 0; stratum < counts.StratumCount; stratum++)
        {
            for (int group = 0; group < counts.GroupCount; group++)
            {
                double persons = counts.Persons(stratum, group);
                weight += persons;
                mean += persons * counts.Scores[stratum];
                square += persons * counts.Scores[stratum] * counts.Scores[stratum];
            }
        }
        center = mean / weight;
        scale = Math.Sqrt(Math.Max(0, square / weight - center * center));
    }

    /// <summary>Largest log-likelihood, without a multinomial constant; null where it has no maximum at finite values.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="hasGroup">Whether groups have intercepts of their own.</param>
    /// <param name="hasProduct">Whether they have slopes of their own.</param>
    public static double? LogLikelihood(MatchedCounts counts, bool hasGroup, bool hasProduct)
    {
        ScoreRegression regression = new(counts, hasGroup, hasProduct);
        return regression.scale > 0 ? regression.Maximize() : null;
    }

    /// <summary>Log-likelihood of thresholds alone.</summary>
    public static double NullLogLikelihood(MatchedCounts counts)
    {
        double[] totals = new double[counts.CategoryCount];
        for (int cell = 0; cell < counts.Counts.Length; cell++)
            totals[cell % counts.CategoryCount] += counts.Counts[cell];
        double all = totals.Sum();
        return totals.Sum(total => total > 0 ? total * Math.Log(total / all) : 0);
    }

    private double? Maximize()
    {
        double[] x = Start();
        NewtonMaximizer.Maximize(x, Evaluate);
        double value = Evaluate(x, [], []);
        return Array.TrueForAll(x, one => Math.Abs(one) < FarPredictor) && double.IsFinite(value) ? value : null;
    }

    private double[] Start()
    {
        double[] totals = new double[counts.CategoryCount];
        for (int cell = 0; cell < counts.Counts.Length; cell++)
            totals[cell % counts.CategoryCount] += counts.Counts[cell];
        double all = totals.Sum() + 1;
        double[] x = new double[count];
        double above = 0;
        for (int step = thresholds - 1; step >= 0; step--)
        {
            above += totals[step + 1] + 0.5 / counts.CategoryCount;
            x[step] = Math.Log(above / (all - above));
        }
        return x;
    }

    private double Evaluate(double[] x, Span<double> gradient, Span<double> information)
    {
        for (int step = 1; step < thresholds; step++)
        {
            if (x[step] >= x[step - 1])
                return double.NegativeInfinity;
        }
        double value = 0;
        double[] design = new double[count];
        double[] above = new double[counts.CategoryCount + 1]; // P(y ≥ m)
        for (int stratum = 0; stratum < counts.StratumCount; stratum++)
        {
            for (int group = 0; group < counts.GroupCount; group++)
            {
                double eta = Design(stratum, group, x, design);
                above[0] = 1;
                above[^1] = 0;
                for (int step = 0; step < thresholds; step++)
                    above[step + 1] = 1 / (1 + Math.Exp(-x[step] - eta));
                double persons = counts.Persons(stratum, group);
                for (int category = 0; category < counts.CategoryCount; category++)
                {
                    double given = counts[stratum, group, category];
                    double probability = above[category] - above[category + 1];
                    if (given > 0)
                        value += given * Math.Log(probability);
                    if (!gradient.IsEmpty && persons > 0 && probability > 0)
                        AddCategory(category, given, persons, probability, above, design, gradient, information);
                }
            }
        }
        return value;
    }

    /// <summary>x β of score, groups and products; their values stand behind the thresholds of the design.</summary>
    private double Design(int stratum, int group, double[] x, double[] design)
    {
        Array.Clear(design);
        double score = (counts.Scores[stratum] - center) / scale;
        int column = thresholds;
        design[column++] = score;
        for (int other = 1; other < counts.GroupCount && hasGroup; other++)
            design[column++] = group == other ? 1 : 0;
        for (int other = 1; other < counts.GroupCount && hasProduct; other++)
            design[column++] = group == other ? score : 0;
        double eta = 0;
        for (int k = thresholds; k < count; k++)
            eta += design[k] * x[k];
        return eta;
    }

    /// <summary>Gradient of the observed counts and expected (Fisher) information: Σ persons · P′P′ᵀ/P.</summary>
    private void AddCategory(
        int category, double given, double persons, double probability, double[] above, double[] design, Span<double> gradient, Span<double> information)
    {
        double[] derivative = new double[count];
        double upper = above[category] * (1 - above[category]);
        double lower = above[category + 1] * (1 - above[category + 1]);
        if (category > 0)
            derivative[category - 1] += upper;
        if (category < thresholds)
            derivative[category] -= lower;
        for (int k = thresholds; k < count; k++)
            derivative[k] = (upper - lower) * design[k];
        for (int row = 0; row < count; row++)
        {
            if (derivative[row] == 0)
                continue;
            gradient[row] += given / probability * derivative[row];
            for (int column = 0; column <= row; column++)
                information[row * count + column] += persons * derivative[row] * derivative[column] / probability;
        }
    }
}
