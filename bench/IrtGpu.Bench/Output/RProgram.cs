using System.ComponentModel;
using System.Diagnostics;

namespace IrtGpu.Bench.Output;

/// <summary>R with one of its packages, as installed here, and a script that uses it.</summary>
/// <param name="Script">Path of the R script.</param>
/// <param name="Description">Versions of R and the package, and the BLAS.</param>
internal sealed record RProgram(string Script, string Description)
{
    private const int NoPackage = 3; // the script's exit code

    /// <summary>Finds R and the package.</summary>
    /// <param name="package">Name of the package; the script is the resource <c>fit_with_PACKAGE.R</c>.</param>
    /// <param name="folder">Where the script is put.</param>
    /// <param name="missing">What is not here.</param>
    public static RProgram? Find(string package, string folder, out string missing)
    {
        missing = "";
        string name = $"fit_with_{package}.R";
        string script = Path.Combine(folder, name);
        using (Stream source = typeof(RProgram).Assembly.GetManifestResourceStream(name)!)
        using (FileStream target = File.Create(script))
            source.CopyTo(target);
        try
        {
            (int code, string output, string error) = Start([script]);
            if (code == NoPackage)
                missing = $"R's package {package} is not installed (in R: install.packages(\"{package}\")).";
            else if (code != 0)
                missing = $"R's package {package} does not load: {error.ReplaceLineEndings(" ").Trim()}";
            string[] lines = output.Split('\n', StringSplitOptions.TrimEntries);
            return missing.Length > 0 ? null : new RProgram(script, $"{lines[0]}, {package} {lines[1]}, BLAS {lines[2]}");
        }
        catch (Win32Exception)
        {
            missing = "R is not here: no program Rscript in the search path.";
            return null;
        }
    }

    /// <summary>Runs the script with arguments.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">R ended with an error.</exception>
    public string Run(params string[] arguments)
    {
        (int code, string output, string error) = Start([Script, .. arguments]);
        return code == 0 ? output : throw new InvalidOperationException($"R ended with code {code} on {string.Join(' ', arguments)}:\n{error}");
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
