using System.Reflection;
using ILGPU.Runtime;
using IrtGpu.Items;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.EStep.Populations;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Scoring;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Backend;

/// <summary>The kernels that E-steps through tables take whatever the plan, which can be loaded before there is one.</summary>
internal static class KernelNeeds
{
    /// <summary>Kernels with an index.</summary>
    public static IReadOnlyList<MethodInfo> Indexed { get; } =
    [
        .. Of(typeof(EStepKernels), nameof(EStepKernels.JointLogLikelihood), nameof(EStepKernels.ExponentiateChunk), nameof(EStepKernels.MergeChunks),
            nameof(EStepKernels.Normalize), nameof(EStepKernels.Scale), nameof(EStepKernels.CollectCounts)),
        .. Of(typeof(PopulationKernels), nameof(PopulationKernels.WeighNodes), nameof(PopulationKernels.PlaceNodes)),
        .. Of(typeof(PopulationMomentKernels), nameof(PopulationMomentKernels.SumPowers)),
        .. Of(typeof(ItemDerivativeKernels), nameof(ItemDerivativeKernels.AddChunks)),
        .. Of(typeof(PersonScoreKernels), nameof(PersonScoreKernels.SumChunk), nameof(PersonScoreKernels.MergeMeans), nameof(PersonScoreKernels.SumSquares),
            nameof(PersonScoreKernels.MergeCovariances)),
    ];

    /// <summary>Kernels that run in groups.</summary>
    public static IReadOnlyList<MethodInfo> Grouped { get; } =
        Of(typeof(EStepKernels), nameof(EStepKernels.SumLogLikelihood), nameof(EStepKernels.AddSlices));

    /// <summary>Loads them all.</summary>
    /// <param name="accelerator">An open device.</param>
    public static void Load(Accelerator accelerator)
    {
        foreach (MethodInfo kernel in Indexed)
            KernelLoading.LoadIndexed(accelerator, kernel);
        foreach (MethodInfo kernel in Grouped)
            KernelLoading.LoadGrouped(accelerator, kernel);
    }

    /// <summary>Those and the ones of the plan's item models.</summary>
    /// <param name="plan">The plan; null: not known yet.</param>
    public static IEnumerable<MethodInfo> NeededBy(CalibrationPlan? plan) =>
        [.. Indexed, .. Grouped, .. plan is null ? [] : plan.Items.Select(item => item.Family).Distinct().SelectMany(family => family.Use(new ItemKernels()))];

    private static MethodInfo[] Of(Type kernels, params string[] names) => [.. names.Select(name => kernels.GetMethod(name)!)];

    private sealed class ItemKernels : IItemModelUser<MethodInfo[]>
    {
        public MethodInfo[] Use<TModel>()
            where TModel : struct, IItemModel =>
        [
            .. Of(typeof(ItemTableKernels), nameof(ItemTableKernels.LogProbabilities)).Select(kernel => kernel.MakeGenericMethod(typeof(TModel))),
            .. Of(typeof(PopulationMomentKernels), nameof(PopulationMomentKernels.SumPowers)),
        .. Of(typeof(ItemDerivativeKernels), nameof(ItemDerivativeKernels.SumNodes)).Select(kernel => kernel.MakeGenericMethod(typeof(TModel))),
        ];
    }
}
