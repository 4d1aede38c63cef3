using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;

namespace IrtGpu.Kernels.EStep;

/// <summary>The E-step of one tile: joint log-likelihood → log-sum-exp → posterior → expected counts.</summary>
/// <remarks>
/// Dimensions: P patterns of the tile, S model points evaluated side by side (mostly one), K classes of the tile's observed
/// group, L nodes of the node tile (padded to a multiple of four; the padding has weight 0). The tile's buffer is [point,
/// class, node, pattern], patterns fastest, so that neighbouring threads read and write neighbouring memory. Every sum has
/// one thread that adds in index order: the result depends on the cut into tiles, slices and chunks alone, and that of a
/// point not on the others.
/// </remarks>
internal static class EStepKernels
{
    /// <summary>Stands for no response.</summary>
    public const int Missing = 255;

    /// <summary>ℓ[point, class, node, pattern] = log τ + log π + Σ over answered items of log P.</summary>
    /// <remarks>One thread: one pattern at four neighbouring nodes of one class, so that a word of responses serves sixteen additions.</remarks>
    /// <param name="cell">((point · K + class) · L/4 + node/4) · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="patterns">Responses and known classes.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="logProbability">log P. [point, table, row, node]</param>
    /// <param name="logWeight">log τ + log π; −∞ in the padding. [point, block, node]</param>
    /// <param name="joint">Receives ℓ; −∞ in classes that a known membership rules out. [point, class, node, pattern]</param>
    public static void JointLogLikelihood(
        Index1D cell, TileShape tile, PatternViews patterns, LayoutViews layout, ArrayView<double> logProbability, ArrayView<double> logWeight,
        ArrayView<double> joint)
    {
        int pattern = cell.X % tile.PatternCount;
        int quad = cell.X / tile.PatternCount;
        int quadsPerClass = tile.NodeCount / MemoryPlan.NodeMultiple;
        int lane = quad / quadsPerClass; // point · K + class
        int node = quad % quadsPerClass * MemoryPlan.NodeMultiple;
        int k = lane % tile.ClassCount;
        int block = lane / tile.ClassCount * tile.BlockStride + tile.FirstBlock + k;
        int known = patterns.KnownClass[tile.FirstPattern + pattern];
        bool isPossible = known < 0 || known == k;

        long weight = (long)block * tile.WeightStride + tile.FirstNode + node;
        double sum0 = isPossible ? logWeight[weight] : double.NegativeInfinity;
        double sum1 = isPossible ? logWeight[weight + 1] : double.NegativeInfinity;
        double sum2 = isPossible ? logWeight[weight + 2] : double.NegativeInfinity;
        double sum3 = isPossible ? logWeight[weight + 3] : double.NegativeInfinity;
        int wordCount = isPossible ? patterns.WordCount : 0;
        long table = (long)layout.TableOfBlock[block] * layout.RowCount * tile.NodeCount + node;
        long firstWord = (long)(tile.FirstPattern + pattern) * patterns.WordCount;
        for (int w = 0; w < wordCount; w++)
        {
            int word = patterns.Words[firstWord + w];
            for (int item = w * MemoryPlan.ItemsPerWord; item < (w + 1) * MemoryPlan.ItemsPerWord; item++)
            {
                int category = word & 255;
                word >>= 8;
                if (category == Missing)
                    continue;
                long row = table + (long)(layout.FirstRow[item] + category) * tile.NodeCount;
                sum0 += logProbability[row];
                sum1 += logProbability[row + 1];
                sum2 += logProbability[row + 2];
                sum3 += logProbability[row + 3];
            }
        }

        long output = ((long)lane * tile.NodeCount + node) * tile.PatternStride + pattern;
        joint[output] = sum0;
        joint[output + tile.PatternStride] = sum1;
        joint[output + 2L * tile.PatternStride] = sum2;
        joint[output + 3L * tile.PatternStride] = sum3;
    }

