using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.EStep.WeightedScore;

/// <summary>The kernels of weighted scores for a number of attributes.</summary>
internal sealed record ScoreKernelSet(
    Action<Index1D, TileShape, LayoutViews, WeightedScoreViews, ArrayView<double>, ArrayView<double>> FillLogPrior,
    Action<Index1D, TileShape, PatternViews, LayoutViews, WeightedScoreViews, NormalizerViews> SumTerms,
    Action<Index1D, TileShape, int, PatternViews, NormalizerViews, WeightedScoreViews> FinishPatterns,
    Action<Index1D, TileShape, WeightedScoreViews> AddToShares,
    Action<Index1D, TileShape, int, PatternViews, LayoutViews, WeightedScoreViews> AddResponses,
    Action<KernelConfig, int, int, TileShape, WeightedScoreViews> AddShares,
    Action<Index1D, TileShape, int, LayoutViews, WeightedScoreViews, ArrayView<double>, ArrayView<double>> SpreadTotals)
{
    /// <summary>Compiles them.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="attributeCount">J.</param>
    public static ScoreKernelSet Load(Accelerator accelerator, int attributeCount) => attributeCount switch
    {
        1 => Load<OneDimension>(accelerator),
        2 => Load<TwoDimensions>(accelerator),
        3 => Load<ThreeDimensions>(accelerator),
        _ => Load<ManyDimensions>(accelerator),
    };

    private static ScoreKernelSet Load<TDimensions>(Accelerator accelerator)
        where TDimensions : struct, IScoreDimensions => new(
        accelerator.LoadIndexed<TileShape, LayoutViews, WeightedScoreViews, ArrayView<double>, ArrayView<double>>(WeightedScoreKernels.FillLogPrior),
        accelerator.LoadIndexed<TileShape, PatternViews, LayoutViews, WeightedScoreViews, NormalizerViews>(WeightedScoreKernels.SumTerms<TDimensions>),
        accelerator.LoadIndexed<TileShape, int, PatternViews, NormalizerViews, WeightedScoreViews>(WeightedScoreKernels.FinishPatterns),
        accelerator.LoadIndexed<TileShape, WeightedScoreViews>(ScoreTotalKernels.AddToShares<TDimensions>),
        accelerator.LoadIndexed<TileShape, int, PatternViews, LayoutViews, WeightedScoreViews>(ScoreTotalKernels.AddResponses),
        accelerator.LoadGrouped<int, int, TileShape, WeightedScoreViews>(ScoreTotalKernels.AddShares),
        accelerator.LoadIndexed<TileShape, int, LayoutViews, WeightedScoreViews, ArrayView<double>, ArrayView<double>>(ScoreTotalKernels.SpreadTotals));
}
