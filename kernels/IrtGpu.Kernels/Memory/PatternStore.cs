using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.Memory;

/// <summary>Neighbouring patterns of one observed group.</summary>
/// <param name="Group">Observed group.</param>
/// <param name="First">Position of its first pattern in the order of the store.</param>
/// <param name="Count">Number of patterns, at most a tile.</param>
internal readonly record struct PatternTile(int Group, int First, int Count);

/// <summary>Tiles of one group that are computed in one launch: one where responses are streamed.</summary>
/// <param name="Patterns">All their patterns.</param>
/// <param name="FirstTile">First of them.</param>
/// <param name="LastTile">Last of them.</param>
internal readonly record struct TileRun(PatternTile Patterns, int FirstTile, int LastTile);

/// <summary>The patterns by observed group and set of answered items, packed into words: all on the device, or streamed through two slots.</summary>
/// <remarks>
/// Streaming: while a tile computes, the next is packed into page-locked memory and copied on a stream of its own. A slot
/// is overwritten only when the tile that was computed from it is done.
/// </remarks>
internal sealed class PatternStore
{
    private readonly DeviceBuffers buffers;
    private readonly PatternTable patterns;
    private readonly MemoryPlan memory;
    private readonly Slot[] slots; // one of all patterns, or two of a tile
    private readonly AcceleratorStream? transfer;
    private int prefetched = -1; // tile whose copy has been queued

    /// <summary>Cuts tiles; uploads everything where the plan has patterns resident.</summary>
    /// <param name="buffers">Where patterns go.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="memory">Tiles, resident or streamed.</param>
    /// <param name="sets">Sets of answered items that lie together; null: in any order.</param>
    public PatternStore(DeviceBuffers buffers, PatternTable patterns, MemoryPlan memory, AnsweredSets? sets)
    {
        this.buffers = buffers;
        this.patterns = patterns;
        this.memory = memory;
        int setCount = sets?.IsAnswered.Count ?? 1;
        Order = CountingSort.Order(
            patterns.PatternCount, (patterns.Groups.Max() + 1) * setCount, pattern => patterns.Groups[pattern] * setCount + (sets?.SetOfPattern[pattern] ?? 0));
        Tiles = CutTiles();
        if (memory.IsResident)
        {
            slots = [new Slot(buffers, memory.Size.WordCount, patterns.PatternCount, memory.PatternTileCapacity)];
            foreach (PatternTile tile in Tiles)
            {
                Pack(tile, slots[0]);
                slots[0].Copy(tile.First, tile.Count, buffers.Accelerator.DefaultStream, buffers);
                buffers.Accelerator.DefaultStream.Synchronize();
            }
            slots[0].FreeStaging();
        }
        else
        {
            transfer = buffers.Reserve(0, buffers.Accelerator.CreateStream);
            slots = [.. Enumerable.Range(0, 2).Select(_ => new Slot(buffers, memory.Size.WordCount, memory.PatternTileCapacity, memory.PatternTileCapacity))];
        }
    }

    /// <summary>Pattern at each position; groups one after the other. [position]</summary>
    public int[] Order { get; }

    /// <summary>The tiles, in order.</summary>
    public IReadOnlyList<PatternTile> Tiles { get; }

    /// <summary>Waits until a tile's patterns are on the device.</summary>
    /// <param name="index">Tile.</param>
    /// <param name="first">Where the tile begins in the views.</param>
    public PatternViews Acquire(int index, out int first)
    {
        first = memory.IsResident ? Tiles[index].First : 0;
        if (transfer is null)
            return slots[0].Views;
        buffers.Accelerator.DefaultStream.Synchronize(); // the tile before is done: its slot is free
        if (prefetched != index)
            StartCopy(index);
        transfer.Synchronize();
        return slots[index % 2].Views;
    }

    /// <summary>Queues the copy of the tile after <paramref name="index"/>; call it when that tile's kernels are queued.</summary>
    public void PrefetchAfter(int index)
    {
        if (transfer is not null && index + 1 < Tiles.Count)
            StartCopy(index + 1);
    }

    /// <summary>Joins neighbouring tiles of a group, as many as make up so many patterns, where responses stay.</summary>
    /// <param name="mostPatterns">Of a run; a tile at least.</param>
    public IReadOnlyList<TileRun> CutRuns(int mostPatterns)
    {
        List<TileRun> runs = [];
        for (int index = 0; index < Tiles.Count;)
        {
            int firstTile = index;
            PatternTile run = Tiles[index++];
            while (memory.IsResident && index < Tiles.Count && Tiles[index].Group == run.Group && run.Count + Tiles[index].Count <= mostPatterns)
                run = run with { Count = run.Count + Tiles[index++].Count };
            runs.Add(new TileRun(run, firstTile, index - 1));
        }
        return runs;
    }

