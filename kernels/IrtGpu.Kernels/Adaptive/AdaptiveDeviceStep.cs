using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Gathering;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Specification;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>E-steps and item sums over patterns and the nodes of each, on a device.</summary>
/// <remarks>
/// The pass of the processor, in the same order of questions: nodes θ = m + U z; log P of the answers there; posterior weights; powers of θ; and the
/// derivatives of Σ w log P of all items at the point itself. A cycle moves up parameters and down sums; placements go up when nodes are
/// placed. Where θ and weights of all patterns do not fit, patterns go in runs, and questions weigh their nodes again.
/// </remarks>
internal sealed class AdaptiveDeviceStep : IDisposable
{
    private const double UsableShare = 0.9;
    private const long MostNodes = 1L << 30; // of a run: indices of a launch are 32-bit

    private readonly DeviceSession session;
    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly DeviceBuffers buffers;
    private readonly LoadedItems items;
    private readonly AnswerPart[] parts;
    private readonly PersonViews[] runs;
    private readonly (GatherLists Lists, GatherLaunch[] Launches)[] totals; // [run]
    private readonly long logLikelihoods; // places in the work
    private readonly long firstTotal;
    private readonly long bytes;
    private readonly int groupThreads;
    private readonly Action<Index1D, PersonViews> placeNodes;
    private readonly Action<KernelConfig, int, long, PersonViews> normalize;
    private readonly Action<Index1D, PersonViews> sumPowers;
    private Placements? placed; // on the device
    private (ModelPoint Point, Placements Placements)? weighed; // whose posterior weights are on the device; null where there are none, or of a run