    /// <summary>Turns ℓ into exp(ℓ − m) in place, m the largest of the chunk, and sums it over the chunk.</summary>
    /// <param name="cell">(point · chunks + chunk) · P + pattern; a chunk is a run of (class, node) rows of a point.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="joint">In: ℓ; out: exp(ℓ − m). [point, class, node, pattern]</param>
    /// <param name="normalizers">Receives the chunk's m and sum.</param>
    public static void ExponentiateChunk(Index1D cell, TileShape tile, ArrayView<double> joint, NormalizerViews normalizers)
    {
        int pattern = cell.X % tile.PatternCount;
        int chunk = cell.X / tile.PatternCount;
        int firstOfPoint = chunk / tile.ChunkCount * tile.ClassCount * tile.NodeCount;
        int first = firstOfPoint + chunk % tile.ChunkCount * MemoryPlan.ChunkLength;
        int end = IntrinsicMath.Min(first + MemoryPlan.ChunkLength, firstOfPoint + tile.ClassCount * tile.NodeCount);
        double largest = double.NegativeInfinity;
        for (int row = first; row < end; row++)
        {
            double value = joint[(long)row * tile.PatternStride + pattern];
            largest = value > largest ? value : largest;
        }

        // A chunk of nothing but −∞ has no largest term to subtract: its sum is 0.
        double shift = largest > double.NegativeInfinity ? largest : 0.0;
        double sum = 0.0;
        for (int row = first; row < end; row++)
        {
            long index = (long)row * tile.PatternStride + pattern;
            double value = Elementary.Exp(joint[index] - shift);
            joint[index] = value;
            sum += value;
        }

        long output = (long)chunk * tile.PatternStride + pattern;
        normalizers.ChunkLargest[output] = largest;
        normalizers.ChunkSum[output] = sum;
    }

    /// <summary>Merges the chunks of a tile into each pattern's largest term and sum, in order of chunks (online log-sum-exp).</summary>
    /// <param name="cell">point · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="isFirst">1 for the first node tile, which begins anew; else 0.</param>
    /// <param name="normalizers">In: chunks; in and out: largest and sum.</param>
    public static void MergeChunks(Index1D cell, TileShape tile, int isFirst, NormalizerViews normalizers)
    {
        int pattern = cell.X % tile.PatternCount;
        int point = cell.X / tile.PatternCount;
        long position = (long)point * tile.NormalizerStride + tile.FirstNormalizer + pattern;
        double largest = isFirst != 0 ? double.NegativeInfinity : normalizers.Largest[position];
        double sum = isFirst != 0 ? 0.0 : normalizers.Sum[position];
        for (int chunk = 0; chunk < tile.ChunkCount; chunk++)
        {
            long index = ((long)point * tile.ChunkCount + chunk) * tile.PatternStride + pattern;
            double chunkLargest = normalizers.ChunkLargest[index];
            double chunkSum = normalizers.ChunkSum[index];
            if (chunkLargest > largest)
            {
                sum = sum * Elementary.Exp(largest - chunkLargest) + chunkSum;
                largest = chunkLargest;
            }
            else if (largest > double.NegativeInfinity)
            {
                sum += chunkSum * Elementary.Exp(chunkLargest - largest);
            }
            else
            {
                sum += chunkSum; // 0, or the NaN that must not get lost
            }
        }

        normalizers.Largest[position] = largest;
        normalizers.Sum[position] = sum;
    }

    /// <summary>Turns the chunks' sums into the factors that make posteriors of their terms, and yields the marginal log-likelihood.</summary>
    /// <param name="cell">point · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="normalizers">In: largest terms and sums; out: factors in place of the chunks' sums, log-likelihood.</param>
    public static void Normalize(Index1D cell, TileShape tile, NormalizerViews normalizers)
    {
        int pattern = cell.X % tile.PatternCount;
        int point = cell.X / tile.PatternCount;
        long position = (long)point * tile.NormalizerStride + tile.FirstNormalizer + pattern;
        double largest = normalizers.Largest[position];
        double sum = normalizers.Sum[position];
        normalizers.LogLikelihood[position] = largest + Elementary.Log(sum);
        for (int chunk = 0; chunk < tile.ChunkCount; chunk++)
        {
            long index = ((long)point * tile.ChunkCount + chunk) * tile.PatternStride + pattern;
            normalizers.ChunkSum[index] = Elementary.Exp(normalizers.ChunkLargest[index] - largest) / sum;
        }
    }

