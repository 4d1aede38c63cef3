using IrtGpu.Models;
using IrtGpu.Tests.Docs;

namespace IrtGpu.Tests.Architecture;

/// <summary>What the command's ahead-of-time compilation is told.</summary>
public sealed class AheadOfTimeTests
{
    private static readonly string Sources = Path.Combine(DocumentationFolder.Root, "src");

    [Fact]
    public void Roots_name_every_response_function()
    {
        string roots = File.ReadAllText(Path.Combine(Sources, "AheadOfTime", "ItemModelRoots.cs"));
        Type[] models = [.. typeof(IItemModel).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IItemModel)))];
        Assert.NotEmpty(models);
        Assert.All(models, model => Assert.Contains(
            $"{(model.IsAssignableTo(typeof(IWeightedScoreModel)) ? "OfWeightedScore" : "Of")}<{model.Name}, TLanes>();", roots, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_of_methods_are_written_so_that_programs_compiled_ahead_can_change_them()
    {
        string[] sources = [.. Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))];
        Assert.NotEmpty(sources);
        Assert.All(sources, path => Assert.DoesNotContain("CompilerServices.MethodImplOptions.AggressiveOptimization", File.ReadAllText(path), StringComparison.Ordinal));
    }
}
