namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>A mixture with random effects, as far as its log-likelihood goes: sums over classes and over effects done.</summary>
internal interface ILevelModel
{
    /// <summary>Units: what has one class, and so a posterior.</summary>
    int UnitCount { get; }

    /// <summary>Where the sums of an E-step stand.</summary>
    SumLayout Layout { get; }

    /// <summary>The M-step that never lowers the log-likelihood.</summary>
    LevelStep PlainStep { get; }

    /// <summary>The E-step; null where the likelihood is no number.</summary>
    /// <param name="parameters">Of the density.</param>
    /// <param name="logPrior">Log probability of each class before the rows are seen; −∞ where a class is excluded. [class][unit]</param>
    LevelExpectation? TryExpect(LevelParameters parameters, double[][] logPrior);

    /// <summary>The same on one thread, good at any parameters, for a caller of its own.</summary>
    ILevelModel ForChain();
}

/// <summary>E-step of a mixture with random effects.</summary>
/// <param name="LogLikelihood">Marginal log-likelihood of the working rows, without their log weights.</param>
/// <param name="Pieces">The same of each independent piece of the data: units that hold levels, or levels that hold units. [piece]</param>
/// <param name="Posterior">Probability of each class given the rows. [class][unit]</param>
/// <param name="Sums">What M-step and gradient need.</param>
internal sealed record LevelExpectation(double LogLikelihood, double[] Pieces, double[][] Posterior, LevelSums Sums);
