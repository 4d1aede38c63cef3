using System.Globalization;
using IrtGpu.Foundation.Tables.Problems;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IrtGpu.Specification.Files;

/// <summary>Reads YAML nodes as numbers, texts and lists; what is wrong goes to a list, with line and key.</summary>
/// <param name="path">The file, for messages.</param>
internal sealed class SpecificationFileYaml(string path)
{
    public List<string> Problems { get; } = [];

    /// <summary>The document's root, or null with a problem added.</summary>
    public YamlMappingNode? ReadRoot()
    {
        try
        {
            string text = File.ReadAllText(path);
            if (YamlGuard.Check(text) is var (line, problem))
            {
                Problems.Add($"{path}:{line}: {problem}");
                return null;
            }
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 0)
                Problems.Add($"{path}: the file is empty. Write for example 'model: 2pl'.");
            else if (stream.Documents[0].RootNode is YamlMappingNode root)
                return root;
            else
                Problems.Add($"{path}:1: the file does not consist of 'key: value' lines. Write for example 'model: 2pl'.");
        }
        catch (YamlException error)
        {
            string message = error.InnerException?.Message ?? error.Message;
            Problems.Add($"{path}:{error.Start.Line}: this is not YAML: {message.TrimEnd('.')}. Check indentation, colons and quotes here; text with * or : needs quotes.");
        }
        catch (InvalidOperationException) // what YamlDotNet 18 throws where a flow mapping or sequence goes on without indentation
        {
            Problems.Add($"{path}: this is not YAML: lines inside {{ }} or [ ] must be indented. Begin each of them with two spaces.");
        }
        catch (ArgumentException error) // what the same library throws at events that it does not know
        {
            Problems.Add($"{path}: this is not YAML that can be read: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Check keys, colons and quotes.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Problems.Add(error is FileNotFoundException or DirectoryNotFoundException
                ? $"There is no specification file '{path}'. Check --spec."
                : $"The specification file '{path}' cannot be read: {error.Message}");
        }
        return null;
    }

    public void Add(YamlNode node, string key, string problem) => Problems.Add($"{path}:{node.Start.Line}, key '{key}': {problem}");

    /// <summary>The entries of a mapping, unknown keys reported and left out; empty when the node is no mapping.</summary>
    public Dictionary<string, YamlNode> Entries(YamlNode node, string key, params string[] known)
    {
        Dictionary<string, YamlNode> entries = new(StringComparer.Ordinal);
        if (node is not YamlMappingNode mapping)
        {
            Add(node, key, $"here 'key: value' entries are needed ({string.Join(", ", known)}).");
            return entries;
        }
        foreach ((YamlNode nameNode, YamlNode value) in mapping)
        {
            string name = nameNode is YamlScalarNode { Value: { } text } ? text : "";
            if (known.Contains(name))
                entries[name] = value;
            else
                Add(nameNode, name, $"there is no such key{(key.Length > 0 ? $" in '{key}'" : "")}. {NearNames.Suggest(name, known)}");
        }
        return entries;
    }

    /// <summary>The entries of a mapping with free names, such as items.</summary>
    public IEnumerable<(string Name, YamlNode Node, YamlNode Value)> Named(YamlNode node, string key)
    {
        if (node is not YamlMappingNode mapping)
        {
            Add(node, key, "here 'name: value' entries are needed.");
            yield break;
        }
        foreach ((YamlNode nameNode, YamlNode value) in mapping)
        {
            if (nameNode is YamlScalarNode { Value: { Length: > 0 } name })
                yield return (name, nameNode, value);
            else
                Add(nameNode, key, "a name is missing.");
        }
    }

    public static IEnumerable<YamlNode> List(YamlNode node) => node is YamlSequenceNode sequence ? sequence.Children : [node];

    public string? Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } text })
            return text;
        Add(node, key, "a text is needed here.");
        return null;
    }

    public List<string> Texts(YamlNode node, string key) => [.. List(node).Select(child => Text(child, key)).OfType<string>()];

    public double? Number(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { } text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            return number;
        Add(node, key, $"'{Show(node)}' is not a number. Write it with a decimal point.");
        return null;
    }

    public int? Whole(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            return number;
        Add(node, key, $"'{Show(node)}' is not a whole number.");
        return null;
    }

    public bool? Flag(YamlNode node, string key)
    {
        switch ((node as YamlScalarNode)?.Value)
        {
            case "true" or "yes":
                return true;
            case "false" or "no":
                return false;
            default:
                Add(node, key, $"'{Show(node)}' is neither true nor false.");
                return null;
        }
    }

    public static string Show(YamlNode node) => node is YamlScalarNode { Value: { } text } ? text : node is YamlSequenceNode ? "[…]" : "{…}";
}
