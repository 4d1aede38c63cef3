using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Planning;
using IrtGpu.Regression.Mixtures.Rows;

namespace IrtGpu.Regression.Tests.Mixtures;

/// <summary>Gradients equal differences of values, second derivatives differences of gradients, at points away from the maximum.</summary>
public sealed class MixtureDerivativeTests
{
    public static TheoryData<MixtureOptions> Variants =>
    [
        new MixtureOptions { Classes = 3 },
        new MixtureOptions { Classes = 3, WeightColumn = "w", ClassFormula = "~ z", EqualAcrossClasses = ["sigma"] },
        new MixtureOptions { Classes = 3, KnownClassColumn = "class", EqualAcrossClasses = ["x"] },
        new MixtureOptions
        {
            Classes = 3,
            Priors = ["b:normal(0,2)", "Intercept:class1:student_t(3,0,2)", "sigma:gamma(2,2)", "sigma:class2:lognormal(0,1)", "theta:dirichlet(2,3,4)", "b:x:class3:cauchy(0,1)"],
        },
        new MixtureOptions { Classes = 2, ClassFormula = "~ z", Priors = ["theta:normal(0,1)", "sigma:inv_gamma(3,2)", "b:constant(0.5)", "Intercept:class2:uniform(-20,20)"] },
        new MixtureOptions { Classes = 2, Priors = ["theta:beta(2,3)", "sigma:exponential(1)", "sigma:class2:constant(0.7)"] },
    ];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Gradients_and_hessians_are_those_of_differences(MixtureOptions options)
    {
        MixtureProblem problem = MixturePlanner.Plan(Formula.Parse("y ~ x + I(x^2)"), MixtureTestData.Lines(300, 5, shift: 40), options);
        RowLikelihood likelihood = new(problem.Data, problem.Layout, threads: 1);
        StreamRandom random = new(3, 1);
        double[] point = new double[problem.Layout.FreeCount];
        for (int index = 0; index < point.Length; index++)
            point[index] = 0.4 * random.NextNormal();
        foreach (bool withJacobian in new[] { false, true })
        {
            MixturePosterior posterior = new(problem.Layout, problem.Priors, likelihood, withJacobian);
            double[] gradient = new double[point.Length];
            Assert.True(double.IsFinite(posterior.Evaluate(point, gradient)));
            for (int index = 0; index < point.Length; index++)
                Assert.Equal(Slope(posterior, point, index), gradient[index], 1e-5 * (1 + Math.Abs(gradient[index])));
        }
        MixturePosterior flat = new(problem.Layout, problem.Priors, likelihood, withJacobian: false);
        double[] byDifferences = HessianByDifferences.Of(flat, point);
        double[] exact = problem.Layout.CollapseHessian(RowInformation.Hessian(problem, likelihood.Pass, problem.Layout.Expand(point)));
        double[] ofPriors = HessianByDifferences.Of(new MixturePosterior(problem.Layout, problem.Priors, null, withJacobian: false), point);
        double largest = byDifferences.Max(Math.Abs);
        for (int index = 0; index < exact.Length; index++)
            Assert.Equal(byDifferences[index], exact[index] + ofPriors[index], 1e-7 * largest);
    }

    private static double Slope(MixturePosterior posterior, double[] point, int index)
    {
        double[] unused = new double[point.Length];
        double[] moved = (double[])point.Clone();
        double At(double step)
        {
            moved[index] = point[index] + step;
            return posterior.Evaluate(moved, unused);
        }
        const double h = 1e-3;
        return (8 * (At(h) - At(-h)) - (At(2 * h) - At(-2 * h))) / (12 * h);
    }
}
