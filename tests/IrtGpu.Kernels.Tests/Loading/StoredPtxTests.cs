using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.EStep.Fused;
using IrtGpu.Kernels.Loading;

namespace IrtGpu.Kernels.Tests.Loading;

/// <summary>Assembly that is kept between runs. Needs no GPU: kernels are compiled and made, not run.</summary>
public sealed class StoredPtxTests : IDisposable
{
    private static readonly CudaArchitecture Target = CudaArchitecture.SM_80;

    private readonly string folder = Directory.CreateTempSubdirectory("irtgpu-ptx-").FullName;
    private readonly Context context = Context.Create(builder => builder.DefaultCPU());
    private readonly PTXBackend backend;
    private readonly EntryPointDescription entry =
        EntryPointDescription.FromImplicitlyGroupedKernel(typeof(EStepKernels).GetMethod(nameof(EStepKernels.Normalize))!);

    public StoredPtxTests() => backend = new PTXBackend(context, CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null!);

    [Fact]
    public void This_version_of_ILGPU_has_what_is_reached_by_reflection()
    {
        Assert.True(StoredPtx.IsPossible);
        Assert.NotNull(HopperTarget.Setter);
    }

    [Fact]
    public void A_second_start_compiles_nothing_and_has_the_same_assembly()
    {
        PTXCompiledKernel compiled = new StoredPtx(folder).Get(backend, Target, entry, KernelSpecialization.Empty);
        StoredPtx second = new(folder);
        PTXCompiledKernel read = second.Get(backend, Target, entry, KernelSpecialization.Empty);
        Assert.Equal((0, 1), (second.CompiledCount, second.ReadCount));
        Assert.Equal(compiled.PTXAssembly, read.PTXAssembly);
        Assert.Equal(compiled.Name, read.Name);
    }

    [Fact]
    public void A_look_tells_whether_kernels_are_here()
    {
        StoredPtx store = new(folder);
        MethodInfo other = typeof(EStepKernels).GetMethod(nameof(EStepKernels.Scale))!;
        Assert.False(store.HoldsAll([entry.MethodSource]));
        store.Get(backend, Target, entry, KernelSpecialization.Empty);
        Assert.True(store.HoldsAll([entry.MethodSource]));
        Assert.False(store.HoldsAll([entry.MethodSource, other]));
        Assert.False(new StoredPtx(Path.Combine(folder, "none")).HoldsAll([entry.MethodSource]));
    }

    [Fact]
    public void Static_and_dynamic_shared_memory_are_kept()
    {
        EntryPointDescription fused = EntryPointDescription.FromExplicitlyGroupedKernel(
            typeof(FusedKernels).GetMethod(nameof(FusedKernels.Fuse))!.MakeGenericMethod(typeof(AmpereOne)));
        KernelSpecialization limits = FusedUnits.Specialization(1);
        new StoredPtx(folder).Get(backend, Target, fused, limits);
        string[] lines = File.ReadAllLines(Assert.Single(Directory.GetFiles(folder)));
        Assert.Equal("0 dynamic", lines[2]);
        new StoredPtx(folder).Get(backend, Target, EntryPointDescription.FromExplicitlyGroupedKernel(typeof(EStepKernels).GetMethod(nameof(EStepKernels.AddSlices))!), default);
        Assert.Contains(Directory.GetFiles(folder), file => File.ReadAllLines(file)[2] == "2048 static");
    }

    [Fact]
    public void Other_targets_and_limits_have_files_of_their_own()
    {
        StoredPtx store = new(folder);
        store.Get(backend, Target, entry, KernelSpecialization.Empty);
        store.Get(backend, CudaArchitecture.SM_90, entry, KernelSpecialization.Empty);
        store.Get(backend, Target, entry, new KernelSpecialization(64, 2));
        Assert.Equal((3, 0), (store.CompiledCount, store.ReadCount));
        Assert.Equal(3, Directory.GetFiles(folder).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("something else\nentirely\n")]
    [InlineData(null)] // the last character of the assembly changes
    public void A_damaged_or_foreign_file_is_compiled_anew(string? content)
    {
        new StoredPtx(folder).Get(backend, Target, entry, KernelSpecialization.Empty);
        string file = Assert.Single(Directory.GetFiles(folder));
        string sound = File.ReadAllText(file);
        File.WriteAllText(file, content ?? sound[..^1] + "?");
        StoredPtx second = new(folder);
        second.Get(backend, Target, entry, KernelSpecialization.Empty);
        Assert.Equal((1, 0), (second.CompiledCount, second.ReadCount));
        StoredPtx third = new(folder);
        third.Get(backend, Target, entry, KernelSpecialization.Empty);
        Assert.Equal((0, 1), (third.CompiledCount, third.ReadCount));
    }

    [Fact]
    public void Files_of_long_ago_are_removed_when_one_is_written()
    {
        string old = Path.Combine(folder, "old.ptx");
        File.WriteAllText(old, "");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-91));
        new StoredPtx(folder).Get(backend, Target, entry, KernelSpecialization.Empty);
        Assert.DoesNotContain(old, Directory.GetFiles(folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_no_error()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        StoredPtx store = new(Path.Combine(file, "below"));
        store.Get(backend, Target, entry, KernelSpecialization.Empty);
        Assert.Equal((1, 0), (store.CompiledCount, store.ReadCount));
    }

    [Fact]
    public void The_variable_names_a_folder_or_says_off()
    {
        Assert.Null(StoredPtx.Find("off"));
        StoredPtx store = StoredPtx.Find(folder)!;
        store.Get(backend, Target, entry, KernelSpecialization.Empty);
        Assert.Single(Directory.GetFiles(folder));
    }

    public void Dispose()
    {
        backend.Dispose();
        context.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
