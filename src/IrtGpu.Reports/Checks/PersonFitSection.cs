using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>How persons fit, of <c>person-fit.csv</c>: how many, never who.</summary>
internal static class PersonFitSection
{
    private const double Noticed = -1.645;

    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryTable("person-fit.csv") is not { } table || !table.Has("lz_star"))
            return null;
        double[] statistic = table.Numbers("lz_star");
        int known = statistic.Count(double.IsFinite);
        if (known == 0)
            return null;
        int low = statistic.Count(value => value < Noticed);
        bool isByPerson = folder.TryDocument("model-fit.json")?.Number("persons") is not { } persons || persons == table.RowCount; // else a row stands for several
        return new Section("person-fit", "Person fit", "lz* is low where a person's answers surprise: guessing, haste, help. Under the model it is nearly standard normal.")
        {
            Facts = isByPerson ? [new Fact("Persons with lz*", Number.Count(known)), new Fact("lz* below −1.645", Number.Percent((double)low / known, 1), "5 % if the model holds")] : [],
            Figures = [new Figure("lz", "lz* of persons", $"{Number.Count(low)} of {Number.Count(known)} {(isByPerson ? "persons" : "rows, each standing for several persons,")} lie below −1.645.", new Axis("lz*"), new Axis(isByPerson ? "persons" : "rows", 0), [Histogram.Of(isByPerson ? "persons" : "rows", statistic)]) { Marks = [new Mark(Noticed, "5 %")], Height = 260 }],
        };
    }
}
