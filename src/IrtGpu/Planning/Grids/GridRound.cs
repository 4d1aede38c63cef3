namespace IrtGpu.Planning.Grids;

/// <summary>A fit on nodes that were then given up for better ones.</summary>
/// <param name="Nodes">Nodes a dimension.</param>
/// <param name="Low">Lowest node; null for moving nodes.</param>
/// <param name="High">Highest node; null for moving nodes.</param>
/// <param name="Cycles">Cycles done on them.</param>
/// <param name="LogLikelihood">Where they ended; null where that is no number.</param>
public sealed record GridRound(int Nodes, double? Low, double? High, int Cycles, double? LogLikelihood);
