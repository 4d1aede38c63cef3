using IrtGpu.Compute;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Population;
using IrtGpu.Scoring.Information;
using IrtGpu.Scoring.SumScores;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Integration;

namespace IrtGpu.Fit.Information;

/// <summary>Accuracy and consistency of classification at cut scores, for one observed group of one attribute and one class.</summary>
/// <remarks>
/// p_c(θ) = P(category c | θ), by the normal distribution of θ̂ (Rudner 2001, Practical Assessment, Research and Evaluation 7(14); 2005, the same,
/// 10(13)) or by the sum score's distribution, found by the recursion of Lord and Wingersky (Lee 2010, Journal of Educational Measurement 47, 1–17).
/// Accuracy is E[p_{c(θ)}(θ)] and consistency E[Σ_c p_c(θ)²] over the population; integrals go from cut to cut, where p_{c(θ)} jumps, by Gauss
/// and Legendre's rule. A cut on θ and one on the sum score are the same where the expected sum score at the one is the other.
/// </remarks>
internal sealed class Classification
{
    private const double Reach = 9; // standard deviations
    private const double PanelWidth = 0.25; // standard deviations
    private const int NodesPerPanel = 8;
    private const double Rounding = 1e-9;

    private readonly ModelPoint point;
    private readonly PlannedBlock block;
    private readonly int[] items;
    private readonly double mean;
    private readonly double deviation;
    private double[] theta = [];
    private double[] weight = [];
    private double[] rootInformation = [];
    private SumScoreDistribution? scores;

    private Classification(ModelPoint point, int group)
    {
        this.point = point;
        block = point.Plan.Blocks[group];
        int[] setOfItem = point.Plan.Tables[block.Table].SetOfItem;
        items = [.. Enumerable.Range(0, point.Plan.ItemCount).Where(item => setOfItem[item] >= 0)];
        mean = point.Parameters.Slots[block.FirstMeanSlot];
        deviation = Math.Sqrt(point.Parameters.Slots[block.CovarianceSlot(0, 0)]);
    }

    /// <summary>Classifies: for each measure each cut alone, then, where there are several, all at once.</summary>
    /// <param name="point">The estimates; one attribute, one class.</param>
    /// <param name="group">Observed group.</param>
    /// <param name="cuts">At least one cut, without a problem.</param>
    /// <param name="reason">Why one measure or both are left out; empty where none is.</param>
    public static IReadOnlyList<ClassificationAgreement> Of(ModelPoint point, int group, CutScores cuts, out string reason)
    {
        Classification classification = new(point, group);
        reason = "";
        double[] thetaCuts = [.. cuts.Values];
        string? noScores = classification.RisingProblem();
        if (cuts.Measure == ClassificationMeasure.SumScore)
        {
            reason = noScores is null ? classification.TryFindTheta(cuts.Values, thetaCuts) : $"Sum scores say nothing of θ: {noScores}";
            if (reason.Length > 0)
                return [];
        }
        classification.Lay(thetaCuts);
        List<ClassificationAgreement> rows = [];
        double[] scoreCuts = [.. cuts.Measure == ClassificationMeasure.SumScore
            ? cuts.Values.Select(Math.Ceiling)
            : thetaCuts.Select(cut => Math.Ceiling(classification.ExpectedScore(cut) - Rounding))];
        foreach (ClassificationMeasure measure in Enum.GetValues<ClassificationMeasure>())
        {
            if (measure == ClassificationMeasure.SumScore && noScores is not null)
            {
                reason = $"Classification by sum scores: {noScores}";
                continue;
            }
            for (int cut = 0; cut < thetaCuts.Length; cut++)
                rows.Add(classification.Agree(measure, cut, [thetaCuts[cut]], [scoreCuts[cut]]) with { Group = group, ThetaCut = thetaCuts[cut], ScoreCut = noScores is null ? scoreCuts[cut] : double.NaN });
            if (thetaCuts.Length > 1)
                rows.Add(classification.Agree(measure, -1, thetaCuts, scoreCuts) with { Group = group, ThetaCut = double.NaN, ScoreCut = double.NaN });
        }
        return rows;
    }

    /// <summary>Nodes from cut to cut, the population's weights, and the distribution of sum scores there.</summary>
    private void Lay(double[] cuts)
    {
        double low = mean - Reach * deviation;
        double high = mean + Reach * deviation;
        double[] ends = [low, .. cuts.Where(cut => cut > low && cut < high), high];
        List<double> nodes = [];
        List<double> logWeights = [];
        IPopulation population = point.Populations[block.Index];
        for (int part = 0; part + 1 < ends.Length; part++)
        {
            int panels = (int)Math.Ceiling((ends[part + 1] - ends[part]) / (PanelWidth * deviation));
            double width = (ends[part + 1] - ends[part]) / panels;
            for (int panel = 0; panel < panels; panel++)
            {
                GaussLegendreRule rule = new(ends[part] + panel * width, ends[part] + (panel + 1) * width, NodesPerPanel);
                for (int node = 0; node < NodesPerPanel; node++)
                {
                    nodes.Add(rule.GetAbscissa(node));
                    logWeights.Add(Math.Log(rule.GetWeight(node)) + population.LogDensity([nodes[^1]]));
                }
            }
        }
        theta = [.. nodes];
        double largest = logWeights.Max();
        double[] unscaled = [.. logWeights.Select(value => Math.Exp(value - largest))];
        double total = unscaled.Sum();
        weight = [.. unscaled.Select(value => value / total)];
        IReadOnlyList<(int Item, ItemInformation Information)> information = ItemInformation.OfBlock(point, block);
        rootInformation = [.. theta.Select(at => Math.Sqrt(information.Sum(item => item.Information.At([at]) * Math.Pow(item.Information.Along([1]), 2))))];
        scores = new SumScoreDistribution(theta.Length, items.Sum(item => point.Plan.Items[item].CategoryCount - 1));
        foreach (int item in items)
            scores.Add(Probabilities(item, theta));
    }

