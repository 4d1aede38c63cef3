namespace IrtGpu.Kernels.Gathering;

/// <summary>One launch of <see cref="GatherKernels.Gather"/>.</summary>
/// <param name="FirstClass">First class.</param>
/// <param name="ClassCount">Number of classes.</param>
/// <param name="ThreadCount">Threads of all of them.</param>
internal sealed record GatherLaunch(int FirstClass, int ClassCount, int ThreadCount);

/// <summary>What is summed where, cut so that no thread walks a long list: parts of lists are summed apart, and then added in order.</summary>
/// <remarks>The cut follows from the lengths of the lists alone.</remarks>
/// <param name="firstPartial">Where sums of parts of lists may stand, and beyond.</param>
internal sealed class GatherPlan(long firstPartial)
{
    private const int ShortestSegment = 64; // entries

    private readonly List<GatherClass> classes = [];
    private readonly List<(GatherClass Kind, int TaskCount)> first = []; // of the stage that is open
    private readonly List<(GatherClass Kind, int TaskCount)> second = [];
    private readonly List<int> begin = [];
    private readonly List<int> end = [];
    private readonly List<long> targets = [];
    private readonly List<int[]> entries = [];
    private int entryCount;
    private long partialLength; // of the stage that is open

    /// <summary>Doubles that sums of parts take.</summary>
    public long PartialLength { get; private set; }

    /// <summary>All classes, launch after launch.</summary>
    public GatherClass[] Classes => [.. classes];

    /// <summary>Where lists begin. [task]</summary>
    public int[] Begin => [.. begin];

    /// <summary>Where lists end. [task]</summary>
    public int[] End => [.. end];

    /// <summary>[task]</summary>
    public long[] Targets => [.. targets];

    /// <summary>All lists, one after the other.</summary>
    public IReadOnlyList<int[]> Entries => entries;

    /// <summary>Bytes of all lists and tasks.</summary>
    public long Bytes => sizeof(int) * (entryCount + 2L * begin.Count) + sizeof(long) * (long)targets.Count;

    /// <summary>Adds sums of one kind to the open stage.</summary>
    /// <param name="kind">Source, cells and map; threads, tasks and whether entries are listed are filled in here.</param>
    /// <param name="start">Where each target's list begins, and the end of the last. [target + 1]</param>
    /// <param name="listed">The lists; null: the numbers from start to start.</param>
    /// <param name="target">Where each sum goes; targets without entries are left alone. [target]</param>
    public void Add(GatherClass kind, int[] start, int[]? listed, long[] target)
    {
        int shift = listed is null ? 0 : entryCount;
        if (listed is not null)
        {
            entries.Add(listed);
            entryCount = checked(entryCount + listed.Length);
        }
        int longest = 0;
        for (int index = 0; index < target.Length; index++)
            longest = Math.Max(longest, start[index + 1] - start[index]);
        int segment = Math.Max(ShortestSegment, (int)Math.Sqrt(longest));
        kind = kind with { IsContiguous = listed is null ? 1 : 0 };
        int firstTask = begin.Count;
        for (int index = 0; index < target.Length; index++)
        {
            if (start[index + 1] - start[index] is > 0 and int length && length <= segment)
                AddTask(start[index] + shift, start[index + 1] + shift, target[index]);
        }
        Close(first, kind, firstTask);
        if (longest <= segment)
            return;
        long partials = firstPartial + partialLength;
        firstTask = begin.Count;
        for (int index = 0; index < target.Length; index++)
        {
            for (int from = start[index]; start[index + 1] - start[index] > segment && from < start[index + 1]; from += segment, partialLength += kind.CellCount)
                AddTask(from + shift, Math.Min(from + segment, start[index + 1]) + shift, firstPartial + partialLength);
        }
        Close(first, kind with { IsAdded = 0 }, firstTask);
        firstTask = begin.Count;
        int partial = 0;
        for (int index = 0; index < target.Length; index++)
        {
            if (start[index + 1] - start[index] <= segment)
                continue;
            int count = (start[index + 1] - start[index] + segment - 1) / segment;
            AddTask(partial, partial + count, target[index]);
            partial += count;
        }
        Close(second, kind with { MapCount = 0, IsContiguous = 1, Stride = kind.CellCount, Source = partials }, firstTask);
    }

    /// <summary>Ends the stage.</summary>
    /// <returns>Its launches, one after the other: one, and one more where lists were cut.</returns>
    public GatherLaunch[] EndStage()
    {
        List<GatherLaunch> launches = [];
        foreach (List<(GatherClass Kind, int TaskCount)> part in new[] { first, second }.Where(part => part.Count > 0))
        {
            launches.Add(new GatherLaunch(classes.Count, part.Count, ThreadsOf(part)));
            classes.AddRange(part.Select(one => one.Kind));
            part.Clear();
        }
        PartialLength = Math.Max(PartialLength, partialLength);
        partialLength = 0;
        return [.. launches];
    }

    /// <summary>Lists of entries by target.</summary>
    /// <param name="entryCount">Number of entries.</param>
    /// <param name="targetCount">Number of targets.</param>
    /// <param name="targetOf">Target of an entry; the number of targets for one that goes nowhere.</param>
    public static (int[] Start, int[] Entries) Sort(int entryCount, int targetCount, Func<int, int> targetOf)
    {
        int[] start = new int[targetCount + 2];
        int[] of = new int[entryCount];
        for (int entry = 0; entry < entryCount; entry++)
            start[(of[entry] = targetOf(entry)) + 1]++;
        for (int target = 0; target <= targetCount; target++)
            start[target + 1] += start[target];
        int[] sorted = new int[entryCount];
        int[] next = start[..^1];
        for (int entry = 0; entry < entryCount; entry++)
            sorted[next[of[entry]]++] = entry;
        return (start, sorted);
    }

    private void AddTask(int from, int to, long target)
    {
        begin.Add(from);
        end.Add(to);
        targets.Add(target);
    }

    private void Close(List<(GatherClass Kind, int TaskCount)> part, GatherClass kind, int firstTask)
    {
        if (begin.Count > firstTask)
            part.Add((kind with { FirstTask = firstTask, FirstThread = ThreadsOf(part) }, begin.Count - firstTask));
    }

    private static int ThreadsOf(List<(GatherClass Kind, int TaskCount)> part) => checked((int)part.Sum(one => (long)one.TaskCount * one.Kind.CellCount));
}
