using System.CommandLine;
using System.Globalization;
using IrtGpu.Items;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Cli.Options;

/// <summary>The options that make a <see cref="ModelSpecification"/>.</summary>
/// <param name="forDif">Whether the command tests items, so that anchors are items and no file, and there are no classes.</param>
internal sealed class ModelOptions(bool forDif = false)
{
    private readonly Option<string?> spec = new("--spec") { HelpName = "FILE", Description = "Model in YAML: everything options can say and more; options win over it." };
    private readonly Option<string?> model = new("--model") { HelpName = "MODEL", Description = $"One model for all items, or 'ITEMS=NAME;ITEMS=NAME'. Models: {ItemFunctions.All}. Default: 2pl for two categories, gpcm for more." };
    private readonly Option<string?> qMatrix = new("--q-matrix") { HelpName = "FILE", Description = "CSV: item, then one 0/1 column for each attribute (dimension)." };
    private readonly Option<int?> attributes = new("--attributes") { HelpName = "N", Description = "Explore N dimensions without a Q-matrix." };
    private readonly Option<int?> classes = new("--classes") { HelpName = "K", Description = "Number of latent classes (default: 1)." };
    private readonly Option<string?> equalGroups = new("--equal-across-groups") { HelpName = "all|none|ITEMS", Description = "Items with the same parameters in all groups (default: all)." };
    private readonly Option<string?> equalClasses = new("--equal-across-classes") { HelpName = "all|none|ITEMS", Description = "Items with the same parameters in all classes (default: none)." };
    private readonly Option<string?> freeItems = new("--free-items") { HelpName = "ITEMS", Description = "Items that may differ between groups although the others do not." };
    private readonly Option<string?> anchors = new("--anchors") { HelpName = "FILE", Description = "calibration.json, items.csv or items-irt.csv of an earlier run: its items keep their model and parameters." };
    private readonly Option<string[]> priors = new("--prior") { HelpName = "PRIOR", Description = "Prior ITEMS:PARAM:dist(a,b), for example '*:g:beta(5,17)'; dist is normal, lognormal or beta. May be repeated." };
    private readonly Option<string?> testlet = new("--testlet") { HelpName = "FILE", Description = "CSV with columns item,testlet: as --bifactor, but an item's slopes on the general attribute and on its testlet are equal, and standard deviations of testlets free." };
    private readonly Option<string?> bifactor = new("--bifactor") { HelpName = "FILE", Description = "CSV with columns item,specific: all items measure a general attribute, and each the specific one it names; all are uncorrelated." };
    private readonly Option<bool> orthogonal = new("--orthogonal") { Description = "Attributes are uncorrelated." };
    private readonly Option<string?> integration = new("--integration") { HelpName = "HOW", Description = $"How attributes are integrated out: {string.Join(", ", IntegrationMethods.Offered.Select(method => method.Name()))} (default: auto)." };
    private readonly Option<string?> quadrature = new("--quadrature") { HelpName = "RULE", Description = "Nodes of integration: rectangular (default) or gauss-hermite." };
    private readonly Option<int?> nodes = new("--nodes") { HelpName = "D", Description = "Nodes in each dimension (default: 61 in one, 31 in two, 15 in three, and more where posteriors are narrow); points a person with --integration qmc." };
    private readonly Option<string?> range = new("--range") { HelpName = "LO,HI", Description = "Lowest and highest rectangular node (default: -6,6, and as far as the populations reach)." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { spec, model, qMatrix, attributes, classes, equalGroups, equalClasses, freeItems, anchors, priors, bifactor, testlet, orthogonal, integration, quadrature, nodes, range })
        {
            if (!forDif || (option != classes && option != equalClasses && option != anchors && option != integration && option != bifactor && option != testlet))
                command.Options.Add(option);
        }
    }

    /// <summary>The specification file, or an empty one.</summary>
    public SpecificationFile ReadFile(ParseResult parsed) =>
        parsed.GetValue(spec) is { } path ? SpecificationFile.Read(path) : new SpecificationFile { Model = new ModelSpecification() };

    /// <summary>The anchors named by option or file; null when there are none.</summary>
    public string? AnchorsPath(ParseResult parsed, SpecificationFile file) => parsed.GetValue(anchors) ?? file.AnchorsPath;

    /// <summary>The model of the file with every option that was given.</summary>
    public ModelSpecification Read(ParseResult parsed, SpecificationFile file)
    {
        ModelSpecification specification = file.Model;
        List<string> problems = [];
        void Try(Action read)
        {
            try
            {
                read();
            }
            catch (SpecificationException exception)
            {
                problems.AddRange(exception.Problems);
            }
        }
        if (parsed.GetValue(model) is { } models)
            Try(() => specification = specification with { Functions = ModelParser.Parse(models) });
        if (parsed.GetValue(qMatrix) is { } path)
        {
            Try(() =>
            {
                QMatrixFile matrix = QMatrixFile.Read(path);
                specification = specification with { Attributes = matrix.Attributes, QMatrix = matrix.Rows, IsExploratory = false };
            });
        }
        if (parsed.GetValue(bifactor) is { } bifactorPath)
            Try(() => specification = ReadBifactor(specification, "--bifactor", BifactorFile.Read, bifactorPath, HasAttributes(parsed) || parsed.GetValue(testlet) is not null));
        if (parsed.GetValue(testlet) is { } testletPath)
            Try(() => specification = EqualSlopes(ReadBifactor(specification, "--testlet", BifactorFile.ReadTestlets, testletPath, HasAttributes(parsed))));
        if (parsed.GetValue(attributes) is { } count)
            Try(() => specification = Explore(specification, count, parsed.GetValue(qMatrix) is not null));
        if (parsed.GetValue(priors) is { Length: > 0 } texts)
        {
            List<ParameterPrior> all = [.. specification.Priors];
            foreach (string text in texts)
                Try(() => all.Add(PriorParser.Parse(text)));
            specification = specification with { Priors = all };
        }
        if (parsed.GetValue(integration) is { } method)
            Try(() => specification = specification with { Integration = Choice.Parse("--integration", method, [.. IntegrationMethods.Offered.Select(value => (value.Name(), value))]) });
        Try(() => specification = specification with { Quadrature = ReadQuadrature(parsed, specification.Quadrature) });
        if (problems.Count > 0)
            throw new SpecificationException(problems);
        return specification with
        {
            IsOrthogonal = specification.IsOrthogonal || parsed.GetValue(orthogonal),
            ClassCount = parsed.GetValue(classes) ?? specification.ClassCount,
            EqualAcrossGroups = parsed.GetValue(equalGroups) ?? specification.EqualAcrossGroups,
            EqualAcrossClasses = parsed.GetValue(equalClasses) ?? specification.EqualAcrossClasses,
            FreeItems = parsed.GetValue(freeItems) ?? specification.FreeItems,
        };
    }

    private bool HasAttributes(ParseResult parsed) => parsed.GetValue(qMatrix) is not null || parsed.GetValue(attributes) is not null;

    private static ModelSpecification ReadBifactor(ModelSpecification specification, string option, Func<string, BifactorFile> read, string path, bool hasAttributes)
    {
        if (hasAttributes)
            throw new SpecificationException($"{option} says which attributes there are and which items measure them, as --q-matrix, --attributes and {(option == "--testlet" ? "--bifactor" : "--testlet")} do. Leave one out; for other models use --q-matrix and --orthogonal.");
        BifactorFile file = read(path);
        return specification with { Attributes = file.Attributes, QMatrix = file.Rows, IsExploratory = false, IsOrthogonal = true };
    }

    private static ModelSpecification EqualSlopes(ModelSpecification specification) =>
        specification with { Constraints = [.. specification.Constraints, new ParameterConstraint("*", "a", ConstraintKind.EqualWithinItems)] };

    private static ModelSpecification Explore(ModelSpecification specification, int count, bool hasQMatrix)
    {
        if (count is < 1 or > 30)
            throw new SpecificationException($"--attributes {count}: 1 to 30 attributes can be explored.");
        if (hasQMatrix && count != specification.Attributes.Count)
            throw new SpecificationException($"--attributes {count} contradicts the {specification.Attributes.Count} attributes of the Q-matrix. Leave one of the two out.");
        return hasQMatrix ? specification : SpecificationFileReader.Explore(specification with { QMatrix = null }, count);
    }

    private QuadratureSpecification ReadQuadrature(ParseResult parsed, QuadratureSpecification quadratureOfFile)
    {
        QuadratureSpecification result = quadratureOfFile;
        if (parsed.GetValue(quadrature) is { } rule)
            result = result with { Rule = Choice.Parse("--quadrature", rule, ("rectangular", QuadratureRule.Rectangular), ("gauss-hermite", QuadratureRule.GaussHermite)) };
        if (parsed.GetValue(nodes) is { } count)
            result = result with { Nodes = count };
        if (parsed.GetValue(range) is { } text)
        {
            string[] parts = text.Split(',');
            if (parts.Length != 2 || !TryNumber(parts[0], out double low) || !TryNumber(parts[1], out double high))
                throw new SpecificationException($"--range '{text}' is not two numbers. Write for example --range=-6,6.");
            result = result with { Low = low, High = high };
        }
        return result;
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
