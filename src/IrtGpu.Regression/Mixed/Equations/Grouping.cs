namespace IrtGpu.Regression.Mixed.Equations;

/// <summary>A grouping factor with the effects of all terms on it: level by level, effects of a level side by side.</summary>
/// <param name="Name">Its name in the formula.</param>
/// <param name="Levels">Names of its levels.</param>
/// <param name="Width">Effects a level, k.</param>
/// <param name="FirstScalar">Position of its first effect among those of all grouping factors.</param>
internal sealed record Grouping(string Name, IReadOnlyList<string> Levels, int Width, int FirstScalar)
{
    public int LevelCount => Levels.Count;

    public int ScalarCount => Levels.Count * Width;

    /// <summary>Position behind its last effect.</summary>
    public int EndScalar => FirstScalar + ScalarCount;

    /// <summary>Position of the first effect of a level.</summary>
    public int Scalar(int level) => FirstScalar + level * Width;
}
