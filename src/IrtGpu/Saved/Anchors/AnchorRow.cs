namespace IrtGpu.Saved.Anchors;

/// <summary>One value of an anchored item.</summary>
/// <param name="Place">File, and line where it has lines, for messages.</param>
/// <param name="Group">Observed group; empty: all.</param>
/// <param name="Class">Latent class; empty: all.</param>
/// <param name="Item">Item name.</param>
/// <param name="Function">Name of the item function; empty: the file does not say.</param>
/// <param name="Parameter">Name of the parameter.</param>
/// <param name="Value">On the reported scale.</param>
internal sealed record AnchorRow(string Place, string Group, string Class, string Item, string Function, string Parameter, double Value);
