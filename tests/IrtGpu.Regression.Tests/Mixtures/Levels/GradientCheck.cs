using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>The gradient of a model's log-likelihood against central differences, number by number.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    public static void Run(ILevelModel model, LevelParameters at, double[][] prior, double tolerance)
    {
        (double[] coefficients, double[] logSigmas, double[][] factors) = LevelMaximization.Gradient(model.TryExpect(at, prior)!.Sums, at);
        for (int index = 0; index < coefficients.Length; index++)
            Compare(coefficients[index], step => at with { Coefficients = Moved(at.Coefficients, index, step) }, $"coefficient {index}");
        for (int k = 0; k < logSigmas.Length; k++)
            Compare(logSigmas[k], step => at with { Sigmas = [.. at.Sigmas.Select((sigma, other) => other == k ? sigma * Math.Exp(step) : sigma)] }, $"sigma {k}");
        int q = model.Layout.EffectCount;
        for (int set = 0; set < factors.Length; set++)
        {
            for (int element = 0; element < factors[set].Length; element++)
            {
                if (element % q <= element / q)
                    Compare(factors[set][element], step => at with { Factors = [.. at.Factors.Select((factor, other) => other == set ? Moved(factor, element, step) : factor)] }, $"factor {set} {element}");
            }
        }

        void Compare(double slope, Func<double, LevelParameters> moved, string what)
        {
            double difference = (model.TryExpect(moved(Step), prior)!.LogLikelihood - model.TryExpect(moved(-Step), prior)!.LogLikelihood) / (2 * Step);
            Assert.True(Math.Abs(difference - slope) <= tolerance * (1 + Math.Abs(slope)), FormattableString.Invariant($"{what}: {slope:R} is not {difference:R}."));
        }
    }

    private static double[] Moved(double[] values, int index, double step)
    {
        double[] result = (double[])values.Clone();
        result[index] += step;
        return result;
    }
}

/// <summary>Plain EM steps from a point: the log-likelihood after each.</summary>
internal static class EmCheck
{
    public static LevelParameters Run(ILevelModel model, LevelParameters start, double[][] prior, LevelTies ties, int steps = 40)
    {
        double last = double.NegativeInfinity;
        LevelParameters at = start;
        for (int step = 0; step < steps; step++)
        {
            LevelExpectation expectation = model.TryExpect(at, prior)!;
            Assert.True(expectation.LogLikelihood >= last - 1e-9, FormattableString.Invariant($"step {step}: {expectation.LogLikelihood:R} after {last:R}"));
            last = expectation.LogLikelihood;
            at = LevelMaximization.Maximize(expectation.Sums, at, ties, step % 2 == 1 && model.PlainStep == LevelStep.Effects ? LevelStep.Expanded : model.PlainStep);
        }
        return at;
    }
}