    /// <summary>Posterior of a (class, node) row, times the frequency where counts are wanted.</summary>
    /// <param name="cell">((point · K + class) · L + node) · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="withFrequency">1: times the pattern's frequency; 0: the posterior itself.</param>
    /// <param name="patterns">Frequencies.</param>
    /// <param name="normalizers">Factors of the chunks.</param>
    /// <param name="posterior">In: exp(ℓ − m of the chunk); out: posterior. [point, class, node, pattern]</param>
    public static void Scale(
        Index1D cell, TileShape tile, int withFrequency, PatternViews patterns, NormalizerViews normalizers, ArrayView<double> posterior)
    {
        int pattern = cell.X % tile.PatternCount;
        int row = cell.X / tile.PatternCount;
        int rowsPerPoint = tile.ClassCount * tile.NodeCount;
        int chunk = row / rowsPerPoint * tile.ChunkCount + row % rowsPerPoint / MemoryPlan.ChunkLength;
        double factor = normalizers.ChunkSum[(long)chunk * tile.PatternStride + pattern];
        if (withFrequency != 0)
            factor *= patterns.Frequency[tile.FirstPattern + pattern];
        posterior[(long)row * tile.PatternStride + pattern] *= factor;
    }

    /// <summary>Adds one class's weighted posterior to the expected counts of four items at one node.</summary>
    /// <remarks>
    /// One thread owns four neighbouring items at one node in one slice of the tile, and walks the slice's patterns in order,
    /// two categories of each item at a time. Neighbouring threads share the node: they read one posterior and neighbouring words.
    /// </remarks>
    /// <param name="cell">((point · slices + slice) · L + node) · words + word.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="k">The class.</param>
    /// <param name="tableCount">Number of tables of all points.</param>
    /// <param name="blockCount">Number of blocks of all points.</param>
    /// <param name="patterns">Responses.</param>
    /// <param name="layout">Rows of items, tables of blocks.</param>
    /// <param name="posterior">Posterior times frequency. [point, class, node, pattern]</param>
    /// <param name="counts">Added to. [slice, point, table, row, node]</param>
    /// <param name="totals">Added to. [slice, point, block, node]</param>
    public static void CollectCounts(
        Index1D cell, TileShape tile, int k, int tableCount, int blockCount, PatternViews patterns, LayoutViews layout, ArrayView<double> posterior,
        ArrayView<double> counts, ArrayView<double> totals)
    {
        int word = cell.X % patterns.WordCount;
        int rest = cell.X / patterns.WordCount;
        int node = rest % tile.NodeCount;
        int slice = rest / tile.NodeCount % tile.SliceCount;
        int point = rest / tile.NodeCount / tile.SliceCount;
        int begin = slice * tile.SliceLength;
        int end = IntrinsicMath.Min(begin + tile.SliceLength, tile.PatternCount);
        if (begin >= end)
            return;
        int block = point * tile.BlockStride + tile.FirstBlock + k;
        int item = word * MemoryPlan.ItemsPerWord;
        int categories = IntrinsicMath.Max(
            IntrinsicMath.Max(layout.CategoryCount[item], layout.CategoryCount[item + 1]),
            IntrinsicMath.Max(layout.CategoryCount[item + 2], layout.CategoryCount[item + 3]));
        long row = ((long)(point * tile.ClassCount + k) * tile.NodeCount + node) * tile.PatternStride;
        long firstWord = (long)tile.FirstPattern * patterns.WordCount + word;
        long table = ((long)slice * tableCount + layout.TableOfBlock[block]) * layout.RowCount * tile.NodeCount + node;
        for (int category = 0; category < categories; category += 2)
        {
            double a0 = 0.0, a1 = 0.0, b0 = 0.0, b1 = 0.0, c0 = 0.0, c1 = 0.0, d0 = 0.0, d1 = 0.0, total = 0.0;
            for (int pattern = begin; pattern < end; pattern++)
            {
                double weight = posterior[row + pattern];
                int responses = patterns.Words[firstWord + (long)pattern * patterns.WordCount];
                int a = (responses & 255) - category;
                int b = ((responses >> 8) & 255) - category;
                int c = ((responses >> 16) & 255) - category;
                int d = ((responses >> 24) & 255) - category;
                a0 += a == 0 ? weight : 0.0;
                a1 += a == 1 ? weight : 0.0;
                b0 += b == 0 ? weight : 0.0;
                b1 += b == 1 ? weight : 0.0;
                c0 += c == 0 ? weight : 0.0;
                c1 += c == 1 ? weight : 0.0;
                d0 += d == 0 ? weight : 0.0;
                d1 += d == 1 ? weight : 0.0;
                total += weight;
            }

            AddPair(counts, table, tile.NodeCount, layout, item, category, a0, a1);
            AddPair(counts, table, tile.NodeCount, layout, item + 1, category, b0, b1);
            AddPair(counts, table, tile.NodeCount, layout, item + 2, category, c0, c1);
            AddPair(counts, table, tile.NodeCount, layout, item + 3, category, d0, d1);
            if (word == 0 && category == 0)
                totals[((long)slice * blockCount + block) * tile.NodeCount + node] += total;
        }
    }

