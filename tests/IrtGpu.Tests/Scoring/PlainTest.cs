using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Tests.Scoring;

/// <summary>A test of (generalized) partial credit items, and so of Rasch and 2PL items, written out again: P_m ∝ exp(m a·θ + d_m).</summary>
/// <param name="Slopes">[item][attribute]</param>
/// <param name="Intercepts">0 first. [item][category]</param>
internal sealed record PlainTest(double[][] Slopes, double[][] Intercepts)
{
    public static PlainTest Of(ModelPoint point, PlannedBlock block)
    {
        CalibrationPlan plan = point.Plan;
        double[] slots = point.Parameters.Slots;
        ItemParameterSet[] sets = [.. plan.Tables[block.Table].SetOfItem.Select(set => plan.ParameterSets[set])];
        return new PlainTest(
            [.. sets.Select((set, item) => Enumerable.Range(0, plan.AttributeCount)
                .Select(j => Array.IndexOf(plan.Items[item].Attributes, j) is var k and >= 0 ? slots[set.FirstSlot + k] : 0).ToArray())],
            [.. sets.Select(set => (double[])[0, .. slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount)])]);
    }

    public double[] Probabilities(int item, params ReadOnlySpan<double> theta)
    {
        double z = 0;
        for (int j = 0; j < theta.Length; j++)
            z += Slopes[item][j] * theta[j];
        double[] mass = [.. Intercepts[item].Select((intercept, category) => Math.Exp(category * z + intercept))];
        double sum = mass.Sum();
        return [.. mass.Select(value => value / sum)];
    }

    /// <summary>On a line: derivative of the log-likelihood, information, and Σ a³ μ₃, the third central moment of the category, as Warm (1989) needs it.</summary>
    public (double Score, double Information, double Third) Moments(ReadOnlySpan<byte> responses, double theta)
    {
        (double Score, double Information, double Third) sum = (0, 0, 0);
        for (int item = 0; item < responses.Length; item++)
        {
            if (responses[item] == ResponseData.Missing)
                continue;
            double slope = Slopes[item][0];
            double[] probability = Probabilities(item, theta);
            double mean = probability.Select((value, category) => category * value).Sum();
            double Central(int power) => probability.Select((value, category) => Math.Pow(category - mean, power) * value).Sum();
            sum.Score += slope * (responses[item] - mean);
            sum.Information += slope * slope * Central(2);
            sum.Third += slope * slope * slope * Central(3);
        }
        return sum;
    }
}
