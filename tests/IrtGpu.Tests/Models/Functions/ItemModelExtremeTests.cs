using IrtGpu.Models;
using IrtGpu.Models.Functions;

namespace IrtGpu.Tests.Models.Functions;

/// <summary>Limits, domains, and relative accuracy where probabilities and derivatives are as small as 1e-304.</summary>
public sealed class ItemModelExtremeTests
{
    private const double Inf = double.PositiveInfinity;

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void Nothing_is_NaN_or_infinite_up_to_predictors_of_700(string model)
    {
        ItemModelSubject subject = ItemModelSubject.Of(model);
        foreach (ItemModelCase argument in ItemModelCase.For(subject, 2))
        {
            for (int z = -700; z <= 700; z += 70)
            {
                double[] logProbability = subject.LogProbabilities(z, argument.Shape, argument.Scores);
                (double[] gradient, double[] hessian) = subject.Derivatives(z, argument.Shape, argument.Scores, [.. argument.Scores.Select((_, m) => 1.0 + m)]);
                Assert.All([.. logProbability, .. gradient, .. hessian], value =>
                    Assert.True(double.IsFinite(value), $"{value} at z = {z}, {argument}"));
            }
        }
    }

    [Theory]
    [InlineData(-700), InlineData(-80), InlineData(-3), InlineData(0.25), InlineData(41), InlineData(700)]
    public void Two_category_derivatives_keep_their_relative_accuracy(double z)
    {
        const double d = 0.375;
        Extended right = Extended.Sigmoid(d + (Extended)z);
        Extended wrong = Extended.Sigmoid(-(d + (Extended)z));
        foreach (ItemModelSubject subject in ItemModelSubject.All)
        {
            double[] shape = subject.AsTwoParameter(d);
            (double[] gradientRight, double[] hessian) = subject.Derivatives(z, shape, [0, 1], [0, 1]);
            (double[] gradientWrong, _) = subject.Derivatives(z, shape, [0, 1], [1, 0]);
            double relative = 1e-15 * (4 + Math.Abs(z));
            AssertRelative(wrong.ToDouble(), gradientRight[0], relative);
            AssertRelative(wrong.ToDouble(), gradientRight[1], relative);
            AssertRelative(-right.ToDouble(), gradientWrong[0], relative);
            AssertRelative(-right.ToDouble(), gradientWrong[1], relative);
            AssertRelative(-(right * wrong).ToDouble(), hessian[0], relative);
            AssertRelative(-(right * wrong).ToDouble(), hessian[1], relative);
            AssertRelative(-(right * wrong).ToDouble(), hessian[2], relative);
        }
    }

    [Theory]
    [InlineData(-600, -2, 3), InlineData(600, -2, 3), InlineData(-600, -15, 15), InlineData(600, -15, 15)]
    [InlineData(500, -1, Inf), InlineData(-500, -1, Inf), InlineData(300, 14, 15), InlineData(-300, -15, -14)]
    [InlineData(0.5, 2, 2.000001), InlineData(600, -Inf, 1), InlineData(-600, -Inf, 1)]
    public void Asymptote_slopes_keep_their_relative_accuracy(double z, double lower, double upper)
    {
        Extended[] shape = ItemModelOracle.Widen([0.0, lower, upper]);
        Extended weight = Extended.Sigmoid(z);
        Extended complement = Extended.Sigmoid(-(Extended)z);
        Extended g = Extended.Sigmoid(shape[1]);
        Extended gComplement = Extended.Sigmoid(-shape[1]);
        Extended u = Extended.Sigmoid(shape[2]);
        Extended uComplement = Extended.Sigmoid(-shape[2]);
        Extended right = g * complement + u * weight;
        Extended wrong = gComplement * complement + uComplement * weight;
        Extended slope = (u * gComplement - uComplement * g) * weight * complement;

        // Rounding u′ − g′ and log u − log g is relative to the gap where they nearly agree.
        double relative = 1e-15 * (10 + Math.Abs(z)) * (upper - lower < 1e-3 ? 10 : 1);
        double[] gradientRight = ItemModelProbe.Derivatives<FourParameterLogistic>(z, [0, lower, upper], [0, 1], [0, 1]).Gradient;
        double[] gradientWrong = ItemModelProbe.Derivatives<FourParameterLogistic>(z, [0, lower, upper], [0, 1], [1, 0]).Gradient;
        AssertRelative((slope / right).ToDouble(), gradientRight[0], relative);
        AssertRelative((-slope / wrong).ToDouble(), gradientWrong[0], relative);
        AssertRelative((g * gComplement * complement / right).ToDouble(), gradientRight[2], relative);
        AssertRelative((-g * gComplement * complement / wrong).ToDouble(), gradientWrong[2], relative);
        AssertRelative((u * uComplement * weight / right).ToDouble(), gradientRight[3], relative);
        AssertRelative((-u * uComplement * weight / wrong).ToDouble(), gradientWrong[3], relative);
    }

