using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Fit.Branches;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.TestCases;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Fit.LimitedInformation;

/// <summary>M2, M2* and C2 against the full multinomial, at points that are no optimum, where every part of C matters.</summary>
public sealed class LimitedInformationTests
{
    private static readonly Dictionary<string, ModelCase> Cases = new(StringComparer.Ordinal)
    {
        ["2pl"] = Of(ItemFunction.TwoParameter),
        ["1pl, a common slope"] = Of(ItemFunction.OneParameter),
        ["rasch, variance free"] = Of(ItemFunction.Rasch),
        ["3pl"] = Of(ItemFunction.ThreeParameter) with { Items = 6 },
        ["weights"] = Of(ItemFunction.TwoParameter) with { HasWeights = true },
        ["gpcm"] = Of(ItemFunction.GeneralizedPartialCredit) with { Categories = [3, 2, 4, 3, 2] },
        ["grm"] = Of(ItemFunction.Graded) with { Categories = [3, 2, 3, 4, 2] },
        ["rsm"] = Of(ItemFunction.RatingScale) with { Categories = [3] },
        ["two dimensions"] = Of(ItemFunction.TwoParameter) with { Items = 8, Attributes = 2, Nodes = 9, HasCrossLoadings = false },
        ["groups"] = Of(ItemFunction.TwoParameter) with { Groups = 2, FreeItems = "q0002" },
        ["classes"] = Of(ItemFunction.TwoParameter) with { Items = 7, Classes = 2, EqualAcrossClasses = "q0001-q0005" },
        ["groups, classes, categories"] = Of(ItemFunction.GeneralizedPartialCredit) with { Items = 6, Categories = [2, 3], Classes = 2, Groups = 2, EqualAcrossClasses = "q0001-q0005" },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Statistics_are_those_of_the_multinomial(string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        EnumeratedModel enumerated = new(plan);
        foreach (bool withCategories in (bool[])[false, true])
        {
            ModelFit fit = Run(point, patterns, withCategories)[0];
            Assert.Null(fit.Reason);
            (double expected, int rank) = enumerated.Complete(point, patterns, enumerated.RawMoments(withCategories));
            Assert.Equal(expected, fit.Statistic, 1e-5 * expected);
            Assert.Equal(fit.Moments - rank, fit.Df); // all free parameters, but for rsm, where equal items leave M2* one less
        }
    }

    [Fact]
    public void With_answers_missing_covariances_are_those_of_means_over_who_answered()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (Of(ItemFunction.TwoParameter) with { Missing = 0.25 }).Build();
        EnumeratedModel enumerated = new(plan);
        (double[][] moments, int[][] items) = enumerated.StandardMoments(point, 0);
        double[] probability = enumerated.Probabilities(point, 0);
        int count = moments.Length;
        double[] persons = new double[count];
        double[] sum = new double[count];
        double[,] together = new double[count, count];
        double total = 0;
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            byte[] row = patterns.Row(pattern).ToArray();
            if (row.All(answer => answer == ResponseData.Missing))
                continue;
            total += patterns.Frequency[pattern];
            int cell = enumerated.CellOf([.. row.Select(answer => answer == ResponseData.Missing ? (byte)0 : answer)]);
            for (int a = 0; a < count; a++)
            {
                if (items[a].Any(item => row[item] == ResponseData.Missing))
                    continue;
                persons[a] += patterns.Frequency[pattern];
                sum[a] += patterns.Frequency[pattern] * moments[a][cell];
                for (int b = 0; b < count; b++)
                    together[a, b] += items[b].Any(item => row[item] == ResponseData.Missing) ? 0 : patterns.Frequency[pattern];
            }
        }
        double Mean(double[] values) => values.Zip(probability, (value, p) => value * p).Sum();
        Matrix<double> covariance = Matrix<double>.Build.Dense(count, count, (a, b) => total * together[a, b] / (persons[a] * persons[b])
            * (Mean([.. moments[a].Zip(moments[b], (x, y) => x * y)]) - Mean(moments[a]) * Mean(moments[b])));
        Vector<double> residual = Vector<double>.Build.Dense(count, a => sum[a] / persons[a] - Mean(moments[a]));
        Matrix<double> derivatives = Matrix<double>.Build.DenseOfRowArrays(moments) * enumerated.Derivatives(point, 0);
        double expected = EnumeratedModel.Statistic(residual, covariance, derivatives, total);

