using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Specification;

/// <summary>Reads priors such as <c>q*:g:beta(5,17)</c>.</summary>
public static class PriorParser
{
    private static readonly (string Name, PriorDistribution Distribution)[] Distributions =
        [("normal", PriorDistribution.Normal), ("lognormal", PriorDistribution.LogNormal), ("beta", PriorDistribution.Beta)];

    /// <summary>Reads <c>ITEMS:PARAM:dist(a,b)</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="SpecificationException">It has another form.</exception>
    public static ParameterPrior Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string form = "Write ITEMS:PARAM:dist(a,b), for example '*:g:beta(5,17)' or 'q01-q05:a1:lognormal(0,0.5)'.";
        int last = text.LastIndexOf(':');
        int middle = last <= 0 ? -1 : text.LastIndexOf(':', last - 1);
        if (middle <= 0)
            throw new SpecificationException($"The prior '{text}' does not have its three parts. {form}");
        string density = text[(last + 1)..].Trim();
        int open = density.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || density[^1] != ')')
            throw new SpecificationException($"The density '{density}' of the prior '{text}' has no two numbers in parentheses. {form}");
        string[] numbers = density[(open + 1)..^1].Split(',');
        if (numbers.Length != 2 || !TryNumber(numbers[0], out double a) || !TryNumber(numbers[1], out double b))
            throw new SpecificationException($"The density '{density}' of the prior '{text}' needs two numbers with decimal points. {form}");
        return new ParameterPrior(text[..middle].Trim(), text[(middle + 1)..last].Trim(), ParseDistribution(density[..open].Trim(), $"the prior '{text}'"), a, b);
    }

    /// <summary>The name of a density, as users write it.</summary>
    /// <param name="distribution">The density.</param>
    internal static string NameOf(PriorDistribution distribution) => Distributions.First(pair => pair.Distribution == distribution).Name;

    internal static PriorDistribution ParseDistribution(string name, string where)
    {
        foreach ((string candidate, PriorDistribution distribution) in Distributions)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
                return distribution;
        }
        throw new SpecificationException(
            $"There is no density '{name}' for {where}. {NearNames.Suggest(name, Distributions.Select(pair => pair.Name))} The densities are normal, lognormal and beta.");
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