    [Theory]
    [InlineData(0), InlineData(-400), InlineData(400)]
    public void Graded_intercepts_nearly_equal_have_slopes_of_one_over_the_gap(double z)
    {
        double upper = 1e-6;
        double lower = 0.0;
        double[] shape = [upper, lower];
        (double[] gradient, double[] hessian) = ItemModelProbe.Derivatives<GradedResponse>(z, shape, [0, 1, 2], [0, 1, 0]);
        Extended kappa = 1 / Extended.Expm1((Extended)upper - lower);
        AssertRelative((Extended.Sigmoid(-(upper + (Extended)z)) + kappa).ToDouble(), gradient[1], 1e-14);
        AssertRelative((-Extended.Sigmoid(z) - kappa).ToDouble(), gradient[2], 1e-14);
        AssertRelative((kappa * (1 + kappa)).ToDouble(), hessian[ItemModelProbe.Packed(2, 1)], 1e-14);
    }

    [Fact]
    public void Graded_categories_without_counts_add_nothing_even_outside_the_domain()
    {
        (double[] gradient, double[] hessian) =
            ItemModelProbe.Derivatives<GradedResponse>(0.3, [1.0, 1.0], [0, 1, 2], [4, 0, 3]);
        Assert.All([.. gradient, .. hessian], value => Assert.True(double.IsFinite(value)));
        Assert.Equal(0.0, hessian[ItemModelProbe.Packed(2, 1)]);
        Assert.Equal(-Inf, ItemModelProbe.LogProbabilities<GradedResponse>(0.3, [1.0, 1.0], [0, 1, 2])[1]);
    }

    [Fact]
    public void Domains_are_what_the_models_say()
    {
        Assert.True(ItemModelProbe.IsInDomain<GeneralizedPartialCredit>(3, -1, 4));
        Assert.False(ItemModelProbe.IsInDomain<GeneralizedPartialCredit>(3, 0, double.NaN));
        Assert.False(ItemModelProbe.IsInDomain<GeneralizedPartialCredit>(3, Inf, 0));

        Assert.True(ItemModelProbe.IsInDomain<GradedResponse>(2, 0.5));
        Assert.True(ItemModelProbe.IsInDomain<GradedResponse>(4, 2, 1, 1 - 1e-6));
        Assert.False(ItemModelProbe.IsInDomain<GradedResponse>(4, 2, 1, 1));
        Assert.False(ItemModelProbe.IsInDomain<GradedResponse>(3, 1, 2));
        Assert.False(ItemModelProbe.IsInDomain<GradedResponse>(3, 1, -Inf));
        Assert.False(ItemModelProbe.IsInDomain<GradedResponse>(3, double.NaN, 0));

        Assert.True(ItemModelProbe.IsInDomain<FourParameterLogistic>(2, 0, -Inf, Inf));
        Assert.True(ItemModelProbe.IsInDomain<FourParameterLogistic>(2, 0, -1, 1));
        Assert.False(ItemModelProbe.IsInDomain<FourParameterLogistic>(2, 0, 1, 1));
        Assert.False(ItemModelProbe.IsInDomain<FourParameterLogistic>(2, 0, Inf, Inf));
        Assert.False(ItemModelProbe.IsInDomain<FourParameterLogistic>(2, 0, double.NaN, 1));
        Assert.False(ItemModelProbe.IsInDomain<FourParameterLogistic>(2, Inf, -1, 1));
        Assert.False(ItemModelProbe.IsInDomain<FourParameterLogistic>(3, 0, -1, 1));

        Assert.True(ItemModelProbe.IsInDomain<NominalResponse>(3, 1, 2, -3));
        Assert.False(ItemModelProbe.IsInDomain<NominalResponse>(3, 1, 2, Inf));
    }

    [Fact]
    public void Shape_counts_match_the_layout()
    {
        Assert.Equal(4, Count<GeneralizedPartialCredit>(5));
        Assert.Equal(4, Count<GradedResponse>(5));
        Assert.Equal(3, Count<FourParameterLogistic>(2));
        Assert.Equal(7, Count<NominalResponse>(5));
        Assert.Equal(1, Count<NominalResponse>(2));

        static int Count<TModel>(int categoryCount)
            where TModel : struct, IItemModel => TModel.ShapeCount(categoryCount);
    }

    [Fact]
    public void A_strided_vector_is_read_and_written_in_place()
    {
        double[] table = new double[6]; // [category, node], node 1 of 2
        Write<GradedResponse>(new SpanVector(table.AsSpan(1), 2));
        double[] expected = ItemModelProbe.LogProbabilities<GradedResponse>(0.2, [1, -1], [0, 1, 2]);
        Assert.Equal([0, expected[0], 0, expected[1], 0, expected[2]], table);

        static void Write<TModel>(SpanVector result)
            where TModel : struct, IItemModel => TModel.LogProbabilities(
                0.2, 3, new SpanVector([1.0, -1.0]), new SpanVector([0.0, 1.0, 2.0]), result);
    }

    private static void AssertRelative(double expected, double actual, double relative) =>
        Assert.True(
            Math.Abs(actual - expected) <= relative * Math.Abs(expected),
            $"{actual:R} is not {expected:R} within {relative:E1} of itself");
}
