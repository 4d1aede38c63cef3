using System.Diagnostics;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Posterior;

/// <summary>Draws from the posterior distribution of the free parameters of a calibration.</summary>
internal static class PosteriorSampling
{
    private const double NoticeableShare = 0.01;

    /// <summary>Refuses what cannot be drawn from, before the work.</summary>
    /// <param name="problem">Data and plan.</param>
    /// <param name="options">Sampler.</param>
    /// <exception cref="SpecificationException">Weights are sampling weights, or the priors alone have no finite mass.</exception>
    public static void Require(CalibrationProblem problem, CalibrationOptions options)
    {
        if (options.Sampler is null)
            return;
        if (problem.Patterns.AreSamplingWeights && !options.IsPriorOnly)
        {
            throw new SpecificationException(
                "With sampling weights the log-likelihood is one of the population, not of the persons seen, so that draws would be too close together or too far apart. Leave out --draws, and use the sandwich standard errors.");
        }
        if (problem.Plan.Integration.PersonRule is not null && !options.IsPriorOnly)
        {
            throw new SpecificationException(
                $"--integration {problem.Plan.Integration.Method.Name()} places its nodes at one set of parameters, and draws go to others, where the log-likelihood would be off. Leave out --draws, or use --integration grid or reduced.");
        }
        if (options.IsPriorOnly)
            RequireProper(problem.Plan, new DrawCoordinates(problem.Plan));
    }

    /// <summary>Draws where that is asked for.</summary>
    /// <param name="plan">The plan, on the nodes of the fit.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="options">Sampler, device, threads.</param>
    /// <param name="estimates">Where chains begin, and the pivot of labels.</param>
    /// <param name="errors">Covariance of the estimates.</param>
    /// <param name="progress">Hears of every chain; null: no one.</param>
    /// <param name="cancellation">Ends the chains; the draws until then are kept.</param>
    /// <returns>The draws, or why there are none; neither where none were asked for.</returns>
    public static (PosteriorDraws? Draws, string? Reason) TryDraw(
        CalibrationPlan plan, PatternTable patterns, CalibrationOptions options, ParameterVector estimates, StandardErrors errors,
        IProgress<ChainProgress>? progress, CancellationToken cancellation)
    {
        if (options.Sampler is null)
            return (null, null);
        try
        {
            return (Draw(plan, patterns, options, estimates, errors, progress, cancellation), null);
        }
        catch (SamplingException exception)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>Draws.</summary>
    /// <param name="plan">The plan, on the nodes of the fit.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="options">Sampler, device, threads.</param>
    /// <param name="estimates">Where chains begin, and the pivot of labels.</param>
    /// <param name="errors">Covariance of the estimates.</param>
    /// <param name="progress">Hears of every chain; null: no one.</param>
    /// <param name="cancellation">Ends the chains; the draws until then are kept.</param>
    /// <exception cref="SamplingException">No chain has draws.</exception>
    private static PosteriorDraws Draw(
        CalibrationPlan plan, PatternTable patterns, CalibrationOptions options, ParameterVector estimates, StandardErrors errors,
        IProgress<ChainProgress>? progress, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        SamplerOptions sampler = (options.Sampler ?? throw new ArgumentException("No draws are asked for.", nameof(options))) with { Seed = options.Seed, Threads = options.Threads };
        DrawCoordinates coordinates = new(plan);
        double[] scales = coordinates.Scales(estimates.Free, errors);
        List<IComputeBackend> backends = [];
        Chain[] chains;
        try
        {
            chains = NoUTurnSampler.Run(
                () => new ItemResponsePosterior(plan, coordinates, options.IsPriorOnly ? null : Open()), new ChainStart(coordinates.FromFree(estimates.Free), scales), sampler, progress, cancellation);
        }
        finally
        {
            backends.ForEach(backend => backend.Dispose());
        }
        ClassRelabelling labels = new(plan, estimates.Free, [.. scales.Select(scale => Math.Max(scale, 1e-3))]);
        DrawnParameters parameters = new(plan, estimates);
        double[] free = new double[plan.Layout.FreeCount];
        PosteriorDraws draws = PosteriorDraws.Of(chains, sampler, parameters.Names, (_, _, position, values) =>
        {
            coordinates.ToFree(position, free);
            parameters.Values(labels.Relabel(new ParameterVector(plan.Layout, (double[])free.Clone())).Slots, values);
        });
        return draws with
        {
            IsPriorOnly = options.IsPriorOnly,
            Seconds = clock.Elapsed.TotalSeconds,
            Warnings = [.. draws.Warnings, .. Warnings(plan, errors, labels, options.IsPriorOnly), .. options.IsPriorOnly ? [] : EmptyClasses(plan, coordinates)],
        };

        // A chain computes on one thread, beside the others.
        IComputeBackend Open()
        {
            lock (backends)
            {
                IComputeBackend backend = BackendCatalog.Create(options with { Threads = 1, Device = options.Device == "auto" ? "cpu" : options.Device }, plan, patterns);
                backends.Add(backend);
                return backend;
            }
        }
    }

    private static void RequireProper(CalibrationPlan plan, DrawCoordinates coordinates)
    {
        const int shown = 5;
        string[] improper = [.. Enumerable.Range(0, coordinates.Count).Where(coordinates.IsImproper).Select(free => SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[free]))];
        if (improper.Length > 0)
        {
            throw new SpecificationException(
                $"--prior-only needs a prior for every parameter, as a flat one cannot be drawn from. Without one: {string.Join(", ", improper.Take(shown))}{(improper.Length > shown ? $" and {improper.Length - shown} more" : "")}. Give priors, for example --prior '*:d:normal(0,2)', or fix the parameters.");
        }
    }

