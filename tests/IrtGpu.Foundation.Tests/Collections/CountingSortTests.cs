using IrtGpu.Foundation.Collections;

namespace IrtGpu.Foundation.Tests.Collections;

public sealed class CountingSortTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(1000, 1)]
    [InlineData(1000, 7)]
    [InlineData(50, 400)]
    public void Is_the_stable_sort_by_kind(int count, int kinds)
    {
        Random random = new(count + kinds);
        int[] kind = [.. Enumerable.Range(0, count).Select(_ => random.Next(kinds))];
        Assert.Equal(Enumerable.Range(0, count).OrderBy(pattern => kind[pattern]), CountingSort.Order(count, kinds, pattern => kind[pattern]));
        Assert.Equal(Enumerable.Range(0, kinds + 1).Select(first => kind.Count(other => other < first)), CountingSort.Begin(count, kinds, pattern => kind[pattern]));
    }
}
