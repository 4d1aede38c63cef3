using ILGPU;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;

namespace IrtGpu.Kernels.EStep.WeightedScore;

/// <summary>
/// The E-step of a run of patterns for items of the exponential family: with t the weighted scores of a pattern and c its intercept sum,
/// ℓ = c + t·θ + log τ + log π − A(θ), A the sum of the log partition functions of the answered items.
/// </summary>
/// <remarks>
/// Terms at patterns × nodes live in registers alone: a first kernel sums them over the nodes of each pattern, with the moments of θ, a
/// second over the patterns at each node, computing them again from the pattern's scores. Model points evaluated side by side are a further dimension,
/// as in <see cref="EStepKernels"/>, and every sum has one thread and an order.
/// </remarks>
internal static class WeightedScoreKernels
{
    /// <summary>log τ + log π − A of a (block, set) at one node; −A_i is the log-probability of an item's first category.</summary>
    /// <param name="cell">((point · blocks + block) · sets + set) · L + node.</param>
    /// <param name="tile">Node tile.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="views">Sets; receives the log prior.</param>
    /// <param name="logProbability">log P. [point, table, row, node]</param>
    /// <param name="logWeight">log τ + log π; −∞ in the padding. [point, block, node]</param>
    public static void FillLogPrior(
        Index1D cell, TileShape tile, LayoutViews layout, WeightedScoreViews views, ArrayView<double> logProbability, ArrayView<double> logWeight)
    {
        int node = cell.X % tile.NodeCount;
        int blockSet = cell.X / tile.NodeCount;
        int set = blockSet % views.SetCount;
        int block = blockSet / views.SetCount;
        double sum = logWeight[(long)block * tile.WeightStride + tile.FirstNode + node];
        long table = (long)layout.TableOfBlock[block] * layout.RowCount * tile.NodeCount + node;
        for (int item = 0; item < views.ItemCount; item++)
        {
            if (views.IsAnswered[(long)set * views.ItemCount + item] != 0)
                sum += logProbability[table + (long)layout.FirstRow[item] * tile.NodeCount];
        }

        views.LogPrior[cell] = sum;
    }

