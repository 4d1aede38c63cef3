namespace IrtGpu.Differential.Results;

/// <summary>What a scan for differential item functioning found.</summary>
public sealed record DifResult
{
    /// <summary>Names of the groups, that of reference first.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Tests of the item response model, item by item.</summary>
    public required IReadOnlyList<ItemDif> Tests { get; init; }

    /// <summary>Tests by sum scores.</summary>
    public required IReadOnlyList<ItemDif> SumScoreTests { get; init; }

    /// <summary>Parameters released for partial invariance, in order; empty where none was asked for.</summary>
    public IReadOnlyList<ReleasedParameters> Released { get; init; } = [];

    /// <summary>Rounds of purification of the model's anchors; 0 without.</summary>
    public int Rounds { get; init; }

    /// <summary>The fit that the scan began with.</summary>
    public required CalibrationResult First { get; init; }

    /// <summary>The fit of partial invariance, with the parameters released; null where none was asked for.</summary>
    public CalibrationResult? Partial { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Seconds of the scan.</summary>
    public double Seconds { get; init; }
}

/// <summary>An item that has its own parameters in a group from a step on.</summary>
/// <param name="Step">1-based round.</param>
/// <param name="Item">The item.</param>
/// <param name="Group">The group.</param>
/// <param name="Rmsd">RMSD before.</param>
/// <param name="LogLikelihood">Log-likelihood after the round.</param>
/// <param name="Gain">What the round gained, all its parameters together.</param>
public sealed record ReleasedParameters(int Step, string Item, string Group, double Rmsd, double LogLikelihood, double Gain);