    private void StartCopy(int index)
    {
        Slot slot = slots[index % 2];
        Pack(Tiles[index], slot);
        slot.Copy(0, Tiles[index].Count, transfer!, buffers);
        prefetched = index;
    }

    private PatternTile[] CutTiles()
    {
        List<PatternTile> tiles = [];
        int first = 0;
        while (first < Order.Length)
        {
            int group = patterns.Groups[Order[first]];
            int end = first + 1;
            while (end < Order.Length && patterns.Groups[Order[end]] == group)
                end++;
            for (; first < end; first += tiles[^1].Count)
                tiles.Add(new PatternTile(group, first, Math.Min(memory.PatternTileCapacity, end - first)));
        }
        return [.. tiles];
    }

    private void Pack(PatternTile tile, Slot slot)
    {
        int wordCount = memory.Size.WordCount;
        Parallel.For(0, tile.Count, position =>
        {
            int pattern = Order[tile.First + position];
            ReadOnlySpan<byte> responses = patterns.Row(pattern);
            Span<int> words = slot.StagedWords!.Span.Slice(position * wordCount, wordCount);
            for (int word = 0; word < wordCount; word++)
            {
                int packed = -1; // every byte missing
                for (int lane = Math.Min(MemoryPlan.ItemsPerWord, responses.Length - word * MemoryPlan.ItemsPerWord) - 1; lane >= 0; lane--)
                    packed = (packed & ~(255 << (8 * lane))) | (responses[word * MemoryPlan.ItemsPerWord + lane] << (8 * lane));
                words[word] = packed;
            }
            slot.StagedFrequency!.Span[position] = patterns.Frequency[pattern];
            slot.StagedKnownClass!.Span[position] = patterns.KnownClasses[pattern];
        });
    }

    private sealed class Slot
    {
        private readonly int wordCount;

        public Slot(DeviceBuffers buffers, int wordCount, int capacity, int stagingCapacity)
        {
            this.wordCount = wordCount;
            Views = new PatternViews
            {
                WordCount = wordCount,
                Words = buffers.Allocate<int>((long)capacity * wordCount),
                Frequency = buffers.Allocate<double>(capacity),
                KnownClass = buffers.Allocate<int>(capacity),
            };
            StagedWords = AllocateStaging<int>(buffers, (long)stagingCapacity * wordCount);
            StagedFrequency = AllocateStaging<double>(buffers, stagingCapacity);
            StagedKnownClass = AllocateStaging<int>(buffers, stagingCapacity);
        }

        public PatternViews Views { get; }

        public PageLockedArray1D<int>? StagedWords { get; private set; } // [pattern, word]

        public PageLockedArray1D<double>? StagedFrequency { get; private set; } // [pattern]

        public PageLockedArray1D<int>? StagedKnownClass { get; private set; } // [pattern]

        public void Copy(int first, int count, AcceleratorStream stream, DeviceBuffers buffers)
        {
            CopyPart(Views.Words, (long)first * wordCount, (long)count * wordCount, StagedWords!, stream, buffers);
            CopyPart(Views.Frequency, first, count, StagedFrequency!, stream, buffers);
            CopyPart(Views.KnownClass, first, count, StagedKnownClass!, stream, buffers);
        }

        public void FreeStaging()
        {
            StagedWords!.Dispose();
            StagedFrequency!.Dispose();
            StagedKnownClass!.Dispose();
            (StagedWords, StagedFrequency, StagedKnownClass) = (null, null, null);
        }

        private static PageLockedArray1D<T> AllocateStaging<T>(DeviceBuffers buffers, long length)
            where T : unmanaged => buffers.Reserve(length * Interop.SizeOf<T>(), () => buffers.Accelerator.AllocatePageLocked1D<T>(length));

        private static void CopyPart<T>(
            ArrayView<T> view, long first, long count, PageLockedArray1D<T> staged, AcceleratorStream stream, DeviceBuffers buffers)
            where T : unmanaged
        {
            // From the address, not from a part of the staging view: to OpenCL, ILGPU 1.5.3 copies the whole buffer of the view.
            view.SubView(first, count).CopyFromCPUUnsafeAsync(stream, ref staged.Span[0], count);
            buffers.CountUp(count * Interop.SizeOf<T>());
        }
    }
}
