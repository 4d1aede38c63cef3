using IrtGpu.Models;
using IrtGpu.Tests.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Tests.Vectors;

public sealed class VectorMathTests
{
    [Fact]
    public void Exp_of_non_positive_numbers_is_within_2_ulp()
    {
        Random random = new(1);
        double[] arguments =
        [
            0, -0.0, -1e-300, -1e-17, -0.34657359027997264, -0.34657359027997270, -0.6931471805599453, -1, -707.99, -708,
            .. Enumerable.Range(0, 1500).Select(_ => -708 * random.NextDouble()),
            .. Enumerable.Range(0, 500).Select(_ => -random.NextDouble()),
            .. Enumerable.Range(1, 1021).Select(n => -(n + 0.5) * Math.Log(2)).Where(x => x > -708),
        ];
        double worst = arguments.Max(x => Math.Abs(Extended.UlpError(Exp(x), Extended.Exp(x))));
        Assert.True(worst <= 2, $"worst error {worst:g4} ulp");
    }

    [Fact]
    public void Exp_is_0_where_the_result_would_leave_the_normal_range()
    {
        Assert.Equal(0, Exp(double.NegativeInfinity));
        Assert.Equal(0, Exp(-708.0000001));
        Assert.Equal(0, Exp(-1e300));
        Assert.Equal(1, Exp(0));
    }

    [Fact]
    public void Logarithm_of_one_plus_a_share_is_within_4_ulp_of_its_own_function()
    {
        Random random = new(3);
        double[] arguments = [0, 1, 0.5, 1e-300, 1e-17, .. Enumerable.Range(0, 2000).Select(_ => random.NextDouble()), .. Enumerable.Range(0, 500).Select(_ => Math.Exp(-40 * random.NextDouble()))];
        foreach (double x in arguments)
        {
            double expected = Elementary.Log1P(x); // 1 ulp
            Assert.True(Math.Abs(VectorMath.LogOnePlus<Lanes512>(x)[3] - expected) <= 4 * Math.BitIncrement(expected) - 4 * expected, $"{x}");
            Assert.Equal(VectorMath.LogOnePlus<Lanes512>(x)[0], VectorMath.LogOnePlus<Lanes128>(x)[1]);
        }
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        Random random = new(2);
        double[] arguments = [0, -1, double.NegativeInfinity, -700, -0.5, -1000, -2, -3, .. Enumerable.Range(0, 4000).Select(_ => -708 * random.NextDouble())];
        double[] eights = Exp<Lanes512>(arguments);
        for (int k = 0; k < arguments.Length; k++)
            Assert.Equal(Exp(arguments[k]), eights[k]); // lanes do not touch each other
        Assert.Equal(eights, Exp<Lanes256>(arguments));
        Assert.Equal(eights, Exp<Lanes128>(arguments));
    }

    private static double[] Exp<TLanes>(double[] arguments)
        where TLanes : struct, ILanes<TLanes>
    {
        double[] result = new double[arguments.Length];
        for (int k = 0; k < arguments.Length; k += TLanes.Count)
            LaneMemory.Store(VectorMath.ExpNonPositive(LaneMemory.Load<TLanes>(arguments.AsSpan(k))), result.AsSpan(k));
        return result;
    }

    private static double Exp(double x) => VectorMath.ExpNonPositive<Lanes512>(x)[5];
}
