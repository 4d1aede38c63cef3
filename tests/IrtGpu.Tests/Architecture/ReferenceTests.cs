using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace IrtGpu.Tests.Architecture;

/// <summary>References go one way: Cli → Kernels → IrtGpu → IrtGpu.Models.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Layers = ["IrtGpu.Models", "IrtGpu", "IrtGpu.Kernels", "irtgpu"];

    [Fact]
    public void Item_models_need_nothing_but_the_runtime() =>
        Assert.All(ReferencesOf("IrtGpu.Models"), name => Assert.True(name.StartsWith("System.", StringComparison.Ordinal), name));

    [Theory]
    [InlineData("IrtGpu.Models")]
    [InlineData("IrtGpu")]
    [InlineData("irtgpu")]
    public void Only_the_kernels_see_ilgpu(string assembly) =>
        Assert.DoesNotContain(ReferencesOf(assembly), name => name.StartsWith("ILGPU", StringComparison.Ordinal));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void No_layer_refers_to_a_higher_one(int layer)
    {
        string[] references = ReferencesOf(Layers[layer]);
        Assert.All(Layers[(layer + 1)..], higher => Assert.DoesNotContain(higher, references));
    }

    [Fact]
    public void Project_files_declare_no_arrow_that_the_compiler_drops()
    {
        // An unused reference leaves no trace in the assembly, so the project files are read too.
        Dictionary<string, string[]> allowed = new(StringComparer.Ordinal)
        {
            ["src/IrtGpu.Models/IrtGpu.Models.csproj"] = [],
            ["src/IrtGpu.Foundation/IrtGpu.Foundation.csproj"] = [],
            ["src/IrtGpu/IrtGpu.csproj"] = ["IrtGpu.Foundation", "IrtGpu.Models"],
            ["kernels/IrtGpu.Kernels/IrtGpu.Kernels.csproj"] = ["IrtGpu", "IrtGpu.Models"],
            ["src/IrtGpu.Cli/IrtGpu.Cli.csproj"] = ["IrtGpu.Kernels", "IrtGpu", "IrtGpu.Models"],
        };
        foreach ((string path, string[] projects) in allowed)
        {
            XDocument project = XDocument.Load(Path.Combine(Root(), path));
            foreach (string reference in Includes(project, "ProjectReference").Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/'))))
                Assert.Contains(reference, projects);
            foreach (string package in Includes(project, "PackageReference"))
            {
                Assert.False(path.Contains("Models", StringComparison.Ordinal), $"{path} refers to the package {package}.");
                Assert.True(path.StartsWith("kernels/", StringComparison.Ordinal) || !package.StartsWith("ILGPU", StringComparison.Ordinal), $"{path} refers to {package}.");
            }
        }
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

    private static IEnumerable<string> Includes(XDocument project, string element) =>
        project.Descendants(element).Select(reference => (string?)reference.Attribute("Include")).OfType<string>();

    private static string[] ReferencesOf(string assembly) => [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!)];

    private static string Root([CallerFilePath] string path = "")
    {
        DirectoryInfo? folder = new FileInfo(path).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "IrtGpu.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The sources are not where they were compiled.");
    }
}
