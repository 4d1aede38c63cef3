using IrtGpu.Reports.Figures;

namespace IrtGpu.Reports.Pages;

/// <summary>What a page shows, free of how it looks.</summary>
/// <param name="Kind">Which command the results are of, in one word.</param>
/// <param name="Title">Headline.</param>
/// <param name="Subtitle">One line below it.</param>
/// <param name="Verdict">What comes first.</param>
/// <param name="Sections">What follows, in order.</param>
internal sealed record Page(string Kind, string Title, string Subtitle, Verdict Verdict, IReadOnlyList<Section> Sections)
{
    /// <summary>Numbers below the verdict.</summary>
    public IReadOnlyList<Fact> Facts { get; init; } = [];

    /// <summary>What is shown of an item when its row is opened, in the order of the rows of the table of items.</summary>
    public IReadOnlyList<ItemView> Items { get; init; } = [];

    /// <summary>The command that made the results; "" where it is not known.</summary>
    public string Command { get; init; } = "";

    /// <summary>Arrays that figures share by reference.</summary>
    public IReadOnlyList<double[]> Grids { get; init; } = [];
}

/// <summary>A part of the page.</summary>
/// <param name="Id">Name of its place, for links.</param>
/// <param name="Title">Headline.</param>
/// <param name="Lead">What there is to see and how to read it.</param>
internal sealed record Section(string Id, string Title, string Lead)
{
    public IReadOnlyList<Fact> Facts { get; init; } = [];

    public IReadOnlyList<Figure> Figures { get; init; } = [];

    public IReadOnlyList<TableView> Tables { get; init; } = [];

    /// <summary>Whether rows of the first table open <see cref="Page.Items"/>.</summary>
    public bool IsExplorer { get; init; }
}

/// <summary>A number with its name.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number, as shown.</param>
/// <param name="Note">What it means; "" where that is plain.</param>
internal sealed record Fact(string Name, string Value, string Note = "");

/// <summary>What is shown of one item.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Notes">Sentences on it.</param>
/// <param name="Facts">Numbers.</param>
/// <param name="Figures">Pictures.</param>
internal sealed record ItemView(string Name, IReadOnlyList<string> Notes, IReadOnlyList<Fact> Facts, IReadOnlyList<Figure> Figures);
