using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Priors;
using MathNet.Numerics.Distributions;

namespace IrtGpu.Regression.Tests.Priors;

/// <summary>Prior densities equal those of MathNet, derivatives differences of densities, and draws the distribution.</summary>
public sealed class PriorTests
{
    public static TheoryData<string, double> Points => new()
    {
        { "b:normal(1,2)", 0.7 }, { "b:student_t(4,1,2)", -1.3 }, { "b:cauchy(0.5,1.5)", 3 }, { "b:lognormal(0.3,0.8)", 1.7 }, { "sigma:gamma(2.5,1.5)", 0.9 },
        { "sigma:inv_gamma(3,2)", 0.6 }, { "sigma:exponential(2)", 0.4 }, { "b:beta(2,3.5)", 0.3 }, { "b:uniform(-1,3)", 0.2 },
    };

    private static Prior Make(string text) => PriorFamilies.Create(PriorParser.Parse([text])[0]);

    private static IContinuousDistribution Known(string text)
    {
        PriorRequest request = PriorParser.Parse([text])[0];
        double[] a = [.. request.Arguments];
        return request.Distribution switch
        {
            "normal" => new Normal(a[0], a[1]),
            "student_t" => new StudentT(a[1], a[2], a[0]),
            "cauchy" => new Cauchy(a[0], a[1]),
            "lognormal" => new LogNormal(a[0], a[1]),
            "gamma" => new Gamma(a[0], a[1]),
            "inv_gamma" => new InverseGamma(a[0], a[1]),
            "exponential" => new Exponential(a[0]),
            "beta" => new Beta(a[0], a[1]),
            "uniform" => new ContinuousUniform(a[0], a[1]),
            _ => throw new ArgumentException(request.Distribution),
        };
    }

    [Theory]
    [MemberData(nameof(Points))]
    public void Densities_and_derivatives_are_right(string text, double x)
    {
        Prior prior = Make(text);
        Assert.Equal(Known(text).DensityLn(x), prior.LogDensity(x, out double first, out double second), 1e-10);
        const double h = 1e-4;
        double above = prior.LogDensity(x + h, out double firstAbove, out _);
        double below = prior.LogDensity(x - h, out double firstBelow, out _);
        Assert.Equal((above - below) / (2 * h), first, 1e-5 * (1 + Math.Abs(first)));
        Assert.Equal((firstAbove - firstBelow) / (2 * h), second, 1e-5 * (1 + Math.Abs(second)));
    }

    [Theory]
    [MemberData(nameof(Points))]
    public void Draws_have_the_distribution(string text, double x)
    {
        const int count = 20_000;
        Prior prior = Make(text);
        StreamRandom random = new(11, 0);
        int below = 0;
        for (int draw = 0; draw < count; draw++)
            below += prior.Draw(ref random) <= x ? 1 : 0;
        double expected = Known(text).CumulativeDistribution(x);
        Assert.Equal(expected, below / (double)count, 4 * Math.Sqrt(expected * (1 - expected) / count));
    }

    [Fact]
    public void Scales_are_drawn_above_0()
    {
        StreamRandom random = new(1, 0);
        for (int draw = 0; draw < 200; draw++)
            Assert.True(Make("sigma:normal(0,1)").DrawAbove(0, ref random) > 0);
        Assert.Throws<PriorException>(() =>
        {
            StreamRandom hopeless = new(1, 0);
            return Make("b:uniform(-2,-1)").DrawAbove(0, ref hopeless);
        });
    }

    [Theory]
    [InlineData("b:x:fB:class2:normal(0,1)", "Coefficient", null, "x:fB", 1)]
    [InlineData("b:normal(0,1)", "Coefficient", null, null, null)]
    [InlineData("(Intercept):normal(0,1)", "Intercept", null, null, null)]
    [InlineData("sd:a:b:x:student_t(3,0,2.5)", "Deviation", "a:b", "x", null)]
    [InlineData("cor:g:lkj(2)", "Correlation", "g", null, null)]
    [InlineData("theta:dirichlet(1, 2)", "Proportion", null, null, null)]
    [InlineData("b:poly(x, 2)1:normal(0,1)", "Coefficient", null, "poly(x, 2)1", null)]
    public void Names_are_read(string text, string target, string? group, string? name, int? ofClass)
    {
        PriorRequest request = PriorParser.Parse([text])[0];
        Assert.Equal((target, group, name, ofClass), (request.Target.ToString(), request.Group, request.Name, request.Class));
    }
}
