using IrtGpu.Linking.Forms;
using IrtGpu.Scoring.SumScores;

namespace IrtGpu.Linking.Equating;

/// <summary>True-score and observed-score equating of sum scores by item response models.</summary>
/// <remarks>
/// Kolen &amp; Brennan (2014), Test Equating, Scaling, and Linking, ch. 6. True scores: θ at which the form's test characteristic curve has the
/// score, and the base's curve there; below the sum of lower asymptotes and above that of upper ones linear to the ends. Observed scores:
/// equal percentile ranks (ch. 2, uniform kernel) of the sum scores' distributions, by the recursion of Lord and Wingersky, in a synthetic
/// population of the persons of both.
/// </remarks>
internal sealed class ScoreEquating
{
    private const int NodeCount = 161;
    private const double Reach = 6; // in SDs
    private const double FarTheta = 40;

    private readonly LinkForm baseForm;
    private readonly LinkForm form;
    private readonly MetricTransformation at; // of the form, to the base
    private readonly int baseMost;
    private readonly int formMost;

    private ScoreEquating(LinkForm baseForm, LinkForm form, MetricTransformation at)
    {
        this.baseForm = baseForm;
        this.form = form;
        this.at = at;
        baseMost = baseForm.Items.Sum(item => item.Points[^1]);
        formMost = form.Items.Sum(item => item.Points[^1]);
    }

    /// <summary>Makes the table.</summary>
    /// <param name="baseForm">Whose scores are equated to.</param>
    /// <param name="form">Whose scores are equated.</param>
    /// <param name="at">From the form's scale to that of the base.</param>
    /// <param name="syntheticWeight">Weight of the form's persons.</param>
    public static EquatingTable Of(LinkForm baseForm, LinkForm form, MetricTransformation at, double syntheticWeight)
    {
        foreach (LinkForm one in (LinkForm[])[baseForm, form])
        {
            if (one.LeftOut.Count > 0)
                return Refuse($"'{one.LeftOut.First().Key}' {one.LeftOut.First().Value}, so that a sum score means something else in each group");
            if (one.Items.FirstOrDefault(item => !item.IsOrdered) is { } nominal)
                return Refuse($"'{nominal.Name}' of '{one.Name}' is nominal, and its categories give no points");
            if (one.Items.FirstOrDefault(item => one.Slots[item.Set.FirstSlot + item.Planned.Family.SlopeSlot(item.Planned, 0)] <= 0) is { } falling)
                return Refuse($"'{falling.Name}' of '{one.Name}' has a slope of 0 or below, so that a higher sum score is not a higher θ");
        }
        return new EquatingTable(new ScoreEquating(baseForm, form, at).Equate(syntheticWeight), null);

        static EquatingTable Refuse(string why) => new([], $"Sum scores are not equated: {why}.");
    }

    private EquatedScore[] Equate(double syntheticWeight)
    {
        (double[] theta, double[] weight) = Population(syntheticWeight);
        double[] ofBase = Distribution(baseForm, theta, weight);
        double[] ofForm = Distribution(form, [.. theta.Select(at.FromBase)], weight);
        double[] observed = EquipercentileScores(ofForm, ofBase);
        EquatedScore[] table = new EquatedScore[formMost + 1];
        double lowest = ExpectedScore(form, -FarTheta * 100);
        double highest = ExpectedScore(form, FarTheta * 100);
        double baseLowest = ExpectedScore(baseForm, -FarTheta * 100);
        double baseHighest = ExpectedScore(baseForm, FarTheta * 100);
        for (int score = 0; score <= formMost; score++)
        {
            double? place = score > lowest + 1e-9 && score < highest - 1e-9 ? Invert(score) : null;
            double truth = place is { } found ? ExpectedScore(baseForm, found)
                : score <= lowest + 1e-9 ? Interpolate(score, lowest, 0, baseLowest)
                : baseMost - Interpolate(formMost - score, formMost - highest, 0, baseMost - baseHighest);
            table[score] = new EquatedScore(score, place, truth, observed[score], ofForm[score]);
        }
        return table;
    }

    private static double Interpolate(double score, double most, double from, double to) => most > 1e-9 ? from + score / most * (to - from) : from;

    /// <summary>θ on the scale of the base at which the form expects a score, by bisection: curves rise.</summary>
    private double Invert(double score)
    {
        double low = -FarTheta;
        double high = FarTheta;
        while (ExpectedScore(form, at.FromBase(low)) > score && low > -FarTheta * 100)
            low *= 2;
        while (ExpectedScore(form, at.FromBase(high)) < score && high < FarTheta * 100)
            high *= 2;
        for (int halving = 0; halving < 200 && high - low > 1e-13 * Math.Max(1, Math.Abs(high)); halving++)
        {
            double middle = (low + high) / 2;
            if (ExpectedScore(form, at.FromBase(middle)) < score)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }

    private static double ExpectedScore(LinkForm of, double theta)
    {
        double sum = 0;
        foreach (FormItem item in of.Items)
        {
            double[] probability = new double[item.CategoryCount];
            item.Fill(of.Slots, [theta], probability);
            for (int category = 0; category < item.CategoryCount; category++)
                sum += item.Points[category] * probability[category];
        }
        return sum;
    }

    private (double[] Theta, double[] Weight) Population(double syntheticWeight)
    {
        (double baseMean, double baseDeviation) = baseForm.Population();
        (double mean, double deviation) = form.Population();
        (mean, deviation) = (at.ToBase(mean), at.A * deviation);
        double low = Math.Min(baseMean - Reach * baseDeviation, mean - Reach * deviation);
        double high = Math.Max(baseMean + Reach * baseDeviation, mean + Reach * deviation);
        double[] theta = [.. Enumerable.Range(0, NodeCount).Select(node => low + (high - low) * node / (NodeCount - 1))];
        double[] weight = [.. theta.Select(value => (1 - syntheticWeight) * baseForm.Density(value) + syntheticWeight * form.Density(at.FromBase(value)) / at.A)];
        double total = weight.Sum();
        return (theta, [.. weight.Select(value => value / total)]);
    }

    private static double[] Distribution(LinkForm of, double[] theta, double[] weight)
    {
        SumScoreDistribution distribution = new(theta.Length, of.Items.Sum(item => item.Points[^1]));
        foreach (FormItem item in of.Items)
        {
            double[] probability = new double[item.CategoryCount * theta.Length];
            item.Fill(of.Slots, theta, probability);
            distribution.Add(probability, item.Points);
        }
        double[] marginal = new double[distribution.LargestScore + 1];
        for (int score = 0; score < marginal.Length; score++)
        {
            ReadOnlySpan<double> row = distribution.At(score);
            for (int node = 0; node < row.Length; node++)
                marginal[score] += row[node] * weight[node];
        }
        return marginal;
    }

    /// <summary>For each score of one distribution the score of the other of the same percentile rank.</summary>
    internal static double[] EquipercentileScores(ReadOnlySpan<double> from, ReadOnlySpan<double> to)
    {
        double[] equated = new double[from.Length];
        double below = 0;
        for (int score = 0; score < equated.Length; score++)
        {
            double rank = below + from[score] / 2;
            below += from[score];
            double cumulative = 0;
            int place = 0;
            while (place < to.Length - 1 && cumulative + to[place] <= rank)
                cumulative += to[place++];
            equated[score] = place - 0.5 + (to[place] > 0 ? Math.Clamp((rank - cumulative) / to[place], 0, 1) : 0.5);
        }
        return equated;
    }
}
