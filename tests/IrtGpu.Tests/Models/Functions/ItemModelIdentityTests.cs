using FsCheck;
using FsCheck.Fluent;
using IrtGpu.Models;
using IrtGpu.Models.Functions;

namespace IrtGpu.Tests.Models.Functions;

/// <summary>Truths that hold whatever the numbers: sums, special cases, linearity, information.</summary>
public sealed class ItemModelIdentityTests
{
    private static readonly Arbitrary<ItemModelCase> CreditCases = Cases(ItemModelSubject.Of<GeneralizedPartialCredit>());

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void Probabilities_sum_to_one(string model)
    {
        ItemModelSubject subject = ItemModelSubject.Of(model);
        ForAll(Cases(subject), argument =>
        {
            double[] logProbability = subject.LogProbabilities(argument.Z, argument.Shape, argument.Scores);
            Assert.All(logProbability, value => Assert.True(value <= 0));
            Assert.Equal(1.0, logProbability.Sum(Math.Exp), 1e-12);
        });
    }

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void Derivatives_are_linear_in_the_counts_and_accumulate(string model)
    {
        ItemModelSubject subject = ItemModelSubject.Of(model);
        ForAll(Cases(subject), argument =>
        {
            int categoryCount = argument.Scores.Length;
            double[] counts = [.. Enumerable.Range(0, categoryCount).Select(m => m == 1 ? 0.0 : 3.7 + 11.3 * m)];
            (double[] gradient, double[] hessian) =
                subject.Derivatives(argument.Z, argument.Shape, argument.Scores, counts);
            double[] sum = new double[gradient.Length + hessian.Length];
            double[] size = new double[sum.Length];
            for (int m = 0; m < categoryCount; m++)
            {
                (double[] unitGradient, double[] unitHessian) = subject.Derivatives(argument.Z, argument.Shape, argument.Scores, ItemModelProbe.Unit(categoryCount, m));
                double[] unit = [.. unitGradient, .. unitHessian];
                for (int index = 0; index < unit.Length; index++)
                {
                    sum[index] += counts[m] * unit[index];
                    size[index] += counts[m] * Math.Abs(unit[index]);
                }
            }

            double[] together = [.. gradient, .. hessian];
            for (int index = 0; index < sum.Length; index++)
                Assert.Equal(sum[index], together[index], 1e-13 * size[index] + 1e-13 * (1 + argument.Z * argument.Z)); // terms up to z² cancel

            AssertAccumulates(subject, argument, counts, together, gradient.Length);
        });
    }

    [Fact]
    public void With_two_categories_all_models_are_the_two_parameter_logistic() =>
        ForAll(Arb.From(Gen.Choose(-700_000, 700_000).Zip(Gen.Choose(-3000, 3000))), draw =>
        {
            double z = draw.Item1 / 1000.0;
            double d = draw.Item2 / 1000.0;
            double[] scores = [0, 1];
            double[] counts = [2.5, 0.75];
            double[] expected = [Elementary.LogSigmoid(-(d + z)), Elementary.LogSigmoid(d + z)];
            foreach (ItemModelSubject subject in ItemModelSubject.All)
            {
                double[] shape = subject.AsTwoParameter(d);
                double relative = 1e-15 * (10 + Math.Abs(d + z)); // P is had from log P
                double[] logProbability = subject.LogProbabilities(z, shape, scores);
                Assert.Equal(expected[0], logProbability[0], relative * Math.Abs(expected[0]));
                Assert.Equal(expected[1], logProbability[1], relative * Math.Abs(expected[1]));

                double right = Elementary.Sigmoid(d + z);
                double wrong = Elementary.Sigmoid(-(d + z));
                double slope = counts[1] * wrong - counts[0] * right;
                double curvature = -(counts[0] + counts[1]) * right * wrong;
                (double[] gradient, double[] hessian) = subject.Derivatives(z, shape, scores, counts);
                Assert.All(gradient[..2], value => Assert.Equal(slope, value, 4 * relative));
                Assert.All(hessian[..3], value => Assert.Equal(curvature, value, relative * Math.Abs(curvature)));
                if (subject.HasSlopeInShape)
                    continue;
                Assert.All(gradient[2..], value => Assert.Equal(0.0, value));
                Assert.All(hessian[3..], value => Assert.Equal(0.0, value));
            }
        });

    [Fact]
    public void Nominal_response_with_equally_spaced_scores_is_generalized_partial_credit() =>
        ForAll(CreditCases, argument =>
        {
            int categoryCount = argument.Scores.Length;
            double[] scores = ItemModelProbe.DefaultScores(categoryCount);
            double[] counts = [.. scores.Select(s => 1.5 + s)];
            double[] nominalShape = [.. argument.Shape, .. scores[1..^1]];
            Assert.Equal(
                ItemModelProbe.LogProbabilities<GeneralizedPartialCredit>(argument.Z, argument.Shape, scores),
                ItemModelProbe.LogProbabilities<NominalResponse>(argument.Z, nominalShape, scores));
            (double[] gradient, double[] hessian) =
                ItemModelProbe.Derivatives<GeneralizedPartialCredit>(argument.Z, argument.Shape, scores, counts);
            (double[] nominalGradient, double[] nominalHessian) =
                ItemModelProbe.Derivatives<NominalResponse>(argument.Z, nominalShape, scores, counts);
            Assert.Equal(gradient, nominalGradient[..gradient.Length]);
            Assert.Equal(hessian, nominalHessian[..hessian.Length]);
        });

