using IrtGpu.Data;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;
using YamlDotNet.RepresentationModel;

namespace IrtGpu.Specification.Files;

/// <summary>Reads one specification file, key by key.</summary>
/// <param name="path">The file.</param>
internal sealed class SpecificationFileReader(string path)
{
    private const string WithinItems = "within-items";

    private static readonly string[] Keys =
    [
        "model", "scores", "attributes", "exploratory", "orthogonal", "q-matrix", "classes", "equal-across-groups", "equal-across-classes", "free-items",
        "reference-group", "constraints", "population", "priors", "integration", "quadrature", "anchors", "data", "codes", "items", "groups", "parameters",
    ];

    private readonly SpecificationFileYaml yaml = new(path);

    public SpecificationFile Read()
    {
        SpecificationFile file = new() { Model = new ModelSpecification() };
        if (yaml.ReadRoot() is { } root)
        {
            Dictionary<string, YamlNode> entries = yaml.Entries(root, "", Keys);
            foreach (string key in Keys) // attributes stand before the Q-matrix, which needs them
            {
                if (entries.TryGetValue(key, out YamlNode? node))
                    file = Apply(file, key, node);
            }
        }
        return yaml.Problems.Count > 0 ? throw new SpecificationException(yaml.Problems) : file;
    }

    private SpecificationFile Apply(SpecificationFile file, string key, YamlNode node)
    {
        ModelSpecification model = file.Model;
        switch (key)
        {
            case "anchors":
                return file with { AnchorsPath = yaml.Text(node, key) is { } anchors ? Beside(anchors) : null };
            case "data":
                return file with { Data = ReadData(node) };
            case "codes":
                return file with { Data = file.Data with { Codes = ReadCodes(node) } };
            case "items":
                List<(string Name, int[] Codes)> items = ReadItems(node);
                return file with { Items = items, Data = file.Data with { Codes = [.. items.Select(item => Declare(item.Name, item.Codes)), .. file.Data.Codes] } };
            case "groups":
                return file with { Groups = ReadGroups(node) };
            case "parameters":
                return ReadParameters(file, node);
        }
        model = key switch
        {
            "model" => model with { Functions = ReadFunctions(node) },
            "scores" => model with { CategoryScores = ReadScores(node) },
            "attributes" => ReadAttributes(model, node),
            "exploratory" => model with { IsExploratory = yaml.Flag(node, key) ?? false },
            "orthogonal" => model with { IsOrthogonal = yaml.Flag(node, key) ?? false },
            "q-matrix" => ReadQMatrix(model, node),
            "classes" => model with { ClassCount = yaml.Whole(node, key) ?? 1 },
            "equal-across-groups" => model with { EqualAcrossGroups = ItemList(node, key) ?? "all" },
            "equal-across-classes" => model with { EqualAcrossClasses = ItemList(node, key) ?? "none" },
            "free-items" => model with { FreeItems = ItemList(node, key) },
            "reference-group" => model with { ReferenceGroup = yaml.Text(node, key) },
            "constraints" => model with { Constraints = [.. model.Constraints, .. SpecificationFileYaml.List(node).Select(ReadConstraint).OfType<ParameterConstraint>()] },
            "population" => model with { Population = [.. SpecificationFileYaml.List(node).Select(ReadPopulation).OfType<PopulationConstraint>()] },
            "priors" => model with { Priors = [.. SpecificationFileYaml.List(node).Select(ReadPrior).OfType<ParameterPrior>()] },
            "integration" => model with { Integration = ReadIntegration(node) },
            _ => model with { Quadrature = ReadQuadrature(node) },
        };
        return file with { Model = model };
    }

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);

    /// <summary>An ITEMS list: one text, or a sequence of texts.</summary>
    private string? ItemList(YamlNode node, string key) => yaml.Texts(node, key) is { Count: > 0 } parts ? string.Join(',', parts) : null;

    private List<FunctionAssignment> ReadFunctions(YamlNode node)
    {
        List<FunctionAssignment> assignments = [];
        if (node is YamlScalarNode { Value: { Length: > 0 } text })
        {
            Try(node, "model", () => assignments.AddRange(ModelParser.Parse(text)));
            return assignments;
        }
        foreach ((string items, YamlNode at, YamlNode value) in yaml.Named(node, "model"))
        {
            List<string> problems = [];
            if (yaml.Text(value, items) is { } name && ModelParser.TryFunction(name, $"items '{items}'", problems) is { } function)
                assignments.Add(new FunctionAssignment(items, function));
            foreach (string problem in problems)
                yaml.Add(at, "model", problem);
        }
        return assignments;
    }

    private List<CategoryScores> ReadScores(YamlNode node)
    {
        List<CategoryScores> scores = [];
        foreach ((string items, _, YamlNode value) in yaml.Named(node, "scores"))
            scores.Add(new CategoryScores(items, [.. SpecificationFileYaml.List(value).Select(child => yaml.Number(child, items)).OfType<double>()]));
        return scores;
    }

    private ModelSpecification ReadAttributes(ModelSpecification model, YamlNode node)
    {
        if (node is not YamlScalarNode)
        {
            List<string> names = yaml.Texts(node, "attributes");
            if (names.Count == 0)
                yaml.Add(node, "attributes", "there is no attribute in the list. Name at least one, or leave the key out.");
            RefuseRepeated(node, "attributes", names, "attribute");
            return names.Count == 0 ? model : model with { Attributes = names };
        }
        if (yaml.Whole(node, "attributes") is not { } count)
            return model;
        if (count is < 1 or > 20)
        {
            yaml.Add(node, "attributes", $"{count} attributes cannot be estimated. Give 1 to 20, or their names as a list.");
            return model;
        }
        return Explore(model, count);
    }

    /// <summary>Makes the model exploratory with attributes F1…FN; one attribute keeps its default name and is not exploratory.</summary>
    internal static ModelSpecification Explore(ModelSpecification model, int count) => count == 1
        ? model with { Attributes = ["theta"], IsExploratory = false }
        : model with { Attributes = [.. Enumerable.Range(1, count).Select(j => FormattableString.Invariant($"F{j}"))], IsExploratory = true };

    private ModelSpecification ReadQMatrix(ModelSpecification model, YamlNode node)
    {
        if (node is YamlScalarNode)
        {
            Try(node, "q-matrix", () =>
            {
                QMatrixFile file = QMatrixFile.Read(Beside(yaml.Text(node, "q-matrix") ?? ""));
                model = model with { Attributes = file.Attributes, QMatrix = file.Rows };
            });
            return model;
        }
        Dictionary<string, int[]> rows = new(StringComparer.Ordinal);
        foreach ((string item, YamlNode at, YamlNode value) in yaml.Named(node, "q-matrix"))
        {
            int[] row = new int[model.Attributes.Count];
            foreach (string name in yaml.Texts(value, item))
            {
                int attribute = model.Attributes.ToList().IndexOf(name);
                if (attribute < 0)
                    yaml.Add(at, item, $"there is no attribute '{name}'. {NearNames.Suggest(name, model.Attributes)} List them under 'attributes'.");
                else
                    row[attribute] = 1;
            }
            rows[item] = row;
        }
        return model with { QMatrix = rows };
    }

    private ParameterConstraint? ReadConstraint(YamlNode node)
    {
        Dictionary<string, YamlNode> entries = yaml.Entries(node, "constraints", "items", "parameter", "group", "class", "fixed", "start", "equal", "free");
        string? items = entries.TryGetValue("items", out YamlNode? list) ? ItemList(list, "items") : null;
        string? parameter = OptionalText(entries, "parameter");
        if (items is null || parameter is null)
        {
            yaml.Add(node, "constraints", "a constraint needs 'items' and 'parameter', for example {items: q01, parameter: a1, fixed: 1}.");
            return null;
        }
        return ReadKind(node, "constraints", entries) is var (kind, value)
            ? new ParameterConstraint(items, parameter, kind, value, OptionalText(entries, "group"), OptionalText(entries, "class"))
            : null;
    }

    private PopulationConstraint? ReadPopulation(YamlNode node)
    {
        Dictionary<string, YamlNode> entries = yaml.Entries(
            node, "population", "parameter", "attribute", "attribute2", "group", "class", "fixed", "start", "equal", "free");
        if (OptionalText(entries, "parameter") is not { } parameter)
        {
            yaml.Add(node, "population", "a setting needs 'parameter', for example {parameter: mean, group: B, free: true}.");
            return null;
        }
        return ReadKind(node, "population", entries) is var (kind, value)
            ? new PopulationConstraint(
                parameter, kind, value, OptionalText(entries, "attribute"), OptionalText(entries, "attribute2"),
                OptionalText(entries, "group"), OptionalText(entries, "class"))
            : null;
    }

    private (ConstraintKind Kind, double Value)? ReadKind(YamlNode node, string key, Dictionary<string, YamlNode> entries)
    {
        (string Name, ConstraintKind Kind)[] kinds =
            [("fixed", ConstraintKind.Fixed), ("start", ConstraintKind.Start), ("equal", ConstraintKind.Equal), ("free", ConstraintKind.Free)];
        (string Name, ConstraintKind Kind)[] given = [.. kinds.Where(kind => entries.ContainsKey(kind.Name))];
        if (given.Length != 1)
        {
            yaml.Add(node, key, "exactly one of 'fixed: NUMBER', 'start: NUMBER', 'equal: true' and 'free: true' is needed.");
            return null;
        }
        YamlNode value = entries[given[0].Name];
        if (given[0].Kind is ConstraintKind.Fixed or ConstraintKind.Start)
            return yaml.Number(value, given[0].Name) is { } number ? (given[0].Kind, number) : null;
        if (given[0].Kind == ConstraintKind.Equal && key == "constraints" && value is YamlScalarNode { Value: WithinItems })
            return (ConstraintKind.EqualWithinItems, 0);
        if (given[0].Kind == ConstraintKind.Equal && key == "constraints" && value is not YamlScalarNode { Value: "true" or "yes" or "false" or "no" })
            yaml.Add(value, given[0].Name, $"'{SpecificationFileYaml.Show(value)}' is neither true nor {WithinItems}.");
        else if (yaml.Flag(value, given[0].Name) is false)
            yaml.Add(value, given[0].Name, "only 'true' has a meaning here. Leave the entry out.");
        return (given[0].Kind, 0);
    }

    private ParameterPrior? ReadPrior(YamlNode node)
    {
        ParameterPrior? prior = null;
        if (node is YamlScalarNode { Value: { } text })
        {
            Try(node, "priors", () => prior = PriorParser.Parse(text));
            return prior;
        }
        Dictionary<string, YamlNode> entries = yaml.Entries(node, "priors", "items", "parameter", "distribution", "a", "b");
        if (entries.Count < 5)
        {
            yaml.Add(node, "priors", "a prior needs 'items', 'parameter', 'distribution', 'a' and 'b', or one text such as '*:g:beta(5,17)'.");
            return null;
        }
        Try(node, "priors", () => prior = new ParameterPrior(
            ItemList(entries["items"], "items") ?? "", OptionalText(entries, "parameter") ?? "",
            PriorParser.ParseDistribution(OptionalText(entries, "distribution") ?? "", "this prior"),
            yaml.Number(entries["a"], "a") ?? 0, yaml.Number(entries["b"], "b") ?? 1));
        return prior;
    }

    private IntegrationMethod ReadIntegration(YamlNode node)
    {
        string[] names = [.. IntegrationMethods.Offered.Select(method => method.Name())];
        if (yaml.Text(node, "integration") is not { } name)
            return IntegrationMethod.Auto;
        int index = Array.IndexOf(names, name);
        if (index < 0)
            yaml.Add(node, "integration", $"there is no method of integration '{name}'. {NearNames.Suggest(name, names)} It takes {string.Join(", ", names)}.");
        return index < 0 ? IntegrationMethod.Auto : IntegrationMethods.Offered[index];
    }

    private QuadratureSpecification ReadQuadrature(YamlNode node)
    {
        QuadratureSpecification quadrature = new();
        foreach ((string key, YamlNode value) in yaml.Entries(node, "quadrature", "rule", "nodes", "range", "prune-below"))
        {
            switch (key)
            {
                case "rule" when yaml.Text(value, key) is { } rule:
                    if (rule is not ("rectangular" or "gauss-hermite"))
                        yaml.Add(value, key, $"there is no rule '{rule}'. {NearNames.Suggest(rule, ["rectangular", "gauss-hermite"])}");
                    quadrature = quadrature with { Rule = rule == "gauss-hermite" ? QuadratureRule.GaussHermite : QuadratureRule.Rectangular };
                    break;
                case "nodes":
                    quadrature = quadrature with { Nodes = yaml.Whole(value, key) };
                    break;
                case "range":
                    double[] range = [.. SpecificationFileYaml.List(value).Select(child => yaml.Number(child, key)).OfType<double>()];
                    if (range.Length == 2)
                        quadrature = quadrature with { Low = range[0], High = range[1] };
                    else
                        yaml.Add(value, key, "two numbers are needed, for example [-6, 6].");
                    break;
                case "prune-below":
                    double share = yaml.Number(value, key) ?? 0;
                    if (share is < 0 or >= 1)
                        yaml.Add(value, key, FormattableString.Invariant($"{share} is no share of the largest weight: give a number from 0 to below 1, for example 1e-6."));
                    quadrature = quadrature with { PruneBelow = share };
                    break;
            }
        }
        return quadrature;
    }

    private ResponseReaderOptions ReadData(YamlNode node)
    {
        ResponseReaderOptions data = new();
        foreach ((string key, YamlNode value) in yaml.Entries(node, "data", "id", "group", "weight", "sampling-weight", "class", "covariates", "items", "missing", "key", "blank"))
        {
            data = key switch
            {
                "id" => data with { IdColumn = value is YamlScalarNode { Value: "" } ? "" : yaml.Text(value, key) },
                "group" => data with { GroupColumn = yaml.Text(value, key) },
                "weight" => data with { WeightColumn = yaml.Text(value, key) },
                "sampling-weight" => data with { SamplingWeightColumn = yaml.Text(value, key) },
                "class" => data with { ClassColumn = yaml.Text(value, key) },
                "covariates" => data with { Covariates = yaml.Texts(value, key) },
                "items" => data with { Items = ItemList(value, key) },
                "missing" => data with { MissingCodes = yaml.Texts(value, key) },
                "blank" => data with { BlankIsWrong = ReadBlank(value) },
                _ => data with { KeyPath = yaml.Text(value, key) is { } name ? Beside(name) : null },
            };
        }
        return data;
    }

    private string? ReadBlank(YamlNode node)
    {
        string? items = null;
        if (yaml.Text(node, "blank") is { } text)
            Try(node, "blank", () => items = BlankParser.Parse(text));
        return items;
    }

    /// <summary>A list of answers, lists of answers by ITEMS, or the name of a table.</summary>
    private List<CodeDeclaration> ReadCodes(YamlNode node)
    {
        List<CodeDeclaration> declarations = [];
        switch (node)
        {
            case YamlScalarNode { Value: { Length: > 0 } text }:
                Try(node, "codes", () => declarations.AddRange(CodesFile.ReadOrParse(text, Beside)));
                break;
            case YamlMappingNode:
                foreach ((string items, YamlNode at, YamlNode value) in yaml.Named(node, "codes"))
                    Try(at, items, () => declarations.Add(CodesParser.Declare(items, ReadCategories(value, items))));
                break;
            default:
                Try(node, "codes", () => declarations.Add(CodesParser.Declare(null, ReadCategories(node, "codes"))));
                break;
        }
        return declarations;
    }

    private string[][] ReadCategories(YamlNode node, string key) => [.. SpecificationFileYaml.List(node).Select(child => yaml.Texts(child, key).ToArray())];

    private static CodeDeclaration Declare(string item, int[] codes) =>
        new(QuotedList.Quote(item), [.. codes.Select(code => new[] { FormattableString.Invariant($"{code}") })]);

    private List<(string, int[])> ReadItems(YamlNode node)
    {
        List<(string, int[])> items = [];
        foreach ((string name, YamlNode at, YamlNode value) in yaml.Named(node, "items"))
        {
            int[] codes = value is YamlScalarNode
                ? yaml.Whole(value, name) is { } count and >= 0 and <= 255 ? [.. Enumerable.Range(0, count)] : []
                : [.. SpecificationFileYaml.List(value).Select(child => yaml.Whole(child, name)).OfType<int>().Order().Distinct()];
            if (codes.Length is < 2 or > 254)
                yaml.Add(at, name, "an item needs its number of categories (2 to 254) or the list of its category codes.");
            items.Add((name, codes));
        }
        return items;
    }

    private List<(string, double)> ReadGroups(YamlNode node)
    {
        if (node is not YamlMappingNode)
        {
            List<string> names = yaml.Texts(node, "groups");
            RefuseRepeated(node, "groups", names, "group");
            return [.. names.Select(name => (name, 1.0))];
        }
        List<(string, double)> groups = [];
        foreach ((string name, YamlNode at, YamlNode value) in yaml.Named(node, "groups"))
        {
            double weight = yaml.Number(value, name) ?? 1;
            if (weight <= 0)
                yaml.Add(at, name, "the share of a group must be positive.");
            groups.Add((name, weight));
        }
        return groups;
    }

    private void RefuseRepeated(YamlNode node, string key, List<string> names, string kind)
    {
        foreach (string name in names.GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key))
            yaml.Add(node, key, $"{kind} '{name}' is listed twice. Name every {kind} once.");
    }

    private SpecificationFile ReadParameters(SpecificationFile file, YamlNode node)
    {
        List<ParameterConstraint> constraints = [];
        HashSet<string> items = [];
        foreach ((string item, _, YamlNode values) in yaml.Named(node, "parameters"))
        {
            items.Add(item);
            foreach ((string parameter, _, YamlNode value) in yaml.Named(values, item))
            {
                if (yaml.Number(value, parameter) is { } number)
                    constraints.Add(new ParameterConstraint(QuotedList.Quote(item), parameter, ConstraintKind.Start, number));
            }
        }
        // Constraints of the file itself come last, so that they win.
        return file with { Model = file.Model with { Constraints = [.. constraints, .. file.Model.Constraints] }, ItemsWithParameters = items };
    }

    private string? OptionalText(Dictionary<string, YamlNode> entries, string key) =>
        entries.TryGetValue(key, out YamlNode? node) ? yaml.Text(node, key) : null;

    private void Try(YamlNode node, string key, Action read)
    {
        try
        {
            read();
        }
        catch (SpecificationException exception)
        {
            foreach (string problem in exception.Problems)
                yaml.Add(node, key, problem);
        }
    }
}
