namespace IrtGpu.Tests.Models.Functions;

/// <summary>log P_m from the models' textbook definitions, in 320-bit arithmetic.</summary>
/// <remarks>
/// Each definition gives a probability and its complement as sums without cancellation, so that log P is accurate
/// relative to itself whether P is near 0 or near 1.
/// </remarks>
internal static class ItemModelOracle
{
    public delegate Extended[] Definition(Extended z, Extended[] shape, double[] scores);

    public static Extended[] GeneralizedPartialCredit(Extended z, Extended[] shape, double[] scores) =>
        Softmax([0, .. shape.Select((d, index) => d + scores[index + 1] * z)]);

    public static Extended[] NominalResponse(Extended z, Extended[] shape, double[] scores)
    {
        int last = scores.Length - 1;
        return Softmax([0, .. Enumerable.Range(1, last).Select(
            m => shape[m - 1] + (m == last ? (Extended)last : shape[last + m - 1]) * z)]);
    }

    public static Extended[] GradedResponse(Extended z, Extended[] shape, double[] scores)
    {
        // P*_t and 1 − P*_t for t = 0…M
        Extended[] above = [1, .. shape.Select(d => Extended.Sigmoid(d + z)), 0];
        Extended[] below = [0, .. shape.Select(d => Extended.Sigmoid(-(d + z))), 1];
        return [.. Enumerable.Range(0, scores.Length).Select(m => LogOf(
            above[m] > 0.5 && above[m + 1] > 0.5 ? below[m + 1] - below[m] : above[m] - above[m + 1],
            below[m] + above[m + 1]))];
    }

    public static Extended[] GradedRatingScale(Extended z, Extended[] shape, double[] scores) =>
        GradedResponse(0, [.. shape[..^1].Select(easiness => shape[^1] * (easiness + z))], scores);

    public static Extended[] SequentialResponse(Extended z, Extended[] shape, double[] scores)
    {
        Extended passed = 1;
        Extended failedBefore = 0; // 1 − passed, without cancellation
        List<Extended> logs = [];
        foreach (Extended d in shape)
        {
            Extended fails = passed * Extended.Sigmoid(-(d + z));
            logs.Add(LogOf(fails, failedBefore + passed * Extended.Sigmoid(d + z)));
            failedBefore += fails;
            passed *= Extended.Sigmoid(d + z);
        }
        return [.. logs, LogOf(passed, failedBefore)];
    }

    public static Extended[] FourParameterLogistic(Extended z, Extended[] shape, double[] scores)
    {
        Extended weight = Extended.Sigmoid(shape[0] + z);
        Extended weightComplement = Extended.Sigmoid(-(shape[0] + z));
        Extended right = Extended.Sigmoid(shape[1]) * weightComplement + Extended.Sigmoid(shape[2]) * weight;
        Extended wrong = Extended.Sigmoid(-shape[1]) * weightComplement + Extended.Sigmoid(-shape[2]) * weight;
        return [LogOf(wrong, right), LogOf(right, wrong)];
    }

    /// <summary>A shape with infinite asymptote logits made so large that 320 bits cannot tell.</summary>
    public static Extended[] Widen(double[] shape) =>
        [.. shape.Select(value => (Extended)(double.IsFinite(value) ? value : Math.Sign(value) * 1e5))];

    private static Extended[] Softmax(Extended[] predictor)
    {
        Extended largest = predictor.Aggregate((a, b) => a < b ? b : a);
        int mode = Array.FindIndex(predictor, value => (value - largest).IsZero);
        Extended others = 0;
        for (int m = 0; m < predictor.Length; m++)
            others = m == mode ? others : others + Extended.Exp(predictor[m] - largest);
        Extended logTotal = Extended.Log1P(others);
        return [.. predictor.Select(value => value - largest - logTotal)];
    }

    private static Extended LogOf(Extended probability, Extended complement) =>
        probability < 0.5 ? Extended.Log(probability) : Extended.Log1P(-complement);
}
