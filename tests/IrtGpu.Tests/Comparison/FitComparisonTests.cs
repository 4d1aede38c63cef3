using IrtGpu.Comparison;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Items;
using IrtGpu.Reporting.Documents;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Comparison;

/// <summary>Which calibrations are nested in which, the tests of those that are, and the bootstrap of numbers of classes.</summary>
public sealed class FitComparisonTests : IDisposable
{
    private readonly ResponseData verbal = Read("VerbalAggression.csv.gz", null);

    public void Dispose() => verbal.Dispose();

    private static ResponseData Read(string name, string? group, string? weight = null) => ResponseReader.Read(
        Path.Combine(AppContext.BaseDirectory, "Golden", "data", name), new ResponseReaderOptions { GroupColumn = group, WeightColumn = weight }, TestContext.Current.CancellationToken);

    private static SavedCalibration Fit(ResponseData data, ModelSpecification specification, int starts = 0)
    {
        CalibrationResult result = Calibration.Run(
            data, specification, new CalibrationOptions { Threads = 2, StandardErrors = StandardErrorMethod.None, Starts = starts, MaxCycles = 2000 }, cancellation: TestContext.Current.CancellationToken);
        return SavedCalibration.Of(result, FitSummary.Of(result, 0));
    }

    private static SavedCalibration Fit(ResponseData data, ItemFunction function) => Fit(data, new ModelSpecification { Functions = [new("*", function)] });

