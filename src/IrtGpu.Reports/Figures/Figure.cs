namespace IrtGpu.Reports.Figures;

/// <summary>What a picture shows, free of how it is drawn: on a page by a script, or as a file.</summary>
/// <param name="Id">Name, unique on the page and good for a file name.</param>
/// <param name="Title">Headline.</param>
/// <param name="Text">What the picture says, in a sentence or two, for those who do not see it.</param>
/// <param name="X">Horizontal axis.</param>
/// <param name="Y">Vertical axis.</param>
/// <param name="Series">What is drawn, in order.</param>
internal sealed record Figure(string Id, string Title, string Text, Axis X, Axis Y, IReadOnlyList<Series> Series)
{
    /// <summary>Second vertical axis, on the right; null: none.</summary>
    public Axis? Right { get; init; }

    /// <summary>How the parts are placed.</summary>
    public FigureLayout Layout { get; init; } = FigureLayout.Plane;

    /// <summary>Height in pixels of a page.</summary>
    public int Height { get; init; } = 340;

    /// <summary>Vertical lines at places of note.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];
}

/// <summary>How the parts of a figure are placed.</summary>
internal enum FigureLayout
{
    /// <summary>All series over two axes.</summary>
    Plane,

    /// <summary>Persons to the left and items to the right of one vertical scale.</summary>
    Wright,
}

/// <summary>An axis.</summary>
/// <param name="Label">What it measures.</param>
/// <param name="Low">Lower end; null: by the data.</param>
/// <param name="High">Upper end; null: by the data.</param>
internal sealed record Axis(string Label, double? Low = null, double? High = null)
{
    /// <summary>Names in place of numbers, at 0, 1, …; null: numbers.</summary>
    public IReadOnlyList<string>? Names { get; init; }
}

/// <summary>A line across the figure at a place of the horizontal axis.</summary>
/// <param name="At">Where.</param>
/// <param name="Label">What is there.</param>
internal sealed record Mark(double At, string Label);

/// <summary>How a series is drawn.</summary>
internal enum SeriesForm
{
    /// <summary>A line through the points.</summary>
    Line,

    /// <summary>A dashed line through the points.</summary>
    Dashed,

    /// <summary>Points alone.</summary>
    Points,

    /// <summary>Bars from <see cref="Series.Lower"/> to <see cref="Series.Upper"/> of X, as high as Y.</summary>
    Bars,

    /// <summary>Points with bars from <see cref="Series.Lower"/> to <see cref="Series.Upper"/> of X, one a row of Y.</summary>
    Intervals,
}

/// <summary>Something drawn.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Form">How.</param>
/// <param name="X">[point]</param>
/// <param name="Y">[point]</param>
internal sealed record Series(string Name, SeriesForm Form, double[] X, double[] Y)
{
    /// <summary>Lower ends; empty where the form has none. [point]</summary>
    public double[] Lower { get; init; } = [];

    /// <summary>Upper ends. [point]</summary>
    public double[] Upper { get; init; } = [];

    /// <summary>What each point is; empty: nothing but its place. [point]</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether Y is read on the right.</summary>
    public bool IsRight { get; init; }

    /// <summary>Colour number, which series may share; null: the next.</summary>
    public int? Colour { get; init; }
}