    private ClassificationAgreement Agree(ClassificationMeasure measure, int cut, double[] thetaCuts, double[] scoreCuts)
    {
        int count = thetaCuts.Length + 1;
        double[] share = new double[count];
        double[] p = new double[count];
        (double accuracy, double above, double below, double consistency) = (0, 0, 0, 0);
        for (int node = 0; node < theta.Length; node++)
        {
            FillCategories(measure, node, thetaCuts, scoreCuts, p);
            int own = thetaCuts.Count(edge => theta[node] >= edge);
            for (int c = 0; c < count; c++)
            {
                double mass = weight[node] * p[c];
                share[c] += mass;
                consistency += mass * p[c];
                (accuracy, above, below) = c == own ? (accuracy + mass, above, below) : c > own ? (accuracy, above + mass, below) : (accuracy, above, below + mass);
            }
        }
        return new ClassificationAgreement(0, measure, cut)
        {
            Accuracy = accuracy,
            FalsePositive = above,
            FalseNegative = below,
            Consistency = consistency,
            Chance = share.Sum(one => one * one),
        };
    }

    /// <summary>p_c(θ) as differences of P(below a cut).</summary>
    private void FillCategories(ClassificationMeasure measure, int node, double[] thetaCuts, double[] scoreCuts, double[] p)
    {
        double before = 0;
        int score = 0;
        double held = 0; // P(score < cut)
        for (int cut = 0; cut < thetaCuts.Length; cut++)
        {
            if (measure == ClassificationMeasure.SumScore)
            {
                for (; score <= scores!.LargestScore && score < scoreCuts[cut]; score++)
                    held += scores.At(score)[node];
            }
            double below = measure == ClassificationMeasure.SumScore ? held : Normal.CDF(0, 1, (thetaCuts[cut] - theta[node]) * rootInformation[node]);
            p[cut] = below - before;
            before = below;
        }
        p[^1] = 1 - before;
    }

    /// <summary>Why sum scores do not rise with θ; null where they do.</summary>
    private string? RisingProblem()
    {
        double[] at = [.. Enumerable.Range(0, 121).Select(step => mean + deviation * (step - 60) / 10)];
        double[] expected = ExpectedScores(at);
        for (int step = 1; step < at.Length; step++)
        {
            if (expected[step] < expected[step - 1] - Rounding)
                return FormattableString.Invariant($"the expected sum score falls between θ = {at[step - 1]:0.##} and {at[step]:0.##}, so that a higher sum is not a higher θ.");
        }
        return null;
    }

    /// <summary>θ at which the expected sum score is the cut, by bisection.</summary>
    /// <returns>What is wrong with a cut; empty where nothing is</returns>
    private string TryFindTheta(IReadOnlyList<double> scoreCuts, double[] thetaCuts)
    {
        double low = mean - Reach * deviation;
        double high = mean + Reach * deviation;
        (double least, double most) = (ExpectedScore(low), ExpectedScore(high));
        for (int cut = 0; cut < thetaCuts.Length; cut++)
        {
            if (!(scoreCuts[cut] > least && scoreCuts[cut] < most))
                return FormattableString.Invariant($"A cut at a sum score of {scoreCuts[cut]} has no θ: nine standard deviations about the mean the items' expected sum goes from {least:0.##} to {most:0.##}.");
            (double from, double to) = (low, high);
            for (int halving = 0; halving < 100; halving++)
            {
                double middle = (from + to) / 2;
                (from, to) = ExpectedScore(middle) < scoreCuts[cut] ? (middle, to) : (from, middle);
            }
            thetaCuts[cut] = (from + to) / 2;
        }
        return "";
    }

    private double ExpectedScore(double at) => ExpectedScores([at])[0];

    private double[] ExpectedScores(double[] at)
    {
        double[] expected = new double[at.Length];
        foreach (int item in items)
        {
            double[] rows = Probabilities(item, at);
            for (int cell = at.Length; cell < rows.Length; cell++)
                expected[cell % at.Length] += cell / at.Length * rows[cell];
        }
        return expected;
    }

    /// <summary>P of an item's categories. [category, point]</summary>
    private double[] Probabilities(int item, double[] at)
    {
        PlannedItem planned = point.Plan.Items[item];
        double[] rows = new double[planned.CategoryCount * at.Length];
        ItemTables.FillItem(point, point.Plan.ParameterSets[point.Plan.Tables[block.Table].SetOfItem[item]], at, planned.Attributes, 1, new double[at.Length], rows, at.Length);
        foreach (ref double value in rows.AsSpan())
            value = Math.Exp(value);
        return rows;
    }
}
