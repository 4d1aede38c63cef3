using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace IrtGpu.Kernels.Loading;

/// <summary>CUDA assembly of kernels kept between runs, so that a second start compiles nothing.</summary>
/// <remarks>
/// <para>
/// One file a kernel in the user's cache: a line that says what it is, a line with the checksum of the rest, the assembly. What it is: the
/// builds of this library and of the item models, ILGPU's version, instruction set and target, the kernel with its type arguments and its
/// limits. A file of anything else, or one that is damaged, is compiled anew and overwritten; where the folder cannot be read or written,
/// kernels are compiled as without it. Whoever writes one removes those older than 90 days, which other builds have left. A file's name begins
/// with what a look needs that asks no driver: builds and kernel.
/// </para>
/// <para>
/// ILGPU 1.5.3 has no public way to make a kernel of assembly: <see cref="PTXCompiledKernel"/>'s constructor and the entry point of a compiled
/// kernel are reached by reflection. Where a later version has them no longer, nothing is kept (<see cref="IsPossible"/>).
/// </para>
/// </remarks>
/// <param name="folder">Where the files are.</param>
internal sealed class StoredPtx(string folder)
{
    private const string Variable = "IRTGPU_CACHE";

    private const int KeyLength = 16; // hexadecimal digits

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(90);

    private static readonly ConstructorInfo? Constructor = typeof(PTXCompiledKernel).GetConstructor(
        BindingFlags.NonPublic | BindingFlags.Instance, [typeof(Context), typeof(EntryPoint), typeof(CompiledKernel.KernelInfo), typeof(string)]);

    private static readonly MethodInfo? EntryPointGetter =
        typeof(CompiledKernel).GetProperty("EntryPoint", BindingFlags.NonPublic | BindingFlags.Instance)?.GetMethod;

    /// <summary>Whether this version of ILGPU lets kernels be made of assembly.</summary>
    public static bool IsPossible => Constructor is not null && EntryPointGetter is not null;

    /// <summary>The user's store: in the folder that IRTGPU_CACHE names, else in the user's cache; null where it says <c>off</c>, or nothing can be kept.</summary>
    public static StoredPtx? Default { get; } = Find(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Kernels that had to be compiled.</summary>
    public int CompiledCount { get; private set; }

    /// <summary>Kernels that were read.</summary>
    public int ReadCount { get; private set; }

    /// <summary>The store that a value of IRTGPU_CACHE names.</summary>
    /// <param name="setting"><c>off</c>, a folder, or null.</param>
    internal static StoredPtx? Find(string? setting)
    {
        if (setting == "off" || !IsPossible)
            return null;
        string? root = !string.IsNullOrEmpty(setting) ? setting : CacheFolder();
        return root is null ? null : new StoredPtx(root);
    }

    /// <summary>Reads a kernel, or compiles and keeps it.</summary>
    /// <param name="accelerator">For which.</param>
    /// <param name="entry">The kernel.</param>
    /// <param name="specialization">Its limits.</param>
    public CompiledKernel Get(CudaAccelerator accelerator, EntryPointDescription entry, KernelSpecialization specialization) =>
        Get(accelerator.Backend, accelerator.Capabilities.TargetArchitecture, entry, specialization);

    /// <summary>Reads a kernel, or compiles and keeps it.</summary>
    /// <param name="backend">Compiles, and has the instruction set.</param>
    /// <param name="target">What it compiles for.</param>
    /// <param name="entry">The kernel.</param>
    /// <param name="specialization">Its limits.</param>
    internal PTXCompiledKernel Get(PTXBackend backend, CudaArchitecture target, EntryPointDescription entry, KernelSpecialization specialization)
    {
        string identity = Identity(backend.InstructionSet, target, entry.MethodSource, specialization);
        string file = Path.Combine(folder, $"{Key(KernelIdentity(entry.MethodSource))}-{Key(identity)}.ptx");
        if (TryRead(file, identity) is { } stored)
        {
            ReadCount++;
            EntryPoint point = new(entry, new SharedMemorySpecification(stored.StaticBytes, stored.IsDynamic), specialization);
            return (PTXCompiledKernel)Constructor!.Invoke([backend.Context, point, null, stored.Ptx]);
        }
        CompiledCount++;
        PTXCompiledKernel compiled = (PTXCompiledKernel)backend.Compile(entry, specialization);
        SharedMemorySpecification shared = ((EntryPoint)EntryPointGetter!.Invoke(compiled, null)!).SharedMemory;
        TryWrite(file, identity, new Stored(shared.StaticSize, shared.HasDynamicMemory, compiled.PTXAssembly));
        return compiled;
    }

    /// <summary>Whether this build's kernels are all here, for any instruction set and target: a look at names of files, not into them.</summary>
    /// <param name="kernels">The kernels.</param>
    public bool HoldsAll(IEnumerable<MethodInfo> kernels)
    {
        try
        {
            HashSet<string> held = [.. Directory.EnumerateFiles(folder, "*.ptx").Select(file => Path.GetFileName(file).Split('-')[0])];
            return kernels.All(kernel => held.Contains(Key(KernelIdentity(kernel))));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Identity(CudaInstructionSet instructionSet, CudaArchitecture target, MethodInfo method, KernelSpecialization specialization) =>
        KernelIdentity(method) + string.Create(
            CultureInfo.InvariantCulture,
            $" isa {instructionSet} target {target} threads {specialization.MaxNumThreadsPerGroup} groups {specialization.MinNumGroupsPerMultiprocessor}");

    private static string KernelIdentity(MethodInfo method)
    {
        string arguments = string.Join(',', method.GetGenericArguments().Select(argument => argument.FullName));
        return $"irtgpu {BuildOf<StoredPtx>()} {typeof(Models.Elementary).Module.ModuleVersionId} ilgpu {BuildOf<Context>()} kernel {method.DeclaringType}.{method.Name}<{arguments}>";
    }

    private static string Key(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..KeyLength];

    private static Guid BuildOf<T>() => typeof(T).Module.ModuleVersionId;

    private static Stored? TryRead(string file, string identity)
    {
        try
        {
            string[] parts = File.ReadAllText(file).Split('\n', 3);
            return parts.Length == 3 && parts[0] == identity && Stored.Parse(parts[2]) is { } stored && parts[1] == Checksum(parts[2]) ? stored : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void TryWrite(string file, string identity, Stored stored)
    {
        string draft = $"{file}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(folder);
            string rest = stored.ToString();
            File.WriteAllText(draft, $"{identity}\n{Checksum(rest)}\n{rest}");
            File.Move(draft, file, overwrite: true);
            foreach (string old in Directory.EnumerateFiles(folder, "*.ptx").Where(other => DateTime.UtcNow - File.GetLastWriteTimeUtc(other) > LongestLife))
                File.Delete(old);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run compiles again.
        }
    }

    private static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The user's cache as the system has it.</summary>
    private static string? CacheFolder()
    {
        string? root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : null;
        return string.IsNullOrEmpty(root) ? null : Path.Combine(root, "irtgpu", "kernels");
    }

    private sealed record Stored(int StaticBytes, bool IsDynamic, string Ptx)
    {
        public static Stored? Parse(string text)
        {
            string[] parts = text.Split('\n', 2);
            string[] sizes = parts[0].Split(' ');
            return parts.Length == 2 && sizes.Length == 2 && int.TryParse(sizes[0], NumberStyles.None, CultureInfo.InvariantCulture, out int bytes)
                ? new Stored(bytes, sizes[1] == "dynamic", parts[1])
                : null;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StaticBytes} {(IsDynamic ? "dynamic" : "static")}\n{Ptx}");
    }
}
