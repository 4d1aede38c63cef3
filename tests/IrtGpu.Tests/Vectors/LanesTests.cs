using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Tests.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Tests.Vectors;

/// <summary>Numbers side by side, two, four or eight, give the bits that each gives alone, so that what is tested of one holds for all.</summary>
public sealed class LanesTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly double[] SpecialValues =
    [
        0, -0.0, 1, -1, Inf, -Inf, double.NaN, double.Epsilon, -double.Epsilon, double.MaxValue, -double.MaxValue, 709.78, 709.79, -708.4,
        -745.13, -745.2, -0.29, 0.41, 1e-300, -1e-17, 2.5 * 0.6931471805599453, -0.5 * 0.6931471805599453, 1e300, -1e300,
    ];

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Exponentials_and_logarithms_have_the_bits_of_single_values(int width) =>
        Use(width, CheckElementary<Lanes512>, CheckElementary<Lanes256>, CheckElementary<Lanes128>);

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void A_response_function_has_the_bits_of_single_values(string model)
    {
        Assert.True(ItemModelSubject.Of(model).Use(new ModelCheck<Lanes512>()));
        Assert.True(ItemModelSubject.Of(model).Use(new ModelCheck<Lanes256>()));
        Assert.True(ItemModelSubject.Of(model).Use(new ModelCheck<Lanes128>()));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Lanes_beyond_the_count_are_read_as_zero_and_not_written(int width) => Use(width, CheckMemory<Lanes512>, CheckMemory<Lanes256>, CheckMemory<Lanes128>);

    private static void Use(int width, Action with512, Action with256, Action with128) => (width switch
    {
        512 => with512,
        256 => with256,
        _ => with128,
    })();

    private static void CheckElementary<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        Check<TLanes>(x => Elementary.Exp(x), x => Elementary.Exp(x));
        Check<TLanes>(x => Elementary.Log1P(x), x => Elementary.Log1P(x));
        Check<TLanes>(x => Elementary.LogisticTail(x), x => Elementary.LogisticTail(x));
        Check<TLanes>(x => Elementary.NegativePart(x), x => Elementary.NegativePart(x));
        Check<TLanes>(x => Elementary.Sigmoid(x, out _), x => Elementary.Sigmoid(x, out _));
        Check<TLanes>(Complement, x =>
        {
            Elementary.Sigmoid(x, out TLanes complement);
            return complement;
        });
        Check<TLanes>(x => Elementary.LogAddExp(x, -0.75), x => Elementary.LogAddExp<TLanes>(x, -0.75));
        Check<TLanes>(x => Elementary.LogAddExp(x, double.NegativeInfinity), x => Elementary.LogAddExp<TLanes>(x, double.NegativeInfinity));

        static double Complement(double x)
        {
            Elementary.Sigmoid(x, out double complement);
            return complement;
        }
    }

    private static void CheckMemory<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        int count = TLanes.Count;
        double[] values = [1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6, 9, 7, 9, 8];
        double[] whole = [.. Enumerable.Range(1, count)];
        double[] part = [.. whole[..^1], 0];
        Assert.Equal(part, ToArray(LaneMemory.Load<TLanes>(values, 2, count - 1)));
        Assert.Equal(whole, ToArray(LaneMemory.Load<TLanes>(values, 2, 8)));
        Assert.Equal(whole.Sum(), LaneArithmetic.SumPairs(LaneMemory.Load<TLanes>(values, 2, 8)));
        Assert.Equal(whole.Sum(), LaneArithmetic.SumInOrder(LaneMemory.Load<TLanes>(values, 2, 8)));
        Assert.Equal(whole.Sum(), LaneMemory.Load<TLanes>(values, 2, 8).Sum());
        Assert.Equal(count, LaneArithmetic.Largest(LaneMemory.Load<TLanes>(values, 2, 8)));
        Assert.Equal(-1, LaneArithmetic.Largest(-LaneMemory.Load<TLanes>(values, 2, 8)));
        double[] result = new double[count];
        LaneMemory.Store(LaneMemory.Load<TLanes>(values, 2, 8), result, count - 1);
        Assert.Equal(part, result);
        Assert.Throws<ArgumentOutOfRangeException>(() => LaneMemory.Load<TLanes>(values.AsSpan(15 - (2 * count - 2)), 2, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => LaneMemory.Store(LaneMemory.Load<TLanes>(values), new double[count - 1]));
        double[] zeros = new double[8];
        zeros[1] = -0.0;
        Assert.True(LaneMemory.Load<TLanes>(zeros).IsZero());
        zeros[count - 1] = 1e-300;
        Assert.False(LaneMemory.Load<TLanes>(zeros).IsZero());
        TLanes powers = TLanes.Powers(1.5, out double next);
        Assert.Equal(Enumerable.Range(0, count).Select(k => Math.Pow(1.5, k)), ToArray(powers));
        Assert.Equal(Math.Pow(1.5, count), next);
        TLanes product = TLanes.MultiplyAdd(3.0, LaneMemory.Load<TLanes>(values, 2, 8), 0.5);
        Assert.Equal(whole.Select(x => 3 * x + 0.5), ToArray(product));
    }

    /// <summary>A vector of predictors a time; counts with zeros; the second addition onto what the first left.</summary>
    private static void CheckModel<TModel, TLanes>()
        where TModel : struct, IItemModel
        where TLanes : struct, ILanes<TLanes>
    {
        foreach (ItemModelCase argument in ItemModelCase.For(ItemModelSubject.Of<TModel>(), 5))
        {
            int categoryCount = argument.Scores.Length;
            int size = 1 + TModel.ShapeCount(categoryCount);
            double[] z = [.. Enumerable.Range(0, TLanes.Count).Select(lane => argument.Z + (lane % 2 == 0 ? 0.37 : -1.9) * lane)];
            double[] counts = [.. Enumerable.Range(0, categoryCount * TLanes.Count).Select(k => k % 5 == 0 ? 0.0 : 0.3 + k % 11)];
            double[] logProbability = new double[categoryCount * TLanes.Count];
            double[] gradient = new double[size * TLanes.Count];
            double[] hessian = new double[size * (size + 1) / 2 * TLanes.Count];
            Evaluate<TModel, TLanes>(argument, z, counts, logProbability, gradient, hessian, derivatives: false);
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                double[] single = ItemModelProbe.LogProbabilities<TModel>(z[lane], argument.Shape, argument.Scores);
                AssertSame<TLanes>(single, logProbability, lane, $"log P, {argument}");
            }
            for (int time = 0; time < 2; time++)
                Evaluate<TModel, TLanes>(argument, z, counts, logProbability, gradient, hessian, derivatives: true);
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                double[] singleGradient = new double[size];
                double[] singleHessian = new double[size * (size + 1) / 2];
                double[] singleCounts = [.. Enumerable.Range(0, categoryCount).Select(m => counts[m * TLanes.Count + lane])];
                for (int time = 0; time < 2; time++)
                {
                    double[] single = ItemModelProbe.LogProbabilities<TModel>(z[lane], argument.Shape, argument.Scores);
                    TModel.AddDerivatives(
                        z[lane], categoryCount, new SpanVector(argument.Shape), new SpanVector(argument.Scores), new SpanVector(single),
                        new SpanVector(singleCounts), new SpanVector(singleGradient), new SpanVector(singleHessian));
                }
                AssertSame<TLanes>(singleGradient, gradient, lane, $"gradient, {argument}");
                AssertSame<TLanes>(singleHessian, hessian, lane, $"hessian, {argument}");
            }
        }
    }

    private static void Evaluate<TModel, TLanes>(
        ItemModelCase argument, double[] z, double[] counts, double[] logProbability, double[] gradient, double[] hessian, bool derivatives)
        where TModel : struct, IItemModel
        where TLanes : struct, ILanes<TLanes>
    {
        int categoryCount = argument.Scores.Length;
        SpanVector shape = new(argument.Shape);
        SpanVector scores = new(argument.Scores);
        ItemConstantsInPlace<TModel, SpanVector> constants = new(categoryCount, shape);
        TModel.LogProbabilities(LaneMemory.Load<TLanes>(z), categoryCount, shape, scores, constants, new LaneVector<TLanes>(logProbability));
        if (derivatives)
        {
            TModel.AddDerivatives(
                LaneMemory.Load<TLanes>(z), categoryCount, shape, scores, constants, new LaneVector<TLanes>(logProbability), new LaneVector<TLanes>(counts),
                new LaneVector<TLanes>(gradient), new LaneVector<TLanes>(hessian));
        }
    }

    private static void AssertSame<TLanes>(double[] single, double[] rows, int lane, string where)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int k = 0; k < single.Length; k++)
            Assert.True(IsSame(single[k], rows[k * TLanes.Count + lane]), $"{where}, element {k}, lane {lane}: {rows[k * TLanes.Count + lane]:R}, alone {single[k]:R}");
    }

    private static void Check<TLanes>(Func<double, double> single, Func<TLanes, TLanes> many)
        where TLanes : struct, ILanes<TLanes>
    {
        Random random = new(3);
        double[] arguments =
        [
            .. SpecialValues, .. Enumerable.Range(0, 4000).Select(_ => 1500 * random.NextDouble() - 750),
            .. Enumerable.Range(0, 4000).Select(_ => 4 * random.NextDouble() - 2),
            .. Enumerable.Range(0, 4000).Select(_ => Math.ScaleB(1 + random.NextDouble(), random.Next(-1074, 1024))),
        ];
        for (int start = 0; start + TLanes.Count <= arguments.Length; start += TLanes.Count)
        {
            double[] result = ToArray(many(LaneMemory.Load<TLanes>(arguments.AsSpan(start))));
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                double expected = single(arguments[start + lane]);
                Assert.True(IsSame(expected, result[lane]), $"x = {arguments[start + lane]:R}: {result[lane]:R}, alone {expected:R}");
            }
        }
    }

    /// <summary>The same bits; one NaN is as good as another, and 0 as −0.</summary>
    private static bool IsSame(double expected, double actual) => expected.Equals(actual);

    private static double[] ToArray<TLanes>(TLanes lanes)
        where TLanes : struct, ILanes<TLanes>
    {
        double[] result = new double[TLanes.Count];
        LaneMemory.Store(lanes, result);
        return result;
    }

    private sealed class ModelCheck<TLanes> : IItemModelUser<bool>
        where TLanes : struct, ILanes<TLanes>
    {
        public bool Use<TModel>()
            where TModel : struct, IItemModel
        {
            CheckModel<TModel, TLanes>();
            return true;
        }
    }
}
