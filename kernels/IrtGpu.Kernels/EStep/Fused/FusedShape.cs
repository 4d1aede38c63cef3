using ILGPU;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>What a launch of the fused E-step does.</summary>
internal enum FusedPass
{
    /// <summary>Log-likelihoods, posteriors and counts: all nodes of a pattern are in one node block.</summary>
    Whole,

    /// <summary>Largest term and sum of each pattern in each node block.</summary>
    Terms,

    /// <summary>Counts, from the factors that the terms of all node blocks gave.</summary>
    Counts,

    /// <summary>Adds the columns of a column group to the terms that are kept.</summary>
    Partial,

    /// <summary>Counts of a column group from posteriors that are kept.</summary>
    Posteriors,
}

/// <summary>A run of patterns of one observed group at all its node blocks, 64 nodes of one class each, of one or several model points.</summary>
internal readonly struct FusedShape
{
    /// <summary>A <see cref="FusedPass"/>.</summary>
    public int Pass { get; init; }

    public int PatternCount { get; init; }

    /// <summary>Where the run begins in the pattern views and in the bits.</summary>
    public int FirstPattern { get; init; }

    /// <summary>Distance of words of 32 columns in the bits.</summary>
    public int BitStride { get; init; }

    /// <summary>Fragments of eight columns in each part of 64.</summary>
    public int FragmentCount { get; init; }

    /// <summary>Node blocks of a class.</summary>
    public int NodeBlockCount { get; init; }

    public int ClassCount { get; init; }

    /// <summary>Block of the group's first class.</summary>
    public int FirstBlock { get; init; }

    public int PointCount { get; init; }

    /// <summary>Blocks of a point.</summary>
    public int BlockStride { get; init; }

    /// <summary>Which column group is launched.</summary>
    public int ColumnGroup { get; init; }

    /// <summary>Column groups; one where a group's shared memory holds all columns.</summary>
    public int ColumnGroupCount { get; init; }

    /// <summary>Distance of node blocks in the terms.</summary>
    public int TermStride { get; init; }

    /// <summary>Groups that share a node block; each has counts of its own.</summary>
    public int SliceCount { get; init; }

    /// <summary>Doubles of a slice of the counts.</summary>
    public int SliceLength { get; init; }
}

/// <summary>What the fused E-step reads and writes beside the patterns.</summary>
internal readonly struct FusedViews
{
    /// <summary>Answers by column: bit (30 − column) mod 32 of word column / 32. [word, pattern]</summary>
    public ArrayView<int> Bits { get; init; }

    /// <summary>Half of what a column adds to a log-likelihood, in the order of the matrix products. [point, table, node block, part, step, 256]</summary>
    public ArrayView<double> Fragments { get; init; }

    /// <summary>Log weight and what patterns without columns add. [point, block, node]</summary>
    public ArrayView<double> Bases { get; init; }

    /// <summary>Largest term of a pattern in a node block. [point, node block, pattern of the run]</summary>
    public ArrayView<double> Largest { get; init; }

    /// <summary>Sum of exp(term − largest), then the factor that makes posteriors of it. [point, node block, pattern of the run]</summary>
    public ArrayView<double> Sum { get; init; }

    /// <summary>Terms, then posteriors, of several column groups. [point, node block, pattern of the run, 64]</summary>
    public ArrayView<double> Kept { get; init; }

    /// <summary>Twice the counts. [slice, point, block, node block, column, 64]</summary>
    public ArrayView<double> Counts { get; init; }
}

/// <summary>Which responses the columns stand for; the same for every run.</summary>
internal readonly struct ColumnViews
{
    /// <summary>Words of 32 columns.</summary>
    public int WordCount { get; init; }

    /// <summary>Item of a column; −1: the column that is always answered, −2: none. [column]</summary>
    public ArrayView<int> Item { get; init; }

    /// <summary>Category of a column. [column]</summary>
    public ArrayView<int> Category { get; init; }

    /// <summary>Row whose log-probability a column adds; −1: none. [column]</summary>
    public ArrayView<int> Row { get; init; }

    /// <summary>Row of the reference category, whose log-probability a column takes away; −1: none. [column]</summary>
    public ArrayView<int> ReferenceRow { get; init; }

    /// <summary>Rows whose log-probabilities are in every base. [reference]</summary>
    public ArrayView<int> BaseRow { get; init; }

    /// <summary>Column of a row; −1: a reference category; −2: none. [row]</summary>
    public ArrayView<int> ColumnOfRow { get; init; }

    /// <summary>First row of the item of a row. [row]</summary>
    public ArrayView<int> FirstRow { get; init; }

    /// <summary>Row after the last of the item of a row. [row]</summary>
    public ArrayView<int> EndRow { get; init; }
}

/// <summary>Item tables and log weights of the E-step.</summary>
internal readonly struct TableViews
{
    public ArrayView<int> TableOfBlock { get; init; }

    public ArrayView<double> LogProbability { get; init; } // [table, row, node]

    public ArrayView<double> LogWeight { get; init; } // [block, node]
}
