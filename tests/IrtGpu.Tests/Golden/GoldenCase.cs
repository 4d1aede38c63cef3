using System.Text.Json;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Golden;

/// <summary>A fit of other software on fixed data; see README.md beside the files.</summary>
internal sealed record GoldenCase(
    string Id, string Title, string Data, string? WeightColumn, string? GroupColumn, string[] Items, GoldenFunction[] Functions,
    GoldenPrior[] NormalPriors, int Attributes, bool Exploratory, int[][]? Measures, int Classes, string? FreeItems,
    GoldenQuadrature Quadrature, double LogLikelihood, double LogPrior, int FreeParameters, GoldenParameter[] Parameters,
    GoldenScore[] Eap, Dictionary<string, double[]>? StandardErrors)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden");

    public static IEnumerable<string> Ids => Directory.EnumerateFiles(Path.Combine(Folder, "cases"), "*.json")
        .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    /// <summary>Whether some asymptote of the fit is at its bound, so that the likelihood has no interior maximum.</summary>
    public bool HasBound => Parameters.Any(parameter => parameter.Bound);

    public static GoldenCase Load(string id) => LoadFrom("cases", id);

    public static GoldenCase LoadFrom(string folder, string id) =>
        JsonSerializer.Deserialize<GoldenCase>(File.ReadAllText(Path.Combine(Folder, folder, id + ".json")), Format)!;

    public ResponseData ReadData() => ResponseReader.Read(
        Path.Combine(Folder, "data", Data),
        new ResponseReaderOptions { WeightColumn = WeightColumn, GroupColumn = GroupColumn, Items = string.Join(',', Items) });

    public ModelSpecification Specification() => new()
    {
        Functions = [.. Functions.Select(entry => new FunctionAssignment(string.Join(',', entry.Items), entry.ItemFunction))],
        Priors = [.. NormalPriors.Select(prior => new ParameterPrior(
            string.Join(',', prior.Items), prior.Parameter, PriorDistribution.Normal, prior.Mean, prior.Sd))],
        Attributes = [.. Enumerable.Range(1, Attributes).Select(j => FormattableString.Invariant($"F{j}"))],
        QMatrix = Measures is null ? null : Items.Zip(Measures).ToDictionary(
            pair => pair.First, pair => Enumerable.Range(0, Attributes).Select(j => pair.Second.Contains(j) ? 1 : 0).ToArray()),
        IsExploratory = Exploratory,
        ClassCount = Classes,
        FreeItems = FreeItems,
        Quadrature = new QuadratureSpecification(Nodes: Quadrature.Nodes, Low: Quadrature.Low, High: Quadrature.High),
    };
}

internal sealed record GoldenFunction(string[] Items, string Function)
{
    public ItemFunction ItemFunction => ItemFunctions.TryParse(Function, out ItemFunction function)
        ? function
        : throw new InvalidDataException($"Unknown function '{Function}'.");
}

internal sealed record GoldenPrior(string[] Items, string Parameter, double Mean, double Sd);

internal sealed record GoldenQuadrature(int Nodes, double Low, double High);

/// <summary>One free parameter: probabilities for g and u, whose standard errors are on the logit.</summary>
internal sealed record GoldenParameter(string? Group, int? Class, string? Item, string Name, double Value, double? Se, bool Bound = false)
{
    public override string ToString() => $"{Name} of {Item ?? "the population"}{(Group is null ? "" : $", group {Group}")}{(Class is null ? "" : $", class {Class}")}";
}

/// <summary>Posterior mean and standard deviation of one pattern, in original codes; null where missing.</summary>
internal sealed record GoldenScore(string? Group, int?[] Codes, double[] Eap, double[] Sd);