    /// <summary>Adds frequency times log-likelihood over the patterns of a slice; one group a slice.</summary>
    /// <remarks>
    /// A thread adds every so-many-th pattern in order, and a scan adds the threads, in an order that depends on the size of the group alone.
    /// The library's reduction would do it with atomic additions, whose order is that of arrival (decision 0004).
    /// The group's index is point · slices + slice.
    /// </remarks>
    /// <param name="tile">The tile.</param>
    /// <param name="patterns">Frequencies.</param>
    /// <param name="normalizers">Log-likelihoods.</param>
    /// <param name="sums">Added to. [slice, point]</param>
    public static void SumLogLikelihood(TileShape tile, PatternViews patterns, NormalizerViews normalizers, ArrayView<double> sums)
    {
        int slice = Grid.IdxX % tile.SliceCount;
        int point = Grid.IdxX / tile.SliceCount;
        long firstNormalizer = (long)point * tile.NormalizerStride + tile.FirstNormalizer;
        int begin = slice * tile.SliceLength;
        int end = IntrinsicMath.Min(begin + tile.SliceLength, tile.PatternCount);
        double own = 0.0;
        for (int pattern = begin + Group.IdxX; pattern < end; pattern += Group.DimX)
            own += patterns.Frequency[tile.FirstPattern + pattern] * normalizers.LogLikelihood[firstNormalizer + pattern];
        double sum = GroupExtensions.InclusiveScan<double, AddDouble>(own);
        if (Group.IdxX == Group.DimX - 1)
            sums[slice * tile.PointCount + point] += sum;
    }

    /// <summary>Most threads of a group of <see cref="AddSlices"/>.</summary>
    public const int SliceThreads = 256;

    /// <summary>Adds all slices of a cell to the first: each lane adds every so-many-th slice in order, then the lanes are added in order.</summary>
    /// <param name="laneCount">Lanes of a cell; a group has as many cells as it has threads for.</param>
    /// <param name="sliceCount">Number of slices.</param>
    /// <param name="cellCount">Cells of a slice.</param>
    /// <param name="values">In: slices; out: their sum in the first. [slice, cell]</param>
    public static void AddSlices(int laneCount, int sliceCount, int cellCount, ArrayView<double> values)
    {
        ArrayView<double> lanes = SharedMemory.Allocate<double>(SliceThreads);
        int cellsOfGroup = Group.DimX / laneCount;
        int lane = Group.IdxX / cellsOfGroup;
        int cell = Grid.IdxX * cellsOfGroup + Group.IdxX % cellsOfGroup;
        double sum = 0.0;
        if (cell < cellCount)
        {
            for (int slice = lane; slice < sliceCount; slice += laneCount)
                sum += values[(long)slice * cellCount + cell];
        }

        lanes[Group.IdxX] = sum;
        Group.Barrier();
        if (lane == 0 && cell < cellCount)
        {
            for (int other = 1; other < laneCount; other++)
                sum += lanes[other * cellsOfGroup + Group.IdxX];
            values[cell] = sum;
        }
    }

    private static void AddPair(
        ArrayView<double> counts, long table, int nodeCount, LayoutViews layout, int item, int category, double first, double second)
    {
        int categoryCount = layout.CategoryCount[item];
        long row = table + (long)(layout.FirstRow[item] + category) * nodeCount;
        if (category < categoryCount)
            counts[row] += first;
        if (category + 1 < categoryCount)
            counts[row + nodeCount] += second;
    }
}
