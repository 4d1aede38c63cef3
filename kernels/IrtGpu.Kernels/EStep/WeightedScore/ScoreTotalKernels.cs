using ILGPU;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.EStep.WeightedScore;

/// <summary>Sums over the patterns of a run whose scores, shifts and moments <see cref="WeightedScoreKernels"/> left: by node, and by response.</summary>
/// <remarks>Every sum has one thread that adds patterns in order; sums of threads are added in order afterwards.</remarks>
internal static class ScoreTotalKernels
{
    /// <summary>Adds the weighted posteriors at four neighbouring nodes of one class over the patterns of a segment to its share.</summary>
    /// <remarks>Neighbouring threads read the same scores of the same pattern, each of them for four nodes.</remarks>
    /// <typeparam name="TDimensions">Attributes held in registers.</typeparam>
    /// <param name="cell">((point · K + class) · segments + segment) · L/4 + node/4.</param>
    /// <param name="tile">The run.</param>
    /// <param name="views">In: scores, shifts, weights; added to: totals of shares.</param>
    public static void AddToShares<TDimensions>(Index1D cell, TileShape tile, WeightedScoreViews views)
        where TDimensions : struct, IScoreDimensions
    {
        TDimensions dimensions = default;
        int quads = tile.NodeCount / MemoryPlan.NodeMultiple;
        int node = cell.X % quads * MemoryPlan.NodeMultiple;
        int rest = cell.X / quads;
        ScoreSegment segment = views.Segments[views.FirstSegment + rest % views.SegmentCount];
        int lane = rest / views.SegmentCount; // point · K + class
        int k = lane % tile.ClassCount;
        int point = lane / tile.ClassCount;
        int block = point * tile.BlockStride + tile.FirstBlock + k;
        int attributes = WeightedScoreKernels.AttributeCount<TDimensions>(views);
        ArrayView<double> priors = views.LogPrior.SubView(((long)block * views.SetCount + segment.Set) * tile.NodeCount + node, MemoryPlan.NodeMultiple);
        ArrayView<double> theta = WeightedScoreKernels.NodesOf<TDimensions>(tile, views, point, k).SubView(node * attributes, MemoryPlan.NodeMultiple * attributes);
        ArrayView<double> shifts = views.Shift.SubView((long)lane * tile.PatternStride, tile.PatternStride);
        ArrayView<double> weights = views.Weight.SubView((long)point * tile.PatternStride, tile.PatternStride);
        ArrayView<double> scores = views.Scores.SubView((long)lane * (1 + attributes) * tile.PatternStride, (1L + attributes) * tile.PatternStride);
        ArrayView<double> scores0 = scores.SubView(tile.PatternStride, tile.PatternStride);
        double priorA = priors[0], priorB = priors[1], priorC = priors[2], priorD = priors[3];
        double thetaA = theta[0], thetaB = theta[attributes], thetaC = theta[2 * attributes], thetaD = theta[3 * attributes];
        double sumA = 0.0, sumB = 0.0, sumC = 0.0, sumD = 0.0;
        for (int pattern = segment.First; pattern < segment.End; pattern++)
        {
            double shift = shifts[pattern];
            double score = scores0[pattern];
            double a = priorA + score * thetaA;
            double b = priorB + score * thetaB;
            double c = priorC + score * thetaC;
            double d = priorD + score * thetaD;
            if (dimensions.HeldCount > 1)
            {
                for (int j = 1; j < attributes; j++)
                {
                    score = scores[(1L + j) * tile.PatternStride + pattern];
                    a += score * theta[j];
                    b += score * theta[attributes + j];
                    c += score * theta[2 * attributes + j];
                    d += score * theta[3 * attributes + j];
                }
            }

            double weight = weights[pattern];
            sumA += Exponential.OfNegative(a - shift) * weight;
            sumB += Exponential.OfNegative(b - shift) * weight;
            sumC += Exponential.OfNegative(c - shift) * weight;
            sumD += Exponential.OfNegative(d - shift) * weight;
        }

        ArrayView<double> totals = views.ShareTotals.SubView(
            (((long)point * views.ShareCount + segment.Share) * tile.ClassCount + k) * tile.NodeCount + node, MemoryPlan.NodeMultiple);
        totals[0] += sumA;
        totals[1] += sumB;
        totals[2] += sumC;
        totals[3] += sumD;
    }

