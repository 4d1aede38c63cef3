using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>Marginal log-likelihood of a mixture with random effects in its working vector.</summary>
/// <param name="layout">Where the numbers stand.</param>
/// <param name="coordinates">From them to the parameters of the density.</param>
/// <param name="model">The rows.</param>
/// <param name="classes">Class probabilities.</param>
/// <param name="unitCount">Number of units; of one class, levels may have been taken as units in their place.</param>
internal sealed class LevelLikelihood(MixtureLayout layout, LevelCoordinates coordinates, ILevelModel model, UnitClasses classes, int unitCount) : IMixtureLikelihood
{
    public int UnitCount => unitCount;

    /// <summary>The rows.</summary>
    public ILevelModel Model => model;

    public double Evaluate(ReadOnlySpan<double> full, Span<double> gradient)
    {
        gradient.Clear();
        LevelParameters parameters = coordinates.Parameters(full);
        if (!parameters.IsSound)
            return double.NegativeInfinity;
        ReadOnlySpan<double> delta = coordinates.ClassCoefficients(full);
        if (model.TryExpect(parameters, classes.LogPrior(delta)) is not { } expectation)
            return double.NegativeInfinity;
        (double[] coefficients, double[] logSigmas, double[][] factors) = LevelMaximization.Gradient(expectation.Sums, parameters);
        coordinates.AddGradient(full, coefficients, logSigmas, factors, classes.Gradient(delta, expectation.Posterior), gradient);
        return expectation.LogLikelihood;
    }

    public double[] Posterior(ReadOnlySpan<double> full)
    {
        double[] posterior = new double[UnitCount * layout.ClassCount];
        if (layout.ClassCount == 1)
        {
            Array.Fill(posterior, 1);
            return posterior;
        }
        double[][] byClass = Expect(full).Posterior;
        for (int unit = 0; unit < UnitCount; unit++)
        {
            for (int k = 0; k < byClass.Length; k++)
                posterior[unit * byClass.Length + k] = byClass[k][unit];
        }
        return posterior;
    }

    public double[] Pointwise(ReadOnlySpan<double> full) => Expect(full).Pieces;

    public IMixtureLikelihood ForChain() => new LevelLikelihood(layout, coordinates, model.ForChain(), classes, unitCount);

    private LevelExpectation Expect(ReadOnlySpan<double> full) =>
        model.TryExpect(coordinates.Parameters(full), classes.LogPrior(coordinates.ClassCoefficients(full)))
        ?? throw new InvalidOperationException("There is no likelihood at these parameters.");
}