    /// <summary>A class may be left without persons, where its parameters are limited by priors alone.</summary>
    private static IEnumerable<string> EmptyClasses(CalibrationPlan plan, DrawCoordinates coordinates)
    {
        const int shown = 4;
        if (plan.ClassCount == 1 || plan.Shape.ClassNames.Length == plan.ClassCount)
            yield break;
        string[] flat =
        [
            .. Enumerable.Range(0, coordinates.Count).Where(coordinates.IsImproper).Select(free => plan.Layout.RepresentativeSlot[free])
                .Where(slot => plan.Layout.Slots[slot].ParameterSet is >= 0 and var set && plan.ParameterSets[set].Blocks.Length < plan.Blocks.Count)
                .Select(slot => SlotNames.Describe(plan, slot)),
        ];
        if (flat.Length > 0)
            yield return $"The posterior is improper: where a class is left without persons, nothing limits {string.Join(", ", flat.Take(shown))}{(flat.Length > shown ? FormattableString.Invariant($" and {flat.Length - shown} more") : "")}. Draws mean what they say only as long as no chain goes there. Give priors, for example --prior '*:d:normal(0,3)' --prior '*:a*:lognormal(0,0.5)'.";
    }

    private static IEnumerable<string> Warnings(CalibrationPlan plan, StandardErrors errors, ClassRelabelling labels, bool isPriorOnly)
    {
        if (!isPriorOnly && errors.WithoutLimit.Count > 0)
            yield return $"The data give no limit to {string.Join(", ", errors.WithoutLimit.Order().Take(5).Select(free => SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[free])))}{(errors.WithoutLimit.Count > 5 ? " and others" : "")}: without a prior the posterior is improper there, and draws mean nothing. Give a --prior.";
        if (labels.ChangedShare > NoticeableShare)
            yield return FormattableString.Invariant($"Classes were given other labels in {100 * labels.ChangedShare:0.#} % of the draws, those nearest to the estimates: they are not well separated, and summaries by class depend on the labelling.");
    }
}
