namespace IrtGpu.Compute;

/// <summary>How a backend computes an E-step.</summary>
public enum EStepForm
{
    /// <summary>The faster of those that apply.</summary>
    Auto,

    /// <summary>Sums of tabled log-probabilities at every node; any model.</summary>
    Tables,

    /// <summary>
    /// Through each pattern's weighted score, its sufficient statistic: GPCM, 2PL, Rasch, partial credit, rating scale and nominal items with few
    /// distinct sets of answered items; on the CPU in one dimension, on accelerators in any number.
    /// </summary>
    WeightedScore,
}
