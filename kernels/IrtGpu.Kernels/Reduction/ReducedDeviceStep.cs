using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Data;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Gathering;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Kernels.Reduction.Layout;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Reduction;

/// <summary>E-steps in the reduced form on a device: owns tables, messages and what is added up, and launches the kernels.</summary>
/// <remarks>
/// A cycle moves up item parameters, log weights at the nodes of sets of correlated attributes and log proportions, and down totals at those nodes and the
/// log-likelihood; counts of items stay, where the M-step asks for their sums.
/// </remarks>
internal sealed class ReducedDeviceStep : IDisposable
{
    private const double UsableShare = 0.9;
    private const int MostRuns = 1 << 16;

    private readonly DeviceSession session;
    private readonly ReducedLayout layout;
    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly ReducedItems items;
    private readonly ReducedWork places;
    private readonly DeviceRun[] runs;
    private readonly GatherLists collapseLists;
    private readonly GatherLaunch[] collapse;
    private readonly ReducedViews shared;
    private readonly ArrayView<double> logWeights;
    private readonly ArrayView<double> logProportions;
    private readonly (int Count, ArrayView<ReducedTurn> Turns, ArrayView<ReducedLine> Lines, ArrayView<ReducedTerm> Terms) populations;
    private readonly (int Count, ArrayView<ReducedLine> Lines, ArrayView<ReducedTerm> Terms) joint;
    private readonly ReducedTableLists lists;
    private readonly int groupThreads;
    private readonly long bytes;
    private readonly Action<Index1D, int, ArrayView<ReducedTurn>, ArrayView<ReducedLine>, ArrayView<ReducedTerm>, int, ArrayView<double>, ReducedViews> fillPriors;
    private readonly Action<KernelConfig, ArrayView<ReducedLine>, ArrayView<ReducedTerm>, ArrayView<double>, ReducedViews> fillJointRows;
    private readonly Action<KernelConfig, int, int, ArrayView<ReducedTurn>, ReducedViews> sendUp;
    private readonly Action<Index1D, ReducedPatternViews, ReducedViews> classify;
    private readonly Action<Index1D, int, int, ArrayView<ReducedTurn>, ReducedViews> findPosterior;

