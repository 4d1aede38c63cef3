namespace IrtGpu.Regression.Mixtures;

/// <summary>The data of a mixture: what they say of its working parameters, classes and effects summed and integrated out.</summary>
/// <remarks>Units are rows, or levels where all rows of a level are of one class. An instance has buffers of its own and serves one caller at a time.</remarks>
internal interface IMixtureLikelihood
{
    /// <summary>Number of units whose class is asked for.</summary>
    int UnitCount { get; }

    /// <summary>Marginal log-likelihood; −∞ or NaN where the parameters are outside of the domain.</summary>
    /// <param name="full">Working numbers. [slot]</param>
    /// <param name="gradient">Out: its gradient in them, each slot by itself. [slot]</param>
    double Evaluate(ReadOnlySpan<double> full, Span<double> gradient);

    /// <summary>Probabilities of the classes given the data. [unit, class]</summary>
    /// <param name="full">Working numbers. [slot]</param>
    double[] Posterior(ReadOnlySpan<double> full);

    /// <summary>Marginal log-likelihood of each independent piece of the data, rows or levels, for cross-validation. [piece]</summary>
    /// <param name="full">Working numbers. [slot]</param>
    double[] Pointwise(ReadOnlySpan<double> full);

    /// <summary>The same data with buffers of its own, computed on one thread: for a chain.</summary>
    IMixtureLikelihood ForChain();
}
