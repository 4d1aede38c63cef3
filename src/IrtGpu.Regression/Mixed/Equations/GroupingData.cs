namespace IrtGpu.Regression.Mixed.Equations;

/// <summary>What a grouping factor contributes to the rows of the data.</summary>
/// <param name="Grouping">The factor.</param>
/// <param name="Level">Level of a row. [row]</param>
/// <param name="Columns">Columns of Z, standardized and weighted. [effect][row]</param>
internal sealed record GroupingData(Grouping Grouping, int[] Level, double[][] Columns);
