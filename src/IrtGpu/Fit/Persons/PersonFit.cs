using IrtGpu.Fit.Items;

namespace IrtGpu.Fit.Persons;

/// <summary>How well the answers of each pattern agree with the model at the pattern's θ̂.</summary>
/// <remarks>
/// l_z = (log L − E)/√V of the log-likelihood at θ̂: Drasgow, Levine and Williams (1985), British Journal of Mathematical and Statistical Psychology
/// 38, 67–86; with ordered categories their Zh. Strongly negative: answers less likely than they should be. As θ̂ is estimated from the same
/// answers its variance is below 1; l_z* mends that: Snijders (2001), Psychometrika 66, 331–342; with ordered categories Sinharay (2016),
/// Psychometrika 81, 992–1013.
/// </remarks>
/// <param name="Estimator">At which θ̂: <c>ml</c>, <c>wle</c>, <c>map</c> or <c>eap</c>.</param>
/// <param name="Frequency">Summed weight of the pattern's persons. [pattern]</param>
/// <param name="AttributeCount">J.</param>
/// <param name="Theta">θ̂; NaN where there is none. [pattern, attribute]</param>
/// <param name="Lz">l_z; NaN where there is none. [pattern]</param>
/// <param name="LzStar">l_z*; NaN where there is none, as with posterior means and several attributes. [pattern]</param>
/// <param name="MeanSquares">Infit and outfit. [pattern]</param>
/// <param name="Notes">Why there is none; empty where there is. [pattern]</param>
public sealed record PersonFit(
    string Estimator, double[] Frequency, int AttributeCount, double[] Theta, double[] Lz, double[] LzStar, MeanSquares[] MeanSquares, string[] Notes);
