using System.Diagnostics;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression.Posterior;

/// <summary>Draws from the posterior of a linear or linear mixed model under flat priors.</summary>
/// <remarks>The chains move in the covariance parameters alone; all else is drawn from its conditional distribution at each draw. Without random effects draws are independent.</remarks>
internal static class MixedSampling
{
    private const int ConditionalStream = 0x40000000; // streams below are those of chains
    private const int PredictiveStream = 0x60000000;

    /// <summary>Draws.</summary>
    /// <param name="problem">The model.</param>
    /// <param name="theta">Estimates, where chains begin. [ϑ]</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">Hears of every chain; null: no one.</param>
    /// <param name="cancellation">Ends the chains; the draws until then are kept.</param>
    /// <exception cref="SamplingException">There are no draws.</exception>
    public static RegressionDraws Draw(MixedProblem problem, double[] theta, DrawRequest request, IProgress<ChainProgress>? progress, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        SamplerOptions options = request.Sampler;
        List<CovarianceDensity> densities = [];
        try
        {
            using CovarianceDensity density = new(problem);
            if (density.DegreesOfFreedom < 1)
            {
                throw new SamplingException(FormattableString.Invariant(
                    $"With {problem.RowCount} rows, {problem.FixedCount} coefficients and flat priors the posterior is improper: at least {problem.RowCount - density.DegreesOfFreedom + 1} rows are needed. Use fewer terms, or give priors."));
            }
            Chain[] chains = density.Count == 0
                ? Independent(options)
                : NoUTurnSampler.Run(Open, new ChainStart(density.FromTheta(theta), [.. Enumerable.Repeat(0.4, density.Count)]), options, progress, cancellation);
            int[] counts = [.. chains.Where(PosteriorDraws.HasDraws).Select(chain => chain.Count)];
            (int kept, int soundChains) = (counts.DefaultIfEmpty(0).Min(), counts.Length);
            DrawnRows? rows = DrawnRows.CanHold(problem, kept * soundChains) ? new DrawnRows(problem, kept * soundChains) : null;
            MixedDraw drawn = new(problem, density);
            PosteriorDraws draws = PosteriorDraws.Of(chains, options, Names(problem), (chain, draw, position, values) =>
            {
                StreamRandom stream = new(options.Seed, ConditionalStream + chain * options.Draws + draw);
                drawn.Next(position, ref stream);
                drawn.FixedEffects.CopyTo(values);
                CovarianceComponents.Deviations(problem, drawn.Theta, drawn.Sigma).CopyTo(values[problem.FixedCount..]);
                if (draw < kept)
                    rows?.Keep(chain * kept + draw, drawn);
            });
            return Complete(problem, request, draws with { Seconds = clock.Elapsed.TotalSeconds }, rows, kept, soundChains);
        }
        finally
        {
            densities.ForEach(density => density.Dispose());
        }

        CovarianceDensity Open()
        {
            CovarianceDensity density = new(problem);
            lock (densities)
                densities.Add(density);
            return density;
        }
    }

    /// <summary>Names of fixed effects as priors have them, deviations and correlations of the terms, σ.</summary>
    private static List<string> Names(MixedProblem problem)
    {
        List<string> names = [.. problem.FixedNames.Select(name => name == DesignMatrix.Intercept ? "Intercept" : $"b:{name}")];
        foreach (MixedTerm term in problem.Terms)
        {
            names.AddRange(term.Effects.Select(effect => $"sd:{term.Group}:{effect}"));
            for (int row = 1; row < term.Width; row++)
            {
                for (int column = 0; column < row; column++)
                    names.Add($"cor:{term.Group}:{term.Effects[column]}:{term.Effects[row]}");
            }
        }
        names.Add("sigma");
        return names;
    }

    private static Chain[] Independent(SamplerOptions options) => [.. Enumerable.Range(0, options.Chains).Select(_ => new Chain(0, options.Draws) { Count = options.Draws, StepSize = 1, MeanAcceptance = 1 })];

    private static RegressionDraws Complete(MixedProblem problem, DrawRequest request, PosteriorDraws draws, DrawnRows? rows, int kept, int chains)
    {
        if (rows is null)
        {
            return new RegressionDraws
            {
                Parameters = draws with { Warnings = [.. draws.Warnings, FormattableString.Invariant($"The draws of {problem.Data.ScalarCount} random effects would take too much memory, so there is no summary of effects, no cross-validation and no predictive draws. Draw fewer.")] },
            };
        }
        CrossValidation validation = CrossValidation.Of(CrossValidation.RowUnit, LeaveOneOut.Of(problem.RowCount, chains, kept, request.ThreadCount, (row, values) => rows.LogDensities(row, values)));
        List<double[]> predictive = [];
        int total = kept * chains;
        for (int set = 0; set < Math.Min(request.PredictiveSets, total); set++)
        {
            StreamRandom stream = new(request.Sampler.Seed, PredictiveStream + set);
            predictive.Add(rows.Predict((int)((long)set * total / request.PredictiveSets), ref stream));
        }
        return new RegressionDraws
        {
            Parameters = draws with { Warnings = [.. draws.Warnings, .. validation.Warnings()] },
            Effects = rows.Summarize(chains, request.ThreadCount),
            CrossValidation = validation,
            Predictive = predictive,
        };
    }
}
