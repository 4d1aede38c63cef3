namespace IrtGpu.Compute;

/// <summary>A visitor that leaves out what comes after an interruption; whoever sent it asks afterwards whether there was one.</summary>
/// <param name="inner">Is shown the posteriors.</param>
/// <param name="cancellation">The interruption.</param>
internal sealed class InterruptibleVisitor<TVisitor>(TVisitor inner, CancellationToken cancellation) : IPosteriorVisitor
    where TVisitor : IPosteriorVisitor
{
    public TVisitor Inner => inner;

    public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
    {
        if (!cancellation.IsCancellationRequested)
            inner.Visit(pattern, logLikelihood, posterior);
    }
}
