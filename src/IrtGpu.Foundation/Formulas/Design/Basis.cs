namespace IrtGpu.Foundation.Formulas.Design;

/// <summary>What a variable of a formula took from the data it was fitted to, so that new rows are coded alike.</summary>
/// <param name="Variable">Its text in the formula.</param>
/// <param name="Levels">Levels of a factor, base first; empty for numbers.</param>
/// <param name="Values">Centres and norms of <c>poly</c>, mean and standard deviation of <c>scale</c>; else empty.</param>
internal sealed record Basis(string Variable, IReadOnlyList<string> Levels, IReadOnlyList<double> Values);

/// <summary>A variable of a formula in the rows of the data.</summary>
/// <param name="Names">Names of its columns; of a factor those of all levels. [column]</param>
/// <param name="Columns">Values; empty for a factor. [column][row]</param>
/// <param name="Level">Level of a factor; null for numbers. [row]</param>
internal sealed record Variable(string[] Names, double[][] Columns, int[]? Level)
{
    public bool IsFactor => Level is not null;
}
