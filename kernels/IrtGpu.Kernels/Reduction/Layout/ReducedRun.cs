using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Kernels.Gathering;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Reduction.Layout;

/// <summary>One level of steps that do not wait for each other.</summary>
/// <param name="First">First of its steps among the turns.</param>
/// <param name="Count">Number of steps.</param>
/// <param name="Groups">Groups of threads on the way up.</param>
/// <param name="Threads">Threads on the way down.</param>
/// <param name="Gathers">What is added up on the way down.</param>
internal sealed record ReducedLevel(int First, int Count, int Groups, int Threads, GatherLaunch[] Gathers);

/// <summary>Where everything of a run of patterns lies, and what is added up on the way back: found once, whatever the parameters.</summary>
internal sealed class ReducedRun
{
    private const long MostThreads = 1L << 30; // of a launch

    private readonly ReducedLayout layout;
    private readonly DeviceStep[] steps;
    private readonly CalibrationPlan plan;
    private readonly GatherPlan gathers;

    /// <summary>Lays a run out.</summary>
    /// <param name="layout">The steps.</param>
    /// <param name="steps">The same on the device.</param>
    /// <param name="lists">Where tables are.</param>
    /// <param name="childMaps">Rests of the rows of each step by child. [step][child]</param>
    /// <param name="inverseMaps">Cells of each place of a child's message; −1: the same cell. [step][child]</param>
    /// <param name="patterns">The run.</param>
    /// <param name="groupThreads">Threads of a group, a power of two.</param>
    /// <param name="work">Where counts, totals and the log-likelihood of all runs are, and the first place that is free.</param>
    public ReducedRun(
        ReducedLayout layout, DeviceStep[] steps, ReducedTableLists lists, int[][] childMaps, int[][] inverseMaps, ReducedPatterns patterns, int groupThreads, ReducedWork work)
    {
        this.layout = layout;
        this.steps = steps;
        plan = layout.Plan;
        Patterns = patterns;
        int classes = plan.ClassCount;
        StepShapes = new ReducedStepShape[steps.Length];
        List<ReducedChildShape> children = [];
        long next = work.Free;
        int keys = 0;
        for (int step = 0; step < steps.Length; step++)
        {
            ReducedStep source = layout.Steps[step];
            int parts = patterns.Count(step);
            int firstChild = children.Count;
            for (int child = 0; child < source.Source.Children.Length; child++)
            {
                ReducedStepShape of = StepShapes[source.Source.Children[child]];
                children.Add(new ReducedChildShape
                {
                    RowCount = of.RowCount,
                    RestCount = of.RestCount,
                    PartCount = of.PartCount,
                    Rests = childMaps[step][child],
                    Messages = of.Messages,
                    Parts = of.Parts,
                });
            }
            StepShapes[step] = new ReducedStepShape
            {
                NodeCount = source.NodeCount,
                RowCount = source.RowCount,
                CellCount = steps[step].CellCount,
                RestCount = steps[step].RestCount,
                OwnCount = source.JointCount,
                ChildCount = source.Source.Children.Length,
                FirstChild = firstChild,
                JointRowCount = source.Joint?.TotalRows ?? 0,
                IsLog = source.IsLog ? 1 : 0,
                PartCount = parts,
                KeyLength = patterns.KeyLength[step],
                Keys = keys,
                Values = lists.Values[step],
                LogLargest = lists.JointRows[step],
                Priors = lists.Priors[step],
                Messages = MessageLength,
                Parts = PartLength,
                Sums = next,
            };
            keys = checked(keys + patterns.Keys[step].Length);
            MessageLength += (long)classes * parts * source.RowCount;
            PartLength += (long)classes * parts;
            next += (long)classes * parts * source.RowCount;
        }
        Children = [.. children];
        Weights = next;
        LogLikelihoods = Weights + (long)classes * PatternCount;
        long firstPosterior = LogLikelihoods + PatternCount;
        int[][] levels = [.. layout.Steps.GroupBy(step => step.Level).OrderBy(level => level.Key).Select(level => level.Select(step => step.Source.Index).ToArray())];
        long firstPartial = firstPosterior;
        foreach (int[] level in levels)
        {
            long posterior = firstPosterior;
            foreach (int step in level)
            {
                StepShapes[step] = StepShapes[step] with { Posterior = posterior };
                posterior += (long)classes * StepShapes[step].PartCount * StepShapes[step].CellCount;
            }
            LargestLaunch = Math.Max(LargestLaunch, posterior - firstPosterior);
            firstPartial = Math.Max(firstPartial, posterior);
        }
        gathers = new GatherPlan(firstPartial);
        if (LargestLaunch <= MostThreads)
        {
            AddPatterns(work);
            Levels = [.. levels.Select(level => AddLevel(level, lists, inverseMaps, groupThreads, work))];
        }
        else
        {
            PatternGathers = [];
            Levels = [];
        }
        WorkLength = firstPartial + gathers.PartialLength;
    }

