using ILGPU.Runtime.Cuda;

namespace IrtGpu.Kernels.Tests.Devices;

/// <summary>Every kernel with every response function compiles to CUDA assembly that needs nothing from outside.</summary>
/// <remarks>
/// A library exponential or logarithm that slips into a model either does not compile or becomes code of more than 1,000 instructions
/// and breaks the budgets, which are about a fifth above what was seen when they were written.
/// </remarks>
public sealed class PtxTests
{
    /// <summary>Most instructions of each kernel.</summary>
    private static readonly Dictionary<string, int> Budgets = new(StringComparer.Ordinal)
    {
        ["LogProbabilities<GeneralizedPartialCredit>"] = 370,
        ["LogProbabilities<GradedResponse>"] = 670,
        ["LogProbabilities<SequentialResponse>"] = 305,
        ["LogProbabilities<GradedRatingScale>"] = 680,
        ["LogProbabilities<FourParameterLogistic>"] = 1200,
        ["LogProbabilities<NominalResponse>"] = 385,
        ["SumNodes<GeneralizedPartialCredit>"] = 1215,
        ["SumNodes<GradedResponse>"] = 1380,
        ["SumNodes<SequentialResponse>"] = 845,
        ["SumNodes<GradedRatingScale>"] = 1680,
        ["SumNodes<FourParameterLogistic>"] = 2870,
        ["SumNodes<NominalResponse>"] = 1570,
        ["FillDerivatives<GeneralizedPartialCredit>"] = 410,
        ["FillDerivatives<GradedResponse>"] = 440,
        ["FillDerivatives<SequentialResponse>"] = 305,
        ["FillDerivatives<GradedRatingScale>"] = 530,
        ["FillDerivatives<FourParameterLogistic>"] = 1255,
        ["FillDerivatives<NominalResponse>"] = 530,
        ["AddChunks"] = 55,
        ["JointLogLikelihood"] = 255,
        ["ExponentiateChunk"] = 175,
        ["MergeChunks"] = 255,
        ["Normalize"] = 220,
        ["Scale"] = 85,
        ["CollectCounts"] = 385,
        ["SumLogLikelihood"] = 225,
        ["AddSlices"] = 85,
        ["FillLogPrior"] = 165,
        ["SumTerms<OneDimension>"] = 615,
        ["SumTerms<TwoDimensions>"] = 740,
        ["SumTerms<ThreeDimensions>"] = 850,
        ["SumTerms<ManyDimensions>"] = 1300,
        ["FinishPatterns"] = 645,
        ["AddToShares<OneDimension>"] = 435,
        ["AddToShares<TwoDimensions>"] = 490,
        ["AddToShares<ThreeDimensions>"] = 490,
        ["AddToShares<ManyDimensions>"] = 500,
        ["AddResponses"] = 420,
        ["AddShares"] = 190,
        ["SpreadTotals"] = 225,
        ["SumChunk"] = 170,
        ["MergeMeans"] = 180,
        ["SumSquares"] = 155,
        ["MergeCovariances"] = 90,
        ["FindGradients"] = 315,
        ["AddProducts"] = 135,
        ["SumPowers"] = 135,
        ["Fuse<AmpereOne>"] = 970,
        ["Fuse<AmpereTwo>"] = 970,
        ["Fuse<AmpereFour>"] = 970,
        ["Fuse<HopperOne>"] = 970,
        ["Fuse<HopperTwo>"] = 970,
        ["Fuse<HopperFour>"] = 970,
        ["Fuse<HopperMany>"] = 1180,
        ["FindNodeGradients"] = 300,
        ["AddNodeProducts"] = 130,
        ["PackAnswers"] = 120,
        ["PackFragments"] = 130,
        ["PackBases"] = 172,
        ["SpreadCounts"] = 195,
        ["SumWholeLogLikelihood"] = 280,
        ["WeighNodes"] = 110,
        ["PlaceNodes"] = 90,
        ["MultiplyAdd"] = 180,
        ["FillPriors"] = 215,
        ["FillJointRows"] = 290,
        ["SendUp"] = 805,
        ["Classify"] = 405,
        ["FindPosterior"] = 410,
        ["Gather"] = 165,
        ["PlaceAboutModes"] = 250,
        ["FindPosteriorWeights"] = 395,
        ["SumPersonPowers"] = 135,
        ["AddLogisticAnswers"] = 465,
        ["SumOneLoading"] = 565,
        ["SumLogisticAnswers"] = 640,
        ["AddAnswers<GeneralizedPartialCredit>"] = 505,
        ["AddAnswers<GradedResponse>"] = 820,
        ["AddAnswers<SequentialResponse>"] = 450,
        ["AddAnswers<GradedRatingScale>"] = 835,
        ["AddAnswers<FourParameterLogistic>"] = 1290,
        ["AddAnswers<NominalResponse>"] = 520,
        ["SumAnswers<GeneralizedPartialCredit>"] = 1225,
        ["SumAnswers<GradedResponse>"] = 1540,
        ["SumAnswers<SequentialResponse>"] = 1000,
        ["SumAnswers<GradedRatingScale>"] = 1850,
        ["SumAnswers<FourParameterLogistic>"] = 3005,
        ["SumAnswers<NominalResponse>"] = 1445,
    };

    [Theory]
    [MemberData(nameof(KernelAssembly.Names), MemberType = typeof(KernelAssembly))]
    public void A_kernel_compiles_within_its_budget_and_adds_in_a_fixed_order(string kernel)
    {
        string ptx = KernelAssembly.Compile(KernelAssembly.EntryPoints[kernel], CudaInstructionSet.ISA_80);
        Assert.Contains(".entry", ptx, StringComparison.Ordinal);
        string[] banned = [".extern .func", "printf", "\tatom.", "\tred."]; // sums by atomic additions have no fixed order
        Assert.All(banned, word => Assert.DoesNotContain(word, ptx, StringComparison.Ordinal));
        Assert.InRange(KernelAssembly.InstructionCount(ptx), 1, Budgets.GetValueOrDefault(kernel));
    }

    [Fact]
    public void Every_budget_is_that_of_a_kernel() => Assert.Empty(Budgets.Keys.Except(KernelAssembly.EntryPoints.Keys));
}
