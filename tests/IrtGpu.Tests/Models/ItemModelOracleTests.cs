using IrtGpu.Models;

namespace IrtGpu.Tests.Models;

/// <summary>Log-probabilities against their definitions and derivatives against differences, in 320-bit arithmetic.</summary>
public sealed class ItemModelOracleTests
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double DifferenceNoise = 1e-40; // truncation 2^−160 and rounding 2^−320/2^−160 of the differences

    [Fact]
    public void Generalized_partial_credit_equals_its_definition() =>
        CheckLogProbabilities<GeneralizedPartialCredit>(
            ItemModelKind.GeneralizedPartialCredit, ItemModelOracle.GeneralizedPartialCredit);

    [Fact]
    public void Graded_response_equals_its_definition() =>
        CheckLogProbabilities<GradedResponse>(ItemModelKind.GradedResponse, ItemModelOracle.GradedResponse);

    [Fact]
    public void Sequential_response_equals_its_definition() =>
        CheckLogProbabilities<SequentialResponse>(ItemModelKind.SequentialResponse, ItemModelOracle.SequentialResponse);

    [Fact]
    public void Sequential_response_derivatives_equal_differences() =>
        CheckDerivatives<SequentialResponse>(ItemModelKind.SequentialResponse, ItemModelOracle.SequentialResponse, 3);

    [Fact]
    public void Four_parameter_logistic_equals_its_definition() =>
        CheckLogProbabilities<FourParameterLogistic>(
            ItemModelKind.FourParameterLogistic, ItemModelOracle.FourParameterLogistic);

    [Fact]
    public void Nominal_response_equals_its_definition() =>
        CheckLogProbabilities<NominalResponse>(ItemModelKind.NominalResponse, ItemModelOracle.NominalResponse);

    [Fact]
    public void Generalized_partial_credit_derivatives_equal_differences() =>
        CheckDerivatives<GeneralizedPartialCredit>(
            ItemModelKind.GeneralizedPartialCredit, ItemModelOracle.GeneralizedPartialCredit, 3);

    [Fact]
    public void Graded_response_derivatives_equal_differences() =>
        CheckDerivatives<GradedResponse>(ItemModelKind.GradedResponse, ItemModelOracle.GradedResponse, 3);

    [Fact]
    public void Four_parameter_logistic_derivatives_equal_differences() =>
        CheckDerivatives<FourParameterLogistic>(
            ItemModelKind.FourParameterLogistic, ItemModelOracle.FourParameterLogistic, 6);

    [Fact]
    public void Nominal_response_derivatives_equal_differences() =>
        CheckDerivatives<NominalResponse>(ItemModelKind.NominalResponse, ItemModelOracle.NominalResponse, 1);

    private static void CheckLogProbabilities<TModel>(ItemModelKind kind, ItemModelOracle.Definition definition)
        where TModel : struct, IItemModel
    {
        double worst = 0.0;
        foreach (ItemModelCase argument in ItemModelCase.For(kind, 20))
        {
            double[] computed = ItemModelProbe.LogProbabilities<TModel>(argument.Z, argument.Shape, argument.Scores);
            Extended[] exact = definition(argument.Z, ItemModelOracle.Widen(argument.Shape), argument.Scores);
            for (int m = 0; m < computed.Length; m++)
            {
                // Rounding the predictor alone moves log P by this much, relative to itself.
                double bound = Sensitivity(kind, argument) * Math.Abs(exact[m].ToDouble()) + double.Epsilon;
                double error = Extended.Abs(computed[m] - exact[m]).ToDouble();
                worst = Math.Max(worst, error / bound);
                Assert.True(error <= bound, $"category {m}: {computed[m]:R}, exact {exact[m].ToDouble():R}, {argument}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest share of the bound used: {worst:F3}");
    }

    private static void CheckDerivatives<TModel>(
        ItemModelKind kind, ItemModelOracle.Definition definition, int repetitions)
        where TModel : struct, IItemModel
    {
        double worst = 0.0;
        foreach (ItemModelCase argument in ItemModelCase.For(kind, repetitions))
        {
            int categoryCount = argument.Scores.Length;
            var differences = new ExtendedDifferences(definition, argument);
            for (int m = 0; m < categoryCount; m++)
            {
                (double[] gradient, double[] hessian) = ItemModelProbe.Derivatives<TModel>(
                    argument.Z, argument.Shape, argument.Scores, ItemModelProbe.Unit(categoryCount, m));
                double[] magnitude = differences.Magnitudes(m);
                double bound = Sensitivity(kind, argument);
                for (int row = 0; row < gradient.Length; row++)
                {
                    Compare(gradient[row], differences.First(m, row), magnitude[row], $"category {m}, first derivative {row}");
                    for (int column = 0; column <= row; column++)
                    {
                        Compare(
                            hessian[ItemModelProbe.Packed(row, column)], differences.Second(m, row, column),
                            magnitude[row] * magnitude[column], $"category {m}, second derivative ({row}, {column})");
                    }
                }

                void Compare(double computed, double exact, double scale, string where)
                {
                    double allowed = bound * (Math.Abs(exact) + scale) + DifferenceNoise;
                    worst = Math.Max(worst, Math.Abs(computed - exact) / allowed);
                    Assert.True(
                        Math.Abs(computed - exact) <= allowed,
                        $"{where}: {computed:R}, differences give {exact:R}, allowed {allowed:E2}; {argument}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest share of the bound used: {worst:F3}");
    }

    /// <summary>Relative change of a probability when its predictor, shape and their sum are rounded.</summary>
    private static double Sensitivity(ItemModelKind kind, ItemModelCase argument)
    {
        double score = kind is ItemModelKind.GeneralizedPartialCredit or ItemModelKind.NominalResponse ? 4 : 1; // typical |s|
        double intercept = argument.Shape.Where(double.IsFinite).Max(Math.Abs);
        return 4 * Epsilon * (2 + score * (Math.Abs(argument.Z) + intercept));
    }
}
