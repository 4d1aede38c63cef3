using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Tests;

/// <summary>Every kernel with every item model compiles to CUDA assembly that needs nothing from outside.</summary>
/// <remarks>
/// Needs no GPU. The budgets are about a fifth above what was seen when they were written. A library exponential or
/// logarithm that slips into a model either does not compile or becomes code of more than 1,000 instructions and breaks them.
/// Seen: 307, 555, 1,003 and 321 lines, in the order below.
/// </remarks>
public sealed class PtxTests
{
    [Theory]
    [InlineData(typeof(GeneralizedPartialCredit), 370)]
    [InlineData(typeof(GradedResponse), 670)]
    [InlineData(typeof(FourParameterLogistic), 1200)]
    [InlineData(typeof(NominalResponse), 385)]
    public void Item_tables_compile_within_their_budget(Type model, int budget)
    {
        MethodInfo kernel = typeof(ItemTableKernels)
            .GetMethod(nameof(ItemTableKernels.LogProbabilities))!
            .MakeGenericMethod(model);
        AssertCompiles(EntryPointDescription.FromImplicitlyGroupedKernel(kernel), budget);
    }

    private static void AssertCompiles(EntryPointDescription entry, int budget)
    {
        using Context context = Context.Create(builder => builder.DefaultCPU());
        using var backend = new PTXBackend(context, CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null!);
        string ptx = ((PTXCompiledKernel)backend.Compile(entry, KernelSpecialization.Empty)).PTXAssembly;

        Assert.Contains(".entry", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".extern", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("printf", ptx, StringComparison.Ordinal);
        Assert.InRange(InstructionCount(ptx), 1, budget);
    }

    /// <summary>Lines that end in a semicolon and are no declarations.</summary>
    private static int InstructionCount(string ptx) =>
        ptx.Split('\n').Count(line => line.TrimEnd().EndsWith(';') && !line.TrimStart().StartsWith('.'));
}
