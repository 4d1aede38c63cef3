using IrtGpu.Foundation.Collections;

namespace IrtGpu.Foundation.Tests.Collections;

public sealed class LinkedSetsTests
{
    [Fact]
    public void Members_are_alone_until_they_are_linked()
    {
        LinkedSets sets = new(2);
        Assert.Equal(2, sets.Add());
        Assert.Equal([0, 1, 2], sets.Roots());
        Assert.False(sets.AreLinked(0, 2));
    }

    [Fact]
    public void Linking_is_transitive_and_sets_come_in_order_of_their_first_members()
    {
        LinkedSets sets = new(6);
        sets.Link(4, 1);
        sets.Link(5, 4);
        sets.Link(3, 0);
        Assert.True(sets.AreLinked(1, 5));
        Assert.False(sets.AreLinked(0, 1));
        Assert.Equal([[0, 3], [1, 4, 5], [2]], sets.Sets());
        Assert.Equal(1, sets.Root(5)); // the root of the second
    }

    /// <summary>Against reachability by a closure of the links.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sets_are_what_can_be_reached(int seed)
    {
        const int Count = 30;
        Random random = new(seed);
        LinkedSets sets = new(Count);
        bool[,] reached = new bool[Count, Count];
        for (int k = 0; k < Count; k++)
            reached[k, k] = true;
        for (int link = 0; link < 22; link++)
        {
            int a = random.Next(Count), b = random.Next(Count);
            sets.Link(a, b);
            reached[a, b] = reached[b, a] = true;
        }
        for (int via = 0; via < Count; via++)
        {
            for (int a = 0; a < Count; a++)
            {
                for (int b = 0; b < Count; b++)
                    reached[a, b] |= reached[a, via] && reached[via, b];
            }
        }
        for (int a = 0; a < Count; a++)
        {
            for (int b = 0; b < Count; b++)
                Assert.Equal(reached[a, b], sets.AreLinked(a, b));
        }
    }
}
