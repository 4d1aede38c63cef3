using System.CommandLine;
using IrtGpu.Regression;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Options;

/// <summary>The options that make <see cref="MixtureOptions"/>: classes, their probabilities, priors.</summary>
internal sealed class ClassOptions
{
    private const int MostStarts = 10_000;
    private const string Row = "row";

    private readonly Option<int?> classes = new("--classes") { HelpName = "K", Description = "Number of latent classes: a finite mixture of K regressions (default: 1, no mixture)." };
    private readonly Option<string?> membership = new("--membership") { HelpName = "row|COL", Description = "Whose class it is: each row's (default), or that of all rows of a level of a column." };
    private readonly Option<string?> classFormula = new("--class-formula") { HelpName = "'~ z'", Description = "Class probabilities by multinomial logit on columns (default: constant)." };
    private readonly Option<string?> known = new("--class") { HelpName = "COL", Description = "Column of known classes, blank where unknown." };
    private readonly Option<string[]> equal = new("--equal-across-classes") { HelpName = "NAME,…", Description = "What is equal in all classes: sigma, names of coefficients, b (all slopes), sd, cor." };
    private readonly Option<string?> order = new("--order") { HelpName = "NAME", Description = "What classes are ordered by: a coefficient (default: the intercept), sigma or theta; -NAME for descending order." };
    private readonly Option<string?> effects = new("--effects") { HelpName = "HOW", Description = "Effects of levels where classes are of rows: by-class (default), or shared by all classes." };
    private readonly Option<int?> nodes = new("--nodes") { HelpName = "N", Description = "Nodes a dimension where effects are integrated numerically." };
    private readonly Option<int?> starts = new("--starts") { HelpName = "N", Description = "Number of starts of a mixture (default: 10, up to 100 where rows are few)." };
    private readonly Option<string[]> priors = new("--prior") { HelpName = "PARAM:dist(…)", Description = "Prior, such as 'b:x:normal(0,2)' or 'sigma:class1:gamma(2,2)'; repeatable. Estimates are then posterior modes." };

    private readonly Option<bool> plot = new("--plot") { Description = "Write a picture of the classes to classes.svg." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { classes, membership, classFormula, known, equal, order, effects, nodes, starts, priors, plot })
            command.Options.Add(option);
    }

    /// <summary>Those that say what is drawn.</summary>
    public void AddModelTo(Command command)
    {
        foreach (Option option in new Option[] { classes, membership, classFormula, equal, effects, priors })
            command.Options.Add(option);
    }

    /// <summary>Whether a mixture, or a regression under priors, is asked for.</summary>
    /// <exception cref="SpecificationException">Options of mixtures are given without classes.</exception>
    public bool AreAsked(ParseResult parsed)
    {
        if (parsed.GetValue(classes) is > 1 || parsed.GetValue(priors) is { Length: > 0 })
            return true;
        if (parsed.GetValue(classes) is < 1)
            throw new SpecificationException($"--classes {parsed.GetValue(classes)}: at least one class is needed.");
        string? stray = new (string Name, bool IsGiven)[]
        {
            (membership.Name, parsed.GetValue(membership) is not null), (classFormula.Name, parsed.GetValue(classFormula) is not null), (known.Name, parsed.GetValue(known) is not null),
            (equal.Name, parsed.GetValue(equal) is { Length: > 0 }), (order.Name, parsed.GetValue(order) is not null), (effects.Name, parsed.GetValue(effects) is not null),
            (nodes.Name, parsed.GetValue(nodes) is not null), (starts.Name, parsed.GetValue(starts) is not null), (plot.Name, parsed.GetValue(plot)),
        }.FirstOrDefault(option => option.IsGiven).Name;
        return stray is null ? false : throw new SpecificationException($"{stray} is about classes, and there is one. Ask for more with --classes K.");
    }

    /// <summary>The options of a fit.</summary>
    public MixtureOptions Read(ParseResult parsed)
    {
        List<string> problems = [];
        if (parsed.GetValue(classes) is < 1)
            problems.Add($"--classes {parsed.GetValue(classes)}: at least one class is needed.");
        if (parsed.GetValue(starts) is < 1 or > MostStarts)
            problems.Add($"--starts {parsed.GetValue(starts)}: give a number of starts from 1 to {MostStarts}.");
        if (parsed.GetValue(nodes) is < 1 or > 1000)
            problems.Add($"--nodes {parsed.GetValue(nodes)}: give a number of nodes a dimension from 1 to 1000.");
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        return ReadModel(parsed) with
        {
            KnownClassColumn = parsed.GetValue(known),
            OrderBy = parsed.GetValue(order),
            Nodes = parsed.GetValue(nodes),
            Starts = parsed.GetValue(starts),
        };
    }

    /// <summary>Whether a picture of the classes is wanted.</summary>
    public bool WithPlot(ParseResult parsed) => parsed.GetValue(plot);

    /// <summary>The options that say what is drawn.</summary>
    public MixtureOptions ReadModel(ParseResult parsed) => new()
    {
        Classes = parsed.GetValue(classes) ?? 1,
        MembershipColumn = parsed.GetValue(membership) is { } column && column != Row ? column : null,
        ClassFormula = parsed.GetValue(classFormula),
        EqualAcrossClasses = [.. (parsed.GetValue(equal) ?? []).SelectMany(SplitNames)],
        Effects = Choice.Parse("--effects", parsed.GetValue(effects) ?? "by-class", ("by-class", ClassEffects.ByClass), ("shared", ClassEffects.Shared)),
        Priors = parsed.GetValue(priors) ?? [],
    };

    /// <summary>At commas outside of parentheses: names such as <c>poly(x, 2)1</c> have commas of their own.</summary>
    private static IEnumerable<string> SplitNames(string text)
    {
        int depth = 0;
        int begin = 0;
        for (int index = 0; index <= text.Length; index++)
        {
            if (index == text.Length || (text[index] == ',' && depth == 0))
            {
                string name = text[begin..index].Trim();
                begin = index + 1;
                if (name.Length > 0)
                    yield return name;
            }
            else
            {
                depth += text[index] switch { '(' => 1, ')' => -1, _ => 0 };
            }
        }
    }
}
