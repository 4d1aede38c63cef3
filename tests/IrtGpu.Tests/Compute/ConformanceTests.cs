using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute;

/// <summary>Every form of the CPU's E-step against the plain loops of the reference.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Names => Catalogue.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_form_agrees_with_the_reference(string name) => Conformance.AssertCase(CpuEngines.All, name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_form_takes_means_that_differ_by_person(string name) => Conformance.AssertShifted(CpuEngines.All, name);

    /// <summary>More persons than one shard of any form takes.</summary>
    [Theory]
    [InlineData("mixed")]
    [InlineData("gpcm")]
    [InlineData("booklets of the family")]
    [InlineData("three dimensions, crossed, known classes, groups")]
    [InlineData("three dimensions, known classes, groups")]
    public void The_number_of_threads_changes_no_bit(string name)
    {
        ModelCase problem = Catalogue.Get(name) with { Persons = 9000 };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        foreach (Engine engine in CpuEngines.Forms.Where(engine => engine.Applies(problem)))
        {
            using CpuBackend one = HostForms.Open(plan, patterns, 1, engine.Form);
            using CpuBackend many = HostForms.Open(plan, patterns, 7, engine.Form);
            Closeness.AssertSame(EStepOutcome.Compute(one, point), EStepOutcome.Compute(many, point));
        }
    }
}