        ModelFit fit = Run(point, patterns, withCategories: false)[0];
        Assert.Equal(expected, fit.Statistic, 1e-5 * expected);
        Assert.Equal(total, fit.Persons, 1e-9);
        Assert.NotNull(fit.Note);
    }

    [Theory]
    [InlineData("2pl")]
    [InlineData("gpcm")]
    [InlineData("classes")]
    public void Data_as_the_model_expects_them_fit_exactly(string name)
    {
        (CalibrationPlan plan, _, ModelPoint point) = Cases[name].Build();
        PatternTable patterns = ExactData.Of(point);
        Assert.Equal(0, Run(point, patterns, withCategories: false)[0].Statistic, 1e-9);
        Assert.Equal(0, Run(point, patterns, withCategories: true)[0].Srmsr, 1e-9);
    }

    [Fact]
    public void Results_do_not_depend_on_threads()
    {
        (_, PatternTable patterns, ModelPoint point) = Catalogue.Get("three hundred items").Build();
        double[] statistics = [.. ((int[])[1, 3]).Select(threads =>
            LimitedInformationTest.Run(point, new BranchedModel(Branching.Of(point.Plan), point), patterns, PatternsOfGroups.Of(patterns, 1), withCategories: false, threads, null, TestContext.Current.CancellationToken)[0].Srmsr)];
        Assert.Equal(statistics[0], statistics[1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Too_few_items_are_a_reason(int items)
    {
        (_, PatternTable patterns, ModelPoint point) = (Of(ItemFunction.TwoParameter) with { Items = items }).Build();
        ModelFit fit = Run(point, patterns, withCategories: false)[0];
        Assert.True(fit.Df <= 0);
        Assert.Contains("no degrees of freedom", fit.Reason, StringComparison.Ordinal);
        Assert.True(double.IsNaN(fit.Statistic) && double.IsNaN(fit.Rmsea) && double.IsNaN(fit.Cfi) && double.IsNaN(fit.P));
        Assert.NotNull(fit.IndexReason);
    }

    [Theory]
    [InlineData(3, 5, 2.5)]
    [InlineData(60, 20, 30)]
    [InlineData(1, 4, 0.1)]
    public void Noncentral_distribution_is_that_of_a_shifted_normal_squared_and_a_central_rest(double x, double df, double noncentrality)
    {
        // Against the integral of its density by a normal variable: χ²_df(λ) = χ²_{df−1} + (Z + √λ)².
        double sum = 0;
        const double step = 1e-3;
        for (double z = -9; z <= 9; z += step)
        {
            double left = x - (z + Math.Sqrt(noncentrality)) * (z + Math.Sqrt(noncentrality));
            if (left > 0)
                sum += step * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * MathNet.Numerics.Distributions.ChiSquared.CDF(df - 1, left);
        }
        Assert.Equal(sum, NoncentralChiSquare.Cumulative(x, df, noncentrality), 1e-6);
        Assert.Equal(noncentrality, NoncentralChiSquare.Noncentrality(x, df, NoncentralChiSquare.Cumulative(x, df, noncentrality)), 1e-6);
    }

    private static ModelCase Of(ItemFunction function) => new() { Functions = [function], Items = 5, Persons = 500, Nodes = 21 };

    private static IReadOnlyList<ModelFit> Run(ModelPoint point, PatternTable patterns, bool withCategories) => LimitedInformationTest.Run(
        point, new BranchedModel(Branching.Of(point.Plan), point), patterns, PatternsOfGroups.Of(patterns, point.Plan.GroupCount), withCategories, threads: 2, null, TestContext.Current.CancellationToken);
}
