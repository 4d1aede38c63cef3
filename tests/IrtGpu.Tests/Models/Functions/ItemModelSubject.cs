using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Models.Functions;

namespace IrtGpu.Tests.Models.Functions;

/// <summary>A response function as tests see it: its definition, arguments within its domain, calls on plain arrays. A new one is one entry here.</summary>
internal abstract class ItemModelSubject
{
    public static IReadOnlyList<ItemModelSubject> All { get; } =
    [
        new Subject<GeneralizedPartialCredit>
        {
            Seed = 0, Definition = ItemModelOracle.GeneralizedPartialCredit, PredictorSize = 4, Differences = 3,
            DrawShape = (_, intercepts) => intercepts, AsTwoParameter = d => [d],
        },
        new Subject<GradedResponse>
        {
            Seed = 1, Definition = ItemModelOracle.GradedResponse, Differences = 3,
            DrawShape = Ordered, AsTwoParameter = d => [d],
        },
        new Subject<FourParameterLogistic>
        {
            Seed = 2, Definition = ItemModelOracle.FourParameterLogistic, Differences = 6, LargestCategoryCount = 2,
            DrawShape = (random, intercepts) => [intercepts[0], -1.5 - random.NextDouble(), 1 + 2 * random.NextDouble()],
            AsTwoParameter = d => [d, double.NegativeInfinity, double.PositiveInfinity], ExtremeShapes = ExtremeAsymptotes(),
        },
        new Subject<NominalResponse>
        {
            Seed = 3, Definition = ItemModelOracle.NominalResponse, PredictorSize = 4, Differences = 1,
            DrawShape = (random, intercepts) => [.. intercepts, .. Enumerable.Range(1, intercepts.Length - 1).Select(m => m + random.NextDouble() - 0.5)],
            AsTwoParameter = d => [d],
        },
        new Subject<SequentialResponse>
        {
            Seed = 4, Definition = ItemModelOracle.SequentialResponse, Differences = 3,
            DrawShape = (_, intercepts) => intercepts, AsTwoParameter = d => [d],
        },
        new Subject<GradedRatingScale>
        {
            Seed = 5, Definition = ItemModelOracle.GradedRatingScale, PredictorSize = 3, Differences = 2,
            DrawShape = (random, intercepts) => [.. Ordered(random, intercepts), 0.4 + 2 * random.NextDouble()],
            AsTwoParameter = d => [d, 1], HasSlopeInShape = true,
        },
    ];

    /// <summary>Rows for theories: the names of all subjects.</summary>
    public static TheoryData<string> Names => [.. All.Select(subject => subject.Name)];

    public abstract string Name { get; }

    /// <summary>Of the draws.</summary>
    public required int Seed { get; init; }

    /// <summary>log P by the textbook.</summary>
    public required ItemModelOracle.Definition Definition { get; init; }

    /// <summary>What typically multiplies the predictor.</summary>
    public double PredictorSize { get; init; } = 1;

    /// <summary>Draws a number of categories at which derivatives are compared with differences, which are slow.</summary>
    public required int Differences { get; init; }

    public int LargestCategoryCount { get; init; } = 6;

    /// <summary>A shape within the domain from as many numbers between −2 and 2 as there are steps.</summary>
    public required Func<Random, double[], double[]> DrawShape { get; init; }

    /// <summary>The shape that with two categories is the 2PL with this intercept.</summary>
    public required Func<double, double[]> AsTwoParameter { get; init; }

    /// <summary>Whether the shape has a slope, so that with two categories it has more than an intercept.</summary>
    public bool HasSlopeInShape { get; init; }

    /// <summary>Shapes at the ends of the domain, of two categories.</summary>
    public IReadOnlyList<double[]> ExtremeShapes { get; init; } = [];

    public static ItemModelSubject Of(string name) => All.Single(subject => subject.Name == name);

    public static ItemModelSubject Of<TModel>()
        where TModel : struct, IItemModel => Of(typeof(TModel).Name);

    public abstract double[] LogProbabilities(double z, double[] shape, double[] scores);

    /// <summary>Derivatives of Σ counts log P: gradient and packed Hessian.</summary>
    public abstract (double[] Gradient, double[] Hessian) Derivatives(double z, double[] shape, double[] scores, double[] counts);

    /// <summary>Adds them to what is there.</summary>
    public abstract void AddDerivatives(ItemModelCase argument, double[] counts, Span<double> gradient, Span<double> hessian);

    public abstract TResult Use<TResult>(IItemModelUser<TResult> user);

    public override string ToString() => Name;

    /// <summary>Decreasing, some neighbours 1e-6 apart and some far.</summary>
    private static double[] Ordered(Random random, double[] intercepts)
    {
        double[] ordered = [.. intercepts.OrderDescending()];
        double[] gaps = [1e-6, 1e-3, 0.3, 1.5, 45];
        for (int t = 1; t < ordered.Length; t++)
            ordered[t] = ordered[t - 1] - gaps[random.Next(gaps.Length)] * (1 + random.NextDouble());
        return ordered;
    }

    private static double[][] ExtremeAsymptotes()
    {
        (double Lower, double Upper)[] asymptotes =
        [
            (double.NegativeInfinity, double.PositiveInfinity), (-1.4, double.PositiveInfinity), (double.NegativeInfinity, 2.2),
            (-15, 15), (-700, 700), (14, 15), (30, double.PositiveInfinity), (-15, -14), (0.3, 0.3 + 1e-6), (double.NegativeInfinity, -30),
        ];
        return [.. asymptotes.Select(pair => new[] { 0.4, pair.Lower, pair.Upper })];
    }

    private sealed class Subject<TModel> : ItemModelSubject
        where TModel : struct, IItemModel
    {
        public override string Name => typeof(TModel).Name;

        public override double[] LogProbabilities(double z, double[] shape, double[] scores) => ItemModelProbe.LogProbabilities<TModel>(z, shape, scores);

        public override (double[] Gradient, double[] Hessian) Derivatives(double z, double[] shape, double[] scores, double[] counts) =>
            ItemModelProbe.Derivatives<TModel>(z, shape, scores, counts);

        public override void AddDerivatives(ItemModelCase argument, double[] counts, Span<double> gradient, Span<double> hessian) => TModel.AddDerivatives(
            argument.Z, counts.Length, new SpanVector(argument.Shape), new SpanVector(argument.Scores),
            new SpanVector(LogProbabilities(argument.Z, argument.Shape, argument.Scores)), new SpanVector(counts),
            new SpanVector(gradient), new SpanVector(hessian));

        public override TResult Use<TResult>(IItemModelUser<TResult> user) => user.Use<TModel>();
    }
}