    /// <summary>Weighted scores of one pattern, and the sum of exp(ℓ − m) over a chunk of nodes of one class, m the largest there, with its moments.</summary>
    /// <remarks>ℓ is computed twice rather than kept. Where there are several chunks, the first one's thread leaves the scores.</remarks>
    /// <typeparam name="TDimensions">Scores held in registers.</typeparam>
    /// <param name="cell">((point · K + class) · chunks + chunk) · P + pattern.</param>
    /// <param name="tile">The run.</param>
    /// <param name="patterns">Responses and known classes.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="views">Scores of rows, nodes, log prior; receives scores and moments of the chunk.</param>
    /// <param name="normalizers">Receives the chunk's m and sum.</param>
    public static void SumTerms<TDimensions>(
        Index1D cell, TileShape tile, PatternViews patterns, LayoutViews layout, WeightedScoreViews views, NormalizerViews normalizers)
        where TDimensions : struct, IScoreDimensions
    {
        TDimensions dimensions = default;
        int pattern = cell.X % tile.PatternCount;
        int row = cell.X / tile.PatternCount; // lane · chunks + chunk
        int chunk = row % views.ChunksPerClass;
        int lane = row / views.ChunksPerClass; // point · K + class
        int k = lane % tile.ClassCount;
        int point = lane / tile.ClassCount;
        int block = point * tile.BlockStride + tile.FirstBlock + k;
        int known = patterns.KnownClass[tile.FirstPattern + pattern];
        bool isPossible = known < 0 || known == k;

        // 1. Scores.
        int attributes = AttributeCount<TDimensions>(views);
        int columns = 1 + attributes;
        int tableLength = layout.RowCount * columns;
        ArrayView<double> rowScores = views.RowScores.SubView((long)layout.TableOfBlock[block] * tableLength, tableLength);
        ArrayView<int> words = patterns.Words.SubView((long)(tile.FirstPattern + pattern) * patterns.WordCount, patterns.WordCount);
        int wordCount = isPossible ? patterns.WordCount : 0;
        double intercept = 0.0, t0 = 0.0, t1 = 0.0, t2 = 0.0;
        for (int w = 0; w < wordCount; w++)
        {
            int word = words[w];
            for (int item = w * MemoryPlan.ItemsPerWord; item < (w + 1) * MemoryPlan.ItemsPerWord; item++)
            {
                int category = word & 255;
                word >>= 8;
                if (category == EStepKernels.Missing)
                    continue;
                int position = (layout.FirstRow[item] + category) * columns;
                intercept += rowScores[position];
                t0 += rowScores[position + 1];
                if (dimensions.HeldCount > 1)
                    t1 += rowScores[position + 2];
                if (dimensions.HeldCount > 2)
                    t2 += rowScores[position + 3];
            }
        }

        ArrayView<double> scores = views.Scores.SubView((long)lane * columns * tile.PatternStride + pattern, (columns - 1L) * tile.PatternStride + 1);
        if (chunk == 0)
        {
            scores[0] = intercept;
            scores[tile.PatternStride] = t0;
            if (dimensions.HeldCount > 1)
                scores[2L * tile.PatternStride] = t1;
            if (dimensions.HeldCount > 2)
                scores[3L * tile.PatternStride] = t2;
        }

        if (dimensions.HasMore)
        {
            for (int j = 3; j < attributes; j++) // every chunk's thread leaves the same bits, for itself
                scores[(1L + j) * tile.PatternStride] = SumScores(layout, rowScores, columns, 1 + j, words, wordCount);
        }

        // 2. Terms, four neighbouring nodes at a time; chunks are whole such fours.
        int first = chunk * views.ChunkLength;
        int end = isPossible ? IntrinsicMath.Min(first + views.ChunkLength, tile.NodeCount) : first;
        int set = views.SetOfPattern[views.FirstPosition + pattern];
        ArrayView<double> priors = views.LogPrior.SubView(((long)block * views.SetCount + set) * tile.NodeCount, tile.NodeCount);
        ArrayView<double> theta = NodesOf<TDimensions>(tile, views, point, k);
        double largest = double.NegativeInfinity;
        for (int node = first; node < end; node += MemoryPlan.NodeMultiple)
        {
            double a = LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node, t0, t1, t2);
            double b = LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node + 1, t0, t1, t2);
            double c = LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node + 2, t0, t1, t2);
            double d = LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node + 3, t0, t1, t2);
            a = a > b ? a : b;
            c = c > d ? c : d;
            a = a > c ? a : c;
            largest = a > largest ? a : largest;
        }

        // A chunk of nothing but −∞ has no largest term to subtract: its sum is 0.
        double shift = largest > double.NegativeInfinity ? largest : 0.0;
        double sum = 0.0, moment0 = 0.0, moment1 = 0.0, moment2 = 0.0;
        for (int node = first; node < end; node += MemoryPlan.NodeMultiple)
        {
            double a = Exponential.OfNegative(LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node, t0, t1, t2) - shift);
            double b = Exponential.OfNegative(LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node + 1, t0, t1, t2) - shift);
            double c = Exponential.OfNegative(LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node + 2, t0, t1, t2) - shift);
            double d = Exponential.OfNegative(LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node + 3, t0, t1, t2) - shift);
            sum += (a + b) + (c + d);
            moment0 += Moment(theta, attributes, node, 0, a, b, c, d);
            if (dimensions.HeldCount > 1)
                moment1 += Moment(theta, attributes, node, 1, a, b, c, d);
            if (dimensions.HeldCount > 2)
                moment2 += Moment(theta, attributes, node, 2, a, b, c, d);
        }

        long output = (long)row * tile.PatternStride + pattern;
        normalizers.ChunkLargest[output] = isPossible ? largest + intercept : double.NegativeInfinity;
        normalizers.ChunkSum[output] = sum;
        ArrayView<double> moments = views.ChunkMoments.SubView((long)row * attributes * tile.PatternStride + pattern, (attributes - 1L) * tile.PatternStride + 1);
        moments[0] = moment0;
        if (dimensions.HeldCount > 1)
            moments[tile.PatternStride] = moment1;
        if (dimensions.HeldCount > 2)
            moments[2L * tile.PatternStride] = moment2;
        if (dimensions.HasMore)
        {
            for (int j = 3; j < attributes; j += 2)
            {
                int other = IntrinsicMath.Min(j + 1, attributes - 1);
                double ofJ = 0.0, ofOther = 0.0;
                for (int node = first; node < end; node++)
                {
                    double term = Exponential.OfNegative(LogTerm<TDimensions>(tile, attributes, priors, theta, scores, node, t0, t1, t2) - shift);
                    ofJ += term * theta[node * attributes + j];
                    ofOther += term * theta[node * attributes + other];
                }

                moments[(long)j * tile.PatternStride] = ofJ;
                moments[(long)other * tile.PatternStride] = ofOther;
            }
        }
    }

    /// <summary>Marginal log-likelihood of one pattern, what its posterior is scaled by, and its moments by class, times its frequency.</summary>
    /// <param name="cell">point · P + pattern.</param>
    /// <param name="tile">The run.</param>
    /// <param name="merges">1: the chunks are those of all nodes and are merged first; 0: largest terms and sums stand already.</param>
    /// <param name="patterns">Frequencies and known classes.</param>
    /// <param name="normalizers">In: chunks; out: largest, sum, log-likelihood, factors in place of the chunks' sums.</param>
    /// <param name="views">In: scores, moments of chunks; out: shifts, weights, moments.</param>
    public static void FinishPatterns(
        Index1D cell, TileShape tile, int merges, PatternViews patterns, NormalizerViews normalizers, WeightedScoreViews views)
    {
        if (merges != 0)
            EStepKernels.MergeChunks(cell, tile, 1, normalizers);
        int pattern = cell.X % tile.PatternCount;
        int point = cell.X / tile.PatternCount;
        long position = (long)point * tile.NormalizerStride + tile.FirstNormalizer + pattern;
        double largest = normalizers.Largest[position];
        double sum = normalizers.Sum[position];
        normalizers.LogLikelihood[position] = largest + Elementary.Log(sum);
        double weight = patterns.Frequency[tile.FirstPattern + pattern] / sum; // +∞ where no term is above 0: then nothing is finite
        views.Weight[(long)point * tile.PatternStride + pattern] = weight;
        int known = patterns.KnownClass[tile.FirstPattern + pattern];
        for (int k = 0; k < tile.ClassCount; k++)
        {
            int lane = point * tile.ClassCount + k;
            bool isPossible = (known < 0 || known == k) && largest > double.NegativeInfinity;
            double intercept = views.Scores[(long)lane * (1 + views.AttributeCount) * tile.PatternStride + pattern];
            views.Shift[(long)lane * tile.PatternStride + pattern] = isPossible ? largest - intercept : double.PositiveInfinity;
            double mass = 0.0;
            for (int row = lane * views.ChunksPerClass; row < (lane + 1) * views.ChunksPerClass; row++)
            {
                long chunk = (long)row * tile.PatternStride + pattern;
                double factor = Exponential.OfNegative(normalizers.ChunkLargest[chunk] - largest) * weight;
                mass += normalizers.ChunkSum[chunk] * factor;
                normalizers.ChunkSum[chunk] = factor;
            }

            long moments = (long)lane * (1 + views.AttributeCount) * tile.PatternStride + pattern;
            views.Moments[moments] = mass;
            for (int j = 0; j < views.AttributeCount; j++)
            {
                double moment = 0.0;
                for (int row = lane * views.ChunksPerClass; row < (lane + 1) * views.ChunksPerClass; row++)
                {
                    moment += normalizers.ChunkSum[(long)row * tile.PatternStride + pattern]
                        * views.ChunkMoments[((long)row * views.AttributeCount + j) * tile.PatternStride + pattern];
                }

                views.Moments[moments + (1L + j) * tile.PatternStride] = moment;
            }
        }
    }

    /// <summary>Nodes of a class, from the first of the node tile on. [node, attribute]</summary>
    internal static ArrayView<double> NodesOf<TDimensions>(TileShape tile, WeightedScoreViews views, int point, int k)
        where TDimensions : struct, IScoreDimensions
    {
        int attributes = AttributeCount<TDimensions>(views);
        return views.Theta.SubView(
            point * views.ThetaOfPoint + views.NodeSetOfBlock[tile.FirstBlock + k] * views.ThetaStride + (long)tile.FirstNode * attributes, tile.NodeCount * attributes);
    }

    /// <summary>J, known when the kernel is compiled up to three.</summary>
    internal static int AttributeCount<TDimensions>(WeightedScoreViews views)
        where TDimensions : struct, IScoreDimensions
    {
        TDimensions dimensions = default;
        return dimensions.HasMore ? views.AttributeCount : dimensions.HeldCount;
    }

    /// <summary>One weighted score of a pattern.</summary>
    private static double SumScores(LayoutViews layout, ArrayView<double> rowScores, int columns, int column, ArrayView<int> words, int wordCount)
    {
        double score = 0.0;
        for (int w = 0; w < wordCount; w++)
        {
            int word = words[w];
            for (int item = w * MemoryPlan.ItemsPerWord; item < (w + 1) * MemoryPlan.ItemsPerWord; item++)
            {
                int category = word & 255;
                word >>= 8;
                if (category != EStepKernels.Missing)
                    score += rowScores[(layout.FirstRow[item] + category) * columns + column];
            }
        }

        return score;
    }

    /// <summary>t·θ + log prior at a node.</summary>
    private static double LogTerm<TDimensions>(
        TileShape tile, int attributes, ArrayView<double> priors, ArrayView<double> theta, ArrayView<double> scores, int node, double t0, double t1, double t2)
        where TDimensions : struct, IScoreDimensions
    {
        TDimensions dimensions = default;
        int position = node * attributes;
        double value = priors[node] + t0 * theta[position];
        if (dimensions.HeldCount > 1)
            value += t1 * theta[position + 1];
        if (dimensions.HeldCount > 2)
            value += t2 * theta[position + 2];
        if (dimensions.HasMore)
        {
            for (int j = 3; j < attributes; j++)
                value += scores[(1L + j) * tile.PatternStride] * theta[position + j];
        }

        return value;
    }

    /// <summary>What four neighbouring nodes add to a moment.</summary>
    private static double Moment(ArrayView<double> theta, int attributes, int node, int attribute, double a, double b, double c, double d)
    {
        int position = node * attributes + attribute;
        return (a * theta[position] + b * theta[position + attributes])
            + (c * theta[position + 2 * attributes] + d * theta[position + 3 * attributes]);
    }
}
