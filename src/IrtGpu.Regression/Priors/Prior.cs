using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Regression.Priors;

/// <summary>A distribution of one number, as a prior.</summary>
/// <param name="Text">As it was given, for example <c>normal(0,1)</c>.</param>
internal abstract record Prior(string Text)
{
    /// <summary>Least value with a density.</summary>
    public virtual double Lower => double.NegativeInfinity;

    /// <summary>Largest value with a density.</summary>
    public virtual double Upper => double.PositiveInfinity;

    /// <summary>The value that the parameter is held at; null: it is free.</summary>
    public virtual double? Constant => null;

    /// <summary>Log density, normalized on the line; −∞ outside of the support.</summary>
    /// <param name="x">Where.</param>
    /// <param name="first">First derivative in x.</param>
    /// <param name="second">Second derivative in x.</param>
    public abstract double LogDensity(double x, out double first, out double second);

    /// <summary>A draw from the whole distribution.</summary>
    /// <param name="random">Where from.</param>
    public abstract double Draw(ref StreamRandom random);

    /// <summary>A draw of at least a bound: the distribution truncated there, as of a scale parameter.</summary>
    /// <param name="least">The bound; no prior with mass above it takes long.</param>
    /// <param name="random">Where from.</param>
    public double DrawAbove(double least, ref StreamRandom random)
    {
        const int MostTries = 1_000_000;
        for (int attempt = 0; attempt < MostTries; attempt++)
        {
            double value = Draw(ref random);
            if (value > least || Constant is not null)
                return value;
        }
        throw new PriorException([FormattableString.Invariant($"{Text} has hardly any mass above {least}, where the parameter must be: {MostTries} draws were all below. Give a prior that allows such values.")]);
    }
}
