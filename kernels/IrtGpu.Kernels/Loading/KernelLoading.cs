using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace IrtGpu.Kernels.Loading;

/// <summary>Loads kernels on any accelerator, once each, from the store of CUDA assembly where there is one; they run on the default stream.</summary>
internal static class KernelLoading
{
    private static readonly ConditionalWeakTable<Accelerator, ConcurrentDictionary<MethodInfo, Kernel>> Loaded = [];

    /// <summary>Kernels that are loaded.</summary>
    internal static ICollection<MethodInfo> LoadedOn(Accelerator accelerator) => Loaded.GetOrCreateValue(accelerator).Keys;

    /// <summary>A kernel with an index, in groups of a size that the accelerator likes.</summary>
    public static Kernel LoadIndexed(Accelerator accelerator, MethodInfo method) => Loaded.GetOrCreateValue(accelerator).GetOrAdd(method, _ =>
        accelerator is CudaAccelerator cuda && StoredPtx.Default is { } store
            ? accelerator.LoadAutoGroupedKernel(store.Get(cuda, EntryPointDescription.FromImplicitlyGroupedKernel(method), KernelSpecialization.Empty))
            : accelerator.LoadAutoGroupedKernel(method));

    /// <summary>A kernel that runs in groups.</summary>
    /// <param name="accelerator">Where.</param>
    /// <param name="method">The kernel.</param>
    /// <param name="specialization">Limits by which the assembler gives registers.</param>
    public static Kernel LoadGrouped(Accelerator accelerator, MethodInfo method, KernelSpecialization specialization = default) =>
        Loaded.GetOrCreateValue(accelerator).GetOrAdd(method, _ =>
            accelerator is CudaAccelerator cuda && StoredPtx.Default is { } store
                ? accelerator.LoadKernel(store.Get(cuda, EntryPointDescription.FromExplicitlyGroupedKernel(method), specialization))
                : accelerator.LoadKernel(method, specialization));

    /// <summary>A kernel with an index and 1 argument.</summary>
    public static Action<Index1D, T1> LoadIndexed<T1>(this Accelerator accelerator, Action<Index1D, T1> kernel)
        where T1 : struct
    {
        Action<AcceleratorStream, Index1D, T1> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1>>();
        return (index, a1) => launch(accelerator.DefaultStream, index, a1);
    }

    /// <summary>A kernel with an index and 2 arguments.</summary>
    public static Action<Index1D, T1, T2> LoadIndexed<T1, T2>(this Accelerator accelerator, Action<Index1D, T1, T2> kernel)
        where T1 : struct
        where T2 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2>>();
        return (index, a1, a2) => launch(accelerator.DefaultStream, index, a1, a2);
    }

    /// <summary>A kernel with an index and 3 arguments.</summary>
    public static Action<Index1D, T1, T2, T3> LoadIndexed<T1, T2, T3>(this Accelerator accelerator, Action<Index1D, T1, T2, T3> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2, T3> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2, T3>>();
        return (index, a1, a2, a3) => launch(accelerator.DefaultStream, index, a1, a2, a3);
    }

    /// <summary>A kernel with an index and 4 arguments.</summary>
    public static Action<Index1D, T1, T2, T3, T4> LoadIndexed<T1, T2, T3, T4>(this Accelerator accelerator, Action<Index1D, T1, T2, T3, T4> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2, T3, T4> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2, T3, T4>>();
        return (index, a1, a2, a3, a4) => launch(accelerator.DefaultStream, index, a1, a2, a3, a4);
    }

    /// <summary>A kernel with an index and 5 arguments.</summary>
    public static Action<Index1D, T1, T2, T3, T4, T5> LoadIndexed<T1, T2, T3, T4, T5>(this Accelerator accelerator, Action<Index1D, T1, T2, T3, T4, T5> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5>>();
        return (index, a1, a2, a3, a4, a5) => launch(accelerator.DefaultStream, index, a1, a2, a3, a4, a5);
    }

    /// <summary>A kernel with an index and 6 arguments.</summary>
    public static Action<Index1D, T1, T2, T3, T4, T5, T6> LoadIndexed<T1, T2, T3, T4, T5, T6>(this Accelerator accelerator, Action<Index1D, T1, T2, T3, T4, T5, T6> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6>>();
        return (index, a1, a2, a3, a4, a5, a6) => launch(accelerator.DefaultStream, index, a1, a2, a3, a4, a5, a6);
    }

    /// <summary>A kernel with an index and 7 arguments.</summary>
    public static Action<Index1D, T1, T2, T3, T4, T5, T6, T7> LoadIndexed<T1, T2, T3, T4, T5, T6, T7>(this Accelerator accelerator, Action<Index1D, T1, T2, T3, T4, T5, T6, T7> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6, T7> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6, T7>>();
        return (index, a1, a2, a3, a4, a5, a6, a7) => launch(accelerator.DefaultStream, index, a1, a2, a3, a4, a5, a6, a7);
    }

    /// <summary>A kernel with an index and 9 arguments.</summary>
    public static Action<Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9> LoadIndexed<T1, T2, T3, T4, T5, T6, T7, T8, T9>(this Accelerator accelerator, Action<Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct
        where T8 : struct
        where T9 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9>>();
        return (index, a1, a2, a3, a4, a5, a6, a7, a8, a9) => launch(accelerator.DefaultStream, index, a1, a2, a3, a4, a5, a6, a7, a8, a9);
    }

    /// <summary>A kernel with an index and 11 arguments.</summary>
    public static Action<Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> LoadIndexed<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(this Accelerator accelerator, Action<Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct
        where T8 : struct
        where T9 : struct
        where T10 : struct
        where T11 : struct
    {
        Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> launch = LoadIndexed(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>>();
        return (index, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) => launch(accelerator.DefaultStream, index, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
    }

    /// <summary>A kernel that runs in groups, with 3 arguments.</summary>
    public static Action<KernelConfig, T1, T2, T3> LoadGrouped<T1, T2, T3>(this Accelerator accelerator, Action<T1, T2, T3> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
    {
        Action<AcceleratorStream, KernelConfig, T1, T2, T3> launch =
            LoadGrouped(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>();
        return (config, a1, a2, a3) => launch(accelerator.DefaultStream, config, a1, a2, a3);
    }

    /// <summary>A kernel that runs in groups, with 4 arguments.</summary>
    public static Action<KernelConfig, T1, T2, T3, T4> LoadGrouped<T1, T2, T3, T4>(this Accelerator accelerator, Action<T1, T2, T3, T4> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
    {
        Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4> launch =
            LoadGrouped(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>();
        return (config, a1, a2, a3, a4) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4);
    }

    /// <summary>A kernel that runs in groups, with 5 arguments.</summary>
    public static Action<KernelConfig, T1, T2, T3, T4, T5> LoadGrouped<T1, T2, T3, T4, T5>(this Accelerator accelerator, Action<T1, T2, T3, T4, T5> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
    {
        Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5> launch =
            LoadGrouped(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>();
        return (config, a1, a2, a3, a4, a5) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5);
    }

    /// <summary>A kernel that runs in groups, with 6 arguments.</summary>
    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6> LoadGrouped<T1, T2, T3, T4, T5, T6>(this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6> kernel)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
    {
        Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6> launch =
            LoadGrouped(accelerator, kernel.Method).CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6>>();
        return (config, a1, a2, a3, a4, a5, a6) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6);
    }
}
