using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Reporting.Tables;

namespace IrtGpu.Tests.Golden;

/// <summary>Log-likelihood, estimates and scores against other software, case by case.</summary>
public sealed class GoldenTests(GoldenFits fits) : IClassFixture<GoldenFits>
{
    public static TheoryData<string> Ids => [.. GoldenCase.Ids];

    /// <summary>Fits with an asymptote at its bound have no finite standard errors; those of rotated slopes depend on the rotation.</summary>
    public static TheoryData<string> IdsWithStandardErrors =>
        [.. GoldenCase.Ids.Where(id => GoldenCase.Load(id) is { HasBound: false, Exploratory: false })];

    /// <summary>Two E-steps a parameter are long in three dimensions; Louis' estimator is compared there.</summary>
    public static TheoryData<string> IdsWithQuickEStep =>
        [.. GoldenCase.Ids.Where(id => GoldenCase.Load(id) is { HasBound: false, Exploratory: false, Attributes: < 3 })];

    [Fact]
    public void Every_item_function_population_and_kind_of_data_has_a_case()
    {
        GoldenCase[] cases = [.. GoldenCase.Ids.Select(GoldenCase.Load)];
        string[] functions = [.. cases.SelectMany(golden => golden.Functions).Select(entry => entry.ItemFunction.Name()).Distinct()];
        Assert.Empty(Enum.GetValues<ItemFunction>().Select(function => function.Name()).Except(functions).Except(["tutz"])); // of which no other software was at hand
        Predicate<GoldenCase>[] kinds =
        [
            golden => golden.GroupColumn is not null, golden => golden.FreeItems is not null, golden => golden.Classes > 1, golden => golden.Attributes == 2,
            golden => golden.Attributes == 3, golden => golden.Exploratory, golden => golden.NormalPriors.Length > 0, golden => golden.HasBound,
            golden => golden.Functions.Length > 1, golden => golden.WeightColumn is not null, golden => golden.Eap.Any(score => score.Codes.Contains(null)),
        ];
        Assert.All(kinds, kind => Assert.Contains(cases, kind));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Log_likelihood_is_the_reference_maximum(string id) => AssertLogLikelihood(fits.Tight(id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Estimates_are_those_of_the_reference(string id) => AssertEstimates(fits.Tight(id));

    /// <summary>Log-likelihood, log prior and number of parameters of a converged fit.</summary>
    internal static void AssertLogLikelihood(GoldenFit fit)
    {
        double bound = fit.Case switch { { HasBound: true } => 1e-3, { Classes: > 1 } or { Attributes: > 2 } => 1e-4, _ => 1e-5 };
        Assert.Equal(fit.Case.FreeParameters, fit.Result.FreeParameterCount);
        Assert.True(fit.Result.Termination.IsConverged, fit.Result.Termination.Message);
        AssertNear(fit.Case.LogLikelihood, fit.Result.LogLikelihood, bound, "log-likelihood");
        AssertNear(fit.Case.LogPrior, fit.Result.LogPrior, 1e-4, "log prior");
    }

    /// <summary>Estimates, each on the scale of the case; of exploratory solutions what rotation leaves.</summary>
    internal static void AssertEstimates(GoldenFit fit)
    {
        if (fit.Case.Exploratory)
        {
            AssertEqualCommunalities(fit);
            return;
        }
        double bound = fit.Case switch
        {
            { Classes: > 1 } or { Attributes: > 2 } => 5e-3,
            { HasBound: true } => 1e-3,
            { Functions: [{ Function: "4pl" }, ..] } => 1e-3, // nearly singular: the reference itself is uncertain to 5e-5
            _ => 1e-4,
        };
        // An asymptote at its bound has no finite logit, and the rest of its item moves with it.
        HashSet<string?> bounded = [.. fit.Case.Parameters.Where(parameter => parameter.Bound).Select(parameter => parameter.Item)];
        foreach (GoldenParameter parameter in fit.Case.Parameters.Where(parameter => !bounded.Contains(parameter.Item) || parameter.Bound))
            AssertNear(parameter.Value, fit.Estimate(parameter), bound, parameter.ToString());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Posterior_means_and_deviations_are_those_of_the_reference(string id)
    {
        GoldenFit fit = fits.Tight(id);
        double bound = fit.Case switch { { HasBound: true } => 1e-3, { Classes: > 1 } or { Attributes: > 2 } => 1e-4, _ => 1e-5 };
        Assert.True(fit.Case.Exploratory || fit.Case.Eap.Length > 0 || fit.Case.Id == "pcm_timss11_wide"); // scored there on a narrower grid
        foreach (GoldenScore score in fit.Case.Eap)
        {
            int pattern = fit.PatternOf(score);
            for (int attribute = 0; attribute < fit.Case.Attributes; attribute++)
            {
                string what = $"of {string.Join(' ', score.Codes)}";
                AssertNear(score.Eap[attribute], fit.Result.Scores!.Mean[pattern * fit.Case.Attributes + attribute], bound, "EAP " + what);
                AssertNear(score.Sd[attribute], fit.Result.Scores!.StandardDeviation(pattern, attribute), bound, "posterior SD " + what);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Default_options_reach_the_reference_maximum(string id)
    {
        GoldenCase golden = GoldenCase.Load(id);
        CalibrationResult result = GoldenFits.Fit(golden, new CalibrationOptions { StandardErrors = StandardErrorMethod.None });
        Assert.Equal(TerminationKind.Converged, result.Termination.Kind);
        AssertNear(golden.LogLikelihood, result.LogLikelihood, 1e-2, "log-likelihood");
    }

    [Theory]
    [MemberData(nameof(IdsWithQuickEStep))]
    public void Oakes_standard_errors_are_those_of_the_numeric_hessian(string id) => AssertStandardErrors(id, StandardErrorMethod.Oakes);

    [Theory]
    [MemberData(nameof(IdsWithStandardErrors))]
    public void Louis_standard_errors_are_those_of_the_numeric_hessian(string id) => AssertStandardErrors(id, StandardErrorMethod.Louis);

    [Theory]
    [InlineData(StandardErrorMethod.Complete)]
    [InlineData(StandardErrorMethod.CrossProduct)]
    [InlineData(StandardErrorMethod.Louis)]
    [InlineData(StandardErrorMethod.Oakes)]
    [InlineData(StandardErrorMethod.Sandwich)]
    public void Every_estimator_of_standard_errors_agrees_on_the_lsat(StandardErrorMethod method)
    {
        GoldenFit fit = fits.Tight("2pl_LSAT7");
        StandardErrors actual = fit.StandardErrors(method);
        double[] expected = fit.Case.StandardErrors![method.ToString()];
        Assert.Equal(fit.Case.Parameters.Length, expected.Length);
        for (int k = 0; k < expected.Length; k++)
            AssertNear(1, fit.StandardError(actual, fit.Case.Parameters[k]) / expected[k], 1e-4, $"{method} SE of {fit.Case.Parameters[k]}, as a ratio");
    }

    private void AssertStandardErrors(string id, StandardErrorMethod method)
    {
        GoldenFit fit = fits.Tight(id);
        StandardErrors actual = fit.StandardErrors(method);
        int compared = 0;
        foreach (GoldenParameter parameter in fit.Case.Parameters.Where(parameter => parameter.Se is not null))
        {
            AssertNear(1, fit.StandardError(actual, parameter) / parameter.Se!.Value, 2e-3, $"{method} SE of {parameter}, as a ratio");
            compared++;
        }
        Assert.True(compared >= fit.Case.FreeParameters, $"{compared} of {fit.Case.FreeParameters} standard errors compared.");
    }

    /// <summary>Rotations of the axes leave Σ_j a_j² of every item and its intercept as they are.</summary>
    private static void AssertEqualCommunalities(GoldenFit fit)
    {
        foreach (IGrouping<string?, GoldenParameter> item in fit.Case.Parameters.GroupBy(parameter => parameter.Item))
        {
            double expected = item.Where(IsSlope).Sum(parameter => parameter.Value * parameter.Value);
            double actual = 0;
            for (int set = 0; set < fit.Result.Plan.ParameterSets.Count; set++)
            {
                IrtGpu.Planning.ItemParameterSet candidate = fit.Result.Plan.ParameterSets[set];
                if (fit.Result.Plan.Items[candidate.Item].Name != item.Key)
                    continue;
                foreach (double slope in fit.Result.Point.Parameters.Slots.AsSpan(candidate.FirstSlot, candidate.SlopeCount))
                    actual += slope * slope;
            }
            AssertNear(expected, actual, 1e-3, $"sum of squared slopes of {item.Key}");
            GoldenParameter intercept = item.Single(parameter => parameter.Name == "d");
            AssertNear(intercept.Value, fit.Estimate(intercept), 1e-3, intercept.ToString());
        }
    }

    private static bool IsSlope(GoldenParameter parameter) => parameter.Name[0] == 'a';

    private static void AssertNear(double expected, double actual, double bound, string what) => Assert.True(
        Math.Abs(expected - actual) <= bound, FormattableString.Invariant($"{what}: reference {expected:r}, here {actual:r}, apart {actual - expected:e2}, allowed {bound:e0}"));
}
