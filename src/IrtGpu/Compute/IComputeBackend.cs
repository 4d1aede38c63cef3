using IrtGpu.Compute.Expectations;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute;

/// <summary>Evaluates one plan on one set of patterns; owns its buffers.</summary>
public interface IComputeBackend : IDisposable
{
    /// <summary>What it is, for the report: <c>cpu, 2 threads</c>.</summary>
    string Description { get; }

    /// <summary>How E-steps are computed; never <see cref="EStepForm.Auto"/>.</summary>
    EStepForm Form { get; }

    /// <summary>What it can do beyond E-steps and visits of posteriors.</summary>
    BackendCapabilities Capabilities => BackendCapabilities.None;

    /// <summary>The E-step.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <returns>To be disposed of as soon as it has been used, and before the backend.</returns>
    Expectation ComputeExpectation(ModelPoint point);

    /// <summary>Shows every pattern's posterior to visitors, in shards that depend on the data alone.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <param name="createVisitor">Makes the visitor of a shard; called in order of shards.</param>
    /// <returns>The visitors, in order of shards.</returns>
    IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor;
}

/// <summary>Sees the posterior of one pattern after the other.</summary>
public interface IPosteriorVisitor
{
    /// <summary>Receives one pattern.</summary>
    /// <param name="pattern">Pattern index.</param>
    /// <param name="logLikelihood">Marginal log-likelihood of the pattern.</param>
    /// <param name="posterior">Posterior of block and node, summing to 1 over the classes of the pattern's group. [class, node]; classes a
    /// known membership rules out are 0.</param>
    void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior);
}
