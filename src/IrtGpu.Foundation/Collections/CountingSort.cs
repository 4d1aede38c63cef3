namespace IrtGpu.Foundation.Collections;

/// <summary>Sorts things that are numbered from 0, such as patterns, by kind, in their own order within a kind; time and memory are proportional to their number.</summary>
internal static class CountingSort
{
    /// <summary>Where each kind begins in the order.</summary>
    /// <param name="count">Number of things.</param>
    /// <param name="kindCount">Number of kinds.</param>
    /// <param name="kindOf">Kind of a thing, from 0.</param>
    /// <returns>Position of the kind's first thing; the number of things last. [kind + 1]</returns>
    public static int[] Begin(int count, int kindCount, Func<int, int> kindOf)
    {
        int[] begin = new int[kindCount + 1];
        for (int thing = 0; thing < count; thing++)
            begin[kindOf(thing) + 1]++;
        for (int kind = 0; kind < kindCount; kind++)
            begin[kind + 1] += begin[kind];
        return begin;
    }

    /// <summary>The order.</summary>
    /// <param name="begin">What <see cref="Begin"/> gave for the same kinds; kept.</param>
    /// <param name="kindOf">Kind of a thing, from 0.</param>
    /// <returns>Thing at each position. [position]</returns>
    public static int[] Order(int[] begin, Func<int, int> kindOf)
    {
        int[] next = [.. begin]; // position of the kind's next thing
        int[] order = new int[begin[^1]];
        for (int thing = 0; thing < order.Length; thing++)
            order[next[kindOf(thing)]++] = thing;
        return order;
    }

    /// <inheritdoc cref="Order(int[], Func{int, int})"/>
    /// <param name="count">Number of things.</param>
    /// <param name="kindCount">Number of kinds.</param>
    /// <param name="kindOf">Kind of a thing, from 0.</param>
    public static int[] Order(int count, int kindCount, Func<int, int> kindOf) => Order(Begin(count, kindCount, kindOf), kindOf);
}
