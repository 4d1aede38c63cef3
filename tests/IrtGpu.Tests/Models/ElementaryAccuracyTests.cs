using IrtGpu.Models;

namespace IrtGpu.Tests.Models;

/// <summary>Elementary functions against 320-bit arithmetic, in units in the last place.</summary>
public sealed class ElementaryAccuracyTests
{
    private const int Draws = 1000;

    [Fact]
    public void Exp_is_within_0_85_ulp() =>
        AssertWithin(0.85, Elementary.Exp, Extended.Exp,
            [.. Uniform(-708, 710), .. Uniform(-1, 1), .. BothSigns(Magnitudes(-1074, 0)), .. NearHalfLn2Multiples(),
             709.782712893384, 709.782712893385, -708.3]);

    [Fact]
    public void Exp_is_within_1_ulp_where_the_result_is_subnormal() =>
        AssertWithin(1.0, Elementary.Exp, Extended.Exp,
            [.. Uniform(-746, -708), -708.4, -745.1332191019411, -745.1332191019412]);

    [Fact]
    public void Expm1_is_within_1_and_a_half_ulp() =>
        AssertWithin(1.5, Elementary.Expm1, Extended.Expm1,
            [.. Uniform(-60, 710), .. Uniform(-2, 2), .. BothSigns(Magnitudes(-1074, 3)), .. NearHalfLn2Multiples()]);

    [Fact]
    public void Log_is_within_1_ulp_including_subnormal_arguments() =>
        AssertWithin(1.0, Elementary.Log, Extended.Log,
            [.. Magnitudes(-1074, 1024), .. Uniform(0.5, 2), .. NearOne(), double.Epsilon, double.MaxValue]);

    [Fact]
    public void Log1P_is_within_1_ulp() =>
        AssertWithin(1.0, Elementary.Log1P, Extended.Log1P,
            [.. Magnitudes(-1074, 1024), .. Uniform(-1, 2), .. Magnitudes(-1074, 0).Select(x => -x),
             .. NearOne().Select(x => x - 1), -1 + 1.1102230246251565E-16, double.MaxValue]);

    [Fact]
    public void LogSigmoid_is_within_2_ulp() =>
        AssertWithin(2.0, Elementary.LogSigmoid, x => -Extended.Log1P(Extended.Exp(-x)), LogisticArguments());

    [Fact]
    public void Sigmoid_is_within_2_and_a_half_ulp() =>
        AssertWithin(2.5, Elementary.Sigmoid, Extended.Sigmoid, LogisticArguments());

    [Fact]
    public void Sigmoid_complement_is_within_2_and_a_half_ulp() =>
        AssertWithin(2.5, x =>
        {
            Assert.Equal(Elementary.Sigmoid(x), Elementary.Sigmoid(x, out double complement));
            return complement;
        }, x => Extended.Sigmoid(-x), LogisticArguments());

    [Fact]
    public void LogisticTail_is_within_2_ulp() =>
        AssertWithin(2.0, Elementary.LogisticTail, x => Extended.Log1P(Extended.Exp(-Extended.Abs(x))), LogisticArguments());

    [Fact]
    public void Log1MExp_is_within_2_ulp() =>
        AssertWithin(2.0, Elementary.Log1MExp,
            x => x < 0.1 ? Extended.Log(-Extended.Expm1(-x)) : Extended.Log1P(-Extended.Exp(-x)),
            [.. Magnitudes(-1074, 9), .. Uniform(0.2, 3), .. Uniform(0.69, 0.70), .. Uniform(30, 745)]);

    [Fact]
    public void LogAddExp_is_within_2_ulp_of_the_larger_of_result_and_terms()
    {
        double[] first = Uniform(-800, 10);
        double[] offset = [.. Uniform(-40, 40).Take(Draws - 1), 0.0];
        double worst = 0.0;
        for (int draw = 0; draw < Draws; draw++)
        {
            double a = first[draw];
            double b = a + offset[draw];
            double computed = Elementary.LogAddExp(a, b);
            Extended exact = a + Extended.Log1P(Extended.Exp((Extended)b - a));
            double scale = Math.Max(Math.Max(Math.Abs(computed), Math.Abs(Math.Max(a, b))), 1e-300);
            worst = Math.Max(worst, Extended.Abs(computed - exact).ToDouble() / (Math.BitIncrement(scale) - scale));
        }

        Assert.InRange(worst, 0.0, 2.0);
    }

    private static void AssertWithin(
        double bound, Func<double, double> function, Func<Extended, Extended> exact, double[] arguments)
    {
        double worst = 0.0;
        double at = double.NaN;
        foreach (double x in arguments)
        {
            double error = Extended.UlpError(function(x), exact(x));
            if (error > worst)
                (worst, at) = (error, x);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest error {worst:F3} ulp at {at:R}, {arguments.Length} arguments");
        Assert.True(worst <= bound, $"error {worst} ulp at x = {at:R}, bound {bound}");
    }

    private static double[] LogisticArguments() =>
        [.. Uniform(-745, 745), .. Uniform(-40, 40), .. Uniform(-1, 1), .. BothSigns(Magnitudes(-1074, 0)), 0.0];

    private static double[] Uniform(double low, double high)
    {
        var random = new Random(20240611);
        return [.. Enumerable.Range(0, Draws).Select(_ => low + (high - low) * random.NextDouble())];
    }

    /// <summary>Positive numbers with uniformly drawn binary exponent, subnormals among them.</summary>
    private static double[] Magnitudes(int lowest, int highest)
    {
        var random = new Random(17);
        return [.. Enumerable.Range(0, Draws / 2)
            .Select(_ => Math.ScaleB(1 + random.NextDouble(), random.Next(lowest, highest)))
            .Where(x => x > 0)];
    }

    private static double[] BothSigns(double[] values) => [.. values, .. values.Select(x => -x)];

    /// <summary>Where range reduction switches from one power of two to the next.</summary>
    private static double[] NearHalfLn2Multiples() =>
        [.. Enumerable.Range(-60, 1080).Select(k => (k + 0.5) * Math.Log(2)).SelectMany(x => new[]
        { Math.BitDecrement(x), x, Math.BitIncrement(x) }).Where(x => x < 709)];

    private static double[] NearOne() =>
        [.. Enumerable.Range(1, 50).SelectMany(k => new[] { 1 + Math.ScaleB(1, -k), 1 - Math.ScaleB(1, -k) }),
         Math.Sqrt(0.5), Math.BitDecrement(Math.Sqrt(0.5)), Math.BitIncrement(Math.Sqrt(0.5)), Math.Sqrt(2), Math.BitIncrement(Math.Sqrt(2))];
}
