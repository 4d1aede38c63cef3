using IrtGpu.Fit;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Planning;
using IrtGpu.Tests.Fit.LimitedInformation;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Tests.Golden;

/// <summary>Fit statistics at golden fits against those of other software, where it computes what its formulas say.</summary>
public sealed class GoldenStatisticsTests(GoldenFits fits) : IClassFixture<GoldenFits>
{
    /// <summary>
    /// Where mirt's M2 is another: asymptotes (its derivatives by slopes leave them out and those by g and u are not those of P; the enumeration
    /// of <c>LimitedInformationTests</c> has the right ones), missing answers (covariances as if complete), no interior maximum.
    /// </summary>
    private static readonly string[] OtherM2 = ["3pl_prior_SAT12", "3pl_simA", "4pl_simC", "mixed_simA", "missing_simA", "gpcm_Conspiracist", "3pl_boundary_simC", "4pl_boundary_simA"];

    /// <summary>Where it is another by a little: its derivatives leave out the free parameters of populations.</summary>
    private static readonly string[] LooseM2 = ["rsm_VerbalAggression"];

    public static TheoryData<string> WithM2 => [.. GoldenStatistics.Ids.Where(id => !OtherM2.Contains(id) && !LooseM2.Contains(id) && GoldenStatistics.Load(id).M2 is not null)];

    public static TheoryData<string> WithItems => [.. GoldenStatistics.Ids.Where(id => !id.Contains("boundary", StringComparison.Ordinal) && GoldenStatistics.Load(id).Items.Any(item => item.Sx2 is not null))];

    [Theory]
    [MemberData(nameof(WithM2))]
    public void Model_fit_is_at_the_reference(string id)
    {
        GoldenModelFit reference = GoldenStatistics.Load(id).M2!;
        CalibrationResult result = fits.Tight(id).Result;
        IReadOnlyList<ModelFit> all = Evaluate(result, FitStatistic.ModelFit).ModelFits!;
        ModelFit fit = all[0];
        Assert.Equal(reference.Df, fit.Df);
        Close(reference.Statistic, fit.Statistic);
        Close(reference.Rmsea, fit.Rmsea);
        Close(reference.RmseaLower, fit.RmseaLower);
        AssertClose(reference.RmseaUpper, fit.RmseaUpper, result.Plan.GroupCount > 1 ? 3e-3 : 1e-3);
        double[] srmsr = [.. (all.Count > 1 ? all.Skip(1) : all).Select(one => one.Srmsr)];
        Assert.Equal(reference.Srmsr.Length, srmsr.Length);
        for (int group = 0; group < srmsr.Length; group++)
            Close(reference.Srmsr[group], srmsr[group]);
        // Unrelated items have one degree of freedom a pair; mirt counts parameters that moments of products do not depend on as well.
        if (result.Plan.Items.All(item => item.CategoryCount == 2))
        {
            Close(reference.Cfi!.Value, fit.Cfi);
            Close(reference.Tli!.Value, fit.Tli);
        }
    }

    [Fact]
    public void With_the_derivatives_that_the_reference_takes_of_asymptotes_its_statistic_comes_out()
    {
        CalibrationResult result = fits.Tight("4pl_simC").Result;
        EnumeratedModel enumerated = new(result.Plan);
        double[][] moments = enumerated.RawMoments(withCategories: false);
        (double right, _) = enumerated.Complete(result.Point, result.Patterns, moments);
        (double reference, _) = enumerated.Complete(result.Point, result.Patterns, moments, ReferenceDerivatives(result));
        double expected = GoldenStatistics.Load("4pl_simC").M2!.Statistic;
        AssertClose(expected, reference, 2e-3);
        Assert.True(Math.Abs(right / expected - 1) > 0.02);
        AssertClose(right, Evaluate(result, FitStatistic.ModelFit).ModelFits![0].Statistic, 1e-4);
    }

