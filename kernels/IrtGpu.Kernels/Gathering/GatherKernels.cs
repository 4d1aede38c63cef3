using ILGPU;

namespace IrtGpu.Kernels.Gathering;

/// <summary>Sums of the same kind: lists of entries of one source, each added to a target of its own.</summary>
internal readonly struct GatherClass
{
    public int FirstThread { get; init; }

    public int FirstTask { get; init; }

    /// <summary>Cells of a target.</summary>
    public int CellCount { get; init; }

    /// <summary>Cells of the source that each cell of the target adds; 0: the same cell.</summary>
    public int MapCount { get; init; }

    /// <summary>Where those are named. [cell of the target, one after the other]</summary>
    public int Map { get; init; }

    /// <summary>Whether entries are numbers in turn, 1, or listed, 0.</summary>
    public int IsContiguous { get; init; }

    /// <summary>Whether sums are added to what targets have, 1, or take its place, 0.</summary>
    public int IsAdded { get; init; }

    /// <summary>Cells of an entry of the source.</summary>
    public int Stride { get; init; }

    /// <summary>First entry of the source.</summary>
    public long Source { get; init; }
}

/// <summary>Where lists are.</summary>
internal readonly struct GatherViews
{
    public ArrayView<GatherClass> Classes { get; init; }

    public ArrayView<int> Begin { get; init; } // [task] in Entries, or the first entry itself

    public ArrayView<int> End { get; init; } // [task]

    public ArrayView<long> Target { get; init; } // [task]

    public ArrayView<int> Entries { get; init; }

    public ArrayView<int> Maps { get; init; }
}

/// <summary>Sums that have one owner each: the thread of a target's cell walks the list of what belongs to it, in order.</summary>
internal static class GatherKernels
{
    /// <summary>One cell of one target.</summary>
    /// <param name="thread">Class after class; in each task · cells + cell.</param>
    /// <param name="firstClass">First class of the launch.</param>
    /// <param name="classCount">Classes of the launch.</param>
    /// <param name="lists">Lists.</param>
    /// <param name="work">Sources and targets, which do not overlap within a launch.</param>
    public static void Gather(Index1D thread, int firstClass, int classCount, GatherViews lists, ArrayView<double> work)
    {
        int found = firstClass;
        int beyond = firstClass + classCount;
        while (beyond - found > 1)
        {
            int middle = (found + beyond) / 2;
            if (lists.Classes[middle].FirstThread <= thread.X)
                found = middle;
            else
                beyond = middle;
        }

        GatherClass kind = lists.Classes[found];
        int local = thread.X - kind.FirstThread;
        int cell = local % kind.CellCount;
        int task = kind.FirstTask + local / kind.CellCount;
        int end = lists.End[task];
        double sum = 0.0;
        for (int position = lists.Begin[task]; position < end; position++)
        {
            int entry = position;
            if (kind.IsContiguous == 0)
                entry = lists.Entries[position];
            long source = kind.Source + (long)entry * kind.Stride;
            if (kind.MapCount == 0)
                sum += work[source + cell];
            for (int k = 0; k < kind.MapCount; k++)
                sum += work[source + lists.Maps[kind.Map + cell * kind.MapCount + k]];
        }

        long target = lists.Target[task] + cell;
        if (kind.IsAdded != 0)
            sum += work[target];
        work[target] = sum;
    }
}
