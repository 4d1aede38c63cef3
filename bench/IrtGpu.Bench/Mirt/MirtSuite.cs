using IrtGpu.Bench.Output;
using IrtGpu.Bench.Whole;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Bench.Mirt;

/// <summary>R's mirt and IrtGpu on the same file, nodes and tolerance, one thread each: agreement beside time.</summary>
internal static class MirtSuite
{
    private const int Seed = 20_190_035;
    private const int MaxCycles = 5000;
    private const double TightTolerance = 1e-9; // for the maximum itself
    private const double LargestDisagreement = 1e-9; // relative, of log-likelihoods at the same parameters

    public static void Run(BenchOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("irtgpu-mirt-").FullName;
        try
        {
            if (RProgram.Find("mirt", folder, out string missing) is { } mirt)
                Compare(options, mirt, folder);
            else
                Console.WriteLine($"The suite mirt did nothing: {missing}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(BenchOptions options, RProgram mirt, string folder)
    {
        ResultFile file = new("IrtGpu and R's mirt", options);
        MarkdownTable agreement = new(
            "model, persons × items", "nodes", "tolerance", "log-likelihood, IrtGpu", "IrtGpu − mirt", "below the maximum: IrtGpu", "mirt",
            "largest parameter difference", "same parameters: log-likelihoods", "log priors");
        MarkdownTable time = new(
            "model, persons × items", "tolerance", "cycles: IrtGpu", "mirt", "EM s: IrtGpu", "mirt", "ratio", "whole s: IrtGpu", "mirt", "ratio");
        double[] tolerances = options.IsQuick ? [1e-4] : [1e-4, 1e-6];
        foreach (MirtCase one in MirtCase.All(options.IsQuick, options.Persons))
        {
            Console.Error.WriteLine($"  {one.Name}");
            string place = Directory.CreateDirectory(Path.Combine(folder, one.Name)).FullName;
            string path = MirtFolder.Write(place, one, one.Truth.Draw(Seed), tolerances, MaxCycles, options.IsQuick ? 1 : 3);
            mirt.Run(place);
            MirtFit[] theirs = MirtFit.Read(place);
            ResponseData data = ResponseReader.Read(path, new ResponseReaderOptions { GroupColumn = one.Truth.GroupCount > 1 ? Truth.DrawnTable.GroupColumn : null });
            Agreement.Check(Problem.Create(data, one.Specification), "cpu", threads: 1);
            CalibrationResult maximum = Fit(data, one, TightTolerance);
            for (int k = 0; k < tolerances.Length; k++)
                AddRows(one, tolerances[k], Median(data, one, tolerances[k], options.IsQuick), theirs[k], maximum, agreement, time);
        }
        file.Add($"{mirt.Description}; no standard errors, no scores; one thread each; both read the same file and begin at starting values of their own "
            + "(latent classes: at the truth). The same nodes, equally spaced on [−6, 6], and the same tolerance, on the largest change of a parameter from one cycle to the next; "
            + "each program with its own acceleration.");
        file.Add("## Agreement").Add(agreement);
        file.Add("Below the maximum: (penalised) log-likelihood of the end, by IrtGpu, subtracted from that of IrtGpu at tolerance 1e-9. Parameters are compared on the working scale: "
            + "g on the logit, populations by means and (co)variances. Same parameters: log-likelihood by IrtGpu's plain loops, and log prior density, at mirt's estimates, "
            + "minus what mirt reports; more than 1e-9 of the log-likelihood stops the suite.");
        file.Add("## Time").Add(time);
        file.Add("EM: E-steps and M-steps (mirt by its own clock). Whole: for IrtGpu compressing, planning and EM, for mirt the call; responses in memory. "
            + "Medians of up to three runs, after a warm-up. Ratio: mirt's seconds over IrtGpu's. Stars: not converged.");
        file.Write(Path.Combine(options.DeviceFolder, "mirt.md"));
    }

    private static void AddRows(
        MirtCase one, double tolerance, CalibrationResult ours, MirtFit theirs, CalibrationResult maximum, MarkdownTable agreement, MarkdownTable time)
    {
        (double logLikelihood, double logPrior) = theirs.Recompute(ours.Plan, ours.Patterns);
        double same = logLikelihood - theirs.LogLikelihood;
        if (!(Math.Abs(same) < LargestDisagreement * Math.Abs(theirs.LogLikelihood)))
            throw new InvalidOperationException(FormattableString.Invariant($"{one.Name}: at mirt's estimates the two programs' log-likelihoods differ by {same:g3}: they compute different models."));
        string shown = MarkdownTable.Number(tolerance, "0e0");
        double top = maximum.LogLikelihood + maximum.LogPrior;
        agreement.Add(
            one.Name, FormattableString.Invariant($"{ours.Plan.NodeCount}"), shown, MarkdownTable.Number(ours.LogLikelihood, "f4"),
            MarkdownTable.Number(ours.LogLikelihood - theirs.LogLikelihood, "0.0e0"),
            MarkdownTable.Number(top - ours.LogLikelihood - ours.LogPrior, "0.0e0"), MarkdownTable.Number(top - logLikelihood - logPrior, "0.0e0"),
            LargestDifference(ours, theirs), MarkdownTable.Number(same, "0.0e0"), MarkdownTable.Number(logPrior - theirs.LogPrior, "0.0e0"));
        double whole = ours.Seconds.Plan + ours.Seconds.Estimate;
        time.Add(
            one.Name, shown, Cycles(ours.History.Count, ours.Termination.IsConverged), Cycles(theirs.Cycles, theirs.IsConverged),
            MarkdownTable.Number(ours.Seconds.Estimate), MarkdownTable.Number(theirs.EmSeconds), MarkdownTable.Number(theirs.EmSeconds / ours.Seconds.Estimate),
            MarkdownTable.Number(whole), MarkdownTable.Number(theirs.WholeSeconds), MarkdownTable.Number(theirs.WholeSeconds / whole));
    }

    private static string Cycles(int count, bool isConverged) => FormattableString.Invariant($"{count}{(isConverged ? "" : "*")}");

    private static string LargestDifference(CalibrationResult ours, MirtFit theirs)
    {
        ParameterVector mirt = theirs.On(ours.Plan);
        int largest = 0;
        double[] difference = new double[mirt.Free.Length];
        for (int k = 0; k < difference.Length; k++)
        {
            difference[k] = Math.Abs(ours.Point.Parameters.Free[k] - mirt.Free[k]);
            largest = difference[k] > difference[largest] ? k : largest;
        }
        (string group, string item, string name) = MirtNames.Of(ours.Plan, ours.Plan.Layout.RepresentativeSlot[largest]);
        string where = item == "GROUP" ? $"{group}, {name}" : $"{item}, {name}";
        return $"{MarkdownTable.Number(difference[largest], "0.0e0")} ({where})";
    }

    private static CalibrationResult Median(ResponseData data, MirtCase one, double tolerance, bool isQuick)
    {
        Fit(data, one, tolerance); // the runtime compiles what it runs
        List<CalibrationResult> runs = [];
        do
        {
            runs.Add(Fit(data, one, tolerance));
        }
        while (!isQuick && runs.Count < 3 && runs.Sum(run => run.Seconds.Total) < 20);
        return runs.OrderBy(run => run.Seconds.Estimate).ElementAt(runs.Count / 2);
    }

    private static CalibrationResult Fit(ResponseData data, MirtCase one, double tolerance) => Calibration.Run(data, one.Specification, new CalibrationOptions
    {
        Device = "cpu",
        Threads = 1,
        Tolerance = tolerance,
        MaxCycles = MaxCycles,
        Starts = 1,
        StandardErrors = StandardErrorMethod.None,
        Scores = ScoreMethod.None,
    });
}
