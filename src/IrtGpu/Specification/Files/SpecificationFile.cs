using IrtGpu.Data.Reading;

namespace IrtGpu.Specification.Files;

/// <summary>A model in YAML: everything the command line can say, and settings of single groups, items and parameters that it cannot.</summary>
/// <remarks>
/// Keys: <c>model</c>, <c>scores</c>, <c>attributes</c>, <c>exploratory</c>, <c>orthogonal</c>, <c>q-matrix</c>, <c>classes</c>, <c>equal-across-groups</c>,
/// <c>equal-across-classes</c>, <c>free-items</c>, <c>reference-group</c>, <c>constraints</c>, <c>population</c>, <c>priors</c>,
/// <c>integration</c>, <c>quadrature</c>, <c>anchors</c>, <c>data</c>, <c>codes</c>, <c>items</c>; for simulation also <c>groups</c> and <c>parameters</c>.
/// Paths in the file are relative to its folder.
/// </remarks>
public sealed record SpecificationFile
{
    /// <summary>The model.</summary>
    public required ModelSpecification Model { get; init; }

    /// <summary>How the data are read; defaults where the file says nothing.</summary>
    public ResponseReaderOptions Data { get; init; } = new();

    /// <summary>Table of anchors; null when there is none.</summary>
    public string? AnchorsPath { get; init; }

    /// <summary>Items with their category codes, in order: those to simulate, and declared codes of data; empty when the file lists none.</summary>
    public IReadOnlyList<(string Name, int[] Codes)> Items { get; init; } = [];

    /// <summary>Groups to simulate with their share of the persons; empty when there is one.</summary>
    public IReadOnlyList<(string Name, double Weight)> Groups { get; init; } = [];

    /// <summary>Whether the file names parameter values for the item.</summary>
    public IReadOnlySet<string> ItemsWithParameters { get; init; } = new HashSet<string>();

    /// <summary>Reads the file.</summary>
    /// <param name="path">YAML text.</param>
    /// <exception cref="SpecificationException">The file cannot be read; every problem found, with line and key.</exception>
    public static SpecificationFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (string.IsNullOrWhiteSpace(path))
            throw new SpecificationException("--spec has an empty name. Give the specification file, or leave the option out.");
        return new SpecificationFileReader(path).Read();
    }
}
