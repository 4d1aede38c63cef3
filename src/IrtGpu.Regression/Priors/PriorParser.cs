using System.Globalization;
using System.Text.RegularExpressions;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Regression.Priors;

/// <summary>Reads <c>PARAM:dist(a,b)</c>.</summary>
internal static partial class PriorParser
{
    private static readonly string[] Parameters = ["b", "Intercept", "sigma", "sd", "cor", "theta"];

    /// <summary>Reads requests.</summary>
    /// <param name="texts">As given.</param>
    /// <exception cref="PriorException">Some cannot be read: says which and why.</exception>
    public static IReadOnlyList<PriorRequest> Parse(IReadOnlyList<string> texts)
    {
        List<string> problems = [];
        List<PriorRequest> requests = [];
        foreach (string text in texts)
        {
            if (TryParse(text, out PriorRequest? request, out string problem))
                requests.Add(request);
            else
                problems.Add($"The prior '{text}' {problem}");
        }
        return problems.Count > 0 ? throw new PriorException(problems) : requests;
    }

    private static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PriorRequest? request, out string problem)
    {
        request = null;
        problem = "";
        Match match = Whole().Match(text.Trim());
        if (!match.Success)
        {
            problem = "is not of the form PARAM:dist(a,b), for example 'b:x:normal(0,2)' or 'sigma:class1:gamma(2,2)'.";
            return false;
        }
        string distribution = match.Groups["dist"].Value;
        List<double> arguments = [];
        foreach (string part in match.Groups["arguments"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            {
                problem = $"has '{part}' where {distribution} takes a number.";
                return false;
            }
            arguments.Add(value);
        }
        string parameter = match.Groups["parameter"].Value;
        int? ofClass = null;
        Match suffix = ClassSuffix().Match(parameter);
        if (suffix.Success)
        {
            if (!int.TryParse(suffix.Groups["number"].Value, CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                problem = "names a class by no number from 1.";
                return false;
            }
            ofClass = number - 1;
            parameter = parameter[..suffix.Index];
        }
        int colon = parameter.IndexOf(':', StringComparison.Ordinal);
        string head = colon < 0 ? parameter : parameter[..colon];
        string? rest = colon < 0 ? null : parameter[(colon + 1)..];
        (PriorTarget Target, string? Group, string? Name)? read = head switch
        {
            "b" when rest == "(Intercept)" => (PriorTarget.Intercept, null, null),
            "b" => (PriorTarget.Coefficient, null, rest),
            "Intercept" or "(Intercept)" when rest is null => (PriorTarget.Intercept, null, null),
            "sigma" when rest is null => (PriorTarget.Sigma, null, null),
            "sd" => Split(PriorTarget.Deviation, rest),
            "cor" => (PriorTarget.Correlation, rest, null),
            "theta" => (PriorTarget.Proportion, null, rest),
            _ => null,
        };
        if (read is not { } target)
        {
            problem = $"is of '{parameter}', which is no parameter. {NearNames.Suggest(head, Parameters)} Parameters are b, b:COEFFICIENT, Intercept, sigma, sd:GROUP:EFFECT, cor:GROUP and theta, each with ':classK' behind it where there are classes.";
            return false;
        }
        if (PriorFamilies.Complain(distribution, arguments, target.Target) is { } complaint)
        {
            problem = complaint;
            return false;
        }
        request = new PriorRequest(text.Trim(), target.Target, target.Group, target.Name, ofClass, distribution, arguments);
        return true;
    }

    /// <summary><c>g:x</c> is the effect x of g; a group of combined factors has colons of its own, so the last one divides.</summary>
    private static (PriorTarget, string?, string?) Split(PriorTarget target, string? rest)
    {
        int colon = rest?.LastIndexOf(':') ?? -1;
        return colon < 0 ? (target, rest, null) : (target, rest![..colon], rest[(colon + 1)..]);
    }

    [GeneratedRegex(@"^(?<parameter>.+):(?<dist>[A-Za-z_]+)\((?<arguments>[^()]*)\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@":class(?<number>\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex ClassSuffix();
}
