namespace IrtGpu.Compute;

/// <summary>How the CPU backend computes an E-step.</summary>
public enum EStepForm
{
    /// <summary>The fastest of those that apply.</summary>
    Auto,

    /// <summary>Sums of tabled log-probabilities at every node; any model.</summary>
    Tables,

    /// <summary>
    /// Through each pattern's weighted scores, the sufficient statistics of Rasch, 2PL, partial credit, GPCM, rating scale and nominal
    /// items; other items of the test, each of one attribute, by tables. With few distinct sets of answered items; in several dimensions
    /// with the rectangular rule.
    /// </summary>
    WeightedScore,

    /// <summary>Tables at the nodes of one dimension, joined over the product grid: several dimensions, one attribute an item, any model.</summary>
    DimensionTables,
}
