using IrtGpu.Regression.Inference;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression;

/// <summary>The rows of variances: for each term standard deviations with variances, then correlations with covariances; last the residual.</summary>
internal static class RandomEffectTable
{
    /// <summary>Name of the residual's group.</summary>
    public const string Residual = "Residual";

    /// <summary>What the values of <see cref="CovarianceComponents.Deviations"/> are, in their order.</summary>
    public static IEnumerable<ProfileConstraint> Constraints(IReadOnlyList<MixedTerm> terms)
    {
        for (int term = 0; term < terms.Count; term++)
        {
            for (int effect = 0; effect < terms[term].Width; effect++)
                yield return new ProfileConstraint(ConstraintKind.Deviation, term, effect);
            for (int effect = 1; effect < terms[term].Width; effect++)
            {
                for (int second = 0; second < effect; second++)
                    yield return new ProfileConstraint(ConstraintKind.Correlation, term, effect, second);
            }
        }
        yield return new ProfileConstraint(ConstraintKind.Residual);
    }

    /// <summary>Makes the rows.</summary>
    public static IReadOnlyList<RandomEffectRow> Build(
        IReadOnlyList<MixedTerm> terms, IReadOnlyList<TermCovariance> covariances, double sigma, double[] values, double[] errors, (double Lower, double Upper)[] limits)
    {
        List<RandomEffectRow> rows = [];
        int position = 0;
        foreach (ProfileConstraint constraint in Constraints(terms))
        {
            double value = values[position];
            double? error = Finite(errors[position]);
            double? lower = Finite(limits[position].Lower);
            double? upper = Finite(limits[position].Upper);
            position++;
            switch (constraint.Kind)
            {
                case ConstraintKind.Correlation:
                    MixedTerm pair = terms[constraint.Index];
                    (string first, string second) = (pair.Effects[constraint.Effect2], pair.Effects[constraint.Effect]);
                    rows.Add(new RandomEffectRow(pair.Group, first, second, "correlation", Finite(value), error, lower, upper));
                    rows.Add(new RandomEffectRow(pair.Group, first, second, "covariance", covariances[constraint.Index].Covariance[constraint.Effect * pair.Width + constraint.Effect2], null, null, null));
                    break;
                default:
                    (string group, string effect) = constraint.Kind == ConstraintKind.Residual ? (Residual, "") : (terms[constraint.Index].Group, terms[constraint.Index].Effects[constraint.Effect]);
                    rows.Add(new RandomEffectRow(group, effect, "", "sd", value, error, lower, upper));
                    rows.Add(new RandomEffectRow(group, effect, "", "variance", value * value, 2 * value * error, lower * lower, upper * upper));
                    break;
            }
        }
        return rows;
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
