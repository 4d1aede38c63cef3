using System.Numerics;
using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>Items of one model and number of loadings in one table: launches what goes over their answers.</summary>
internal sealed class AnswerPart
{
    private const int SharedBytes = 48 << 10; // of a group, as every device has them
    private const int GroupsPerMultiprocessor = 16;
    private const int FewestSumThreads = 32; // of a group, as many as go together
    private const int MostSumThreads = 64; // more leave some without a node at the end of each pattern

    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly LoadedItems.Part part;
    private readonly AnswerShape shape;
    private readonly ArrayView<double> sums; // [slice, item, sum]
    private readonly SliceSum slices;
    private readonly Action<PersonViews> addAnswers;
    private readonly Action<KernelConfig, AnswerShape, ItemBlockViews, PersonViews, ArrayView<double>> sumAnswers;
    private readonly int sumBytes; // of shared memory, a thread
    private readonly int sumThreads;

    /// <summary>Compiles the kernels and allocates sums.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="part">The items, whose slopes are in the order of their attributes.</param>
    /// <param name="patternCount">Most patterns of a run.</param>
    /// <param name="nodeCount">Nodes of an entry.</param>
    /// <exception cref="Compute.Devices.DeviceMemoryException">An item has more parameters than a group of threads has memory for.</exception>
    public AnswerPart(DeviceSession session, CalibrationPlan plan, DeviceBuffers buffers, LoadedItems.Part part, int patternCount, int nodeCount)
    {
        this.plan = plan;
        this.buffers = buffers;
        this.part = part;
        Accelerator accelerator = session.Accelerator;
        int parameters = part.Block.AttributeCount + part.Block.MaxShape;
        int local = 1 + part.Block.MaxShape;
        int sumCount = 1 + parameters + PackedTriangle.Length(parameters);
        int scratch = part.IsApart ? 0 : part.Block.MaxCategories + local + PackedTriangle.Length(local);
        sumBytes = sizeof(double) * (sumCount + scratch);
        sumThreads = Threads(session, sumBytes, Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)nodeCount), FewestSumThreads, MostSumThreads));
        int sliceCount = Math.Clamp((GroupsPerMultiprocessor * accelerator.NumMultiprocessors + part.Items.Length - 1) / part.Items.Length, 1, patternCount);
        int sliceLength = (patternCount + sliceCount - 1) / sliceCount;
        shape = new AnswerShape
        {
            ItemCount = part.Items.Length,
            Table = part.Table,
            SliceCount = (patternCount + sliceLength - 1) / sliceLength,
            SliceLength = sliceLength,
            SumCount = sumCount,
            Asked = buffers.Allocate<int>(part.Items.Length),
            Item = buffers.Put(part.Items),
            Attribute = buffers.Put([.. part.Items.SelectMany(item => plan.Items[item].Attributes)]),
        };
        sums = buffers.Allocate<double>((long)shape.SliceCount * shape.ItemCount * sumCount);
        slices = new SliceSum(buffers);
        if (!part.IsApart)
        {
            int bytes = sizeof(double) * part.Block.MaxCategories;
            int threads = Threads(session, bytes, GroupReductions.MostThreads);
            (Action<KernelConfig, AnswerShape, ItemBlockViews, PersonViews> add, sumAnswers) = part.Family.Use(new Loader(accelerator));
            addAnswers = views => add(
                new KernelConfig((CellsOf(views) + threads - 1) / threads, threads, SharedMemoryConfig.RequestDynamic<byte>(bytes * threads)), shape, part.Launcher.Items, views);
            return;
        }
        Action<Index1D, AnswerShape, ItemBlockViews, PersonViews> addLogistic =
            accelerator.LoadIndexed<AnswerShape, ItemBlockViews, PersonViews>(LogisticAnswerKernels.AddLogisticAnswers);
        addAnswers = views => addLogistic(CellsOf(views), shape, part.Launcher.Items, views);
        sumAnswers = part.Block.AttributeCount == 1
            ? accelerator.LoadGrouped<AnswerShape, ItemBlockViews, PersonViews, ArrayView<double>>(LogisticAnswerKernels.SumOneLoading)
            : accelerator.LoadGrouped<AnswerShape, ItemBlockViews, PersonViews, ArrayView<double>>(LogisticAnswerKernels.SumLogisticAnswers);
    }

    /// <summary>Whether an item is dichotomous and of the generalized partial credit model, which has kernels of its own.</summary>
    /// <param name="item">The item.</param>
    public static bool IsLogistic(PlannedItem item) => item.CategoryCount == 2 && item.Family == ItemFamily.Of(ItemFunction.GeneralizedPartialCredit);

    /// <summary>Adds log P of all answers of a run.</summary>
    /// <param name="views">The run.</param>
    public void AddAnswers(PersonViews views)
    {
        addAnswers(views);
        buffers.CountLaunch();
    }

    /// <summary>Begins sums over all runs.</summary>
    /// <param name="evaluation">What is asked.</param>
    /// <returns>The items that are asked for, nothing where there are none.</returns>
    public int[] Begin(ItemEvaluation evaluation)
    {
        bool[] isAsked = new bool[plan.ParameterSets.Count];
        foreach (int set in evaluation.Sets)
            isAsked[set] = true;
        int[] asked = [.. Enumerable.Range(0, part.Items.Length).Where(item => isAsked[part.Sets[item]])];
        buffers.Upload(shape.Asked, asked);
        sums.MemSetToZero(buffers.Accelerator.DefaultStream);
        return asked;
    }

    /// <summary>Adds the sums of a run.</summary>
    /// <param name="views">The run, with posterior weights.</param>
    /// <param name="askedCount">How many items are asked for.</param>
    /// <param name="withDerivatives">Whether more than values are.</param>
    /// <param name="withValues">Whether values are.</param>
    public void AddSums(PersonViews views, int askedCount, bool withDerivatives, bool withValues)
    {
        if (askedCount == 0)
            return;
        sumAnswers(
            new KernelConfig(shape.SliceCount * askedCount, sumThreads, SharedMemoryConfig.RequestDynamic<byte>(sumBytes * sumThreads)),
            shape with { AskedCount = askedCount, WithDerivatives = withDerivatives ? 1 : 0, WithValues = withValues ? 1 : 0 }, part.Launcher.Items, views, sums);
        buffers.CountLaunch();
    }

    /// <summary>Adds the sums of all runs to an answer.</summary>
    /// <param name="asked">The items that are asked for.</param>
    /// <param name="evaluation">Added to.</param>
    public void End(int[] asked, ItemEvaluation evaluation)
    {
        if (asked.Length == 0)
            return;
        int length = shape.ItemCount * shape.SumCount;
        slices.Add(sums, length, shape.SliceCount);
        double[] found = new double[length];
        buffers.Download(sums, found);
        foreach (int item in asked)
            ItemSumReader.Add(plan, part.Sets[item], part.Columns[item], part.Block.AttributeCount, found.AsSpan(item * shape.SumCount), 1, evaluation.WithDerivatives, evaluation);
    }

    /// <summary>What values were left out of, if they were not asked for: NaN there.</summary>
    /// <param name="evaluation">An answer without values.</param>
    public void ForgetValues(ItemEvaluation evaluation)
    {
        foreach (int set in part.IsApart ? part.Sets : [])
            evaluation.Value[set] = double.NaN;
    }

    private static int CellsOf(PersonViews views) => views.PatternCount * views.ClassCount * views.NodeCount;

    private int Threads(DeviceSession session, int bytes, int most)
    {
        int available = Math.Min(SharedBytes, session.Accelerator.MaxSharedMemoryPerGroup) / bytes;
        if (available < 1)
        {
            throw new Compute.Devices.DeviceMemoryException(
                $"An item with {part.Block.AttributeCount} slopes and {part.Block.MaxCategories} categories has more derivatives than a group of threads of {session.Device.Name} has memory for ({bytes} bytes of {SharedBytes}). Use --device cpu.",
                bytes);
        }
        return (int)Math.Min(1u << BitOperations.Log2((uint)available), Math.Min((uint)most, 1u << BitOperations.Log2((uint)session.Accelerator.MaxNumThreadsPerGroup)));
    }

    private sealed class Loader(Accelerator accelerator)
        : IItemModelUser<(Action<KernelConfig, AnswerShape, ItemBlockViews, PersonViews>, Action<KernelConfig, AnswerShape, ItemBlockViews, PersonViews, ArrayView<double>>)>
    {
        public (Action<KernelConfig, AnswerShape, ItemBlockViews, PersonViews>, Action<KernelConfig, AnswerShape, ItemBlockViews, PersonViews, ArrayView<double>>) Use<TModel>()
            where TModel : struct, IItemModel => (
                accelerator.LoadGrouped<AnswerShape, ItemBlockViews, PersonViews>(PersonAnswerKernels.AddAnswers<TModel>),
                accelerator.LoadGrouped<AnswerShape, ItemBlockViews, PersonViews, ArrayView<double>>(PersonAnswerKernels.SumAnswers<TModel>));
    }
}
