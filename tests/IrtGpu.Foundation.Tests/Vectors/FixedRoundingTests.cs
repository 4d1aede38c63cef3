using System.Runtime.Intrinsics;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.Tests.Vectors;

public sealed class FixedRoundingTests
{
    [Fact]
    public void Exponentials_are_within_two_units_of_the_last_place()
    {
        double[] x = [.. Spread(-708.39, 709.779, 200_000), .. Spread(-1, 1, 50_000), .. Spread(-1e-9, 1e-9, 1001)];
        double[] result = new double[x.Length];
        FixedRounding.Exp(x, result);
        for (int i = 0; i < x.Length; i++)
            Assert.InRange(Math.Abs(result[i] - Math.Exp(x[i])), 0, 2 * Ulp(Math.Exp(x[i])));
    }

    [Fact]
    public void Logarithms_are_within_two_units_of_the_last_place()
    {
        double[] x =
        [
            .. Spread(-708, 709, 100_000).Select(Math.Exp), .. Spread(0.5, 2, 100_000), .. Spread(1 - 1e-6, 1 + 1e-6, 10_001), .. Spread(1e-320, 1e-310, 1000),
            double.Epsilon, double.MaxValue, Math.BitIncrement(1), Math.BitDecrement(1), Math.Sqrt(0.5), Math.BitDecrement(Math.Sqrt(0.5)), Math.Sqrt(2), Math.BitDecrement(Math.Sqrt(2)),
        ];
        double[] result = new double[x.Length];
        FixedRounding.Log(x, result);
        for (int i = 0; i < x.Length; i++)
            Assert.InRange(Math.Abs(result[i] - Math.Log(x[i])), 0, 2 * Ulp(Math.Log(x[i])));
    }

    [Fact]
    public void Ends_are_those_of_the_functions()
    {
        double[] x = [0, -0.0, double.NegativeInfinity, double.PositiveInfinity, double.NaN, -1, 1];
        double[] exponential = new double[x.Length];
        FixedRounding.Exp(x, exponential);
        Assert.Equal([1, 1, 0, double.PositiveInfinity, double.NaN], exponential[..5]);
        double[] logarithm = new double[x.Length];
        FixedRounding.Log(x, logarithm);
        Assert.Equal([double.NegativeInfinity, double.NegativeInfinity, double.NaN, double.PositiveInfinity, double.NaN, double.NaN, 0], logarithm);

        double[] edges = [-745, -709, 709.78, 709.79, 1e300, -1e300];
        FixedRounding.Exp(edges, edges);
        Assert.Equal([0, 0, edges[2], double.PositiveInfinity, double.PositiveInfinity, 0], edges);
        Assert.InRange(edges[2], 1.792e308, double.MaxValue);
    }

    [Fact]
    public void A_number_has_the_same_bits_wherever_it_stands()
    {
        double[] x = [.. Spread(-30, 30, 203)];
        double[] whole = new double[x.Length];
        double[] alone = new double[1];
        FixedRounding.Exp(x, whole);
        for (int i = 0; i < x.Length; i++)
        {
            FixedRounding.Exp(x.AsSpan(i, 1), alone);
            Assert.Equal(whole[i], alone[0]);
            Assert.Equal(whole[i], FixedRounding.Exp(Vector512.Create(x[i])).GetElement(i % 8));
        }
        FixedRounding.Log(whole, x);
        for (int i = 0; i < x.Length; i++)
        {
            FixedRounding.Log(whole.AsSpan(i, 1), alone);
            Assert.Equal(x[i], alone[0]);
            Assert.Equal(x[i], FixedRounding.Log(Vector512.Create(whole[i])).GetElement(i % 8));
        }
    }

    [Fact]
    public void Results_without_room_are_refused()
    {
        Assert.Throws<ArgumentException>(() => FixedRounding.Exp(new double[3], new double[2]));
        Assert.Throws<ArgumentException>(() => FixedRounding.Log(new double[3], new double[2]));
    }

    private static IEnumerable<double> Spread(double low, double high, int count) => Enumerable.Range(0, count).Select(k => low + (high - low) * k / (count - 1));

    private static double Ulp(double value) => Math.BitIncrement(Math.Abs(value)) - Math.Abs(value);
}
