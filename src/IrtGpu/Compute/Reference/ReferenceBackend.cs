using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.Reference;

/// <summary>The plainest loops that compute the E-step: the oracle of tests and the baseline of benchmarks.</summary>
/// <remarks>
/// Dimensions: P patterns, I items, L nodes, C category rows, K classes of the pattern's observed group.
/// One thread, double precision, patterns in order; log P [row, node], posterior [class, node].
/// </remarks>
/// <param name="plan">The plan.</param>
/// <param name="patterns">The data.</param>
public sealed class ReferenceBackend(CalibrationPlan plan, PatternTable patterns) : IComputeBackend
{
    private readonly double[][] logProbability = [.. plan.Tables.Select(_ => new double[(long)plan.RowCount * plan.NodeCount])]; // [table][row, node]
    private readonly HostSums sums = new(plan, threads: 1);

    /// <inheritdoc/>
    public string Description => "reference loops";

    /// <inheritdoc/>
    public EStepForm Form => EStepForm.Tables;

    /// <inheritdoc/>
    public Expectation ComputeExpectation(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        TableExpectation counts = new(point, sums) { Means = PatternMeans.For(point, patterns) };
        ForEachPosterior(point, (pattern, logLikelihood, posterior) =>
        {
            double frequency = patterns.Frequency[pattern];
            counts.LogLikelihood += frequency * logLikelihood;
            ReadOnlySpan<byte> responses = patterns.Row(pattern);
            for (int k = 0; k < plan.ClassCount; k++)
            {
                PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + k];
                for (int node = 0; node < plan.NodeCount; node++)
                {
                    double weight = frequency * posterior[k * plan.NodeCount + node];
                    counts.NodeTotals[block.Index][node] += weight;
                    AddMean(point, block, node, weight, counts.Means is { } means ? means.Of(pattern, k) : []);
                    for (int item = 0; item < plan.ItemCount; item++)
                    {
                        if (responses[item] != ResponseData.Missing)
                            counts.AtNodes[block.Table][(plan.Items[item].FirstRow + responses[item]) * plan.NodeCount + node] += weight;
                    }
                }
            }
        });
        return counts;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(createVisitor);
        TVisitor visitor = createVisitor();
        ForEachPosterior(point, (pattern, logLikelihood, posterior) => visitor.Visit(pattern, logLikelihood, posterior));
        return [visitor];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void ForEachPosterior(ModelPoint point, Action<int, double, double[]> visit)
    {
        for (int table = 0; table < plan.Tables.Count; table++)
            ItemTables.Fill(point, table, logProbability[table], plan.NodeCount, threads: 1);

        double[] posterior = new double[plan.ClassCount * plan.NodeCount];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
            visit(pattern, ComputePosterior(point, pattern, posterior), posterior);
    }

    private double ComputePosterior(ModelPoint point, int pattern, double[] posterior)
    {
        ReadOnlySpan<byte> responses = patterns.Row(pattern);
        double largest = double.NegativeInfinity;
        for (int k = 0; k < plan.ClassCount; k++)
        {
            PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + k];
            bool isPossible = patterns.KnownClasses[pattern] < 0 || patterns.KnownClasses[pattern] == k;
            for (int node = 0; node < plan.NodeCount; node++)
            {
                double logJoint = isPossible ? point.LogProportion[block.Index] + LogWeight(point, block, pattern, node) : double.NegativeInfinity;
                for (int item = 0; item < plan.ItemCount && isPossible; item++)
                {
                    if (responses[item] != ResponseData.Missing)
                        logJoint += logProbability[block.Table][(plan.Items[item].FirstRow + responses[item]) * plan.NodeCount + node];
                }
                posterior[k * plan.NodeCount + node] = logJoint;
                largest = Math.Max(largest, logJoint);
            }
        }
        double sum = 0;
        for (int k = 0; k < posterior.Length; k++)
        {
            posterior[k] = Math.Exp(posterior[k] - largest);
            sum += posterior[k];
        }
        for (int k = 0; k < posterior.Length; k++)
            posterior[k] /= sum;
        return largest + Math.Log(sum);
    }

    private void AddMean(ModelPoint point, PlannedBlock block, int node, double weight, Span<double> mean)
    {
        for (int j = -1; j < mean.Length - 1; j++)
            mean[1 + j] += j < 0 ? weight : weight * point.ThetaOfBlock(block)[node * plan.AttributeCount + j];
    }

    private double LogWeight(ModelPoint point, PlannedBlock block, int pattern, int node)
    {
        double logWeight = point.LogWeight[block.Index][node];
        if (point.Tilts is not { } tilts)
            return logWeight;
        int row = patterns.CovariateRows[pattern];
        for (int j = 0; j < plan.AttributeCount; j++)
            logWeight += tilts.Tilt(block.Index, row)[j] * point.ThetaOfBlock(block)[node * plan.AttributeCount + j];
        return logWeight - tilts.LogNormalizer(block.Index, row);
    }
}
