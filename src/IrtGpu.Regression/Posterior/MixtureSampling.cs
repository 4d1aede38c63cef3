using System.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Prediction;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Posterior;

/// <summary>Draws from the posterior of a mixture, or of a regression with priors, classes summed and effects integrated out.</summary>
internal static class MixtureSampling
{
    private const double NoticeableShare = 0.01;
    private const long LargestStore = 40_000_000; // log-likelihoods: 320 MB
    private const double MostProbabilities = 4e8; // evaluated for the mean over draws

    /// <summary>Draws.</summary>
    /// <param name="fit">The fit, where chains begin.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">Hears of every chain; null: no one.</param>
    /// <param name="cancellation">Ends the chains; the draws until then are kept.</param>
    /// <exception cref="PriorException">The priors alone have no finite mass.</exception>
    /// <exception cref="SamplingException">There are no draws.</exception>
    public static RegressionDraws Draw(MixtureFit fit, DrawRequest request, IProgress<ChainProgress>? progress, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        MixtureProblem problem = fit.Problem;
        MixtureLayout layout = problem.Layout;
        if (request.IsPriorOnly)
            RequireProper(problem);
        MixturePosterior posterior = new(layout, problem.Priors, request.IsPriorOnly ? null : fit.Likelihood, withJacobian: true);
        ChainStart start = Start(fit, request.IsPriorOnly);
        Chain[] chains = NoUTurnSampler.Run(posterior.ForChain, start, request.Sampler, progress, cancellation);
        int[] counts = [.. chains.Where(PosteriorDraws.HasDraws).Select(chain => chain.Count)];
        int kept = counts.DefaultIfEmpty(0).Min();
        HashSet<int> sets = [.. Enumerable.Range(0, request.PredictiveSets).Select(set => (int)((long)set * kept * counts.Length / request.PredictiveSets))];
        List<double[]> predictive = [];
        DrawnUnits units = new(fit, kept, counts.Length, request.IsPriorOnly ? 0 : LargestStore, MostProbabilities);
        ReportedParameters reported = new(layout, problem.Scale);
        ClassLabels labels = new(fit, start.Scale);
        double[] full = new double[layout.SlotCount];
        int changed = 0;
        int seen = 0;
        PosteriorDraws draws = PosteriorDraws.Of(chains, request.Sampler, [.. reported.Names.Select(name => name.Text(fit.EffectGroup, layout.ClassCount))], (chain, draw, position, values) =>
        {
            layout.Expand(position, full);
            int[] order = labels.Of(full);
            seen++;
            if (!order.SequenceEqual(Enumerable.Range(0, order.Length)))
            {
                changed++;
                full = layout.Reorder(full, order);
            }
            reported.Values(full).CopyTo(values);
            units.Keep(chain, draw, full);
            if (draw < kept && sets.Contains(chain * kept + draw))
                predictive.Add(Predict(problem, full, request.Sampler.Seed, predictive.Count));
        });
        CrossValidation? validation = units.CrossValidate(request.ThreadCount);
        return new RegressionDraws
        {
            Parameters = draws with
            {
                IsPriorOnly = request.IsPriorOnly,
                Seconds = clock.Elapsed.TotalSeconds,
                Warnings = [.. draws.Warnings, .. request.IsPriorOnly ? [] : Improper(problem), .. Warnings((double)changed / seen), .. validation?.Warnings() ?? []],
            },
            ClassCount = layout.ClassCount,
            ClassProbability = units.ClassProbability,
            Predictive = predictive,
            CrossValidation = validation,
        };
    }

    /// <summary>Classes, effects of new levels and responses drawn anew at the rows of the fit. [row]</summary>
    private static double[] Predict(MixtureProblem problem, double[] full, int seed, int set)
    {
        const int stride = 7919; // between the seeds of sets
        int[] sources = [.. Enumerable.Range(0, problem.Data.RowCount).Select(row => problem.Frame.Rows.SourceRow(row))];
        SimulatedMixture drawn = SimulatedMixture.Draw(new MixtureRows(problem, (double[])full.Clone()), sources.Max() + 1, unchecked(seed + stride * (set + 1)));
        return Array.ConvertAll(sources, source => drawn.Response[source]);
    }

    private static ChainStart Start(MixtureFit fit, bool isPriorOnly)
    {
        const double unknown = 0.1;
        const double largest = 1;
        MixtureLayout layout = fit.Problem.Layout;
        double[] scale = new double[layout.FreeCount];
        for (int index = 0; index < scale.Length; index++)
        {
            double error = fit.Covariance.Length > 0 ? Math.Sqrt(fit.Covariance[index * scale.Length + index]) : double.NaN;
            scale[index] = isPriorOnly ? largest : double.IsFinite(error) && error > 0 ? Math.Min(error, largest) : unknown;
        }
        return new ChainStart(layout.Collapse(fit.Full), scale);
    }

    private static void RequireProper(MixtureProblem problem)
    {
        string[] improper =
        [
            .. problem.Layout.FirstSlots.Where(slot => problem.Priors.OfSlot[slot] is null && problem.Layout.Slots[slot].Kind is SlotKind.Coefficient or SlotKind.LogSigma or SlotKind.LogDeviation)
                .Concat(problem.Layout.FirstSlots.Where(slot => problem.Priors.OfSlot[slot] is null && problem.Layout.Slots[slot].Kind == SlotKind.ClassCoefficient && !problem.Layout.Shape.HasConstantProportions))
                .Select(slot => problem.Layout.Slots[slot].Name),
        ];
        if (improper.Length > 0)
            throw new PriorException([$"--prior-only needs a prior for every parameter, as a flat one cannot be drawn from. Without one: {string.Join(", ", improper)}. Give priors, for example --prior 'b:normal(0,5)' --prior 'sigma:gamma(2,2)'."]);
    }

    /// <summary>A class may be left without rows, where its parameters are limited by priors alone.</summary>
    private static IEnumerable<string> Improper(MixtureProblem problem)
    {
        const int shown = 4;
        MixtureLayout layout = problem.Layout;
        bool isEachKnown = problem.Data.KnownClass is { } known && Enumerable.Range(0, layout.ClassCount).All(known.Contains);
        if (layout.ClassCount == 1 || isEachKnown)
            yield break;
        int[] uses = new int[layout.FreeCount];
        foreach (int free in Enumerable.Range(0, layout.SlotCount).Select(layout.FreeOf).Where(free => free >= 0))
            uses[free]++;
        string[] flat =
        [
            .. layout.FirstSlots.Where(slot => uses[layout.FreeOf(slot)] == 1 && problem.Priors.OfSlot[slot] is null && layout.Slots[slot].Kind is SlotKind.Coefficient or SlotKind.LogSigma or SlotKind.LogDeviation)
                .Select(slot => layout.Slots[slot].Name),
        ];
        if (flat.Length > 0)
            yield return $"The posterior is improper: where a class is left without rows, nothing limits {string.Join(", ", flat.Take(shown))}{(flat.Length > shown ? FormattableString.Invariant($" and {flat.Length - shown} more") : "")}. Draws mean what they say only as long as no chain goes there. Give priors, for example --prior 'Intercept:normal(0,10)' --prior 'b:normal(0,5)' --prior 'sigma:gamma(2,2)'.";
    }

    private static IEnumerable<string> Warnings(double changedShare)
    {
        if (changedShare > NoticeableShare)
            yield return FormattableString.Invariant($"Classes were given other labels in {100 * changedShare:0.#} % of the draws: nothing separates them well, and summaries by class depend on the labelling. Name another order by --order, or priors that tell the classes apart.");
    }
}
