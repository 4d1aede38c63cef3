using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction;

/// <summary>E-steps in the reduced form.</summary>
internal sealed class ReducedEStep : IDisposable
{
    private const long UsualMessageBytes = 1L << 28;
    private const int FewestPatterns = 64;

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly ReducedModel model;
    private readonly ReducedPatterns[] runs;
    private readonly ReducedMessages[]? kept; // of the only run; null where there are several
    private readonly AlignedBuffer[][] totals; // [block][step][cell]
    private readonly long messageBytes;
    private readonly int threads;

    /// <summary>Prepares codes and rooms.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; results do not depend on it.</param>
    /// <param name="messageBytes">Most bytes of the messages of a run, both ways.</param>
    public ReducedEStep(CalibrationPlan plan, PatternTable patterns, int threads, long messageBytes = UsualMessageBytes)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.threads = threads;
        model = new ReducedModel(plan, patterns, threads);
        this.messageBytes = messageBytes;
        runs = Cut(BytesOfPattern(step => MessagesOfPart(step), 0));
        totals = [.. plan.Blocks.Select(_ => model.Steps.Select(step => new AlignedBuffer(step.CellCount)).ToArray())];
        kept = runs.Length == 1 ? Messages(runs[0]) : null;
    }

    /// <summary>The E-step.</summary>
    /// <param name="point">Parameters.</param>
    public ReducedExpectation Compute(ModelPoint point)
    {
        model.Prepare(point);
        foreach (AlignedBuffer buffer in totals.SelectMany(steps => steps))
            buffer.Clear();
        double logLikelihood = 0;
        foreach (ReducedPatterns run in runs)
        {
            Visit(point, run, (_, sweep, messages, ofPatterns, probability) =>
            {
                for (int pattern = 0; pattern < ofPatterns.Length; pattern++)
                {
                    double frequency = patterns.Frequency[run.Begin + pattern];
                    if (frequency != 0)
                        logLikelihood += frequency * ofPatterns[pattern];
                }
                double[] weight = new double[ofPatterns.Length];
                for (int k = 0; k < messages.Length; k++)
                {
                    for (int pattern = 0; pattern < weight.Length; pattern++)
                        weight[pattern] = patterns.Frequency[run.Begin + pattern] * probability[pattern * messages.Length + k];
                    sweep.Down(k, messages[k], weight, totals);
                }
            });
        }
        double[][][] counts = model.Collapse();
        return new ReducedExpectation(plan, model.Sets, model.Nodes, new Lazy<double[][][]>(counts), [.. totals.Select(model.TotalsOfSets)], threads) { LogLikelihood = logLikelihood };
    }

    /// <summary>Scores of all patterns.</summary>
    /// <param name="point">Parameters.</param>
    public PatternScores Score(ModelPoint point)
    {
        ReducedScores scores = new(model, patterns, threads);
        Visit(point, LengthOfMoments, 0, (run, _, messages, ofPatterns, probability) => scores.Add(run, messages, ofPatterns, probability));
        return scores.Result;

        long LengthOfMoments(ReducedStep step)
        {
            long below = model.CountBelow(step);
            return step.MessageLength * (1 + below + below * (below + 1) / 2);
        }
    }

    /// <summary>The plan in the reduced form.</summary>
    public ReducedModel Model => model;

    /// <summary>Room for totals at the cells of all steps, which the way back adds to; used anew by every E-step. [block][step][cell]</summary>
    public AlignedBuffer[][] Totals => totals;

    /// <summary>Parts of a step, over all runs of an E-step.</summary>
    /// <param name="step">Step.</param>
    public long PartCount(int step) => runs.Sum(run => (long)run.Count(step));

    /// <summary>Shows the messages of all patterns, in runs that fit in memory.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="lengthOfPart">Numbers that a part of a step takes beside its messages.</param>
    /// <param name="lengthOfPattern">Numbers that a pattern takes.</param>
    /// <param name="visit">Is shown run, sweep, messages by class, log-likelihoods by pattern, posterior class probabilities by pattern and class.</param>
    public void Visit(
        ModelPoint point, Func<ReducedStep, long> lengthOfPart, long lengthOfPattern, Action<ReducedPatterns, ReducedSweep, ReducedMessages[], double[], double[]> visit)
    {
        model.Prepare(point);
        long LengthOfPart(ReducedStep step) => MessagesOfPart(step) + lengthOfPart(step);
        bool fits = kept is not null
            && sizeof(double) * (patterns.PatternCount * lengthOfPattern + model.Steps.Sum(step => PartCount(step.Source.Index) * LengthOfPart(step))) <= messageBytes;
        foreach (ReducedPatterns run in fits ? runs : Cut(BytesOfPattern(LengthOfPart, lengthOfPattern)))
            Visit(point, run, visit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model.Dispose();
        foreach (AlignedBuffer buffer in totals.SelectMany(steps => steps))
            buffer.Dispose();
        foreach (ReducedMessages messages in kept ?? [])
            messages.Dispose();
    }

    private void Visit(ModelPoint point, ReducedPatterns run, Action<ReducedPatterns, ReducedSweep, ReducedMessages[], double[], double[]> visit)
    {
        ReducedSweep sweep = new(model, patterns, run, threads);
        ReducedMessages[] messages = kept is not null && ReferenceEquals(run, runs[0]) ? kept : Messages(run);
        for (int k = 0; k < messages.Length; k++)
            sweep.Up(k, messages[k]);
        double[] logLikelihood = new double[run.End - run.Begin];
        double[] probability = new double[logLikelihood.Length * plan.ClassCount];
        sweep.Classify(point, messages, logLikelihood, probability);
        visit(run, sweep, messages, logLikelihood, probability);
        foreach (ReducedMessages one in ReferenceEquals(messages, kept) ? [] : messages)
            one.Dispose();
    }

    private ReducedMessages[] Messages(ReducedPatterns run) => [.. Enumerable.Range(0, plan.ClassCount).Select(_ => new ReducedMessages(model.Steps, run))];

    /// <summary>Numbers in the messages of a part, both ways.</summary>
    private long MessagesOfPart(ReducedStep step) => plan.ClassCount * (2L * step.MessageLength + (PartRuns.IsFor(step) ? step.RowCount : 0));

    /// <summary>Bytes of a pattern that has no part in common with others.</summary>
    private long BytesOfPattern(Func<ReducedStep, long> lengthOfPart, long lengthOfPattern) => sizeof(double) * (lengthOfPattern + model.Steps.Sum(lengthOfPart));

    private int CountRuns(long bytesOfPattern)
    {
        int length = (int)Math.Clamp(messageBytes / bytesOfPattern, FewestPatterns, int.MaxValue);
        return Math.Max(1, (int)(((long)patterns.PatternCount + length - 1) / length));
    }

    /// <summary>Runs whose messages fit in memory even where no two patterns have a part in common.</summary>
    private ReducedPatterns[] Cut(long bytesOfPattern)
    {
        int count = CountRuns(bytesOfPattern);
        return [.. Enumerable.Range(0, count).Select(run => new ReducedPatterns(
            model.Steps, patterns, (int)((long)patterns.PatternCount * run / count), (int)((long)patterns.PatternCount * (run + 1) / count)))];
    }
}
