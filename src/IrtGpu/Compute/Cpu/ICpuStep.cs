using IrtGpu.Compute.Expectations;

namespace IrtGpu.Compute.Cpu;

/// <summary>One way to carry patterns to posteriors on the host, and posteriors to expected counts.</summary>
internal interface ICpuStep : IDisposable
{
    /// <summary>The E-step.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    Expectation Compute(ModelPoint point);

    /// <summary>Shows every pattern's posterior to visitors, as <see cref="IComputeBackend.VisitPosteriors"/> does.</summary>
    IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor;
}
