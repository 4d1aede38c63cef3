using IrtGpu.Bench.Output;
using IrtGpu.Bench.Studies;
using IrtGpu.Bench.Truth;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Linking;
using IrtGpu.Linking.Methods;
using IrtGpu.Linking.Results;
using IrtGpu.Reporting.Documents;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Differential;

/// <summary>Bias, coverage and drift when two separate calibrations are linked.</summary>
internal static class LinkStudy
{
    private const double Unit = 1.2;
    private const double Origin = 0.5;
    private const int ItemCount = 15;
    private const int Persons = 1500;
    private const int Drifting = 5;

    public static string Describe(double drift) => FormattableString.Invariant(
        $"{ItemCount} 2pl items, {Persons} persons a form, θ_base = {Unit} θ + {Origin}; ")
        + (drift == 0 ? "no item drifts." : FormattableString.Invariant($"one item is harder by {drift} in the second form.")) + " Coverage: share of intervals ± 1.96 SE that contain the truth.";

    public static MarkdownTable Table(double drift, int replications, int threads)
    {
        TrueItem[] items = [.. Enumerable.Range(0, ItemCount).Select(item => new TrueItem(ItemFunction.TwoParameter, [0.8 + 0.3 * (item % 4)], [1.5 - 3.0 * ((item * 7) % ItemCount) / (ItemCount - 1)]))];
        TrueItem[] later = [.. items];
        later[Drifting] = items[Drifting] with { Intercepts = [items[Drifting].Intercepts[0] - drift * items[Drifting].Slopes[0]] };
        LinkedForm[] all = MonteCarlo.Replicate(replications, threads, replication => ScaleLinking.Run(
            [
                ("base", Calibrate(TrueModel.OfOneBlock(items, TruePopulation.Standard(1), Persons).Draw(2 * replication + 1))),
                ("form", Calibrate(TrueModel.OfOneBlock(later, new TruePopulation([Origin], [Unit]), Persons).Draw(2 * replication + 2))),
            ], new LinkOptions { Threads = 1 }).Forms[0]);
        MarkdownTable table = new("method", "bias of A", "coverage", "bias of B", "coverage", "drifting item flagged", "others flagged");
        foreach (LinkMethod method in Enum.GetValues<LinkMethod>())
        {
            LinkEstimate[] found = [.. all.Select(form => form.Estimates[(int)method])];
            bool isChosen = method == LinkMethod.StockingLord;
            table.Add(
                method.Name(), Bias([.. found.Select(one => one.Transformation!.Value.A - Unit)]), Coverage([.. found.Select(one => (one.Transformation!.Value.A - Unit) / one.ErrorA)]),
                Bias([.. found.Select(one => one.Transformation!.Value.B - Origin)]), Coverage([.. found.Select(one => (one.Transformation!.Value.B - Origin) / one.ErrorB)]),
                isChosen ? MarkdownTable.Number(all.Average(form => form.Anchors[Drifting].HasDrifted ? 1.0 : 0), "f3") : "",
                isChosen ? MarkdownTable.Number(all.Average(form => form.Anchors.Where((_, item) => item != Drifting).Average(anchor => anchor.HasDrifted ? 1.0 : 0)), "f3") : "");
        }
        double[] p = [.. all.Select(form => form.Anchors[Drifting].P ?? double.NaN)];
        table.Add("Wald test of the drifting item", FormattableString.Invariant($"p < .05: {Uniformity.Of(p).Rejected:f3}"), FormattableString.Invariant($"KS p {Uniformity.Of(p).P:f3}"), "", "", "", "");
        return table;
    }

    private static SavedCalibration Calibrate(ResponseData data)
    {
        CalibrationResult result = Calibration.Run(
            data, new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] }, new CalibrationOptions { Threads = 1, Scores = ScoreMethod.None });
        return SavedCalibration.Of(result, FitSummary.Of(result, 0));
    }

    private static string Bias(double[] errors)
    {
        (double mean, double standardError) = MonteCarlo.Mean(errors);
        return $"{MarkdownTable.Number(mean, "f4")} ± {MarkdownTable.Number(standardError, "f4")}";
    }

    private static string Coverage(double?[] z) => Array.TrueForAll(z, value => value is null) ? "–" : MarkdownTable.Number(z.Average(value => Math.Abs(value ?? 0) < 1.959964 ? 1.0 : 0), "f3");
}
