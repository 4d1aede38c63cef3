using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ILGPU.Runtime.Cuda;
using IrtGpu.Kernels.Adaptive;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.EStep.Fused;
using IrtGpu.Kernels.EStep.WeightedScore;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Reduction;

namespace IrtGpu.Kernels.Tests.Devices;

/// <summary>Registers, spills and local memory of every kernel with every item model, by the assembler of a CUDA toolkit.</summary>
/// <remarks>
/// Skipped where there is no ptxas on PATH or under CUDA_HOME. Assembled for sm_90 from the oldest PTX that knows it, so that
/// every toolkit since 11.8 will do. With IRTGPU_PTX_FOLDER set, the PTX of each kernel is left in that folder.
/// </remarks>
public sealed partial class PtxResourceTests
{
    private static readonly string[] Homes = ["CUDA_HOME", "CUDA_PATH"];

    private static readonly Lazy<string?> Assembler = new(FindAssembler);

    public static TheoryData<string> Kernels => Assembler.Value is not null ? KernelAssembly.Names
        : [new TheoryDataRow<string>("all") { Skip = "There is no ptxas on PATH, under CUDA_HOME or under CUDA_PATH; it comes with the CUDA toolkit, 11.8 or later." }];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_neither_spills_nor_keeps_arrays_in_local_memory(string kernel)
    {
        string ptx = KernelAssembly.Compile(KernelAssembly.EntryPoints[kernel], CudaInstructionSet.ISA_78);
        string file = Path.Combine(
            Environment.GetEnvironmentVariable("IRTGPU_PTX_FOLDER") ?? Path.GetTempPath(), $"irtgpu-{Environment.ProcessId}-{kernel.Replace('<', '-').TrimEnd('>')}.ptx");
        File.WriteAllText(file, ptx);
        try
        {
            string report = Assemble(file);
            TestContext.Current.SendDiagnosticMessage($"{kernel}: {report.ReplaceLineEndings(" ")}");
            Assert.Equal(0, Number(report, SpillStores()));
            Assert.Equal(0, Number(report, SpillLoads()));
            Assert.Equal(0, Number(report, StackFrame()));
            Assert.InRange(Number(report, Registers()), 1, LargestRegisterCount(kernel));
        }
        finally
        {
            if (Environment.GetEnvironmentVariable("IRTGPU_PTX_FOLDER") is null)
                File.Delete(file);
        }
    }

    /// <summary>About a tenth above the most that ptxas 11.8 gave: 72 for counts, 86 for node totals of weighted scores, 132 for sums of derivatives, 80 for those of answers, 56 for all others.</summary>
    private static int LargestRegisterCount(string kernel) => kernel.Split('<')[0] switch
    {
        nameof(EStepKernels.CollectCounts) => 80,
        nameof(ScoreTotalKernels.AddResponses) or nameof(ScoreTotalKernels.AddToShares) or nameof(WeightedScoreKernels.SumTerms) => 96,
        nameof(ItemDerivativeKernels.SumNodes) => 144,
        nameof(AnswerDerivativeKernels.FillDerivatives) => 88,
        nameof(FusedKernels.Fuse) => 170, // three groups of 128 threads a multiprocessor
        nameof(PersonAnswerKernels.SumAnswers) or nameof(PersonAnswerKernels.AddAnswers) or nameof(ReducedSweepKernels.SendUp) or nameof(ReducedSweepKernels.FindPosterior) => 168, // not assembled yet
        _ => 64,
    };

    private static string? FindAssembler()
    {
        string name = OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas";
        IEnumerable<string> folders = Homes.Select(Environment.GetEnvironmentVariable).OfType<string>()
            .Select(home => Path.Combine(home, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static string Assemble(string file)
    {
        string target = Environment.GetEnvironmentVariable("IRTGPU_PTX_FOLDER") is null ? (OperatingSystem.IsWindows() ? "NUL" : "/dev/null") : file + ".cubin";
        ProcessStartInfo start = new(Assembler.Value!, ["-v", "-arch=sm_90", file, "-o", target]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new Win32Exception();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string report = process.StandardError.ReadToEnd() + output.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, report);
        return report;
    }

    private static int Number(string report, Regex pattern)
    {
        Match match = pattern.Match(report);
        Assert.True(match.Success, report);
        return int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) bytes spill stores")]
    private static partial Regex SpillStores();

    [GeneratedRegex(@"(\d+) bytes spill loads")]
    private static partial Regex SpillLoads();

    [GeneratedRegex(@"(\d+) bytes stack frame")]
    private static partial Regex StackFrame();

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex Registers();
}
