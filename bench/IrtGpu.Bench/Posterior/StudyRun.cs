using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Regression;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Posterior;

namespace IrtGpu.Bench.Posterior;

/// <summary>What one replication of a study came to.</summary>
/// <param name="Covered">Whether the 95 % interval of each parameter holds its true value. [parameter]</param>
/// <param name="Errors">Estimate less true value. [parameter]</param>
/// <param name="Right">Share of rows that the draws put into their true class.</param>
/// <param name="RightByTruth">The same by Bayes' rule with the true parameters.</param>
/// <param name="LargestRHat">Of all parameters.</param>
/// <param name="Divergences">After the warmup.</param>
/// <param name="SmallestClass">Rows of the smaller class.</param>
/// <param name="Seconds">Fit and draws.</param>
internal sealed record StudyRun(bool[] Covered, double[] Errors, double Right, double RightByTruth, double LargestRHat, int Divergences, int SmallestClass, double Seconds)
{
    public static StudyRun Of(MixtureStudy study, int replication, bool isPrinted, SamplerOptions sampler)
    {
        MixtureSample sample = study.Draw(replication, isPrinted);
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        RegressionDraws draws = Draw(study, sample, sampler with { Seed = replication + 1 });
        double seconds = clock.Elapsed.TotalSeconds;
        (string Name, double Value)[] truth = [.. sample.Truth.Named()];
        bool[] covered = new bool[truth.Length];
        double[] errors = new double[truth.Length];
        List<string> names = [.. draws.Parameters.Names];
        for (int index = 0; index < truth.Length; index++)
        {
            var summary = draws.Parameters.Summaries[names.IndexOf(truth[index].Name)];
            covered[index] = summary.Lower <= truth[index].Value && truth[index].Value <= summary.Upper;
            errors[index] = summary.Estimate - truth[index].Value;
        }
        double[] x = sample.Data.Numbers("x");
        double[] y = sample.Data.Numbers("y");
        int right = Enumerable.Range(0, MixtureStudy.Rows).Count(row => (draws.ClassProbability[2 * row] >= 0.5 ? 0 : 1) == sample.Classes[row]);
        int byTruth = Enumerable.Range(0, MixtureStudy.Rows).Count(row => sample.Truth.Classify(y[row], x[row]) == sample.Classes[row]);
        int first = sample.Classes.Count(own => own == 0);
        return new StudyRun(
            covered, errors, right / (double)MixtureStudy.Rows, byTruth / (double)MixtureStudy.Rows, draws.Parameters.Summaries.Max(summary => double.IsNaN(summary.RHat) ? 1 : summary.RHat),
            draws.Parameters.Divergences, Math.Min(first, MixtureStudy.Rows - first), seconds);
    }

    /// <summary>Fits, and draws from the posterior.</summary>
    public static RegressionDraws Draw(MixtureStudy study, MixtureSample sample, SamplerOptions sampler)
    {
        MixtureFit fit = MixtureModel.Fit(Formula.Parse(study.Formula), sample.Data, new MixtureOptions { Classes = 2, Priors = study.Priors, Seed = sampler.Seed, Threads = sampler.Threads }, new RegressionProgress(), default);
        return MixtureSampling.Draw(fit, new DrawRequest(sampler), null, default);
    }
}
