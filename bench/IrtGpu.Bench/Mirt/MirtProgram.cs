using System.ComponentModel;
using System.Diagnostics;

namespace IrtGpu.Bench.Mirt;

/// <summary>R with its package mirt, as installed here.</summary>
/// <param name="Script">Path of the R script.</param>
/// <param name="Description">Versions of R and mirt, and the BLAS.</param>
internal sealed record MirtProgram(string Script, string Description)
{
    private const string ScriptName = "fit_with_mirt.R";
    private const int NoMirt = 3; // the script's exit code

    /// <summary>Finds R and mirt.</summary>
    /// <param name="folder">Where the script is put.</param>
    /// <param name="missing">What is not here.</param>
    public static MirtProgram? Find(string folder, out string missing)
    {
        missing = "";
        string script = Path.Combine(folder, ScriptName);
        using (Stream source = typeof(MirtProgram).Assembly.GetManifestResourceStream(ScriptName)!)
        using (FileStream target = File.Create(script))
            source.CopyTo(target);
        try
        {
            (int code, string output, string error) = Start([script]);
            if (code == NoMirt)
                missing = "R's package mirt is not installed (in R: install.packages(\"mirt\")).";
            else if (code != 0)
                missing = $"R's package mirt does not load: {error.ReplaceLineEndings(" ").Trim()}";
            string[] lines = output.Split('\n', StringSplitOptions.TrimEntries);
            return missing.Length > 0 ? null : new MirtProgram(script, $"{lines[0]}, mirt {lines[1]}, BLAS {lines[2]}");
        }
        catch (Win32Exception)
        {
            missing = "R is not here: no program Rscript in the search path.";
            return null;
        }
    }

    /// <summary>Runs the script on a folder.</summary>
    /// <exception cref="InvalidOperationException">R ended with an error.</exception>
    public void Fit(string folder)
    {
        (int code, _, string error) = Start([Script, folder]);
        if (code != 0)
            throw new InvalidOperationException($"R ended with code {code} on {folder}:\n{error}");
    }

    private static (int Code, string Output, string Error) Start(string[] arguments)
    {
        ProcessStartInfo start = new("Rscript", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string threads in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"])
            start.Environment[threads] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