    /// <summary>Adds the moments of the patterns of a slice by response: two columns of the moments at four neighbouring items.</summary>
    /// <remarks>First categories have none: their predictor is 0 whatever the parameters.</remarks>
    /// <param name="cell">((point · slices + slice) · column pairs + pair) · words + word.</param>
    /// <param name="tile">The run.</param>
    /// <param name="tableCount">Tables of all points.</param>
    /// <param name="patterns">Responses.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="views">In: moments of patterns; added to: moments by response.</param>
    public static void AddResponses(Index1D cell, TileShape tile, int tableCount, PatternViews patterns, LayoutViews layout, WeightedScoreViews views)
    {
        int columns = 1 + views.AttributeCount;
        int pairs = (columns + 1) >> 1;
        int word = cell.X % patterns.WordCount;
        int rest = cell.X / patterns.WordCount;
        int column = rest % pairs * 2;
        int more = column + 1 < columns ? 1 : 0; // an odd column out is its own neighbour, which is not written
        int slice = rest / pairs % tile.SliceCount;
        int point = rest / pairs / tile.SliceCount;
        int begin = slice * tile.SliceLength;
        int end = IntrinsicMath.Min(begin + tile.SliceLength, tile.PatternCount);
        if (begin >= end)
            return;
        int item = word * MemoryPlan.ItemsPerWord;
        int categories = IntrinsicMath.Max(
            IntrinsicMath.Max(layout.CategoryCount[item], layout.CategoryCount[item + 1]),
            IntrinsicMath.Max(layout.CategoryCount[item + 2], layout.CategoryCount[item + 3]));
        ArrayView<int> words = patterns.Words.SubView((long)(tile.FirstPattern + begin) * patterns.WordCount, (end - begin) * patterns.WordCount);
        for (int k = 0; k < tile.ClassCount; k++)
        {
            int block = point * tile.BlockStride + tile.FirstBlock + k;
            long output = ((long)slice * tableCount + layout.TableOfBlock[block]) * layout.RowCount * columns + column;
            long moments = ((long)(point * tile.ClassCount + k) * columns + column) * tile.PatternStride + begin;
            ArrayView<double> first = views.Moments.SubView(moments, end - begin);
            ArrayView<double> second = views.Moments.SubView(moments + (long)more * tile.PatternStride, end - begin);
            for (int category = 1; category < categories; category++)
            {
                double a0 = 0.0, a1 = 0.0, b0 = 0.0, b1 = 0.0, c0 = 0.0, c1 = 0.0, d0 = 0.0, d1 = 0.0;
                int position = word;
                for (int pattern = 0; pattern < end - begin; pattern++)
                {
                    double moment0 = first[pattern];
                    double moment1 = second[pattern];
                    int responses = words[position];
                    position += patterns.WordCount;
                    double a = (responses & 255) == category ? 1.0 : 0.0;
                    double b = ((responses >> 8) & 255) == category ? 1.0 : 0.0;
                    double c = ((responses >> 16) & 255) == category ? 1.0 : 0.0;
                    double d = ((responses >> 24) & 255) == category ? 1.0 : 0.0;
                    a0 += a * moment0;
                    a1 += a * moment1;
                    b0 += b * moment0;
                    b1 += b * moment1;
                    c0 += c * moment0;
                    c1 += c * moment1;
                    d0 += d * moment0;
                    d1 += d * moment1;
                }

                AddPair(views, output, columns, more, layout, item, category, a0, a1);
                AddPair(views, output, columns, more, layout, item + 1, category, b0, b1);
                AddPair(views, output, columns, more, layout, item + 2, category, c0, c1);
                AddPair(views, output, columns, more, layout, item + 3, category, d0, d1);
            }
        }
    }

