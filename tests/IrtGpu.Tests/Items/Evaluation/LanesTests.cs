using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Models;
using IrtGpu.Tests.Models.Functions;

namespace IrtGpu.Tests.Items.Evaluation;

/// <summary>Eight numbers side by side give the bits that each gives alone, so that what is tested of one holds for all.</summary>
public sealed class LanesTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly double[] SpecialValues =
    [
        0, -0.0, 1, -1, Inf, -Inf, double.NaN, double.Epsilon, -double.Epsilon, double.MaxValue, -double.MaxValue, 709.78, 709.79, -708.4,
        -745.13, -745.2, -0.29, 0.41, 1e-300, -1e-17, 2.5 * 0.6931471805599453, -0.5 * 0.6931471805599453, 1e300, -1e300,
    ];

    [Fact]
    public void Exponentials_and_logarithms_have_the_bits_of_single_values()
    {
        Check(x => Elementary.Exp(x), x => Elementary.Exp(x));
        Check(x => Elementary.Log1P(x), x => Elementary.Log1P(x));
        Check(x => Elementary.LogisticTail(x), x => Elementary.LogisticTail(x));
        Check(x => Elementary.NegativePart(x), x => Elementary.NegativePart(x));
        Check(x => Elementary.Sigmoid(x, out _), x => Elementary.Sigmoid(x, out _));
        Check(Complement, x =>
        {
            Elementary.Sigmoid(x, out Lanes complement);
            return complement;
        });
        Check(x => Elementary.LogAddExp(x, -0.75), x => Elementary.LogAddExp<Lanes>(x, -0.75));
        Check(x => Elementary.LogAddExp(x, double.NegativeInfinity), x => Elementary.LogAddExp<Lanes>(x, double.NegativeInfinity));

        static double Complement(double x)
        {
            Elementary.Sigmoid(x, out double complement);
            return complement;
        }
    }

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void A_response_function_has_the_bits_of_single_values(string model) => Assert.True(ItemModelSubject.Of(model).Use(new ModelCheck()));

    [Fact]
    public void Lanes_beyond_the_count_are_read_as_zero_and_not_written()
    {
        double[] values = [1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6, 9, 7, 9, 8];
        Assert.Equal([1, 2, 3, 0, 0, 0, 0, 0], ToArray(Lanes.Load(values, 2, 3)));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], ToArray(Lanes.Load(values, 2, 8)));
        Assert.Equal(36, Lanes.Load(values, 2, 8).Sum());
        double[] result = new double[4];
        Lanes.Load(values, 2, 8).Store(result, 3);
        Assert.Equal([1, 2, 3, 0], result);
        Assert.False(Lanes.Load([0, -0.0, 0, 0, 0, 0, 0, 0]).HasNonZero());
        Assert.True(Lanes.Load([0, 0, 0, 0, 0, 0, 0, 1e-300]).HasNonZero());
    }

    /// <summary>Eight predictors a time; counts with zeros; the second addition onto what the first left.</summary>
    private static void CheckModel<TModel>()
        where TModel : struct, IItemModel
    {
        foreach (ItemModelCase argument in ItemModelCase.For(ItemModelSubject.Of<TModel>(), 5))
        {
            int categoryCount = argument.Scores.Length;
            int size = 1 + TModel.ShapeCount(categoryCount);
            double[] z = [.. Enumerable.Range(0, Lanes.Count).Select(lane => argument.Z + (lane % 2 == 0 ? 0.37 : -1.9) * lane)];
            double[] counts = [.. Enumerable.Range(0, categoryCount * Lanes.Count).Select(k => k % 5 == 0 ? 0.0 : 0.3 + k % 11)];
            double[] logProbability = new double[categoryCount * Lanes.Count];
            double[] gradient = new double[size * Lanes.Count];
            double[] hessian = new double[size * (size + 1) / 2 * Lanes.Count];
            Evaluate<TModel>(argument, z, counts, logProbability, gradient, hessian, derivatives: false);
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                double[] single = ItemModelProbe.LogProbabilities<TModel>(z[lane], argument.Shape, argument.Scores);
                AssertSame(single, logProbability, lane, $"log P, {argument}");
            }
            for (int time = 0; time < 2; time++)
                Evaluate<TModel>(argument, z, counts, logProbability, gradient, hessian, derivatives: true);
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                double[] singleGradient = new double[size];
                double[] singleHessian = new double[size * (size + 1) / 2];
                double[] singleCounts = [.. Enumerable.Range(0, categoryCount).Select(m => counts[m * Lanes.Count + lane])];
                for (int time = 0; time < 2; time++)
                {
                    double[] single = ItemModelProbe.LogProbabilities<TModel>(z[lane], argument.Shape, argument.Scores);
                    TModel.AddDerivatives(
                        z[lane], categoryCount, new SpanVector(argument.Shape), new SpanVector(argument.Scores), new SpanVector(single),
                        new SpanVector(singleCounts), new SpanVector(singleGradient), new SpanVector(singleHessian));
                }
                AssertSame(singleGradient, gradient, lane, $"gradient, {argument}");
                AssertSame(singleHessian, hessian, lane, $"hessian, {argument}");
            }
        }
    }

    private static void Evaluate<TModel>(
        ItemModelCase argument, double[] z, double[] counts, double[] logProbability, double[] gradient, double[] hessian, bool derivatives)
        where TModel : struct, IItemModel
    {
        int categoryCount = argument.Scores.Length;
        SpanVector shape = new(argument.Shape);
        SpanVector scores = new(argument.Scores);
        ItemConstantsInPlace<TModel, SpanVector> constants = new(categoryCount, shape);
        TModel.LogProbabilities(Lanes.Load(z), categoryCount, shape, scores, constants, new LaneVector(logProbability));
        if (derivatives)
        {
            TModel.AddDerivatives(
                Lanes.Load(z), categoryCount, shape, scores, constants, new LaneVector(logProbability), new LaneVector(counts),
                new LaneVector(gradient), new LaneVector(hessian));
        }
    }

    private static void AssertSame(double[] single, double[] rows, int lane, string where)
    {
        for (int k = 0; k < single.Length; k++)
            Assert.True(IsSame(single[k], rows[k * Lanes.Count + lane]), $"{where}, element {k}, lane {lane}: {rows[k * Lanes.Count + lane]:R}, alone {single[k]:R}");
    }

    private static void Check(Func<double, double> single, Func<Lanes, Lanes> many)
    {
        Random random = new(3);
        double[] arguments =
        [
            .. SpecialValues, .. Enumerable.Range(0, 4000).Select(_ => 1500 * random.NextDouble() - 750),
            .. Enumerable.Range(0, 4000).Select(_ => 4 * random.NextDouble() - 2),
            .. Enumerable.Range(0, 4000).Select(_ => Math.ScaleB(1 + random.NextDouble(), random.Next(-1074, 1024))),
        ];
        for (int start = 0; start + Lanes.Count <= arguments.Length; start += Lanes.Count)
        {
            double[] result = ToArray(many(Lanes.Load(arguments.AsSpan(start))));
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                double expected = single(arguments[start + lane]);
                Assert.True(IsSame(expected, result[lane]), $"x = {arguments[start + lane]:R}: {result[lane]:R}, alone {expected:R}");
            }
        }
    }

    /// <summary>The same bits; one NaN is as good as another, and 0 as −0.</summary>
    private static bool IsSame(double expected, double actual) => expected.Equals(actual);

    private static double[] ToArray(Lanes lanes)
    {
        double[] result = new double[Lanes.Count];
        lanes.Store(result);
        return result;
    }

    private sealed class ModelCheck : IItemModelUser<bool>
    {
        public bool Use<TModel>()
            where TModel : struct, IItemModel
        {
            CheckModel<TModel>();
            return true;
        }
    }
}