    [Theory]
    [MemberData(nameof(WithItems))]
    public void Sum_score_statistics_are_at_the_reference(string id)
    {
        CalibrationResult result = fits.Tight(id).Result;
        IReadOnlyList<ItemFit> items = Evaluate(result, FitStatistic.SumScores).Items!;
        foreach (GoldenItemFit reference in GoldenStatistics.Load(id).Items.Where(item => item.Sx2 is not null))
        {
            ItemFit item = Find(result.Plan, items, reference);
            Assert.Equal(reference.Df, item.SumScores!.Df);
            AssertClose(reference.Sx2!.Value, item.SumScores.Statistic, 1e-5);
            AssertClose(reference.P!.Value, item.SumScores.P, 1e-4);
        }
    }

    [Theory]
    [InlineData("rasch_LSAT7")]
    [InlineData("pcm_timss11")]
    public void Mean_squares_at_posterior_means_are_at_the_reference(string id)
    {
        CalibrationResult result = fits.Tight(id).Result;
        IReadOnlyList<ItemFit> items = Evaluate(result, FitStatistic.MeanSquares).Items!;
        foreach (GoldenItemFit reference in GoldenStatistics.Load(id).Items)
        {
            ItemFit item = Find(result.Plan, items, reference);
            AssertClose(reference.Infit!.Value, item.AtEap!.Infit, 1e-3);
            AssertClose(reference.Outfit!.Value, item.AtEap.Outfit, 1e-3);
            Assert.Equal(reference.InfitZ!.Value, item.AtEap.InfitZ, 1e-2);
            Assert.Equal(reference.OutfitZ!.Value, item.AtEap.OutfitZ, 1e-2);
        }
    }

    /// <summary>θ P(1 − P), P(1 − P), 1 − P and P for a, d, g and u.</summary>
    private static Matrix<double> ReferenceDerivatives(CalibrationResult result)
    {
        GroupPopulation population = GroupPopulation.Create(result.Point, 0);
        int n = result.Plan.ItemCount;
        Matrix<double> derivatives = Matrix<double>.Build.Dense(n + n * (n - 1) / 2, 4 * n);
        for (int node = 0; node < population.NodeCount; node++)
        {
            double theta = result.Point.ThetaOfTable(0)[population.NodeOf[node]];
            double[] p = [.. Enumerable.Range(0, n).Select(item => population.Row(result.Plan.Items[item].FirstRow + 1)[node])];
            double[][] own = [.. p.Select(value => (double[])[theta * value * (1 - value), value * (1 - value), 1 - value, value])];
            for (int k = 0; k < 4; k++)
            {
                for (int i = 0, pair = n; i < n; i++)
                {
                    derivatives[i, 4 * i + k] += population.Weight[node] * own[i][k];
                    for (int j = 0; j < i; j++, pair++)
                    {
                        derivatives[pair, 4 * i + k] += population.Weight[node] * own[i][k] * p[j];
                        derivatives[pair, 4 * j + k] += population.Weight[node] * own[j][k] * p[i];
                    }
                }
            }
        }
        return derivatives;
    }

    private static ItemFit Find(CalibrationPlan plan, IReadOnlyList<ItemFit> items, GoldenItemFit reference) => items.Single(item =>
        plan.Items[item.Item].Name == reference.Item && (reference.Group is null || plan.Shape.GroupNames[item.Group] == reference.Group));

    private static FitReport Evaluate(CalibrationResult result, FitStatistic statistic)
    {
        FitReport report = FitEvaluation.Run(
            FitSource.Of(result, TestContext.Current.CancellationToken), new FitOptions { Statistics = new HashSet<FitStatistic> { statistic }, Threads = 2 },
            cancellation: TestContext.Current.CancellationToken);
        Assert.All(report.Notes, note => Assert.StartsWith("The corrected p", note, StringComparison.Ordinal)); // these fits have no standard errors
        return report;
    }

    private static void Close(double expected, double actual) => AssertClose(expected, actual, 1e-3);

    private static void AssertClose(double expected, double actual, double tolerance) => Assert.Equal(expected, actual, tolerance * Math.Abs(expected) + 1e-9);
}
