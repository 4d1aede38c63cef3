namespace IrtGpu.Linking.Equating;

/// <summary>A sum score of the form, and the scores of the base that it is equal to.</summary>
/// <param name="Score">Points of the form: codes above the lowest code of each item, summed over its items.</param>
/// <param name="Theta">θ on the scale of the base at which the form expects this score; null below the sum of lower asymptotes and at the ends.</param>
/// <param name="TrueScore">Points of the base that persons of that θ expect.</param>
/// <param name="ObservedScore">Points of the base of the same percentile rank.</param>
/// <param name="Probability">Probability of the score in the synthetic population.</param>
public sealed record EquatedScore(int Score, double? Theta, double TrueScore, double ObservedScore, double Probability);

/// <summary>The scores of a form, or why they cannot be equated.</summary>
/// <param name="Scores">By score; empty where there is a reason.</param>
/// <param name="Reason">Why there are none.</param>
public sealed record EquatingTable(IReadOnlyList<EquatedScore> Scores, string? Reason);
