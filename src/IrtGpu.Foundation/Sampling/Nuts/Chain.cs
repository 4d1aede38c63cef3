namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>The draws of one chain after its warmup.</summary>
internal sealed class Chain
{
    internal Chain(int parameterCount, int draws)
    {
        ParameterCount = parameterCount;
        Positions = new double[(long)parameterCount * draws];
        LogDensity = new double[draws];
        Energy = new double[draws];
        TreeDepth = new int[draws];
        IsDivergent = new bool[draws];
    }

    /// <summary>Number of parameters.</summary>
    public int ParameterCount { get; }

    /// <summary>Draws made: all that were asked for, unless the work was cut short.</summary>
    public int Count { get; internal set; }

    /// <summary>Unconstrained parameters. [draw, parameter]</summary>
    public double[] Positions { get; }

    /// <summary>Log density, up to its constant. [draw]</summary>
    public double[] LogDensity { get; }

    /// <summary>Hamiltonian of the draw with its momentum. [draw]</summary>
    public double[] Energy { get; }

    /// <summary>Doublings of the trajectory. [draw]</summary>
    public int[] TreeDepth { get; }

    /// <summary>Whether the trajectory diverged. [draw]</summary>
    public bool[] IsDivergent { get; }

    /// <summary>Step size after the warmup.</summary>
    public double StepSize { get; internal set; }

    /// <summary>Variances that the metric was adapted to. [parameter]</summary>
    public double[] InverseMetric { get; internal set; } = [];

    /// <summary>Mean acceptance statistic after the warmup.</summary>
    public double MeanAcceptance { get; internal set; }

    /// <summary>Evaluations of the density, warmup included.</summary>
    public long Evaluations { get; internal set; }

    /// <summary>Divergences in the warmup.</summary>
    public int WarmupDivergences { get; internal set; }

    /// <summary>Why the chain could not go on; null: it could.</summary>
    public string? Failure { get; internal set; }

    /// <summary>Unconstrained parameters of a draw. [parameter]</summary>
    public ReadOnlySpan<double> Position(int draw) => Positions.AsSpan(draw * ParameterCount, ParameterCount);
}