    private static IReadOnlyList<ComparedFit> Compare(ComparisonOptions? options, params (string, SavedCalibration)[] fits) =>
        FitComparison.Compare(fits, options, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void Ordered_models_are_nested_as_their_formulas_say()
    {
        IReadOnlyList<ComparedFit> fits = Compare(null, [.. new[] { ItemFunction.RatingScale, ItemFunction.PartialCredit, ItemFunction.GeneralizedPartialCredit, ItemFunction.Graded, ItemFunction.GradedRatingScale, ItemFunction.Nominal }
            .Select(function => (function.Name(), Fit(verbal, function)))]);
        string Against(string name) => fits.Single(fit => fit.Name == name).Against ?? "none";
        Assert.Equal("none", Against("rsm"));
        Assert.Equal("rsm", Against("pcm"));
        Assert.Equal("pcm", Against("gpcm"));
        Assert.Equal("gpcm", Against("nominal"));
        Assert.Equal("grsm", Against("grm"));
        Assert.Equal("none", Against("grsm"));
        Assert.All(fits.Where(fit => fit.Against is not null), fit =>
        {
            ComparedFit smaller = fits.Single(other => other.Name == fit.Against);
            Assert.Equal(2 * (fit.LogLikelihood - smaller.LogLikelihood), fit.ChiSquare!.Value, 1e-9);
            Assert.Equal(fit.FreeParameters - smaller.FreeParameters, fit.Df);
            Assert.Equal(-2 * fit.LogLikelihood + 2 * fit.FreeParameters, fit.Aic!.Value, 1e-6);
        });
    }

    [Fact]
    public void Dichotomous_models_and_groups_are_nested_and_asymptotes_lie_at_the_end()
    {
        using ResponseData lsat = Read("LSAT7.csv", null, "freq");
        // mirt 1.47: log-likelihoods −2664.901 (rasch) and −2658.805 (2pl), see Golden/README.md.
        IReadOnlyList<ComparedFit> fits = Compare(
            null, ("rasch", Fit(lsat, ItemFunction.Rasch)), ("2pl", Fit(lsat, ItemFunction.TwoParameter)), ("3pl", Fit(lsat, ItemFunction.ThreeParameter)),
            ("prior", Fit(lsat, new ModelSpecification { Functions = [new("*", ItemFunction.FourParameter)], Priors = [new("*", "u", PriorDistribution.Beta, 17, 5)] })));
        Assert.Equal(12.19, fits[1].ChiSquare!.Value, 0.005);
        Assert.Equal("2pl", fits[2].Against);
        Assert.Contains("end of a parameter's range", fits[2].Note, StringComparison.Ordinal);
        Assert.Contains("prior", fits[3].Note, StringComparison.Ordinal);
        Assert.Null(fits[3].P);

        using ResponseData groups = Read("sim_mg_A.csv.gz", "group");
        ModelSpecification equal = new();
        IReadOnlyList<ComparedFit> three = Compare(
            null, ("equal", Fit(groups, equal)), ("I05 free", Fit(groups, equal with { FreeItems = "I05" })), ("all free", Fit(groups, equal with { EqualAcrossGroups = "none" })));
        Assert.Equal(6.874, three[1].ChiSquare!.Value, 2e-3); // mirt, as in the scan for differential item functioning
        Assert.Equal("I05 free", three[2].Against);
        Assert.Equal(26, three[2].Df);
    }

    [Fact]
    public void What_is_not_of_the_same_data_or_not_nested_is_refused_with_the_reason()
    {
        using ResponseData lsat = Read("LSAT7.csv", null, "freq");
        using ResponseData other = Read("WIRS.csv", null);
        Assert.Contains("different data files", Assert.Throws<SpecificationException>(() =>
            Compare(null, ("a", Fit(lsat, ItemFunction.Rasch)), ("b", Fit(other, ItemFunction.Rasch)))).Message, StringComparison.Ordinal);
        Assert.Contains("two fits", Assert.Throws<SpecificationException>(() => Compare(null, ("a", Fit(lsat, ItemFunction.Rasch)))).Message, StringComparison.Ordinal);
        IReadOnlyList<ComparedFit> fits = Compare(null, ("pcm", Fit(verbal, ItemFunction.PartialCredit)), ("grm", Fit(verbal, ItemFunction.Graded)));
        Assert.Null(fits[1].P);
        Assert.Contains("no special case", fits[1].Note, StringComparison.Ordinal);
        IReadOnlyList<ComparedFit> classes = Compare(
            null, ("one", Fit(lsat, ItemFunction.Rasch)), ("two", Fit(lsat, new ModelSpecification { Functions = [new("*", ItemFunction.Rasch)], ClassCount = 2 })));
        Assert.Null(classes[1].P);
        Assert.Contains("--bootstrap", classes[1].Note, StringComparison.Ordinal);
    }

    /// <summary>Two classes whose item order is reversed: one class is rejected, and two are enough; whatever the number of threads.</summary>
    [Fact]
    public void The_bootstrap_finds_the_number_of_classes()
    {
        string path = Path.GetTempFileName();
        Random random = new(4);
        File.WriteAllLines(path, (string[])["a,b,c,d,e", .. Enumerable.Range(0, 250).Select(person =>
        {
            double theta = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            int sign = person % 2 == 0 ? 1 : -1;
            return string.Join(',', Enumerable.Range(0, 5).Select(item => random.NextDouble() < 1 / (1 + Math.Exp(-theta - sign * (2.2 - 1.1 * item))) ? 1 : 0));
        })]);
        using ResponseData data = ResponseReader.Read(path, new ResponseReaderOptions(), TestContext.Current.CancellationToken);
        File.Delete(path);
        ModelSpecification rasch = new() { Functions = [new("*", ItemFunction.Rasch)], Population = [new("sd", ConstraintKind.Fixed, 1)] };
        (string, SavedCalibration)[] fits = [.. Enumerable.Range(1, 3).Select(count => ($"{count}", Fit(data, rasch with { ClassCount = count }, count == 1 ? 1 : 10)))];
        IReadOnlyList<ComparedFit> compared = Compare(new ComparisonOptions { Draws = 19, Starts = 1, Threads = 2 }, fits);
        Assert.Equal(0.05, compared[1].BootstrapP!.Value, 1e-12); // the least that 19 data sets can give
        Assert.True(compared[2].BootstrapP > 0.1);
        Assert.Equal(compared[1].BootstrapP, Compare(new ComparisonOptions { Draws = 19, Starts = 1, Threads = 1 }, fits[..2])[1].BootstrapP);
    }
}
