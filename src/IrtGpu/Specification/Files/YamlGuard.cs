using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IrtGpu.Specification.Files;

/// <summary>Looks at the events of a YAML text before a tree is made of it: what would overflow, loop or be dropped is found here.</summary>
internal sealed class YamlGuard
{
    private const int LargestDepth = 50;
    private const int LargestNodeCount = 100_000; // with every alias written out

    private readonly Dictionary<string, int> sizeOfAnchor = new(StringComparer.Ordinal); // nodes; 0: its node has not ended yet
    private readonly Stack<Open> open = [];
    private int nodeCount;
    private int documentCount;

    /// <summary>The first thing wrong with the text, with its line; null when there is none.</summary>
    /// <param name="text">YAML.</param>
    /// <exception cref="YamlException">The text is not YAML.</exception>
    public static (long Line, string Problem)? Check(string text)
    {
        YamlGuard guard = new();
        Parser parser = new(new StringReader(text));
        while (parser.MoveNext())
        {
            if (guard.Take(parser.Current!) is { } problem)
                return (parser.Current!.Start.Line, problem);
        }
        return null;
    }

    private string? Take(ParsingEvent current)
    {
        switch (current)
        {
            case DocumentStart when ++documentCount > 1:
                return "a second document begins here (---), but a specification is one document. Join the two, or delete one.";
            case MappingEnd or SequenceEnd:
                Close(open.Pop());
                return null;
            case AnchorAlias alias:
                return TakeAlias(alias.Value.Value);
            case NodeEvent node:
                return TakeNode(node);
            default:
                return null;
        }
    }

    private string? TakeNode(NodeEvent node)
    {
        if (IsKey() && node is not Scalar { Value.Length: > 0 })
            return "a key is missing, or is itself a list or a mapping. Write 'name: value'.";
        if (open.Count >= LargestDepth)
            return $"the nesting is deeper than {LargestDepth} levels. A specification needs four.";
        string anchor = node.Anchor.IsEmpty ? "" : node.Anchor.Value;
        Open opened = new(anchor, nodeCount, node is MappingStart);
        if (anchor.Length > 0)
            sizeOfAnchor[anchor] = 0;
        Pass();
        if (node is Scalar)
            Close(opened);
        else
            open.Push(opened);
        return Count(1);
    }

    private string? TakeAlias(string anchor)
    {
        if (IsKey())
            return $"the alias *{anchor} stands for a key. Write the key out.";
        Pass();
        int size = sizeOfAnchor.GetValueOrDefault(anchor, 1); // an unknown one is an error of the tree's own
        return size == 0 ? $"the alias *{anchor} stands inside what it stands for. Write the value out." : Count(size);
    }

    private string? Count(int nodes)
    {
        nodeCount += nodes;
        return nodeCount > LargestNodeCount ? $"written out, the aliases up to here are more than {LargestNodeCount} values. Use fewer." : null;
    }

    private void Close(Open closed)
    {
        if (closed.Anchor.Length > 0)
            sizeOfAnchor[closed.Anchor] = Math.Max(1, nodeCount - closed.FirstNode);
    }

    private bool IsKey() => open.TryPeek(out Open? parent) && parent is { IsMapping: true, IsAtValue: false };

    /// <summary>One child of the open node begins: in a mapping keys and values take turns.</summary>
    private void Pass()
    {
        if (open.TryPeek(out Open? parent))
            parent.IsAtValue = !parent.IsAtValue;
    }

    private sealed record Open(string Anchor, int FirstNode, bool IsMapping)
    {
        public bool IsAtValue { get; set; }
    }
}
