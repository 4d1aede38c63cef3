using System.Numerics;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.Tests.Vectors;

public sealed class FixedOrderSumsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Sums_of_whole_numbers_are_exact(int count)
    {
        double[] x = [.. Enumerable.Range(1, count).Select(k => (double)k)];
        double[] y = [.. Enumerable.Range(1, count).Select(k => 2.0 * k)];
        BigInteger squares = Enumerable.Range(1, count).Aggregate(BigInteger.Zero, (sum, k) => sum + (BigInteger)k * k);
        Assert.Equal(count * (count + 1.0) / 2, FixedOrderSums.Sum(x));
        Assert.Equal(2 * (double)squares, FixedOrderSums.Dot(x, y));
        Assert.Equal((double)squares, FixedOrderSums.SumOfSquares(x));
        Assert.Equal(Math.Sqrt((double)squares), FixedOrderSums.Norm(x));
    }

    [Fact]
    public void Where_the_numbers_lie_does_not_matter()
    {
        Random random = new(1);
        double[] room = new double[1100];
        double[] other = new double[1100];
        double[] x = [.. Enumerable.Range(0, 1001).Select(_ => random.NextDouble() - 0.5)];
        HashSet<double> sums = [];
        HashSet<double> dots = [];
        for (int shift = 0; shift < 16; shift++)
        {
            x.CopyTo(room, shift);
            x.CopyTo(other, (3 * shift) % 16);
            sums.Add(FixedOrderSums.Sum(room.AsSpan(shift, x.Length)));
            dots.Add(FixedOrderSums.Dot(room.AsSpan(shift, x.Length), other.AsSpan((3 * shift) % 16, x.Length)));
        }
        Assert.Single(sums);
        Assert.Single(dots);
        Assert.Equal(x.Sum(), sums.Single(), 1e-13);
    }

    [Fact]
    public void Products_of_unequal_numbers_of_numbers_are_refused() =>
        Assert.Throws<ArgumentException>(() => FixedOrderSums.Dot(new double[3], new double[2]));
}