    /// <summary>Node totals of each (block, set): each lane adds every so-many-th share of it in order, then the lanes are added in order.</summary>
    /// <param name="laneCount">Lanes of a cell; a group has as many cells as it has threads for.</param>
    /// <param name="cellCount">Points · blocks · sets · L.</param>
    /// <param name="tile">Node tile.</param>
    /// <param name="views">In: totals of shares; receives totals.</param>
    public static void AddShares(int laneCount, int cellCount, TileShape tile, WeightedScoreViews views)
    {
        ArrayView<double> lanes = SharedMemory.Allocate<double>(EStepKernels.SliceThreads);
        int cellsOfGroup = Group.DimX / laneCount;
        int lane = Group.IdxX / cellsOfGroup;
        int cell = Grid.IdxX * cellsOfGroup + Group.IdxX % cellsOfGroup;
        double sum = 0.0;
        if (cell < cellCount)
        {
            int node = cell % tile.NodeCount;
            int set = cell / tile.NodeCount % views.SetCount;
            int block = cell / tile.NodeCount / views.SetCount;
            int point = block / tile.BlockStride;
            int group = block % tile.BlockStride / tile.ClassCount;
            int k = block % tile.BlockStride % tile.ClassCount;
            int end = views.FirstShare[group * views.SetCount + set + 1];
            for (int share = views.FirstShare[group * views.SetCount + set] + lane; share < end; share += laneCount)
                sum += views.ShareTotals[(((long)point * views.ShareCount + share) * tile.ClassCount + k) * tile.NodeCount + node];
        }

        lanes[Group.IdxX] = sum;
        Group.Barrier();
        if (lane == 0 && cell < cellCount)
        {
            for (int other = 1; other < laneCount; other++)
                sum += lanes[other * cellsOfGroup + Group.IdxX];
            views.Totals[cell] = sum;
        }
    }

    /// <summary>
    /// Expected number of those who answered an item, by node, as counts of its first category, which item derivatives read; and of the persons of a
    /// block, whatever they answered.
    /// </summary>
    /// <param name="cell">((point · tables + table) · I + item) · L + node; then (point · blocks + block) · L + node.</param>
    /// <param name="tile">Node tile.</param>
    /// <param name="tableCount">Tables of all points.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="views">Totals.</param>
    /// <param name="counts">Receives those who answered, in the rows of first categories. [point, table, row, node]</param>
    /// <param name="totals">Receives those of blocks. [point, block, node]</param>
    public static void SpreadTotals(
        Index1D cell, TileShape tile, int tableCount, LayoutViews layout, WeightedScoreViews views, ArrayView<double> counts, ArrayView<double> totals)
    {
        int node = cell.X % tile.NodeCount;
        int rest = cell.X / tile.NodeCount;
        double sum = 0.0;
        if (rest >= tableCount * views.ItemCount)
        {
            int own = rest - tableCount * views.ItemCount;
            for (int set = 0; set < views.SetCount; set++)
                sum += views.Totals[((long)own * views.SetCount + set) * tile.NodeCount + node];
            totals[(long)own * tile.NodeCount + node] = sum;
            return;
        }

        int item = rest % views.ItemCount;
        int table = rest / views.ItemCount;
        for (int block = 0; block < tile.PointCount * tile.BlockStride; block++)
        {
            if (layout.TableOfBlock[block] != table)
                continue;
            for (int set = 0; set < views.SetCount; set++)
            {
                if (views.IsAnswered[(long)set * views.ItemCount + item] != 0)
                    sum += views.Totals[((long)block * views.SetCount + set) * tile.NodeCount + node];
            }
        }

        counts[((long)table * layout.RowCount + layout.FirstRow[item]) * tile.NodeCount + node] = sum;
    }

    private static void AddPair(
        WeightedScoreViews views, long output, int columns, int more, LayoutViews layout, int item, int category, double first, double second)
    {
        if (category >= layout.CategoryCount[item])
            return;
        long position = output + (long)(layout.FirstRow[item] + category) * columns;
        views.ByResponse[position] += first;
        if (more != 0)
            views.ByResponse[position + 1] += second;
    }
}
