using IrtGpu.Reports.Figures;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations.Sections;

/// <summary>How the estimation went on.</summary>
internal static class ConvergenceSection
{
    public static Section? Of(ResultFolder folder, ResultDocument fit)
    {
        if (folder.TryTable("trace.csv") is not { RowCount: > 0 } table)
            return null;
        double[] cycle = table.Numbers("cycle");
        double[] deviance = table.Numbers("deviance");
        double[] change = table.Numbers("largest_change");
        double last = deviance[^1];
        double[] above = [.. deviance.Select(value => value - last > 0 ? Math.Log10(value - last) : double.NaN)];
        string message = fit.Text("terminationMessage") ?? "";
        Figure steps = new("cycles", "Largest change of a parameter by cycle", message, new Axis("cycle"), new Axis("log₁₀ of the change"),
            [new Series("largest change", SeriesForm.Line, cycle, [.. change.Select(value => value > 0 ? Math.Log10(value) : double.NaN)])])
        { Height = 260 };
        Figure height = new("deviance", "Deviance above the last by cycle", $"The deviance ended at {Number.Show(last)}.", new Axis("cycle"), new Axis("log₁₀ of the difference"),
            [new Series("deviance above the last", SeriesForm.Line, cycle, above)])
        { Height = 260 };
        List<Fact> facts = [];
        Add("Cycles", fit.Number("cycles"), 0);
        Add("E-steps", fit.Number("eSteps"), 0);
        Add("Norm of the gradient", fit.Number("gradientNorm"), 4);
        if (fit.Text("eStepForm") is { } form)
            facts.Add(new Fact("E-step", form, fit.Text("eStepReason") ?? ""));
        if (fit.Part("quadrature") is { } nodes && nodes.Number("count") is { } count)
            facts.Add(new Fact("Nodes", Number.Count(count), nodes.Text("reason") ?? ""));
        if (fit.Text("device") is { } device)
            facts.Add(new Fact("Device", device));
        if (fit.Part("seconds")?.Number("total") is { } seconds)
            facts.Add(new Fact("Time", $"{Number.Show(seconds, 2)} s"));
        return new Section("convergence", "Convergence", "How the estimation came to its end. Both lines fall steadily in a sound run.") { Facts = facts, Figures = [steps, height] };

        void Add(string name, double? value, int decimals)
        {
            if (value is { } number)
                facts.Add(new Fact(name, Number.Show(number, decimals)));
        }
    }
}
