using System.Runtime.Intrinsics;
using IrtGpu.Compute.Loops;
using IrtGpu.Tests.Models;

namespace IrtGpu.Tests.Compute.Loops;

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
    public void Lanes_do_not_touch_each_other()
    {
        Vector512<double> result = VectorMath.ExpNonPositive(Vector512.Create(0, -1, double.NegativeInfinity, -700, -0.5, -1000, -2, -3));
        double[] arguments = [0, -1, double.NegativeInfinity, -700, -0.5, -1000, -2, -3];
        for (int lane = 0; lane < 8; lane++)
            Assert.Equal(Exp(arguments[lane]), result[lane]);
    }

    private static double Exp(double x) => VectorMath.ExpNonPositive(Vector512.Create(x))[5];
}
