using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Rows.Steps;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>EM for a mixture of rows; the M-step takes coefficients given σ, then σ given coefficients, so the objective never falls.</summary>
/// <remarks>Meng &amp; Rubin (1993), Biometrika 80, 267–278. Without ties and priors both together are the whole M-step.</remarks>
internal sealed class RowEmProblem(MixtureProblem problem, RowPass pass) : IEmProblem<RowExpectation>
{
    private readonly MixtureLayout layout = problem.Layout;
    private readonly CoefficientStep coefficients = new(problem);
    private readonly ClassCoefficientStep classCoefficients = new(problem);

    public int ParameterCount => layout.FreeCount;

    public string Remedy(EmFailure failure) => "Use other starts (--seed), fewer classes, --equal-across-classes sigma, or priors.";

    public string Describe(int parameter) => layout.Slots[layout.FirstSlots[parameter]].Name;

    public bool IsDegenerate(double[] parameters) => Collapse.Find(problem, layout.Expand(parameters)) is not null;

    public bool TryAdmit(double[] proposal)
    {
        for (int index = 0; index < proposal.Length; index++)
        {
            if (layout.Slots[layout.FirstSlots[index]].Kind == SlotKind.LogSigma)
                proposal[index] = Math.Clamp(proposal[index], SigmaStep.LeastLogSigma, -SigmaStep.LeastLogSigma);
        }
        return Array.TrueForAll(proposal, double.IsFinite);
    }

    public RowExpectation? TryExpect(double[] parameters)
    {
        double[] full = layout.Expand(parameters);
        double[] unused = new double[layout.SlotCount];
        double prior = problem.Priors.Evaluate(full, unused, withJacobian: false);
        if (!double.IsFinite(prior))
            return null;
        RowSums sums = pass.NewSums();
        double[] posterior = layout.Shape.HasConstantProportions ? [] : new double[pass.RowCount * layout.ClassCount];
        pass.Sum(full, sums, withCross: true, posterior);
        return new RowExpectation(sums.LogLikelihood, sums.LogLikelihood + prior, full, sums, posterior);
    }

    public EmStep Maximize(RowExpectation expectation, bool isExpanded)
    {
        double[] full = (double[])expectation.Full.Clone();
        double[] change = coefficients.Solve(full, expectation.Sums);
        int columns = layout.Shape.Coefficients.Count;
        SigmaStep.Apply(problem, expectation.Sums, change, full);
        for (int k = 0; k < layout.ClassCount; k++)
        {
            for (int column = 0; column < columns; column++)
                full[layout.Coefficient(k, column)] += change[k * columns + column];
        }
        if (layout.Shape.HasConstantProportions)
            ProportionStep.Apply(layout, problem.Priors, expectation.Sums.Count, full);
        else
            classCoefficients.Apply(expectation.Posterior, full);
        double[] free = layout.Collapse(full);
        return new EmStep(free, free);
    }

    public double[] Gradient(RowExpectation expectation)
    {
        double[] full = new double[layout.SlotCount];
        RowLikelihood.WriteGradient(layout, expectation.Full, expectation.Sums, pass.RowCount, full);
        problem.Priors.Evaluate(expectation.Full, full, withJacobian: false);
        double[] free = new double[layout.FreeCount];
        layout.CollapseGradient(full, free);
        return free;
    }
}