    [Fact]
    public void Generalized_partial_credit_ignores_the_first_score() =>
        ForAll(CreditCases, argument =>
        {
            double[] counts = [.. argument.Scores.Select((_, m) => 1.0 + m)];
            double[] other = [argument.Scores[0] + 5, .. argument.Scores[1..]];
            Assert.Equal(
                ItemModelProbe.LogProbabilities<GeneralizedPartialCredit>(argument.Z, argument.Shape, argument.Scores),
                ItemModelProbe.LogProbabilities<GeneralizedPartialCredit>(argument.Z, argument.Shape, other));
            (double[] gradient, double[] hessian) =
                ItemModelProbe.Derivatives<GeneralizedPartialCredit>(argument.Z, argument.Shape, argument.Scores, counts);
            (double[] otherGradient, double[] otherHessian) =
                ItemModelProbe.Derivatives<GeneralizedPartialCredit>(argument.Z, argument.Shape, other, counts);
            Assert.Equal(gradient, otherGradient);
            Assert.Equal(hessian, otherHessian);
        });

    [Fact]
    public void Generalized_partial_credit_Hessian_is_the_same_for_every_response() =>
        ForAll(CreditCases, argument =>
        {
            int categoryCount = argument.Scores.Length;
            double[][] hessians = [.. Enumerable.Range(0, categoryCount).Select(m => ItemModelProbe.Derivatives<GeneralizedPartialCredit>(
                argument.Z, argument.Shape, argument.Scores, ItemModelProbe.Unit(categoryCount, m)).Hessian)];
            Assert.All(hessians, hessian => Assert.Equal(hessians[0], hessian));
        });

    [Theory]
    [MemberData(nameof(ItemModelSubject.Names), MemberType = typeof(ItemModelSubject))]
    public void Expected_score_is_zero_and_expected_Hessian_is_minus_the_outer_product_of_scores(string model)
    {
        ItemModelSubject subject = ItemModelSubject.Of(model);
        ForAll(Cases(subject), argument =>
        {
            double[] probability = [.. subject.LogProbabilities(argument.Z, argument.Shape, argument.Scores).Select(Math.Exp)];
            (double[] expectedGradient, double[] expectedHessian) =
                subject.Derivatives(argument.Z, argument.Shape, argument.Scores, probability);
            double[] outer = new double[expectedHessian.Length];
            for (int m = 0; m < probability.Length; m++)
            {
                double[] score = subject.Derivatives(argument.Z, argument.Shape, argument.Scores, ItemModelProbe.Unit(probability.Length, m)).Gradient;
                for (int row = 0; row < score.Length; row++)
                {
                    for (int column = 0; column <= row; column++)
                        outer[ItemModelProbe.Packed(row, column)] += probability[m] * score[row] * score[column];
                }
            }

            double size = 1 + argument.Z * argument.Z + outer.Max(Math.Abs);
            Assert.All(expectedGradient, value => Assert.Equal(0.0, value, 1e-12 * Math.Sqrt(size)));
            for (int index = 0; index < outer.Length; index++)
                Assert.Equal(-outer[index], expectedHessian[index], 1e-11 * size);
        });
    }

    [Fact]
    public void Graded_rating_scale_is_graded_response_in_other_numbers() =>
        ForAll(Cases(ItemModelSubject.Of<GradedRatingScale>()), argument =>
        {
            double slope = argument.Shape[^1];
            double[] intercepts = [.. argument.Shape[..^1].Select(easiness => slope * easiness)];
            double[] graded = ItemModelProbe.LogProbabilities<GradedResponse>(slope * argument.Z, intercepts, argument.Scores);
            double[] scaled = ItemModelProbe.LogProbabilities<GradedRatingScale>(argument.Z, argument.Shape, argument.Scores);
            for (int m = 0; m < graded.Length; m++)
                Assert.Equal(graded[m], scaled[m], 1e-8 * Math.Abs(graded[m]) + 1e-300); // distances of 1e-6 lose digits in the intercepts
        });

    private static void AssertAccumulates(
        ItemModelSubject subject, ItemModelCase argument, double[] counts, double[] once, int gradientLength)
    {
        double[] total = new double[once.Length];
        for (int time = 0; time < 2; time++)
            subject.AddDerivatives(argument, counts, total.AsSpan(0, gradientLength), total.AsSpan(gradientLength));

        for (int index = 0; index < once.Length; index++)
            Assert.Equal(2 * once[index], total[index], 1e-13 * Math.Abs(once[index]) + 1e-11);
    }

    private static Arbitrary<ItemModelCase> Cases(ItemModelSubject subject) =>
        Arb.From(Gen.Elements(ItemModelCase.For(subject, 30).ToArray()));

    private static void ForAll<T>(Arbitrary<T> arbitrary, Action<T> truth) =>
        Prop.ForAll(arbitrary, truth).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20, 21));
}
