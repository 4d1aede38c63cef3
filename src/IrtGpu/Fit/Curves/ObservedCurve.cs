namespace IrtGpu.Fit.Curves;

/// <summary>What the persons of a group answered to an item, in groups of similar θ: the points that are drawn beside its curves.</summary>
/// <remarks>
/// A person counts at each node by the posterior there, so that under the model the observed share of a category has the curve for its expectation
/// however short the test is; shares by θ̂ do not. Nodes are put together in steps of half a standard deviation of those who answered.
/// With one attribute they lie along θ; an item of several along its own direction, t = Σ a_j θ_j / |a|.
/// </remarks>
/// <param name="Group">Observed group.</param>
/// <param name="Class">Latent class.</param>
/// <param name="Item">Item.</param>
/// <param name="Points">Ascending.</param>
public sealed record ObservedCurve(int Group, int Class, int Item, IReadOnlyList<ObservedPoint> Points);

/// <summary>One point of an item.</summary>
/// <param name="Theta">Weighted mean of θ, or of t.</param>
/// <param name="Persons">Summed weight.</param>
/// <param name="Observed">Share of each category. [category]</param>
/// <param name="Expected">Probability of each category, over the same persons. [category]</param>
public sealed record ObservedPoint(double Theta, double Persons, double[] Observed, double[] Expected);