    /// <summary>Puts the data on the device and compiles the kernels.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="variants">Rules of the same number of nodes, one of which each pattern has.</param>
    /// <param name="freeBytes">Memory that may be had; null: nine tenths of what is free.</param>
    /// <exception cref="DeviceMemoryException">It does not suffice.</exception>
    public AdaptiveDeviceStep(DeviceSession session, CalibrationPlan plan, PatternTable patterns, PersonNodes[] variants, long? freeBytes = null)
    {
        this.session = session;
        this.plan = plan;
        this.patterns = patterns;
        buffers = new DeviceBuffers(session);
        try
        {
            Accelerator accelerator = session.Accelerator;
            groupThreads = Math.Min(GroupReductions.MostThreads, 1 << System.Numerics.BitOperations.Log2((uint)accelerator.MaxNumThreadsPerGroup));
            int attributeCount = plan.AttributeCount;
            int nodeCount = variants[0].Count;
            int powerCount = 1 + attributeCount + plan.CovarianceCount;
            int wordCount = (plan.ItemCount + MemoryPlan.ItemsPerWord - 1) / MemoryPlan.ItemsPerWord;
            long entryCount = (long)patterns.PatternCount * plan.ClassCount;
            long kept = entryCount * sizeof(double) * Placements.Length(1, attributeCount) + patterns.PatternCount * (long)(sizeof(int) * (wordCount + 3) + sizeof(double))
                + sizeof(double) * variants.Length * (1L + attributeCount) * nodeCount;
            long ofPattern = sizeof(double) * (plan.ClassCount * ((1L + attributeCount) * nodeCount + powerCount) + 2) + sizeof(int) * plan.ClassCount;
            long budget = freeBytes ?? (long)(UsableShare * DeviceBuffers.FreeBytes(accelerator));
            int runLength = (int)Math.Min(Math.Min(patterns.PatternCount, MostNodes / (plan.ClassCount * (long)Math.Max(nodeCount, powerCount))), (budget - kept) / ofPattern);
            if (runLength < 1)
            {
                throw new DeviceMemoryException(
                    $"{session.Device.Name} ({session.Device.Description}) has not the memory for --integration {plan.Integration.Method.Name()}: the persons take {ByteCount.Show(kept)} and the nodes of one {ByteCount.Show(ofPattern)}, and {ByteCount.Show(Math.Max(0, budget))} may be had. Use fewer --nodes, or --device cpu.",
                    kept + ofPattern);
            }
            int runCount = (patterns.PatternCount + runLength - 1) / runLength;
            runLength = (patterns.PatternCount + runCount - 1) / runCount;
            bytes = kept + runLength * ofPattern;

            items = new LoadedItems(plan, buffers, item => plan.Items[item].Attributes, item => AnswerPart.IsLogistic(plan.Items[item]));
            parts = [.. items.Parts.Select(part => new AnswerPart(session, plan, buffers, part, runLength, nodeCount))];
            logLikelihoods = (long)runLength * plan.ClassCount * powerCount;
            firstTotal = logLikelihoods + runLength;
            GatherPlan[] gathers = [.. Enumerable.Range(0, runCount).Select(_ => new GatherPlan(firstTotal + TotalLength))];
            GatherLaunch[][] launches = [.. gathers.Select((gather, run) => Total(gather, run * runLength, Math.Min(runLength, patterns.PatternCount - run * runLength), powerCount))];
            PersonViews all = new()
            {
                ClassCount = plan.ClassCount,
                AttributeCount = attributeCount,
                NodeCount = nodeCount,
                WordCount = wordCount,
                PowerCount = powerCount,
                Words = buffers.Put(Pack(wordCount)),
                Group = buffers.Put(patterns.Groups),
                KnownClass = buffers.Put(patterns.KnownClasses),
                Variant = buffers.Put([.. Enumerable.Range(0, patterns.PatternCount).Select(pattern => PersonNodes.VariantOf(patterns.Row(pattern), variants.Length))]),
                Frequency = buffers.Put(patterns.Frequency),
                Centres = buffers.Allocate<double>(entryCount * attributeCount),
                Factors = buffers.Allocate<double>(entryCount * PackedTriangle.Length(attributeCount)),
                LogDeterminants = buffers.Allocate<double>(entryCount),
                Standard = buffers.Put([.. variants.SelectMany(nodes => Enumerable.Range(0, attributeCount).SelectMany(j => nodes.Standard.Skip(j * nodes.Stride).Take(nodeCount)))]),
                LogWeight = buffers.Put([.. variants.SelectMany(nodes => nodes.LogWeight.Take(nodeCount))]),
                Populations = buffers.Allocate<double>((long)plan.Blocks.Count * PopulationLength),
                TableOfBlock = buffers.Put([.. plan.Blocks.Select(block => block.Table)]),
                Theta = buffers.Allocate<double>((long)runLength * plan.ClassCount * attributeCount * nodeCount),
                Weights = buffers.Allocate<double>((long)runLength * plan.ClassCount * nodeCount),
                Work = buffers.Allocate<double>(firstTotal + TotalLength + gathers.Max(gather => gather.PartialLength)),
                LogLikelihood = buffers.Allocate<double>(runLength),
            };
            runs = [.. Enumerable.Range(0, runCount).Select(run => all with { FirstPattern = run * runLength, PatternCount = Math.Min(runLength, patterns.PatternCount - run * runLength) })];
            ArrayView<int> noMaps = buffers.Allocate<int>(1);
            totals = [.. gathers.Select((gather, run) => (new GatherLists(buffers, gather, noMaps), launches[run]))];
            placeNodes = accelerator.LoadIndexed<PersonViews>(PersonNodeKernels.PlaceAboutModes);
            normalize = accelerator.LoadGrouped<int, long, PersonViews>(PersonNodeKernels.FindPosteriorWeights);
            sumPowers = accelerator.LoadIndexed<PersonViews>(PersonNodeKernels.SumPersonPowers);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What was launched and copied so far.</summary>
    public DeviceTraffic Traffic => buffers.Traffic;

    private PersonViews All => runs[0];

    private int PopulationLength => PersonNodeKernels.Mean + plan.AttributeCount * (1 + plan.AttributeCount);

    /// <summary>Powers of all blocks, and the log-likelihood.</summary>
    private int TotalLength => plan.Blocks.Count * (1 + plan.AttributeCount + plan.CovarianceCount) + 1;

    /// <summary>What lies where, in one sentence.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"{ByteCount.Show(bytes)} of device memory: {All.NodeCount} nodes a person, patterns in {runs.Length} {(runs.Length == 1 ? "run" : "runs")}");

    /// <summary>The E-step, with the derivatives of all items at its point.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="placements">Where nodes lie.</param>
    public (double LogLikelihood, PopulationMoments[] Populations, ItemEvaluation Derivatives) Compute(ModelPoint point, Placements placements)
    {
        ItemEvaluation derivatives = new(plan) { WithDerivatives = true, WithValues = false };
        point.Parameters.Slots.CopyTo(derivatives.Slots, 0);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
            derivatives.Add(set);
        Begin(point, placements);
        All.Work.SubView(firstTotal, TotalLength).MemSetToZero(session.Accelerator.DefaultStream);
        int[][] asked = [.. parts.Select(part => part.Begin(derivatives))];
        for (int run = 0; run < runs.Length; run++)
        {
            Weigh(runs[run], withFrequency: true);
            totals[run].Lists.Run(totals[run].Launches, All.Work);
            AddSums(runs[run], asked, derivatives);
        }
        weighed = runs.Length == 1 ? (point, placements) : null;
        Answer(asked, derivatives);
        foreach (AnswerPart part in parts)
            part.ForgetValues(derivatives);
        double[] found = new double[TotalLength];
        buffers.Download(All.Work.SubView(firstTotal, found.Length), found);
        int powerCount = All.PowerCount;
        return (found[^1], [.. plan.Blocks.Select(block => new PopulationMoments(found[block.Index * powerCount], found[(block.Index * powerCount)..((block.Index + 1) * powerCount)]))], derivatives);
    }

    /// <summary>Answers what an M-step asks of items.</summary>
    /// <param name="point">Of the E-step.</param>
    /// <param name="placements">Where nodes lay.</param>
    /// <param name="evaluation">The question; receives the answer.</param>
    public void Evaluate(ModelPoint point, Placements placements, ItemEvaluation evaluation)
    {
        bool isWeighed = weighed is { } last && ReferenceEquals(last.Point, point) && ReferenceEquals(last.Placements, placements);
        int[][] asked = [.. parts.Select(part => part.Begin(evaluation))];
        for (int run = 0; run < runs.Length; run++)
        {
            if (!isWeighed)
            {
                Begin(point, placements);
                Weigh(runs[run], withFrequency: true);
            }
            items.Upload(evaluation.Slots);
            AddSums(runs[run], asked, evaluation);
        }
        weighed = runs.Length == 1 ? (point, placements) : null;
        Answer(asked, evaluation);
    }

    /// <summary>Posterior summaries of every pattern; the point of the largest posterior is the mode in the most probable class.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="placements">Where nodes lie.</param>
    public PatternScores Score(ModelPoint point, Placements placements)
    {
        int count = patterns.PatternCount;
        int attributeCount = plan.AttributeCount;
        PatternScores scores = new(
            attributeCount, plan.ClassCount, new double[count * attributeCount], new double[count * plan.CovarianceCount],
            new double[count * attributeCount], new double[count * plan.ClassCount], new double[count]);
        Begin(point, placements);
        weighed = null;
        foreach (PersonViews run in runs)
        {
            Weigh(run, withFrequency: false);
            double[] powers = new double[run.PatternCount * plan.ClassCount * run.PowerCount];
            double[] logLikelihood = new double[run.PatternCount];
            buffers.Download(run.Work, powers);
            buffers.Download(run.LogLikelihood, logLikelihood);
            logLikelihood.CopyTo(scores.LogLikelihood, run.FirstPattern);
            double[] ofPattern = new double[run.PowerCount];
            for (int index = 0; index < run.PatternCount; index++)
                Summarise(run.FirstPattern + index, powers.AsSpan(index * plan.ClassCount * run.PowerCount, plan.ClassCount * run.PowerCount), ofPattern, placements, scores);
        }
        return scores;
    }

    /// <inheritdoc/>
    public void Dispose() => buffers.Dispose();

    private void Summarise(int pattern, ReadOnlySpan<double> ofClasses, double[] powers, Placements placements, PatternScores scores)
    {
        Array.Clear(powers);
        int likeliest = 0;
        Span<double> share = scores.ClassProbability.AsSpan(pattern * plan.ClassCount, plan.ClassCount);
        for (int k = 0; k < plan.ClassCount; k++)
        {
            ReadOnlySpan<double> own = ofClasses.Slice(k * powers.Length, powers.Length);
            share[k] = own[0];
            likeliest = share[k] > share[likeliest] ? k : likeliest;
            for (int power = 0; power < powers.Length; power++)
                powers[power] += own[power];
        }
        PersonMoments.Write(scores, pattern, powers);
        placements.Centre(pattern, likeliest).CopyTo(scores.MapTheta.AsSpan(pattern * plan.AttributeCount));
    }

    /// <summary>Uploads parameters, and placements where they have moved.</summary>
    private void Begin(ModelPoint point, Placements placements)
    {
        if (!ReferenceEquals(placed, placements))
        {
            buffers.Upload(All.Centres, placements.Centres);
            buffers.Upload(All.Factors, placements.Factors);
            buffers.Upload(All.LogDeterminants, placements.LogDeterminants);
            placed = placements;
        }
        double[] numbers = new double[plan.Blocks.Count * PopulationLength];
        foreach (PlannedBlock block in plan.Blocks)
        {
            Span<double> own = numbers.AsSpan(block.Index * PopulationLength, PopulationLength);
            int mean = PersonNodeKernels.Mean;
            own[0] = point.LogProportion[block.Index] - point.Populations[block.Index].FillNormal(own.Slice(mean, plan.AttributeCount), own[(mean + plan.AttributeCount)..]);
        }
        buffers.Upload(All.Populations, numbers);
        items.Upload(point.Parameters.Slots);
    }

    private void Weigh(PersonViews run, bool withFrequency)
    {
        int entries = run.PatternCount * plan.ClassCount;
        placeNodes(entries * run.NodeCount, run);
        foreach (AnswerPart part in parts)
            part.AddAnswers(run);
        normalize((run.PatternCount, groupThreads), withFrequency ? 1 : 0, logLikelihoods, run);
        sumPowers(entries * run.PowerCount, run);
        buffers.CountLaunch(3);
    }

    private void AddSums(PersonViews run, int[][] asked, ItemEvaluation evaluation)
    {
        for (int part = 0; part < parts.Length; part++)
            parts[part].AddSums(run, asked[part].Length, evaluation.WithDerivatives, evaluation.WithValues);
    }

    private void Answer(int[][] asked, ItemEvaluation evaluation)
    {
        evaluation.ClearAnswer();
        for (int part = 0; part < parts.Length; part++)
            parts[part].End(asked[part], evaluation);
    }

    private GatherLaunch[] Total(GatherPlan gather, int first, int count, int powerCount)
    {
        (int[] start, int[] entries) = GatherPlan.Sort(
            count * plan.ClassCount, plan.Blocks.Count, entry => patterns.Groups[first + entry / plan.ClassCount] * plan.ClassCount + entry % plan.ClassCount);
        gather.Add(
            new GatherClass { CellCount = powerCount, Stride = powerCount, IsAdded = 1 }, start, entries, [.. plan.Blocks.Select(block => firstTotal + (long)block.Index * powerCount)]);
        gather.Add(new GatherClass { CellCount = 1, Stride = 1, Source = logLikelihoods, IsAdded = 1 }, [0, count], null, [firstTotal + TotalLength - 1]);
        return gather.EndStage();
    }

    private int[] Pack(int wordCount)
    {
        int[] words = new int[(long)patterns.PatternCount * wordCount];
        Array.Fill(words, -1); // every byte missing
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            ReadOnlySpan<byte> responses = patterns.Row(pattern);
            for (int item = 0; item < responses.Length; item++)
            {
                int shift = item % MemoryPlan.ItemsPerWord * 8;
                ref int word = ref words[(long)pattern * wordCount + item / MemoryPlan.ItemsPerWord];
                word = (word & ~(255 << shift)) | (responses[item] << shift);
            }
        }
        return words;
    }
}
