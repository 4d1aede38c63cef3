namespace IrtGpu.Regression.Comparison;

/// <summary>A fit with draws among others to the same data, by how well it predicts what it has not seen.</summary>
/// <param name="Name">Name of its file or folder.</param>
/// <param name="Formula">Its formula.</param>
/// <param name="Elpd">Expected log predictive density, leave-one-out.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="EffectiveParameters">Effective number of parameters.</param>
/// <param name="Difference">Elpd less that of the best fit.</param>
/// <param name="DifferenceError">Standard error of the difference, over the pieces of the data.</param>
/// <param name="Unreliable">Pieces whose k̂ is too large.</param>
public sealed record ValidatedModel(
    string Name, string Formula, double Elpd, double Error, double EffectiveParameters, double Difference, double DifferenceError, int Unreliable);