    /// <summary>Lays the problem out, allocates and compiles.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan, with an order of elimination.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="freeBytes">Memory that may be had; null: nine tenths of what is free.</param>
    /// <exception cref="DeviceMemoryException">It does not suffice.</exception>
    public ReducedDeviceStep(DeviceSession session, CalibrationPlan plan, PatternTable patterns, long? freeBytes = null)
    {
        this.session = session;
        this.plan = plan;
        buffers = new DeviceBuffers(session);
        layout = new ReducedLayout(plan, patterns);
        try
        {
            groupThreads = Math.Min(GroupReductions.MostThreads, session.Accelerator.MaxNumThreadsPerGroup);
            long budget = freeBytes ?? (long)(UsableShare * DeviceBuffers.FreeBytes(session.Accelerator));
            DeviceStep[] steps = [.. layout.Steps.Select(step => new DeviceStep(step))];
            items = new ReducedItems(layout, steps, buffers);
            lists = new ReducedTableLists(layout, steps);
            (ReducedLine[] jointLines, ReducedTerm[] jointTerms) = lists.Joint(items.First);
            (ReducedLine[] populationLines, ReducedTerm[] populationTerms) = lists.Populations();
            long counts = 0;
            long totals = counts + lists.ValueLength;
            long itemCounts = totals + lists.PriorLength;
            long setTotals = itemCounts + items.Length;
            long logLikelihood = setTotals + (long)plan.Blocks.Count * lists.SetLength;
            long itemCells = logLikelihood + 1;
            GatherPlan collapsePlan = new(0);
            (collapse, long itemCellLength) = lists.AddCollapse(collapsePlan, counts, totals, itemCounts, setTotals, itemCells, items.First);
            places = new ReducedWork(counts, totals, itemCounts, setTotals, logLikelihood, itemCells, itemCells + itemCellLength);
            if (collapsePlan.PartialLength > 0)
                throw new InvalidOperationException("Joint rows are so many that their counts would be added in parts.");
            int[][] childMaps = [.. layout.Steps.Select((step, index) => step.ChildRow.Select((_, child) => lists.AddMap(steps[index].RestsOf(child))).ToArray())];
            int[][] inverseMaps = [.. layout.Steps.Select((step, index) => step.ChildRow.Select((_, child) => InverseMap(step, steps, child)).ToArray())];

            long fixedBytes = sizeof(double) * (2 * items.Length + lists.ValueLength + lists.JointRowCount + lists.PriorLength) + 28L * patterns.PatternCount;
            ReducedRun[] planned = Cut(patterns, budget - fixedBytes, run => new ReducedRun(layout, steps, lists, childMaps, inverseMaps, run, groupThreads, places));
            bytes = fixedBytes + planned.Sum(run => run.Bytes.Kept) + planned.Max(run => run.Bytes.Shared);

            ArrayView<double> work = buffers.Allocate<double>(planned.Max(run => run.WorkLength));
            long partLength = planned.Max(run => run.PartLength);
            shared = new ReducedViews
            {
                ClassCount = plan.ClassCount,
                Maps = buffers.Put(lists.Maps),
                TableOfBlock = buffers.Put([.. plan.Blocks.Select(block => block.Table)]),
                Values = buffers.Allocate<double>(lists.ValueLength),
                LogLargest = buffers.Allocate<double>(lists.JointRowCount),
                Priors = buffers.Allocate<double>(lists.PriorLength),
                Messages = buffers.Allocate<double>(planned.Max(run => run.MessageLength)),
                Scale = buffers.Allocate<double>(partLength),
                LogScale = buffers.Allocate<double>(partLength),
                Shift = buffers.Allocate<double>(partLength),
                Work = work,
            };
            joint = (jointLines.Length, buffers.Put(jointLines), buffers.Put(jointTerms));
            populations = (
                steps.Length, buffers.Put([.. layout.Steps.Select(step => new ReducedTurn { Step = step.Source.Index, First = (int)lists.Priors[step.Source.Index], Lanes = 1 })]), buffers.Put(populationLines), buffers.Put(populationTerms));
            logWeights = buffers.Allocate<double>((long)plan.Blocks.Count * lists.SetLength);
            logProportions = buffers.Allocate<double>(plan.Blocks.Count);
            collapseLists = new GatherLists(buffers, collapsePlan, shared.Maps);
            ReducedPatternViews all = new()
            {
                RootStep = buffers.Put([.. layout.Steps.Where(step => step.Source.Parent < 0).Select(step => step.Source.Index)]),
                RootCount = layout.Steps.Count(step => step.Source.Parent < 0),
                Group = buffers.Put(patterns.Groups),
                KnownClass = buffers.Put(patterns.KnownClasses),
                Frequency = buffers.Put(patterns.Frequency),
                LogProportion = logProportions,
            };
            runs = [.. planned.Select(run => Put(run, all))];

            Accelerator accelerator = session.Accelerator;
            fillPriors = accelerator.LoadIndexed<int, ArrayView<ReducedTurn>, ArrayView<ReducedLine>, ArrayView<ReducedTerm>, int, ArrayView<double>, ReducedViews>(ReducedTableKernels.FillPriors);
            fillJointRows = accelerator.LoadGrouped<ArrayView<ReducedLine>, ArrayView<ReducedTerm>, ArrayView<double>, ReducedViews>(ReducedTableKernels.FillJointRows);
            sendUp = accelerator.LoadGrouped<int, int, ArrayView<ReducedTurn>, ReducedViews>(ReducedSweepKernels.SendUp);
            classify = accelerator.LoadIndexed<ReducedPatternViews, ReducedViews>(ReducedSweepKernels.Classify);
            findPosterior = accelerator.LoadIndexed<int, int, ArrayView<ReducedTurn>, ReducedViews>(ReducedSweepKernels.FindPosterior);
            Derivatives = items.Ask(work.SubView(places.ItemCounts, items.Length));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Sets of correlated attributes. [set][attribute]</summary>
    public IReadOnlyList<int[]> Sets => layout.Sets;

    /// <summary>Products of the line of nodes. [number of attributes][node, attribute]</summary>
    public double[][] Nodes => layout.Nodes;

    /// <summary>Answers to questions about the counts of the last E-step.</summary>
    public DeviceItemDerivatives Derivatives { get; }

    /// <summary>What was launched and copied so far.</summary>
    public DeviceTraffic Traffic => buffers.Traffic;

    /// <summary>What lies where, in one sentence.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"{ByteCount.Show(bytes)} of device memory: joint tables and messages of {layout.Steps.Length} steps, patterns in {runs.Length} {(runs.Length == 1 ? "run" : "runs")}");

    /// <summary>The E-step: leaves counts here.</summary>
    /// <param name="point">Parameters.</param>
    /// <returns>The log-likelihood, and totals at the nodes of sets. [block][set][node]</returns>
    public (double LogLikelihood, double[][][] Totals) Compute(ModelPoint point)
    {
        items.Fill(point.Parameters.Slots);
        UploadPopulations(point);
        fillPriors(lists.PriorLength, populations.Count, populations.Turns, populations.Lines, populations.Terms, lists.SetLength, logWeights, shared);
        buffers.CountLaunch();
        if (joint.Count > 0)
        {
            fillJointRows((joint.Count, groupThreads), joint.Lines, joint.Terms, items.LogProbability, shared);
            buffers.CountLaunch();
        }
        ArrayView<double> work = shared.Work;
        work.SubView(places.Counts, places.ItemCounts - places.Counts).MemSetToZero(session.Accelerator.DefaultStream);
        work.SubView(places.LogLikelihood, 1).MemSetToZero(session.Accelerator.DefaultStream);
        foreach (DeviceRun run in runs)
            Sweep(run);
        collapseLists.Run(collapse, work);
        double[] found = new double[plan.Blocks.Count * lists.SetLength + 1];
        buffers.Download(work.SubView(places.SetTotals, found.Length), found);
        return (found[^1], [.. plan.Blocks.Select(block => layout.Sets.Select((set, index) => found.AsSpan(
            block.Index * lists.SetLength + lists.SetFirst[index], layout.Nodes[set.Length].Length / set.Length).ToArray()).ToArray())]);
    }

    /// <summary>Counts of the last E-step. [table][item][category, node]</summary>
    public double[][][] DownloadCounts() => items.Download(shared.Work.SubView(places.ItemCounts, items.Length), plan.Grid.NodesPerAttribute);

    /// <inheritdoc/>
    public void Dispose()
    {
        buffers.Dispose();
        layout.Dispose();
    }

    private void Sweep(DeviceRun run)
    {
        foreach (ReducedLevel level in run.Plan.Levels)
        {
            sendUp((level.Groups, groupThreads), level.First, level.Count, run.UpTurns, run.Views);
            buffers.CountLaunch();
        }
        classify(run.Plan.PatternCount, run.Patterns, run.Views);
        buffers.CountLaunch();
        run.Lists.Run(run.Plan.PatternGathers, shared.Work);
        foreach (ReducedLevel level in run.Plan.Levels.Reverse())
        {
            findPosterior(level.Threads, level.First, level.Count, run.DownTurns, run.Views);
            buffers.CountLaunch();
            run.Lists.Run(level.Gathers, shared.Work);
        }
    }

    private void UploadPopulations(ModelPoint point)
    {
        double[] weights = new double[plan.Blocks.Count * lists.SetLength];
        foreach (PlannedBlock block in plan.Blocks)
        {
            for (int set = 0; set < layout.Sets.Count; set++)
                point.Populations[block.Index].LogWeights(layout.Sets[set], layout.Nodes[layout.Sets[set].Length]).CopyTo(weights, block.Index * lists.SetLength + lists.SetFirst[set]);
        }
        buffers.Upload(logWeights, weights);
        buffers.Upload(logProportions, point.LogProportion);
    }

    /// <summary>Cells of a step that belong to each place of a child's message; −1 where they are the same.</summary>
    private int InverseMap(ReducedStep step, DeviceStep[] steps, int child)
    {
        DeviceStep own = steps[step.Source.Index];
        ReducedStep of = layout.Steps[step.Source.Children[child]];
        int restCount = steps[of.Source.Index].RestCount;
        int[] rests = own.RestsOf(child);
        int[] cells = DeviceStep.Invert([.. Enumerable.Range(0, own.CellCount).Select(cell => cell / step.RowCount * restCount + rests[cell % step.RowCount])], of.RowCount);
        return cells.Length == of.RowCount && cells.Index().All(pair => pair.Index == pair.Item) ? -1 : lists.AddMap(cells);
    }

    /// <summary>As few runs as fit.</summary>
    private ReducedRun[] Cut(PatternTable patterns, long budget, Func<ReducedPatterns, ReducedRun> lay)
    {
        long needed = 0;
        for (int count = 1; count <= Math.Min(MostRuns, patterns.PatternCount); count *= 2)
        {
            ReducedRun[] planned = [.. Enumerable.Range(0, count).Select(run => lay(new ReducedPatterns(
                layout.Steps, patterns, (int)((long)patterns.PatternCount * run / count), (int)((long)patterns.PatternCount * (run + 1) / count))))];
            needed = planned.Sum(run => run.Bytes.Kept) + planned.Max(run => run.Bytes.Shared);
            if (planned.All(run => run.IsPossible) && needed <= budget)
                return planned;
        }
        throw new DeviceMemoryException(
            $"{session.Device.Name} ({session.Device.Description}) has not the memory for --integration reduced: the messages of the patterns take {ByteCount.Show(needed)} in the smallest runs, and {ByteCount.Show(Math.Max(0, budget))} are left for them. Use fewer --nodes, or --device cpu.",
            needed);
    }

    private DeviceRun Put(ReducedRun run, ReducedPatternViews all) => new(
        run,
        shared with { Steps = buffers.Put(run.StepShapes), Children = buffers.Put(run.Children), Keys = buffers.Put(run.Patterns.Keys) },
        all with
        {
            PatternCount = run.PatternCount,
            First = run.Patterns.Begin,
            Weights = run.Weights,
            LogLikelihoods = run.LogLikelihoods,
            RootPart = buffers.Put(run.Patterns.Roots),
        },
        buffers.Put([.. run.UpTurns]), buffers.Put([.. run.DownTurns]), new GatherLists(buffers, run.Gathers, shared.Maps));

    /// <summary>A run with all that is on the device.</summary>
    private sealed record DeviceRun(
        ReducedRun Plan, ReducedViews Views, ReducedPatternViews Patterns, ArrayView<ReducedTurn> UpTurns, ArrayView<ReducedTurn> DownTurns, GatherLists Lists);
}