    /// <summary>The patterns.</summary>
    public ReducedPatterns Patterns { get; }

    /// <summary>Number of patterns.</summary>
    public int PatternCount => Patterns.End - Patterns.Begin;

    /// <summary>Sizes and places. [step]</summary>
    public ReducedStepShape[] StepShapes { get; }

    /// <summary>[step, child]</summary>
    public ReducedChildShape[] Children { get; }

    /// <summary>Levels, those without children first.</summary>
    public ReducedLevel[] Levels { get; }

    /// <summary>Steps with groups of threads, level after level.</summary>
    public List<ReducedTurn> UpTurns { get; } = [];

    /// <summary>Steps with threads, level after level.</summary>
    public List<ReducedTurn> DownTurns { get; } = [];

    /// <summary>What patterns bring to the steps without parent, and to the log-likelihood.</summary>
    public GatherLaunch[] PatternGathers { get; private set; } = [];

    /// <summary>All that is added up.</summary>
    public GatherPlan Gathers => gathers;

    /// <summary>Doubles of messages.</summary>
    public long MessageLength { get; }

    /// <summary>Parts of all steps and classes.</summary>
    public long PartLength { get; }

    /// <summary>Doubles of work, those of all runs among them.</summary>
    public long WorkLength { get; }

    /// <summary>Most cells of a level.</summary>
    public long LargestLaunch { get; }

    /// <summary>Weights of patterns. [class, pattern]</summary>
    public long Weights { get; }

    /// <summary>Log-likelihoods of patterns.</summary>
    public long LogLikelihoods { get; }

    /// <summary>Whether launches can name all their threads.</summary>
    public bool IsPossible => LargestLaunch <= MostThreads;

    /// <summary>Bytes that the run takes by itself: what stays, and what runs share, one after the other.</summary>
    public (long Kept, long Shared) Bytes => (
        sizeof(int) * (Patterns.Keys.Sum(keys => (long)keys.Length) + Patterns.Roots.Sum(parts => (long)parts.Length)) + gathers.Bytes,
        sizeof(double) * (MessageLength + 3 * PartLength + WorkLength));

    private void AddPatterns(ReducedWork work)
    {
        int classes = plan.ClassCount;
        for (int root = 0, step = 0; root < Patterns.Roots.Length; root++, step++)
        {
            while (layout.Steps[step].Source.Parent >= 0)
                step++;
            int[] parts = Patterns.Roots[root];
            int partCount = StepShapes[step].PartCount;
            (int[] start, int[] entries) = GatherPlan.Sort(classes * PatternCount, classes * partCount, entry => entry / PatternCount * partCount + parts[entry % PatternCount]);
            long sums = StepShapes[step].Sums;
            gathers.Add(
                new GatherClass { CellCount = 1, Stride = 1, Source = Weights }, start, entries, [.. Enumerable.Range(0, classes * partCount).Select(part => sums + part)]);
        }
        gathers.Add(new GatherClass { CellCount = 1, Stride = 1, Source = LogLikelihoods, IsAdded = 1 }, [0, PatternCount], null, [work.LogLikelihood]);
        PatternGathers = gathers.EndStage();
    }

