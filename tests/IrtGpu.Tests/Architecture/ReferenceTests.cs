using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using IrtGpu.Cli;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Kernels.Backend;
using IrtGpu.Models;
using IrtGpu.Regression;
using IrtGpu.Reports;

namespace IrtGpu.Tests.Architecture;

/// <summary>References between assemblies go one way: Cli → Kernels → IrtGpu → Foundation, IrtGpu → Models, Cli → Regression → Foundation, and Cli → Reports → IrtGpu.</summary>
public sealed class ReferenceTests
{
    /// <summary>Each assembly of the project with those of the project it may refer to.</summary>
    private static readonly (Assembly Assembly, string Project, Assembly[] MayReferTo)[] Layers =
    [
        (Models, "src/IrtGpu.Models", []),
        (Foundation, "src/IrtGpu.Foundation", []),
        (Library, "src/IrtGpu", [Models, Foundation]),
        (Kernels, "kernels/IrtGpu.Kernels", [Models, Foundation, Library]),
        (Regression, "src/IrtGpu.Regression", [Foundation]),
        (Reports, "src/IrtGpu.Reports", [Models, Foundation, Library]),
        (Cli, "src/IrtGpu.Cli", [Models, Foundation, Library, Kernels, Regression, Reports]),
    ];

    private static Assembly Models => typeof(Elementary).Assembly;

    private static Assembly Foundation => typeof(DataException).Assembly;

    private static Assembly Library => typeof(Calibration).Assembly;

    private static Assembly Kernels => typeof(AcceleratorProvider).Assembly;

    private static Assembly Regression => typeof(MixedModel).Assembly;

    private static Assembly Reports => typeof(HtmlReport).Assembly;

    private static Assembly Cli => typeof(CommandLine).Assembly;

    public static TheoryData<int> LayerNumbers => [.. Enumerable.Range(0, Layers.Length)];

    [Fact]
    public void Every_project_is_a_layer() => Assert.Equal(
        Directory.EnumerateFiles(Root(), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root(), Path.GetDirectoryName(path)!).Replace('\\', '/'))
            .Where(project => project.StartsWith("src/", StringComparison.Ordinal) || project.StartsWith("kernels/", StringComparison.Ordinal)).Order(),
        Layers.Select(layer => layer.Project).Order());

    /// <summary>An unused reference leaves no trace in the assembly, so the project files are read too.</summary>
    [Theory]
    [MemberData(nameof(LayerNumbers))]
    public void A_layer_refers_to_nothing_above_it(int number)
    {
        (Assembly assembly, string project, Assembly[] mayReferTo) = Layers[number];
        string[] allowed = [.. mayReferTo.Select(layer => layer.GetName().Name!)];
        string[] references = [.. assembly.GetReferencedAssemblies().Select(reference => reference.Name!)];
        Assert.Equal(allowed.Intersect(references).Order(), references.Where(name => name.StartsWith("IrtGpu", StringComparison.Ordinal)).Order());
        Assert.All(Includes(project, "ProjectReference"), reference => Assert.Contains(Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')), allowed));
    }

    [Theory]
    [MemberData(nameof(LayerNumbers))]
    public void Only_the_kernels_see_ilgpu(int number)
    {
        (Assembly assembly, string project, _) = Layers[number];
        bool sees = assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Concat(Includes(project, "PackageReference"))
            .Any(name => name.StartsWith("ILGPU", StringComparison.Ordinal));
        Assert.Equal(assembly == Kernels, sees);
    }

    [Fact]
    public void Item_models_need_nothing_but_the_runtime()
    {
        Assert.All(Models.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));
        Assert.Empty(Includes("src/IrtGpu.Models", "PackageReference"));
    }

    [Fact]
    public void Item_models_call_no_elementary_function_but_their_own()
    {
        // System.Math's functions are neither accurate nor fast on every device; Abs, Max and the like are exact.
        string[] banned = ["Math.Exp", "Math.Log", "Math.Pow", "Math.FusedMultiplyAdd", "Math.Tanh", "Math.Sqrt"];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root(), "src", "IrtGpu.Models"), "*.cs"))
        {
            foreach (string line in File.ReadLines(file).Select(line => line.Split("//")[0]))
                Assert.DoesNotContain(banned, call => line.Contains(call, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Includes(string project, string element) =>
        XDocument.Load(Assert.Single(Directory.GetFiles(Path.Combine(Root(), project), "*.csproj")))
            .Descendants(element).Select(reference => (string?)reference.Attribute("Include")).OfType<string>();

    private static string Root([CallerFilePath] string path = "")
    {
        DirectoryInfo? folder = new FileInfo(path).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "IrtGpu.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The sources are not where they were compiled.");
    }
}
