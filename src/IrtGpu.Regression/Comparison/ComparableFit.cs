using IrtGpu.Regression.Saved;

namespace IrtGpu.Regression.Comparison;

/// <summary>What comparisons need to know of a finished fit, mixed model or mixture.</summary>
internal sealed record ComparableFit(
    string Formula, string? WeightColumn, string Criterion, double LogLikelihood, int FreeParameters, int Rows, int Classes, IReadOnlyList<string> FixedNames, string InputSha256,
    SavedValidation? Validation)
{
    /// <summary>The criterion of fits under priors.</summary>
    public const string PosteriorMode = "posterior mode";

    /// <summary>Reads a file, or the file in a folder.</summary>
    public static ComparableFit Read(string path)
    {
        if (SavedMixture.IsMixture(path))
        {
            SavedMixture mixture = SavedMixture.Read(path);
            return new ComparableFit(
                mixture.Formula, mixture.WeightColumn, mixture.Criterion, mixture.LogLikelihood, mixture.FreeParameters, mixture.Rows, mixture.Classes, mixture.CoefficientNames, mixture.InputSha256, mixture.Loo);
        }
        SavedRegression saved = SavedRegression.Read(path);
        return new ComparableFit(saved.Formula, saved.WeightColumn, saved.Criterion, saved.LogLikelihood, saved.FreeParameters, saved.Rows, 1, saved.FixedNames, saved.InputSha256, saved.Loo);
    }
}
