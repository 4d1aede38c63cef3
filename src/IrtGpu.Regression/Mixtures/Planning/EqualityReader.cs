using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures.Planning;

/// <summary>Which parameters are equal in all classes, by the names a user gives.</summary>
internal sealed class EqualityReader
{
    private const string AllSlopes = "b";
    private const string Sigma = "sigma";
    private const string Deviations = "sd";
    private const string Correlations = "cor";

    private readonly HashSet<string> coefficients = new(StringComparer.Ordinal);
    private readonly bool sigma;
    private readonly bool deviations;
    private readonly bool correlations;

    /// <param name="names">As given.</param>
    /// <param name="shape">Which parameters there are.</param>
    /// <exception cref="PriorException">A name is none of them.</exception>
    public EqualityReader(IReadOnlyList<string> names, MixtureShape shape)
    {
        string[] known = [.. shape.Coefficients, Sigma, AllSlopes, .. shape.Effects.Count > 0 ? [Deviations, Correlations] : Array.Empty<string>()];
        List<string> problems = [];
        foreach (string name in names)
        {
            string exact = name == "Intercept" ? DesignMatrix.Intercept : name;
            if (shape.Coefficients.Contains(exact))
                coefficients.Add(exact);
            else if (exact == AllSlopes)
                coefficients.UnionWith(shape.Coefficients.Where(coefficient => coefficient != DesignMatrix.Intercept));
            else if (exact == Sigma)
                sigma = true;
            else if (exact == Deviations && shape.Effects.Count > 0)
                deviations = true;
            else if (exact == Correlations && shape.Effects.Count > 0)
                correlations = true;
            else
                problems.Add($"--equal-across-classes names '{name}', which is no parameter of the classes. {NearNames.Suggest(name, known)} It takes {string.Join(", ", known)}.");
        }
        if (problems.Count > 0)
            throw new PriorException(problems);
    }

    /// <summary>Whether a slot of the first class is one parameter in all classes.</summary>
    public bool IsTied(MixtureSlot slot, MixtureShape shape) => slot.Kind switch
    {
        SlotKind.Coefficient => coefficients.Contains(shape.Coefficients[slot.Index]),
        SlotKind.LogSigma => sigma,
        SlotKind.LogDeviation => deviations,
        SlotKind.Correlation => correlations,
        SlotKind.ClassCoefficient => false,
        _ => throw new ArgumentOutOfRangeException(nameof(slot), slot.Kind, "There is no such kind of slot."),
    };

    /// <summary>Whether the intercept is equal in all classes.</summary>
    public bool TiesIntercept => coefficients.Contains(DesignMatrix.Intercept);
}
