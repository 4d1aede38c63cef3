using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.ProductGrid;

/// <summary>Where the likelihood of a test splits into one factor a dimension.</summary>
public sealed class ItemSplitTests
{
    [Fact]
    public void Is_chosen_where_the_likelihood_splits()
    {
        Assert.Equal(EStepForm.WeightedScore, FormOf(Catalogue.Get("four dimensions") with { Missing = 0 }));
        Assert.Equal(EStepForm.DimensionTables, FormOf(Catalogue.Get("three dimensions, known classes, groups")));
        Assert.Equal(EStepForm.Tables, FormOf(Catalogue.Get("two dimensions, 3pl")));
        Assert.Equal(EStepForm.Tables, FormOf(Catalogue.Get("two dimensions") with { Rule = QuadratureRule.GaussHermite, Nodes = 7 }));

        static EStepForm FormOf(ModelCase problem)
        {
            (CalibrationPlan plan, PatternTable patterns, _) = problem.Build();
            using CpuBackend backend = HostForms.Open(plan, patterns, 1, EStepForm.Auto);
            return backend.Form;
        }
    }

    [Fact]
    public void Is_refused_where_the_likelihood_does_not_split()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = Catalogue.Get("two dimensions, 3pl").Build();
        foreach (EStepForm form in new[] { EStepForm.WeightedScore, EStepForm.DimensionTables })
            Assert.Contains("--e-step", Assert.Throws<SpecificationException>(() => HostForms.Open(plan, patterns, 1, form)).Message, StringComparison.Ordinal);
    }
}
