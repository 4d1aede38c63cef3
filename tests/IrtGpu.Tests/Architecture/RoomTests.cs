using System.Reflection;
using IrtGpu.Cli;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Kernels.Backend;
using IrtGpu.Regression;
using IrtGpu.Reports;

namespace IrtGpu.Tests.Architecture;

/// <summary>Rooms are the namespaces next below an assembly's own; arrows between them go down this list, and so in no circle.</summary>
/// <remarks>
/// What stands in an assembly's own namespace is its front door (options, result, the call that ties the rooms together), open
/// from within and without.
/// </remarks>
public sealed class RoomTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(DataException).Assembly, typeof(Calibration).Assembly, typeof(AcceleratorProvider).Assembly, typeof(MixedModel).Assembly, typeof(HtmlReport).Assembly, typeof(CommandLine).Assembly,
    ];

    /// <summary>Each may refer to those above it.</summary>
    private static readonly string[] Rooms =
    [
        "IrtGpu.Foundation.Collections", "IrtGpu.Foundation.Progress", "IrtGpu.Foundation.Sharding", "IrtGpu.Foundation.Vectors", "IrtGpu.Foundation.LinearAlgebra", "IrtGpu.Foundation.Integration",
        "IrtGpu.Foundation.Optimization", "IrtGpu.Foundation.Estimation", "IrtGpu.Foundation.Tables",
        "IrtGpu.Foundation.Documents", "IrtGpu.Foundation.Sampling", "IrtGpu.Foundation.Formulas",
        "IrtGpu.Vectors",
        "IrtGpu.Items", "IrtGpu.Data", "IrtGpu.Specification", "IrtGpu.Planning", "IrtGpu.Population", "IrtGpu.Compute", "IrtGpu.Estimation",
        "IrtGpu.Inference", "IrtGpu.Posterior", "IrtGpu.Scoring", "IrtGpu.Fit", "IrtGpu.Reporting", "IrtGpu.Saved", "IrtGpu.Simulation",
        "IrtGpu.Linking", "IrtGpu.Differential", "IrtGpu.Comparison",
        "IrtGpu.Kernels.Loading", "IrtGpu.Kernels.Devices", "IrtGpu.Kernels.Memory", "IrtGpu.Kernels.Items", "IrtGpu.Kernels.EStep", "IrtGpu.Kernels.Scoring", "IrtGpu.Kernels.Inference",
        "IrtGpu.Kernels.Gathering", "IrtGpu.Kernels.Reduction", "IrtGpu.Kernels.Adaptive", "IrtGpu.Kernels.Backend", "IrtGpu.Kernels.Measuring",
        "IrtGpu.Regression.Mixed", "IrtGpu.Regression.Estimation", "IrtGpu.Regression.Inference", "IrtGpu.Regression.Priors", "IrtGpu.Regression.Mixtures", "IrtGpu.Regression.Saved", "IrtGpu.Regression.Prediction", "IrtGpu.Regression.Posterior",
        "IrtGpu.Regression.Comparison", "IrtGpu.Regression.Reporting",
        "IrtGpu.Reports.Folders", "IrtGpu.Reports.Figures", "IrtGpu.Reports.Pages", "IrtGpu.Reports.Checks", "IrtGpu.Reports.Calibrations", "IrtGpu.Reports.Regressions", "IrtGpu.Reports.Plots",
        "IrtGpu.Cli.Guidance", "IrtGpu.Cli.Demo", "IrtGpu.Cli.Options", "IrtGpu.Cli.Progress", "IrtGpu.Cli.Reports", "IrtGpu.Cli.Commands",
    ];

    [Fact]
    public void Every_room_has_its_place() => Assert.Empty(
        Assemblies.SelectMany(assembly => assembly.GetTypes()).Select(RoomOf).OfType<string>().Distinct().Except(Rooms));

    [Fact]
    public void Arrows_go_down()
    {
        string[] up =
        [
            .. Assemblies.SelectMany(assembly => assembly.GetTypes())
                .SelectMany(type => ArrowsOf(type).Where(arrow => Array.IndexOf(Rooms, arrow.From) < Array.IndexOf(Rooms, arrow.To)))
                .GroupBy(arrow => $"{arrow.From} -> {arrow.To}")
                .Select(group => $"{group.Key}: {string.Join("; ", group.Select(arrow => arrow.Example).Distinct().Order().Take(20))}"),
        ];
        Assert.True(up.Length == 0, string.Join('\n', up));
    }

    private static IEnumerable<(string From, string To, string Example)> ArrowsOf(Type type) => RoomOf(type) is { } from
        ? TypeReferences.Of(type).Select(other => (from, To: RoomOf(other), $"{Outermost(type).Name} to {Outermost(other).Name}"))
            .Where(arrow => arrow.To is not null && arrow.To != from).Select(arrow => (arrow.from, arrow.To!, arrow.Item3))
        : [];

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The first name below the assembly's own; null for other assemblies and for front doors.</summary>
    private static string? RoomOf(Type type)
    {
        if (!Assemblies.Contains(type.Assembly) || type.Namespace is not { } space)
            return null;
        string own = type.Assembly.GetName().Name!;
        return space.StartsWith(own + ".", StringComparison.Ordinal) ? $"{own}.{space[(own.Length + 1)..].Split('.')[0]}" : null;
    }
}
