using ILGPU;

namespace IrtGpu.Kernels.EStep.WeightedScore;

/// <summary>Neighbouring patterns of a run with one set of answered items, which one thread walks at each node.</summary>
internal readonly struct ScoreSegment
{
    /// <summary>First pattern, from the beginning of the run.</summary>
    public int First { get; init; }

    /// <summary>Pattern after the last.</summary>
    public int End { get; init; }

    /// <summary>Set of answered items.</summary>
    public int Set { get; init; }

    /// <summary>Where its node totals are added up.</summary>
    public int Share { get; init; }
}

/// <summary>What the weighted-score E-step has beside the run of patterns. Score columns are intercept sum, then score by attribute.</summary>
internal readonly struct WeightedScoreViews
{
    public int AttributeCount { get; init; }

    public int ItemCount { get; init; }

    public int SetCount { get; init; }

    /// <summary>Nodes of a chunk.</summary>
    public int ChunkLength { get; init; }

    /// <summary>Chunks of nodes of one class.</summary>
    public int ChunksPerClass { get; init; }

    /// <summary>Position of the run's first pattern among all.</summary>
    public int FirstPosition { get; init; }

    public int FirstSegment { get; init; }

    /// <summary>Segments of the run.</summary>
    public int SegmentCount { get; init; }

    /// <summary>Shares of all sets of answered items.</summary>
    public int ShareCount { get; init; }

    /// <summary>Elements of a node set.</summary>
    public long ThetaStride { get; init; }

    /// <summary>Distance of the points' nodes; 0 where all have the same.</summary>
    public long ThetaOfPoint { get; init; }

    public ArrayView<int> IsAnswered { get; init; } // [set, item] 0 or 1

    public ArrayView<int> NodeSetOfBlock { get; init; } // [block]

    public ArrayView<int> SetOfPattern { get; init; } // [position]

    public ArrayView<ScoreSegment> Segments { get; init; } // of all runs

    public ArrayView<int> FirstShare { get; init; } // [group, set], and the end

    public ArrayView<double> Theta { get; init; } // [point where nodes move, node set, node, attribute]

    public ArrayView<double> RowScores { get; init; } // [point, table, row, score column]

    public ArrayView<double> LogPrior { get; init; } // [point, block, set, node of the tile]: log τ + log π − Σ log partition

    public ArrayView<double> Scores { get; init; } // [point, class, score column, pattern]

    public ArrayView<double> ChunkMoments { get; init; } // [point, class, chunk, attribute, pattern]: Σ e θ

    public ArrayView<double> Shift { get; init; } // [point, class, pattern]: largest term less the intercept sum; +∞ in impossible classes

    public ArrayView<double> Weight { get; init; } // [point, pattern]: frequency over the sum of terms

    public ArrayView<double> Moments { get; init; } // [point, class, 1 + attribute, pattern]: weight and weight · E θ

    public ArrayView<double> ShareTotals { get; init; } // [point, share, class, node of the tile]

    public ArrayView<double> Totals { get; init; } // [point, block, set, node of the tile]

    public ArrayView<double> ByResponse { get; init; } // [slice][point, table, row, 1 + attribute]
}
