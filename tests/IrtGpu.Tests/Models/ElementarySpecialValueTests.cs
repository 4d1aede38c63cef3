using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using IrtGpu.Models;

namespace IrtGpu.Tests.Models;

/// <summary>Limits, special values, and what device-safe code may not call.</summary>
public sealed class ElementarySpecialValueTests
{
    private const double Inf = double.PositiveInfinity;

    public static TheoryData<string, double, double> Limits => new()
    {
        { "Exp", Inf, Inf }, { "Exp", -Inf, 0 }, { "Exp", 0, 1 }, { "Exp", -0.0, 1 }, { "Exp", 709.8, Inf }, { "Exp", -745.2, 0 },
        { "Exp", 1e300, Inf }, { "Exp", -1e300, 0 }, { "Exp", -745.13, double.Epsilon },
        { "Expm1", Inf, Inf }, { "Expm1", -Inf, -1 }, { "Expm1", 0, 0 }, { "Expm1", 709.8, Inf }, { "Expm1", -1e300, -1 },
        { "Expm1", double.Epsilon, double.Epsilon },
        { "Log", Inf, Inf }, { "Log", 0, -Inf }, { "Log", -0.0, -Inf }, { "Log", 1, 0 }, { "Log", -1, double.NaN },
        { "Log", -Inf, double.NaN }, { "Log", -double.Epsilon, double.NaN },
        { "Log1P", Inf, Inf }, { "Log1P", -1, -Inf }, { "Log1P", 0, 0 }, { "Log1P", -1.5, double.NaN }, { "Log1P", -Inf, double.NaN },
        { "Log1P", double.Epsilon, double.Epsilon },
        { "LogSigmoid", Inf, 0 }, { "LogSigmoid", -Inf, -Inf }, { "LogSigmoid", -1e300, -1e300 },
        { "Sigmoid", Inf, 1 }, { "Sigmoid", -Inf, 0 }, { "Sigmoid", 0, 0.5 },
        { "Log1MExp", 0, -Inf }, { "Log1MExp", Inf, 0 }, { "Log1MExp", -1, double.NaN },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Special_arguments_give_their_limits(string function, double x, double expected) =>
        Assert.Equal(expected, Function(function)(x));

    [Theory]
    [InlineData("Exp"), InlineData("Expm1"), InlineData("Log"), InlineData("Log1P")]
    [InlineData("LogSigmoid"), InlineData("Sigmoid"), InlineData("Log1MExp")]
    public void NaN_gives_NaN(string function) => Assert.True(double.IsNaN(Function(function)(double.NaN)));

    [Fact]
    public void LogAddExp_treats_minus_infinity_as_an_absent_term()
    {
        Assert.Equal(-Inf, Elementary.LogAddExp(-Inf, -Inf));
        Assert.Equal(-3.0, Elementary.LogAddExp(-Inf, -3.0));
        Assert.Equal(-3.0, Elementary.LogAddExp(-3.0, -Inf));
        Assert.Equal(Inf, Elementary.LogAddExp(Inf, 1.0));
        Assert.Equal(Inf, Elementary.LogAddExp(Inf, Inf));
        Assert.True(double.IsNaN(Elementary.LogAddExp(double.NaN, 1.0)));
        Assert.True(double.IsNaN(Elementary.LogAddExp(1.0, double.NaN)));
    }

    [Fact]
    public void IsFinite_is_false_for_infinities_and_NaN_only()
    {
        Assert.True(Elementary.IsFinite(double.MaxValue) && Elementary.IsFinite(-double.MaxValue) && Elementary.IsFinite(0));
        Assert.False(Elementary.IsFinite(Inf) || Elementary.IsFinite(-Inf) || Elementary.IsFinite(double.NaN));
    }

    [Fact]
    public void Exp_and_Log_never_decrease_from_one_double_to_the_next_at_reduction_boundaries()
    {
        for (int k = -1000; k < 1000; k++)
        {
            double x = (k + 0.5) * Math.Log(2);
            Assert.True(Elementary.Exp(Math.BitDecrement(x)) <= Elementary.Exp(Math.BitIncrement(x)), $"Exp at {x:R}");
            double y = Math.ScaleB(Math.Sqrt(0.5), k);
            Assert.True(Elementary.Log(Math.BitDecrement(y)) <= Elementary.Log(Math.BitIncrement(y)), $"Log at {y:R}");
        }
    }

    [Fact]
    public void The_models_assembly_never_calls_the_Math_library()
    {
        using var file = new PEReader(File.OpenRead(typeof(Elementary).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        var offenders = new List<string>();
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference)
                continue;
            TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            if (metadata.GetString(type.Name) is "Math" or "MathF" or "Double")
                offenders.Add(metadata.GetString(type.Name) + "." + metadata.GetString(member.Name));
        }

        Assert.Empty(offenders);
    }

    private static Func<double, double> Function(string name) => name switch
    {
        "Exp" => Elementary.Exp,
        "Expm1" => Elementary.Expm1,
        "Log" => Elementary.Log,
        "Log1P" => Elementary.Log1P,
        "LogSigmoid" => Elementary.LogSigmoid,
        "Sigmoid" => Elementary.Sigmoid,
        _ => Elementary.Log1MExp,
    };
}
