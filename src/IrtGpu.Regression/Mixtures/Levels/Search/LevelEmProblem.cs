using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Mixtures.Levels.Search;

/// <summary>EM for a mixture with random effects: classes and effects are missing.</summary>
/// <param name="coordinates">The vector that EM moves.</param>
/// <param name="model">The rows.</param>
/// <param name="classes">Class probabilities.</param>
/// <param name="held">Parameters of the density with the numbers that are held.</param>
/// <param name="isClassFree">Whether a class coefficient is estimated. [(K − 1) m]</param>
/// <param name="hasCollapsed">Whether a class collapses at working numbers. [slot]</param>
internal sealed class LevelEmProblem(
    LevelCoordinates coordinates, ILevelModel model, UnitClasses classes, LevelParameters held, bool[] isClassFree, Func<double[], bool> hasCollapsed) : IEmProblem<LevelEmExpectation>
{
    public int ParameterCount => coordinates.Count;

    /// <summary>Over nodes that are held, the expanded map has another fixed point than the plain step.</summary>
    public bool CanExpand => coordinates.Ties.FactorCount > 0 && model.PlainStep == LevelStep.Effects;

    public string Remedy(EmFailure failure) => "Use fewer classes or fewer effects, hold sigma or the effects' covariances equal across classes, or give priors.";

    public string Describe(int parameter) => coordinates.Describe(parameter);

    public bool TryAdmit(double[] proposal) => Array.TrueForAll(proposal, double.IsFinite) && coordinates.Unpack(proposal, held).IsSound;

    public bool IsDegenerate(double[] parameters) => hasCollapsed(coordinates.Full(coordinates.Unpack(parameters, held), coordinates.UnpackClasses(parameters)));

    public LevelEmExpectation? TryExpect(double[] parameters)
    {
        LevelParameters density = coordinates.Unpack(parameters, held);
        if (!density.IsSound)
            return null;
        double[] delta = coordinates.UnpackClasses(parameters).ToArray();
        return model.TryExpect(density, classes.LogPrior(delta)) is { } expectation ? new LevelEmExpectation(expectation, density, delta) : null;
    }

    public EmStep Maximize(LevelEmExpectation expectation, bool isExpanded)
    {
        double[] delta = classes.Maximize(expectation.ClassCoefficients, expectation.Step.Posterior, isClassFree);
        double[] plain = Step(expectation, delta, model.PlainStep);
        return new EmStep(plain, isExpanded ? Step(expectation, delta, LevelStep.Expanded) : plain);
    }

    public double[] Gradient(LevelEmExpectation expectation)
    {
        (double[] coefficients, double[] logSigmas, double[][] factors) = LevelMaximization.Gradient(expectation.Step.Sums, expectation.Parameters);
        double[] delta = classes.Gradient(expectation.ClassCoefficients, expectation.Step.Posterior);
        for (int index = 0; index < delta.Length; index++)
            delta[index] = isClassFree[index] ? delta[index] : 0;
        return coordinates.PackGradient(coefficients, logSigmas, factors, delta);
    }

    private double[] Step(LevelEmExpectation expectation, double[] delta, LevelStep step) =>
        coordinates.Pack(LevelMaximization.Maximize(expectation.Step.Sums, expectation.Parameters, coordinates.Ties, step), delta);
}

/// <summary>E-step of <see cref="LevelEmProblem"/>.</summary>
/// <param name="Step">Of the rows.</param>
/// <param name="Parameters">Where it was made.</param>
/// <param name="ClassCoefficients">Likewise. [(K − 1) m]</param>
internal sealed record LevelEmExpectation(LevelExpectation Step, LevelParameters Parameters, double[] ClassCoefficients) : IExpectation
{
    public double LogLikelihood => Step.LogLikelihood;

    public double Objective => Step.LogLikelihood;

    public void Dispose()
    {
    }
}