    private ReducedLevel AddLevel(int[] level, ReducedTableLists lists, int[][] inverseMaps, int groupThreads, ReducedWork work)
    {
        int first = UpTurns.Count;
        int groups = 0;
        int threads = 0;
        foreach (int step in level)
        {
            ReducedStepShape shape = StepShapes[step];
            int lanes = Math.Min(groupThreads, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)shape.RowCount));
            int partsOfGroup = groupThreads / lanes;
            UpTurns.Add(new ReducedTurn { Step = step, First = groups, Lanes = lanes });
            DownTurns.Add(new ReducedTurn { Step = step, First = threads, Lanes = 1 });
            groups += plan.ClassCount * ((shape.PartCount + partsOfGroup - 1) / partsOfGroup);
            threads += plan.ClassCount * shape.PartCount * shape.CellCount;
            AddStep(step, lists, inverseMaps[step], work);
        }
        return new ReducedLevel(first, level.Length, groups, threads, gathers.EndStage());
    }

    /// <summary>What the posterior weights of a step are added to.</summary>
    private void AddStep(int step, ReducedTableLists lists, int[] inverseMaps, ReducedWork work)
    {
        ReducedStepShape shape = StepShapes[step];
        int entryCount = plan.ClassCount * shape.PartCount;
        int[] keys = Patterns.Keys[step];
        int BlockOf(int entry) => keys[entry % shape.PartCount * shape.KeyLength] * plan.ClassCount + entry / shape.PartCount;
        GatherClass kind = new() { CellCount = shape.CellCount, Stride = shape.CellCount, Source = shape.Posterior, IsAdded = 1 };

        (int[] start, int[] entries) = GatherPlan.Sort(entryCount, plan.Blocks.Count, BlockOf);
        gathers.Add(kind, start, entries, [.. plan.Blocks.Select(block => work.Totals + lists.Priors[step] + (long)block.Index * shape.CellCount)]);

        int[] tableOfBlock = [.. plan.Blocks.Select(block => block.Table)];
        for (int table = 0; table < shape.OwnCount; table++)
        {
            int place = 1 + table;
            (start, entries) = GatherPlan.Sort(
                entryCount, plan.Tables.Count * shape.JointRowCount, entry => tableOfBlock[BlockOf(entry)] * shape.JointRowCount + keys[entry % shape.PartCount * shape.KeyLength + place]);
            gathers.Add(
                kind, start, entries,
                [.. Enumerable.Range(0, plan.Tables.Count * shape.JointRowCount).Select(row => work.Counts + lists.Values[step] + (long)row * shape.CellCount)]);
        }
        for (int child = 0; child < shape.ChildCount; child++)
        {
            ReducedStepShape of = StepShapes[layout.Steps[step].Source.Children[child]];
            int place = 1 + shape.OwnCount + child;
            (start, entries) = GatherPlan.Sort(entryCount, plan.ClassCount * of.PartCount, entry => entry / shape.PartCount * of.PartCount + keys[entry % shape.PartCount * shape.KeyLength + place]);
            gathers.Add(
                kind with { IsAdded = 0, CellCount = of.RowCount, Map = inverseMaps[child], MapCount = inverseMaps[child] < 0 ? 0 : shape.CellCount / of.RowCount },
                start, entries, [.. Enumerable.Range(0, plan.ClassCount * of.PartCount).Select(part => of.Sums + (long)part * of.RowCount)]);
        }
    }
}

/// <summary>Places in the work of a device that all runs share.</summary>
/// <param name="Counts">Joint counts, laid out as the values of joint rows.</param>
/// <param name="Totals">Totals, laid out as the weights of populations.</param>
/// <param name="ItemCounts">Counts of items, laid out as their log-probabilities.</param>
/// <param name="SetTotals">Totals at the nodes of sets of attributes. [block][set][node]</param>
/// <param name="LogLikelihood">One number behind these.</param>
/// <param name="ItemCells">Counts of items at cells.</param>
/// <param name="Free">What no run shares.</param>
internal sealed record ReducedWork(long Counts, long Totals, long ItemCounts, long SetTotals, long LogLikelihood, long ItemCells, long Free);
