using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using IrtGpu.Items;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.EStep.Fused;
using IrtGpu.Kernels.EStep.WeightedScore;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Tests.Devices;

/// <summary>The CUDA assembly of every kernel, and of each generic one with every response function. Needs no GPU.</summary>
internal static class KernelAssembly
{
    private static readonly Lock OneAtATime = new();
    private static readonly Context Shared = Context.Create(builder => builder.DefaultCPU().EnableAlgorithms());

    public static Type[] Models { get; } = [.. ItemFamily.All.Select(family => family.Use(new ResponseFunction()))];

    /// <summary>Products of matrices of each target.</summary>
    public static Type[] MatrixUnits { get; } =
    [
        .. new[] { 1, 2, 4 }.SelectMany(parts => new[] { FusedUnits.UnitFor(parts, false, true), FusedUnits.UnitFor(parts, false, false) }), FusedUnits.UnitFor(4, true, true),
    ];

    /// <summary>Scores held in registers.</summary>
    private static readonly Type[] Dimensions = [typeof(OneDimension), typeof(TwoDimensions), typeof(ThreeDimensions), typeof(ManyDimensions)];

    /// <summary>By name: <c>Kernel</c> or <c>Kernel&lt;ResponseFunction&gt;</c>.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> EntryPoints { get; } = FindEntryPoints();

    public static TheoryData<string> Names => [.. EntryPoints.Keys];

    /// <summary>Kernels that take no index run in groups.</summary>
    public static string Compile(MethodInfo kernel, CudaInstructionSet instructionSet)
    {
        EntryPointDescription entry = kernel.GetParameters()[0].ParameterType == typeof(Index1D)
            ? EntryPointDescription.FromImplicitlyGroupedKernel(kernel)
            : EntryPointDescription.FromExplicitlyGroupedKernel(kernel);
        lock (OneAtATime)
        {
            CudaCapabilityContext capabilities = new(CudaArchitecture.SM_90);
            HopperTarget.TryRaise(capabilities, CudaArchitecture.SM_90);
            using PTXBackend backend = new(Shared, capabilities, CudaArchitecture.SM_90, instructionSet, null!);
            return ((PTXCompiledKernel)backend.Compile(entry, SpecializationOf(kernel))).PTXAssembly;
        }
    }

    private static KernelSpecialization SpecializationOf(MethodInfo kernel) => kernel.Name == nameof(FusedKernels.Fuse)
        ? FusedUnits.Specialization(((IMatrixUnit)Activator.CreateInstance(kernel.GetGenericArguments()[0])!).PartCount)
        : KernelSpecialization.Empty;

    /// <summary>Lines that end in a semicolon and are no declarations.</summary>
    public static int InstructionCount(string ptx) =>
        ptx.Split('\n').Count(line => line.TrimEnd().EndsWith(';') && !line.TrimStart().StartsWith('.'));

    private static Dictionary<string, MethodInfo> FindEntryPoints()
    {
        Dictionary<string, MethodInfo> entries = [];
        Type[] holders = [.. typeof(EStepKernels).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Kernels", StringComparison.Ordinal)).OrderBy(type => type.Name, StringComparer.Ordinal)];
        foreach (MethodInfo method in holders.SelectMany(holder => holder.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            if (!method.IsGenericMethodDefinition)
            {
                entries[method.Name] = method;
                continue;
            }
            foreach (Type argument in Models.Concat(MatrixUnits).Concat(Dimensions).Where(argument => Fits(method, argument)))
                entries[$"{method.Name}<{argument.Name}>"] = method.MakeGenericMethod(argument);
        }
        return entries;
    }

    private static bool Fits(MethodInfo method, Type model) =>
        method.GetGenericArguments()[0].GetGenericParameterConstraints().All(constraint => constraint.IsAssignableFrom(model));

    private sealed class ResponseFunction : IItemModelUser<Type>
    {
        public Type Use<TModel>()
            where TModel : struct, IItemModel => typeof(TModel);
    }
}
