using System.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Posterior;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression;

/// <summary>Adds draws from the posterior distribution to a finished fit.</summary>
public static class RegressionPosterior
{
    /// <summary>Draws under flat priors on fixed effects, standard deviations and correlation matrices.</summary>
    /// <param name="fit">A linear or linear mixed model.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">Hears of every chain, from several threads; null: no one.</param>
    /// <param name="cancellation">Ends the chains; the draws until then are kept.</param>
    /// <returns>The fit with draws, or with a warning that says why there are none.</returns>
    /// <exception cref="PriorException">Draws of the priors alone are asked for, and there are none.</exception>
    public static MixedModelFit WithDraws(MixedModelFit fit, DrawRequest request, IProgress<ChainProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsPriorOnly)
            throw new PriorException(["--prior-only needs priors, and there are none: flat ones cannot be drawn from. Give a --prior for every parameter, for example 'b:normal(0,5)'."]);
        Stopwatch clock = Stopwatch.StartNew();
        (RegressionDraws? draws, IEnumerable<string> warnings) = Try(() => MixedSampling.Draw(fit.Problem, fit.Theta, request, progress, cancellation));
        return fit with { Draws = draws, Warnings = [.. fit.Warnings, .. warnings], Seconds = fit.Seconds with { Draw = clock.Elapsed.TotalSeconds } };
    }

    /// <summary>Draws under the priors of the fit.</summary>
    /// <param name="fit">A mixture, or a regression with priors.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">Hears of every chain, from several threads; null: no one.</param>
    /// <param name="cancellation">Ends the chains; the draws until then are kept.</param>
    /// <returns>The fit with draws, or with a warning that says why there are none.</returns>
    /// <exception cref="PriorException">Draws of the priors alone are asked for, and a parameter has none.</exception>
    public static MixtureFit WithDraws(MixtureFit fit, DrawRequest request, IProgress<ChainProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(request);
        if (!fit.IsSolution && !request.IsPriorOnly)
            return fit with { Warnings = [.. fit.Warnings, "There are no draws, as the fit is no solution to begin from. Give a prior for sigma, for example 'sigma:gamma(2,2)'."] };
        Stopwatch clock = Stopwatch.StartNew();
        (RegressionDraws? draws, IEnumerable<string> warnings) = Try(() => MixtureSampling.Draw(fit, request, progress, cancellation));
        return fit with { Draws = draws, Warnings = [.. fit.Warnings, .. warnings], Seconds = fit.Seconds with { Draw = clock.Elapsed.TotalSeconds } };
    }

    private static (RegressionDraws? Draws, IEnumerable<string> Warnings) Try(Func<RegressionDraws> draw)
    {
        try
        {
            RegressionDraws draws = draw();
            return (draws, draws.Parameters.Warnings);
        }
        catch (SamplingException exception)
        {
            return (null, [exception.Message]);
        }
    }
}
