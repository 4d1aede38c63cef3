using IrtGpu.Compute;
using IrtGpu.Planning;

namespace IrtGpu.TestCases;

/// <summary>Every pattern's marginal log-likelihood and posterior.</summary>
/// <param name="LogLikelihood">[pattern]</param>
/// <param name="Weight">[pattern][class, node]</param>
internal sealed record Posteriors(double[] LogLikelihood, double[][] Weight)
{
    public static Posteriors Of(IComputeBackend backend, ModelPoint point, int patternCount)
    {
        Posteriors all = new(new double[patternCount], new double[patternCount][]);
        backend.VisitPosteriors(point, () => new Recorder(all));
        Assert.All(all.Weight, Assert.NotNull); // every pattern is visited
        return all;
    }

    /// <summary>Nodes of the largest weight may differ only where two are the same up to rounding.</summary>
    public void AssertLargestButForTies(ModelPoint point, int[] groups, double[] nodes)
    {
        CalibrationPlan plan = point.Plan;
        for (int pattern = 0; pattern < Weight.Length; pattern++)
        {
            double chosen = 0;
            for (int k = 0; k < plan.ClassCount; k++)
            {
                double[] theta = point.ThetaOfBlock(plan.Blocks[groups[pattern] * plan.ClassCount + k]);
                for (int node = 0; node < plan.NodeCount; node++)
                {
                    if (theta.AsSpan(node * plan.AttributeCount, plan.AttributeCount).SequenceEqual(nodes.AsSpan(pattern * plan.AttributeCount, plan.AttributeCount)))
                        chosen = Math.Max(chosen, Weight[pattern][k * plan.NodeCount + node]);
                }
            }
            Assert.InRange(chosen, Weight[pattern].Max() * (1 - 1e-9), 1);
        }
    }

    private sealed class Recorder(Posteriors all) : IPosteriorVisitor
    {
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
        {
            Assert.Null(all.Weight[pattern]);
            all.LogLikelihood[pattern] = logLikelihood;
            all.Weight[pattern] = posterior.ToArray();
        }
    }
}
