using System.CommandLine;
using System.CommandLine.Parsing;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Cli.Guidance;

/// <summary>What is wrong with a call that the parser refuses, in words that lead to one that works.</summary>
internal static class Refusal
{
    /// <summary>The lines for standard error.</summary>
    public static IEnumerable<string> Lines(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is not null)
            yield return $"irtgpu: {DescribeUnknown(command, unknown)}";
        bool isMissing = false;
        foreach (ParseError error in parsed.Errors.OrderBy(error => error.SymbolResult is OptionResult)) // arguments come before options
        {
            bool isAboutUnmatched = parsed.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal));
            if (unknown is not null && (isAboutUnmatched || error.SymbolResult is CommandResult { Command: RootCommand }))
                continue;
            isMissing |= IsMissing(error);
            yield return $"irtgpu: {Describe(error)}";
        }
        if (isMissing && Example(command) is { } example)
            yield return $"For example: {example}";
        yield return $"See 'irtgpu {(command is RootCommand ? "" : command.Name + " ")}--help'.";
    }

    private static string DescribeUnknown(Command command, string unknown)
    {
        bool isOption = unknown.StartsWith('-');
        if (!isOption && command is RootCommand && (File.Exists(unknown) || Directory.Exists(unknown)))
            return $"'{unknown}' is a {(File.Exists(unknown) ? "file" : "folder")}, and a command comes first. For a table of answers: irtgpu calibrate {unknown} --out results";
        if (!isOption && command.Subcommands.Count == 0)
        {
            return $"'{unknown}' is one argument too many. Quote names that hold blanks; values of options follow their option."
                + (command.Arguments.Any(argument => argument.Name == "FORMULA") ? " A formula stands in quotes: 'y ~ x + (1 | g)'." : "");
        }
        string[] names = [.. command.Options.Select(option => option.Name), .. command.Subcommands.Select(subcommand => subcommand.Name)];
        return $"there is no {(isOption ? "option" : "command")} '{unknown}'. {NearNames.Suggest(unknown, names)}";
    }

    private static bool IsMissing(ParseError error) => error.SymbolResult is ArgumentResult { Tokens.Count: 0 } or OptionResult { Tokens.Count: 0, IdentifierToken: null };

    /// <summary>The parser's message; what is missing with what it is, and the names of number types in plain words.</summary>
    private static string Describe(ParseError error)
    {
        switch (error.SymbolResult)
        {
            case ArgumentResult { Tokens.Count: 0 } missing:
                return $"{missing.Argument.Name} is missing. {missing.Argument.Description}";
            case OptionResult { Tokens.Count: 0, IdentifierToken: null } missing:
                return $"'{missing.Option.Name}' is required. {missing.Option.Description}";
            case OptionResult { Tokens.Count: > 0 } given when error.Message.StartsWith("Cannot parse", StringComparison.Ordinal):
                Type type = Nullable.GetUnderlyingType(given.Option.ValueType) ?? given.Option.ValueType;
                return $"{given.Option.Name} takes {(type == typeof(int) ? "a whole number" : "a number with a decimal point")}, not '{given.Tokens[^1].Value}'.";
            case OptionResult { Tokens.Count: 0 } bare:
                return $"{bare.Option.Name} needs a value behind it{(bare.Option.HelpName is { } value ? $": {value}" : "")}. {bare.Option.Description}";
            default:
                return error.Message;
        }
    }

    /// <summary>The first example of the command's help.</summary>
    private static string? Example(Command command) => command.Description?.Split('\n').Select(line => line.Trim())
        .FirstOrDefault(line => line.StartsWith($"irtgpu {command.Name} ", StringComparison.Ordinal));
}
