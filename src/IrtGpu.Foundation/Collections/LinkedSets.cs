namespace IrtGpu.Foundation.Collections;

/// <summary>Members 0, 1, … in sets that grow together as members are linked (union–find with path halving).</summary>
internal sealed class LinkedSets
{
    private readonly List<int> parent;

    /// <summary>Members that are each alone.</summary>
    /// <param name="count">How many there are to begin with.</param>
    public LinkedSets(int count = 0) => parent = [.. Enumerable.Range(0, count)];

    /// <summary>Number of members.</summary>
    public int Count => parent.Count;

    /// <summary>Adds a member that is alone.</summary>
    /// <returns>The member.</returns>
    public int Add()
    {
        parent.Add(parent.Count);
        return parent.Count - 1;
    }

    /// <summary>Makes one set of the two that hold these members; the root of the second stands for it.</summary>
    public void Link(int member, int other) => parent[Root(member)] = Root(other);

    /// <summary>Whether a set holds both.</summary>
    public bool AreLinked(int member, int other) => Root(member) == Root(other);

    /// <summary>The member that stands for the set of this one.</summary>
    public int Root(int member)
    {
        while (parent[member] != member)
            member = parent[member] = parent[parent[member]];
        return member;
    }

    /// <summary>The root of each member. [member]</summary>
    public int[] Roots() => [.. Enumerable.Range(0, Count).Select(Root)];

    /// <summary>The sets, each ascending, in order of their first members.</summary>
    public IReadOnlyList<int[]> Sets() => [.. Enumerable.Range(0, Count).GroupBy(Root).Select(set => set.ToArray())];
}
