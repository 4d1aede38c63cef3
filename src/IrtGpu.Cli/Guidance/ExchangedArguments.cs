using IrtGpu.Specification;

namespace IrtGpu.Cli.Guidance;

/// <summary>Arguments that stand in each other's place.</summary>
internal static class ExchangedArguments
{
    private static readonly string[] SavedFiles = ["calibration.json", "regression.json"];
    private static readonly string[] SavedEndings = [".json", ".yaml", ".yml"];

    /// <summary>Refuses data in the place of the formula.</summary>
    /// <exception cref="SpecificationException">The data come first.</exception>
    public static void RequireFormulaFirst(string formula, string data)
    {
        if (!IsFormula(formula) && IsFormula(data) && !File.Exists(data))
            throw new SpecificationException($"The formula comes first, then the data: irtgpu regress '{data}' {formula} --out results");
    }

    /// <summary>Refuses data in the place of a finished fit.</summary>
    /// <param name="command">Name of the command, which takes the fit first.</param>
    /// <param name="fit">What stands in the place of the fit.</param>
    /// <param name="data">What stands in the place of the data.</param>
    /// <exception cref="SpecificationException">The data come first.</exception>
    public static void RequireFitFirst(string command, string fit, string data)
    {
        if (File.Exists(fit) && !IsSaved(fit) && IsSaved(data))
            throw new SpecificationException($"The finished fit comes first, then the data: irtgpu {command} {data} {fit} …");
    }

    private static bool IsFormula(string text) => text.Contains('~', StringComparison.Ordinal) && !text.StartsWith('~');

    private static bool IsSaved(string path) => Directory.Exists(path)
        ? SavedFiles.Any(name => File.Exists(Path.Combine(path, name)))
        : File.Exists(path) && SavedEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
