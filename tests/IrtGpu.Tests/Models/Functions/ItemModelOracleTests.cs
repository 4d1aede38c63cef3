using IrtGpu.Items;
using IrtGpu.Models;

namespace IrtGpu.Tests.Models.Functions;

/// <summary>Log-probabilities against their definitions and derivatives against differences, in 320-bit arithmetic.</summary>
public sealed class ItemModelOracleTests
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double DifferenceNoise = 1e-40; // truncation 2^−160 and rounding 2^−320/2^−160 of the differences

    [Fact]
    public void Every_response_function_of_a_family_is_tested() => Assert.Equal(
        ItemFamily.All.Select(family => family.Use(new TypeName())).Order(), ItemModelSubject.All.Select(subject => subject.Name).Order());

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void Log_probabilities_equal_their_definition(string model)
    {
        ItemModelSubject subject = ItemModelSubject.Of(model);
        double worst = 0.0;
        foreach (ItemModelCase argument in ItemModelCase.For(subject, 20))
        {
            double[] computed = subject.LogProbabilities(argument.Z, argument.Shape, argument.Scores);
            Extended[] exact = subject.Definition(argument.Z, ItemModelOracle.Widen(argument.Shape), argument.Scores);
            for (int m = 0; m < computed.Length; m++)
            {
                // Rounding the predictor alone moves log P by this much, relative to itself.
                double bound = Sensitivity(subject, argument) * Math.Abs(exact[m].ToDouble()) + double.Epsilon;
                double error = Extended.Abs(computed[m] - exact[m]).ToDouble();
                worst = Math.Max(worst, error / bound);
                Assert.True(error <= bound, $"category {m}: {computed[m]:R}, exact {exact[m].ToDouble():R}, {argument}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest share of the bound used: {worst:F3}");
    }

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void Derivatives_equal_differences(string model)
    {
        ItemModelSubject subject = ItemModelSubject.Of(model);
        double worst = 0.0;
        foreach (ItemModelCase argument in ItemModelCase.For(subject, subject.Differences))
        {
            int categoryCount = argument.Scores.Length;
            var differences = new ExtendedDifferences(subject.Definition, argument);
            for (int m = 0; m < categoryCount; m++)
            {
                (double[] gradient, double[] hessian) = subject.Derivatives(
                    argument.Z, argument.Shape, argument.Scores, ItemModelProbe.Unit(categoryCount, m));
                double[] magnitude = differences.Magnitudes(m);
                double bound = Sensitivity(subject, argument);
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
    private static double Sensitivity(ItemModelSubject subject, ItemModelCase argument)
    {
        double intercept = argument.Shape.Where(double.IsFinite).Max(Math.Abs);
        return 4 * Epsilon * (2 + subject.PredictorSize * (Math.Abs(argument.Z) + intercept));
    }

    private sealed class TypeName : IItemModelUser<string>
    {
        public string Use<TModel>()
            where TModel : struct, IItemModel => typeof(TModel).Name;
    }
}
