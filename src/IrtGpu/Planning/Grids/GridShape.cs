namespace IrtGpu.Planning.Grids;

/// <summary>How lines of nodes make up a grid.</summary>
/// <param name="AttributeCount">Number of dimensions J.</param>
/// <param name="Width">Most dimensions whose nodes are multiplied: J where all are.</param>
/// <param name="IsProduct">Whether the product of all J lines is enumerated; else there is the line alone, and whoever integrates multiplies what is needed.</param>
public sealed record GridShape(int AttributeCount, int Width, bool IsProduct)
{
    /// <summary>The product of all lines.</summary>
    /// <param name="attributeCount">J.</param>
    public static GridShape Product(int attributeCount) => new(attributeCount, attributeCount, true);

    /// <summary>Lines of which never more than some are multiplied.</summary>
    /// <param name="attributeCount">J.</param>
    /// <param name="width">Most of them.</param>
    public static GridShape Lines(int attributeCount, int width) => new(attributeCount, width, false);
}
