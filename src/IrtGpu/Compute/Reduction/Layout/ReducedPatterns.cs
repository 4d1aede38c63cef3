using System.Runtime.InteropServices;
using IrtGpu.Data;

namespace IrtGpu.Compute.Reduction.Layout;

/// <summary>A run of patterns, and at each step the distinct parts of them that its message depends on: few, where a step has few items.</summary>
/// <remarks>
/// A part is known by its group, the joint responses to the step's own items, and the parts at its children. Its key is what the loops go by:
/// [group, joint row of each table, part at each child].
/// </remarks>
internal sealed class ReducedPatterns
{
    private readonly PartRuns?[] runs; // [step] once they were asked for

    /// <summary>Finds the parts.</summary>
    /// <param name="steps">The steps, in order.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="begin">First pattern.</param>
    /// <param name="end">One after the last.</param>
    public ReducedPatterns(IReadOnlyList<ReducedStep> steps, PatternTable patterns, int begin, int end)
    {
        Begin = begin;
        End = end;
        Keys = new int[steps.Count][];
        runs = new PartRuns?[steps.Count];
        KeyLength = [.. steps.Select(step => 1 + step.JointCount + step.Source.Children.Length)];
        int[][] parts = new int[steps.Count][];
        for (int level = 0; level <= steps.Max(step => step.Level); level++)
        {
            int[] ofLevel = [.. Enumerable.Range(0, steps.Count).Where(step => steps[step].Level == level)];
            Parallel.ForEach(ofLevel, step => (Keys[step], parts[step]) = Find(steps[step], patterns, parts));
        }
        Roots = [.. steps.Where(step => step.Source.Parent < 0).Select(step => parts[step.Source.Index])];
    }

    /// <summary>First pattern.</summary>
    public int Begin { get; }

    /// <summary>One after the last.</summary>
    public int End { get; }

    /// <summary>Keys of the parts. [step][part, place in the key]</summary>
    public int[][] Keys { get; }

    /// <summary>Numbers of a key. [step]</summary>
    public int[] KeyLength { get; }

    /// <summary>The part of each pattern at the steps without parent. [root][pattern of the run]</summary>
    public int[][] Roots { get; }

    /// <summary>Number of parts.</summary>
    /// <param name="step">Step.</param>
    public int Count(int step) => Keys[step].Length / KeyLength[step];

    /// <summary>The parts of a step in runs; found when first asked for, by one thread at a time.</summary>
    /// <param name="step">A step that they are for.</param>
    public PartRuns RunsOf(ReducedStep step) => runs[step.Source.Index] ??= PartRuns.Of(step, Keys[step.Source.Index]);

    private (int[] Keys, int[] Parts) Find(ReducedStep step, PatternTable patterns, int[][] parts)
    {
        int length = KeyLength[step.Source.Index];
        int[] key = new int[length];
        int[] partOf = new int[End - Begin];
        int[] first = new int[2 * (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, End - Begin))]; // part + 1 by hash
        List<int> keys = [];
        for (int pattern = Begin; pattern < End; pattern++)
        {
            key[0] = patterns.Groups[pattern];
            ReadOnlySpan<byte> codes = step.Joint is null ? [] : step.Joint.CodesOf(pattern);
            for (int table = 0; table < codes.Length; table++)
                key[1 + table] = step.Joint!.FirstRow[table] + codes[table];
            for (int child = 0; child < step.Source.Children.Length; child++)
                key[1 + codes.Length + child] = parts[step.Source.Children[child]][pattern - Begin];
            uint place = Hash(key) & (uint)(first.Length - 1);
            while (first[place] != 0 && !CollectionsMarshal.AsSpan(keys).Slice((first[place] - 1) * length, length).SequenceEqual(key))
                place = (place + 1) & (uint)(first.Length - 1);
            if (first[place] == 0)
            {
                keys.AddRange(key);
                first[place] = keys.Count / length;
            }
            partOf[pattern - Begin] = first[place] - 1;
        }
        return ([.. keys], partOf);
    }

    private static uint Hash(ReadOnlySpan<int> key)
    {
        ulong hash = 14695981039346656037;
        foreach (int value in key)
            hash = (hash ^ (uint)value) * 0x9E3779B97F4A7C15 ^ hash >> 29;
        return (uint)(hash >> 32);
    }
}
