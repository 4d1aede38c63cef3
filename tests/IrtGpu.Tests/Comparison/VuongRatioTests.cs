using IrtGpu.Comparison;
using IrtGpu.Data;
using IrtGpu.Inference.Testing;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Reporting.Documents;
using IrtGpu.Saved;
using IrtGpu.Specification;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Comparison;

/// <summary>Weights of the test of Vuong, Lo, Mendell and Rubin: by differences of a likelihood of separate code, and where they are known.</summary>
public sealed class VuongRatioTests
{
    private const int Items = 5;

    [Fact]
    public void Weights_are_those_of_a_likelihood_by_dense_integrals()
    {
        using ResponseData data = Draw(300);
        PatternTable patterns = PatternTable.Compress(data);
        SavedCalibration one = Fit(data, 1);
        SavedCalibration two = Fit(data, 2);
        VuongTest test = new VuongRatio(patterns, 2, TestContext.Current.CancellationToken).Test(one, two);
        Assert.Equal(2 * (LogLikelihoods(Values(two), 2, patterns).Sum() - LogLikelihoods(Values(one), 1, patterns).Sum()),
            2 * (two.Fit.LogLikelihood!.Value - one.Fit.LogLikelihood!.Value), 1e-4);

        (double[][] ofTwo, Matrix<double> informationOfTwo) = Differentiate(Values(two), 2, patterns);
        (double[][] ofOne, Matrix<double> informationOfOne) = Differentiate(Values(one), 1, patterns);
        Matrix<double> f = Matrix<double>.Build.DenseOfRowArrays(ofTwo); // [parameter, pattern], times √N
        Matrix<double> g = Matrix<double>.Build.DenseOfRowArrays(ofOne);
        Matrix<double> inverseOfTwo = informationOfTwo.Inverse();
        Matrix<double> inverseOfOne = informationOfOne.Inverse();
        // Vuong's W as he writes it, which is not symmetric.
        Matrix<double> w = (f * f.Transpose() * inverseOfTwo).Append(f * g.Transpose() * inverseOfOne)
            .Stack((-1 * (g * f.Transpose()) * inverseOfTwo).Append(-1 * (g * g.Transpose()) * inverseOfOne));
        double[] expected = [.. w.Evd(Symmetricity.Asymmetric).EigenValues.Select(value => value.Real).Order()];
        double[] actual = [.. test.Weights.Order()];
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], actual[k], 2e-3 * expected.Max());
        double ratio = 2 * (two.Fit.LogLikelihood!.Value - one.Fit.LogLikelihood!.Value);
        Assert.Equal(WeightedChiSquare.UpperTail(ratio, expected), test.P!.Value, 1e-3);
        Assert.Equal(ratio / (1 + 1 / (6 * Math.Log(300))), test.AdjustedRatio!.Value, 1e-9);
        Assert.True(test.AdjustedP > test.P);
        Assert.Equal(test.Weights, new VuongRatio(patterns, 1, TestContext.Current.CancellationToken).Test(one, two).Weights);
    }

    /// <summary>For regular nested models of which the smaller holds the distribution is the usual χ²: as many weights of 1 as parameters more, else 0.</summary>
    [Fact]
    public void Regular_nested_models_have_nearly_the_usual_chi_square()
    {
        using ResponseData data = Draw(5000, isMixed: false);
        SavedCalibration rasch = Save(data, new ModelSpecification { Functions = [new("*", ItemFunction.Rasch)] }, 1);
        SavedCalibration twoParameter = Save(data, new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] }, 1);
        VuongTest test = new VuongRatio(PatternTable.Compress(data), 2, TestContext.Current.CancellationToken).Test(rasch, twoParameter);
        double[] weights = [.. test.Weights.OrderDescending()];
        Assert.All(weights[..4], weight => Assert.InRange(weight, 0.8, 1.25));
        Assert.All(weights[4..], weight => Assert.InRange(weight, -0.2, 0.2));
        Assert.Equal(ChiSquareTail.Of(2 * (twoParameter.Fit.LogLikelihood!.Value - rasch.Fit.LogLikelihood!.Value), 4), test.P!.Value, 0.04);
    }

    [Fact]
    public void Other_data_and_what_the_test_is_not_for_are_told()
    {
        using ResponseData data = Draw(300);
        using ResponseData other = Draw(301);
        SavedCalibration one = Fit(data, 1);
        SavedCalibration two = Fit(data, 2);
        VuongRatio ofOthers = new(PatternTable.Compress(other), 1, TestContext.Current.CancellationToken);
        Assert.Contains("Give --data the file of the calibrations", Assert.Throws<SpecificationException>(() => ofOthers.Test(one, two)).Message, StringComparison.Ordinal);
        VuongRatio ratio = new(PatternTable.Compress(data), 1, TestContext.Current.CancellationToken);
        Assert.Contains("no more parameters", ratio.Test(two, one).Note, StringComparison.Ordinal);
        SavedCalibration prior = Save(data, Rasch(2) with { Priors = [new("*", "d", PriorDistribution.Normal, 0, 2)] }, 1);
        Assert.Null(ratio.Test(one, prior).P);
        Assert.Contains("prior", ratio.Test(one, prior).Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Beside_the_bootstrap_stands_the_test_where_data_are_given()
    {
        using ResponseData data = Draw(300);
        ComparedFit[] fits = [.. FitComparison.Compare(
            [("one", Fit(data, 1)), ("two", Fit(data, 2))], new ComparisonOptions { Draws = 19, Starts = 1, Threads = 2 }, PatternTable.Compress(data), null, TestContext.Current.CancellationToken)];
        Assert.Equal(0.05, fits[1].BootstrapP!.Value, 1e-12);
        Assert.True(fits[1].VuongP < 1e-4);
        Assert.True(fits[1].AdjustedRatio < fits[1].ChiSquare && fits[1].AdjustedP >= fits[1].VuongP);
        Assert.Null(fits[1].P);
        ComparedFit alone = FitComparison.Compare(
            [("one", Fit(data, 1)), ("two", Fit(data, 2))], new ComparisonOptions(), PatternTable.Compress(data), null, TestContext.Current.CancellationToken)[1];
        Assert.Equal(fits[1].VuongP, alone.VuongP);
        Assert.Null(alone.BootstrapP);
    }

    private static ModelSpecification Rasch(int classes) => new()
    {
        Functions = [new("*", ItemFunction.Rasch)],
        Population = [new("sd", ConstraintKind.Fixed, 1)],
        ClassCount = classes,
    };

    private static SavedCalibration Fit(ResponseData data, int classes) => Save(data, Rasch(classes), classes == 1 ? 1 : 5);

    private static SavedCalibration Save(ResponseData data, ModelSpecification specification, int starts)
    {
        CalibrationResult result = Calibration.Run(
            data, specification, new CalibrationOptions { Threads = 2, Starts = starts, Tolerance = 1e-8, MaxCycles = 5000 }, cancellation: TestContext.Current.CancellationToken);
        return SavedCalibration.Of(result, FitSummary.Of(result, 0));
    }

    /// <summary>Intercepts class by class, then log odds of the second class.</summary>
    private static double[] Values(SavedCalibration fit)
    {
        CalibrationPlan plan = fit.Plan;
        List<double> values = [];
        for (int k = 0; k < plan.ClassCount; k++)
        {
            for (int item = 0; item < Items; item++)
            {
                var set = plan.ParameterSets[plan.Tables[plan.Blocks[k].Table].SetOfItem[item]];
                values.Add(fit.Point.Parameters.Slots[set.FirstSlot + set.SlopeCount]);
            }
        }
        if (plan.ClassCount == 2)
            values.Add(fit.Point.LogProportion[1] - fit.Point.LogProportion[0]);
        return [.. values];
    }

    /// <summary>Log-likelihood of each pattern times its frequency, θ integrated by the trapezoidal rule. [pattern]</summary>
    private static double[] LogLikelihoods(double[] values, int classes, PatternTable patterns)
    {
        double[] result = new double[patterns.PatternCount];
        for (int pattern = 0; pattern < result.Length; pattern++)
        {
            double sum = 0;
            for (int k = 0; k < classes; k++)
            {
                double share = classes == 1 ? 1 : 1 / (1 + Math.Exp(k == 0 ? values[^1] : -values[^1]));
                for (double theta = -8; theta <= 8; theta += 0.125)
                {
                    double product = share * 0.125 * Math.Exp(-0.5 * theta * theta) / Math.Sqrt(2 * Math.PI);
                    for (int item = 0; item < Items; item++)
                    {
                        double right = 1 / (1 + Math.Exp(-theta - values[k * Items + item]));
                        product *= patterns.Row(pattern)[item] == 1 ? right : 1 - right;
                    }
                    sum += product;
                }
            }
            result[pattern] = patterns.Frequency[pattern] * Math.Log(sum);
        }
        return result;
    }

    /// <summary>Gradients of patterns, times √N, and the observed information, by central differences.</summary>
    private static (double[][] Gradients, Matrix<double> Information) Differentiate(double[] values, int classes, PatternTable patterns)
    {
        const double h = 1e-4;
        int count = values.Length;
        double[] At(int first, double a, int second, double b)
        {
            double[] moved = [.. values];
            moved[first] += a;
            moved[second] += b;
            return LogLikelihoods(moved, classes, patterns);
        }
        double[][] gradients = [.. Enumerable.Range(0, count).Select(k => At(k, h, 0, 0).Zip(At(k, -h, 0, 0))
            .Select((pair, pattern) => (pair.First - pair.Second) / (2 * h) / Math.Sqrt(patterns.Frequency[pattern])).ToArray())];
        const double wide = 1e-3;
        Matrix<double> information = Matrix<double>.Build.Dense(count, count, (r, c) =>
            -(At(r, wide, c, wide).Sum() - At(r, wide, c, -wide).Sum() - At(r, -wide, c, wide).Sum() + At(r, -wide, c, -wide).Sum()) / (4 * wide * wide));
        return (gradients, information);
    }

    private static ResponseData Draw(int persons, bool isMixed = true)
    {
        Random random = new(4);
        byte[] rows = new byte[persons * Items];
        for (int person = 0; person < persons; person++)
        {
            double theta = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            int sign = person % 2 == 0 || !isMixed ? 1 : -1;
            for (int item = 0; item < Items; item++)
                rows[person * Items + item] = (byte)(random.NextDouble() < 1 / (1 + Math.Exp(-theta - sign * (2.2 - 1.1 * item))) ? 1 : 0);
        }
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(1, Items).Select(item => FormattableString.Invariant($"q{item}"))],
            CategoryCodes = [.. Enumerable.Range(0, Items).Select(_ => (int[])[0, 1])],
            Responses = new(rows, Items),
            PersonCount = persons,
            GroupNames = [""],
            Sha256 = FormattableString.Invariant($"{persons}"),
        };
    }
}
