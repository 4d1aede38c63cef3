using System.Globalization;
using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Studies;

/// <summary>Starts an estimation at the truth, so that latent classes keep their labels.</summary>
internal static class TrueStart
{
    /// <summary>The specification with the true item parameters of each class as starting values.</summary>
    public static ModelSpecification Add(ModelSpecification specification, TrueModel truth)
    {
        List<ParameterConstraint> starts = [.. specification.Constraints];
        for (int k = 0; k < truth.ClassCount; k++)
        {
            string label = (k + 1).ToString(CultureInfo.InvariantCulture);
            for (int item = 0; item < truth.ItemCount; item++)
                starts.AddRange(Starts(truth.ItemNames[item], truth.Items[k][item]!, label));
        }
        return specification with { Constraints = starts };
    }

    private static IEnumerable<ParameterConstraint> Starts(string name, TrueItem item, string label)
    {
        for (int j = 0; j < item.Slopes.Length && item.Function != ItemFunction.Rasch; j++)
        {
            if (item.Slopes[j] != 0)
                yield return new(name, FormattableString.Invariant($"a{j + 1}"), ConstraintKind.Start, item.Slopes[j], Class: label);
        }
        for (int step = 0; step < item.Intercepts.Length; step++)
        {
            string parameter = item.Intercepts.Length == 1 ? "d" : FormattableString.Invariant($"d{step + 1}");
            yield return new(name, parameter, ConstraintKind.Start, item.Intercepts[step], Class: label);
        }
    }
}
