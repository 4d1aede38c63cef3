using IrtGpu.Data;
using IrtGpu.Differential.SumScores;
using IrtGpu.Tests.Docs;

namespace IrtGpu.Tests.Differential;

/// <summary>Tests by sum scores of the verbal aggression data, men against women, beside what R's difR prints of them.</summary>
/// <remarks>
/// Numbers: tests/testthat/_snaps/difMH.md and difLogistic.md of the difR repository (github.com/adelahladka/difR and its forks), the examples of its help
/// pages: difMH(verbal, group = 25, focal.name = 1) with MHstat = "MHChisq" and "logOR", and difLogistic with type = "both", "udif" and "nudif". Its data set
/// <c>verbal</c> is docs/examples/verbal-aggression.csv with "perhaps" and "yes" taken together, Gender 1 being men (Magis, Béland, Tuerlinckx and De Boeck 2010,
/// Behavior Research Methods 42, 847–862).
/// </remarks>
public sealed class PublishedDifTests
{
    private static readonly double[] Corrected =
    [
        1.7076, 2.1486, 0.9926, 1.9302, 2.9540, 9.6032, 0.0013, 0.6752, 0.8185, 1.6292, 0.0152, 4.1188,
        0.1324, 2.7501, 0.0683, 6.3029, 6.8395, 0.2170, 5.7817, 3.8880, 0.2989, 1.1220, 1.4491, 0.8390,
    ];

    private static readonly double[] OddsRatio =
    [
        1.7005, 1.7702, 1.4481, 1.9395, 1.9799, 2.8804, 0.9439, 0.7194, 1.5281, 1.6849, 1.0901, 2.3458,
        0.7967, 0.4995, 1.1765, 0.3209, 0.3746, 0.7931, 0.4616, 0.4727, 0.6373, 0.6444, 0.6385, 1.6053,
    ];

    private static readonly double[] Delta =
    [
        -1.2476, -1.3420, -0.8701, -1.5567, -1.6052, -2.4861, 0.1358, 0.7741, -0.9965, -1.2260, -0.2028, -2.0036,
        0.5340, 1.6313, -0.3821, 2.6709, 2.3072, 0.5447, 1.8165, 1.7606, 1.0585, 1.0327, 1.0541, -1.1123,
    ];

    private static readonly double[] LogOddsRatio = // over its standard error
    [
        1.4759, 1.6751, 1.1404, 1.6327, 1.9103, 3.1373, -0.1889, -0.9984, 1.1136, 1.4869, 0.2735, 2.2368,
        -0.5675, -1.8434, 0.4495, -2.6614, -2.6876, -0.6396, -2.4687, -2.1368, -0.8366, -1.2436, -1.3810, 1.1203,
    ];

    private static readonly double[] Both =
    [
        2.0014, 3.3541, 2.4742, 4.7296, 4.1404, 11.4111, 1.6061, 1.6331, 2.6989, 2.4547, 2.0997, 3.6877,
        1.2196, 4.7304, 1.0456, 7.6935, 10.2622, 1.7016, 7.2379, 5.8680, 1.2763, 2.9521, 2.6956, 1.3524,
    ];

    private static readonly double[] Uniform =
    [
        1.9998, 1.9065, 2.1606, 4.2639, 2.9036, 11.3031, 0.0955, 1.6260, 2.1397, 1.9563, 0.0042, 3.6491,
        0.4234, 4.0968, 0.7163, 7.6372, 9.1401, 0.0928, 7.1433, 4.6496, 0.5258, 1.8339, 2.3918, 1.0577,
    ];

    private static readonly double[] Nonuniform =
    [
        0.0016, 1.4476, 0.3136, 0.4658, 1.2367, 0.1080, 1.5106, 0.0071, 0.5592, 0.4983, 2.0955, 0.0386,
        0.7962, 0.6335, 0.3293, 0.0563, 1.1221, 1.6088, 0.0945, 1.2184, 0.7505, 1.1182, 0.3039, 0.2947,
    ];

    [Fact]
    public void Mantel_Haenszel_and_its_effect_size_are_those_of_difR()
    {
        PatternTable patterns = Verbal();
        for (int item = 0; item < Corrected.Length; item++)
        {
            MatchedCounts counts = Counts(patterns, item);
            (double difference, double variance) = Plain(counts);
            Assert.Equal(Corrected[item], Math.Pow(Math.Max(0, Math.Abs(difference) - 0.5), 2) / variance, 5.1e-5); // difR corrects for continuity
            Assert.Equal(difference * difference / variance, MantelHaenszel.Test(counts, isNominal: false)!.Value.Statistic, 1e-9);
            (double delta, double error) = MantelHaenszel.Delta(counts)!.Value;
            Assert.Equal(Delta[item], delta, 5.1e-5);
            Assert.Equal(OddsRatio[item], Math.Exp(-delta / 2.35), 5.1e-5);
            Assert.Equal(LogOddsRatio[item], -delta / error, 5.1e-5);
        }
    }

    [Fact]
    public void Likelihood_ratios_of_logistic_regressions_are_those_of_difR()
    {
        PatternTable patterns = Verbal();
        for (int item = 0; item < Both.Length; item++)
        {
            MatchedCounts counts = Counts(patterns, item);
            double none = ScoreRegression.LogLikelihood(counts, hasGroup: false, hasProduct: false)!.Value;
            double group = ScoreRegression.LogLikelihood(counts, hasGroup: true, hasProduct: false)!.Value;
            double product = ScoreRegression.LogLikelihood(counts, hasGroup: true, hasProduct: true)!.Value;
            Assert.Equal(Both[item], 2 * (product - none), 5.1e-5);
            Assert.Equal(Uniform[item], 2 * (group - none), 5.1e-5);
            Assert.Equal(Nonuniform[item], 2 * (product - group), 5.1e-5);
        }
    }

    /// <summary>Women are the reference; the sum is over all items.</summary>
    private static MatchedCounts Counts(PatternTable patterns, int item) => MatchedCounts.Of(patterns, [0, 1], item, [.. Enumerable.Range(0, patterns.ItemCount)], out _);

    private static (double Difference, double Variance) Plain(MatchedCounts counts)
    {
        double difference = 0;
        double variance = 0;
        for (int stratum = 0; stratum < counts.StratumCount; stratum++)
        {
            (double reference, double focal) = (counts.Persons(stratum, 0), counts.Persons(stratum, 1));
            double total = reference + focal;
            if (total < 2)
                continue;
            double right = counts[stratum, 0, 1] + counts[stratum, 1, 1];
            difference += counts[stratum, 0, 1] - reference * right / total;
            variance += reference * focal * right * (total - right) / (total * total * (total - 1));
        }
        return (difference, variance);
    }

    private static PatternTable Verbal()
    {
        string[] lines = File.ReadAllLines(Path.Combine(DocumentationFolder.Root, "docs", "examples", "verbal-aggression.csv"));
        string[][] rows = [.. lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Split(','))];
        string[] names = lines[0].Split(',')[2..];
        return PatternTable.Compress(new ResponseData
        {
            ItemNames = names,
            CategoryCodes = [.. names.Select(_ => (int[])[0, 1])],
            Responses = new([.. rows.SelectMany(row => row[2..]).Select(answer => (byte)(answer == "0" ? 0 : 1))], names.Length),
            PersonCount = rows.Length,
            GroupNames = ["F", "M"],
            Groups = [.. rows.Select(row => row[1] == "M" ? 1 : 0)],
        });
    }
}
