using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Reports.Calibrations;
using IrtGpu.Reports.Folders;

namespace IrtGpu.Cli.Demo;

/// <summary>The first minute: data, calibration, fit and page, each by the command that one would type, and what one looks at.</summary>
internal sealed class DemoTour
{
    private const int WorstItems = 3;
    private const string NameVariable = "IRTGPU_NAME"; // how the script was called

    private readonly TextWriter console = Console.Out;
    private readonly string program = Environment.GetEnvironmentVariable(NameVariable) is { Length: > 0 } called ? called : "irtgpu";
    private readonly string folder;
    private readonly string data;
    private readonly string results;
    private readonly string fit;

    private DemoTour(string folder)
    {
        this.folder = folder;
        data = Path.Combine(folder, DemoData.FileName);
        results = Path.Combine(folder, "results");
        fit = Path.Combine(folder, "fit");
    }

    /// <summary>Shows everything.</summary>
    /// <param name="folder">Where the data and the results go.</param>
    /// <returns>The exit code: that of the first command that fails.</returns>
    public static async Task<int> RunAsync(string folder) => await new DemoTour(folder).RunAsync();

    private async Task<int> RunAsync()
    {
        OutputFolder.Prepare(folder);
        DemoData.Write(folder);
        Say(DemoData.Provenance);
        Say($"The table is in {data}: a row a pupil, a column a question, and two columns more: who it was, and the country.");

        Head("1", "How hard is each question, and how well does it tell able pupils from others?");
        Say("Columns that are no questions are named: who answered (--id), and what else is known of them (--covariates).");
        int code = await Run("calibrate", data, "--id", "pupil", "--covariates", "country", "--out", results);
        if (code != ExitCode.Done)
            return code;

        Head("2", "Do the answers look as the model says? Where not, its numbers mislead.");
        Say("Small p of S-X²: the curve of that question has another shape. With 6,371 pupils small differences show, too; RMSD says how large they are (0.05 is much).");
        code = await Run("fit", results, data, "--id", "pupil", "--covariates", "country", "--out", fit);
        if (code != ExitCode.Done)
            return code;

        Head("3", "All of it on one page, with the verdict first.");
        code = await Run("report", results, "--with", fit);
        if (code != ExitCode.Done)
            return code;

        Head("4", "What to look at");
        ShowWorst();
        string page = Path.GetFullPath(Path.Combine(results, ResultSet.PageName));
        Say("Open this page in a browser; it needs no network:");
        Say($"  {page}");
        Say($"  {new Uri(page).AbsoluteUri}");
        Say("");
        Say("From here. Which questions are harder in one country than what its pupils know explains:");
        Show("dif", data, "--id", "pupil", "--group", "country", "--out", Path.Combine(folder, "dif"));
        Say("A score for each pupil:");
        Show("score", results, data, "--id", "pupil", "--covariates", "country", "--method", "wle", "--out", Path.Combine(folder, "wle.csv"));
        Say("Your own answers, in a table with the names of the questions on top and a row a person:");
        Show("calibrate", "YOUR.csv", "--out", "results");
        return ExitCode.Done;
    }

    private void ShowWorst()
    {
        CalibrationSource source = new(ResultFolder.Open(results, [fit]), null);
        Say("The three worst items, and why:");
        foreach (ItemEntry item in source.Worst(WorstItems))
            Say($"  {item.FullName}  {(item.Flags.Count > 0 ? item.Flags[0].Text : "Nothing stands out.")}");
        Say("");
    }

    private async Task<int> Run(params string[] arguments)
    {
        Say("");
        Show(arguments);
        Say("");
        return await CommandLine.RunAsync(arguments);
    }

    private void Head(string number, string title)
    {
        Say("");
        Say($"{number}  {title}");
        Say("");
    }

    private void Show(params string[] arguments) => Say($"  $ {program} {string.Join(' ', arguments.Select(ResultFolder.Quote))}");

    private void Say(string text) => console.WriteLine(text);
}
