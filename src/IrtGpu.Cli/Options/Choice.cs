using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Options;

/// <summary>Options that take one of a few words.</summary>
internal static class Choice
{
    /// <exception cref="SpecificationException">The word is none of them.</exception>
    public static T Parse<T>(string option, string text, params (string Name, T Value)[] choices)
    {
        foreach ((string name, T value) in choices)
        {
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        string[] names = [.. choices.Select(choice => choice.Name)];
        throw new SpecificationException($"{option} does not know '{text}'. {NearNames.Suggest(text, names)} It takes {string.Join(", ", names)}.");
    }
}
