using System.Reflection;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Inference;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Measuring;
using IrtGpu.Kernels.Scoring;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Tests.Devices;

/// <summary>Every kernel with every item model compiles to CUDA assembly that needs nothing from outside.</summary>
/// <remarks>
/// Needs no GPU. The budgets are about a fifth above what was seen when they were written. A library exponential or
/// logarithm that slips into a model either does not compile or becomes code of more than 1,000 instructions and breaks them.
/// Seen: 307, 555, 252, 565, 1,003 and 321 lines, in the order below.
/// </remarks>
public sealed class PtxTests
{
    [Theory]
    [InlineData(typeof(GeneralizedPartialCredit), 370)]
    [InlineData(typeof(GradedResponse), 670)]
    [InlineData(typeof(SequentialResponse), 305)]
    [InlineData(typeof(GradedRatingScale), 680)]
    [InlineData(typeof(FourParameterLogistic), 1200)]
    [InlineData(typeof(NominalResponse), 385)]
    public void Item_tables_compile_within_their_budget(Type model, int budget)
    {
        MethodInfo kernel = typeof(ItemTableKernels)
            .GetMethod(nameof(ItemTableKernels.LogProbabilities))!
            .MakeGenericMethod(model);
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(kernel), budget);
    }

    [Theory]
    [InlineData(nameof(Item_tables_compile_within_their_budget))]
    [InlineData(nameof(Item_derivatives_compile_within_their_budget))]
    [InlineData(nameof(Derivatives_of_answers_compile_within_their_budget))]
    public void Every_response_function_has_a_budget(string test) => Assert.Equal(
        PtxResourceTests.Models.Select(model => model.Name).Order(),
        typeof(PtxTests).GetMethod(test)!.GetCustomAttributes<InlineDataAttribute>().Select(row => ((Type)row.Data[0]!).Name).Order());

    /// <summary>Seen: 211, 145, 212, 183, 69, 319 and 35 lines.</summary>
    [Theory]
    [InlineData(nameof(EStepKernels.JointLogLikelihood), 255)]
    [InlineData(nameof(EStepKernels.ExponentiateChunk), 175)]
    [InlineData(nameof(EStepKernels.MergeChunks), 255)]
    [InlineData(nameof(EStepKernels.Normalize), 220)]
    [InlineData(nameof(EStepKernels.Scale), 85)]
    [InlineData(nameof(EStepKernels.CollectCounts), 385)]
    [InlineData(nameof(EStepKernels.AddSlices), 40)]
    public void The_E_step_compiles_within_its_budget(string kernel, int budget) =>
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(typeof(EStepKernels).GetMethod(kernel)!), budget);

    /// <summary>One group a slice: threads are added by a scan, without atomic additions, which have no fixed order.</summary>
    [Fact]
    public void The_sum_of_log_likelihoods_has_a_fixed_order()
    {
        EntryPointDescription entry = EntryPointDescription.FromExplicitlyGroupedKernel(typeof(EStepKernels).GetMethod(nameof(EStepKernels.SumLogLikelihood))!);
        AssertCompiles(entry, 225);
        string ptx = Compile(entry, CudaInstructionSet.ISA_80);
        Assert.DoesNotContain("\tatom.", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("\tred.", ptx, StringComparison.Ordinal);
    }

    /// <summary>Seen: 114, 484, 111, 110, 81 and 127 lines.</summary>
    [Theory]
    [InlineData(nameof(WeightedScoreKernels.FillLogPrior), 135)]
    [InlineData(nameof(WeightedScoreKernels.ExponentiateScores), 580)]
    [InlineData(nameof(WeightedScoreKernels.MergeMoments), 135)]
    [InlineData(nameof(WeightedScoreKernels.SumLanes), 130)]
    [InlineData(nameof(WeightedScoreKernels.AddLanes), 95)]
    [InlineData(nameof(WeightedScoreKernels.SpreadTotals), 150)]
    public void Weighted_scores_compile_within_their_budget(string kernel, int budget) =>
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(typeof(WeightedScoreKernels).GetMethod(kernel)!), budget);

    /// <summary>Seen: 140, 148, 131 and 74 lines.</summary>
    [Theory]
    [InlineData(nameof(PersonScoreKernels.SumChunk), 170)]
    [InlineData(nameof(PersonScoreKernels.MergeMeans), 180)]
    [InlineData(nameof(PersonScoreKernels.SumSquares), 155)]
    [InlineData(nameof(PersonScoreKernels.MergeCovariances), 90)]
    public void Scores_compile_within_their_budget(string kernel, int budget) =>
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(typeof(PersonScoreKernels).GetMethod(kernel)!), budget);

    /// <summary>Seen: 1,012, 1,150, 702, 1,397, 2,390 and 1,311 lines.</summary>
    [Theory]
    [InlineData(typeof(GeneralizedPartialCredit), 1215)]
    [InlineData(typeof(GradedResponse), 1380)]
    [InlineData(typeof(SequentialResponse), 845)]
    [InlineData(typeof(GradedRatingScale), 1680)]
    [InlineData(typeof(FourParameterLogistic), 2870)]
    [InlineData(typeof(NominalResponse), 1570)]
    public void Item_derivatives_compile_within_their_budget(Type model, int budget)
    {
        MethodInfo kernel = typeof(ItemDerivativeKernels).GetMethod(nameof(ItemDerivativeKernels.SumNodes))!.MakeGenericMethod(model);
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(kernel), budget);
    }

    [Fact]
    public void The_sum_of_item_derivatives_compiles_within_its_budget() => AssertCompiles(
        EntryPointDescription.FromImplicitlyGroupedKernel(typeof(ItemDerivativeKernels).GetMethod(nameof(ItemDerivativeKernels.AddChunks))!), 55);

    /// <summary>Seen: 342, 368, 255, 439, 1,044 and 441 lines.</summary>
    [Theory]
    [InlineData(typeof(GeneralizedPartialCredit), 410)]
    [InlineData(typeof(GradedResponse), 440)]
    [InlineData(typeof(SequentialResponse), 305)]
    [InlineData(typeof(GradedRatingScale), 530)]
    [InlineData(typeof(FourParameterLogistic), 1255)]
    [InlineData(typeof(NominalResponse), 530)]
    public void Derivatives_of_answers_compile_within_their_budget(Type model, int budget)
    {
        MethodInfo kernel = typeof(CrossProductKernels).GetMethod(nameof(CrossProductKernels.FillDerivatives))!.MakeGenericMethod(model);
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(kernel), budget);
    }

    /// <summary>Seen: 261 and 111 lines.</summary>
    [Theory]
    [InlineData(nameof(CrossProductKernels.FindGradients), 315)]
    [InlineData(nameof(CrossProductKernels.AddProducts), 135)]
    public void Cross_products_compile_within_their_budget(string kernel, int budget) =>
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(typeof(CrossProductKernels).GetMethod(kernel)!), budget);

    [Fact]
    public void The_chains_that_measure_the_device_compile_within_their_budget() => AssertCompiles(
        EntryPointDescription.FromImplicitlyGroupedKernel(typeof(MachineLimitKernels).GetMethod(nameof(MachineLimitKernels.MultiplyAdd))!), 180);

    /// <summary>The CUDA assembly of a kernel.</summary>
    internal static string Compile(EntryPointDescription entry, CudaInstructionSet instructionSet)
    {
        using Context context = Context.Create(builder => builder.DefaultCPU().EnableAlgorithms());
        using var backend = new PTXBackend(context, CudaArchitecture.SM_90, instructionSet, null!);
        return ((PTXCompiledKernel)backend.Compile(entry, KernelSpecialization.Empty)).PTXAssembly;
    }

    private static void AssertCompiles(EntryPointDescription entry, int budget)
    {
        string ptx = Compile(entry, CudaInstructionSet.ISA_80);
        Assert.Contains(".entry", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".extern", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("printf", ptx, StringComparison.Ordinal);
        Assert.InRange(InstructionCount(ptx), 1, budget);
    }

    /// <summary>Lines that end in a semicolon and are no declarations.</summary>
    internal static int InstructionCount(string ptx) =>
        ptx.Split('\n').Count(line => line.TrimEnd().EndsWith(';') && !line.TrimStart().StartsWith('.'));
}
