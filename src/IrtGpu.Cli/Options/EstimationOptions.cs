using System.CommandLine;
using IrtGpu.Estimation.Stochastic;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Inference.Rotation;
using IrtGpu.Reporting.Documents;
using IrtGpu.Saved;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Cli.Options;

/// <summary>The options that make <see cref="CalibrationOptions"/>.</summary>
internal sealed class EstimationOptions
{
    private const int LargestStartCount = 10_000;

    private readonly Option<double?> tolerance = new("--tolerance") { HelpName = "X", Description = "Stop when no parameter changes by this much (default: 1e-4)." };
    private readonly Option<int?> maxCycles = new("--max-cycles") { HelpName = "N", Description = "Largest number of cycles (default: 500)." };
    private readonly Option<int?> mIterations = new("--m-iterations") { HelpName = "N", Description = "Newton iterations in each M-step (default: 1; items whose g or u is estimated take up to 6 at least)." };
    private readonly Option<string?> accelerate = new("--accelerate") { HelpName = "HOW", Description = "auto (default), none, anderson or squarem." };
    private readonly Option<int?> starts = new("--starts") { HelpName = "N", Description = "Number of starts; the further ones are random (default: 1, or 10 with latent classes)." };
    private readonly Option<string?> start = new("--start") { HelpName = "FILE", Description = "calibration.json of a finished run: what has the same name begins at its estimates; makes one start, unless --starts asks for more." };
    private readonly Option<int?> seed = new("--seed") { HelpName = "S", Description = "Seed of everything random (default: 1)." };
    private readonly Option<string?> errors = new("--se") { HelpName = "HOW", Description = "Standard errors: auto (default: oakes, or sandwich with sampling weights), none, complete, xpd, louis, oakes or sandwich." };
    private readonly Option<double?> monteCarloError = new("--monte-carlo-error") { HelpName = "X", Description = "With --integration stochastic: draw until the Monte-Carlo error of every estimate is below this share of its standard error (default: 0.1)." };
    private readonly Option<int?> maxDraws = new("--max-draws") { HelpName = "N", Description = "With --integration stochastic: largest number of draws of every person (default: 20000)." };
    private readonly Option<string?> rotate = new("--rotate") { HelpName = "HOW", Description = "Axes of exploratory models: none, varimax, oblimin (default), geomin, bifactor or target." };
    private readonly Option<string?> target = new("--target") { HelpName = "FILE", Description = "CSV for --rotate target, which it implies: item, then one column of loadings for each attribute, blank where any will do." };
    private readonly Option<string?> scores = new("--scores") { HelpName = "HOW", Description = "Scores of persons: none, eap (default) or map." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { tolerance, maxCycles, mIterations, accelerate, starts, start, seed, errors, rotate, target, scores, monteCarloError, maxDraws })
            command.Options.Add(option);
    }

    public CalibrationOptions Read(ParseResult parsed)
    {
        CalibrationOptions defaults = new();
        CalibrationOptions options = defaults with
        {
            Tolerance = parsed.GetValue(tolerance) ?? defaults.Tolerance,
            MaxCycles = parsed.GetValue(maxCycles) ?? defaults.MaxCycles,
            MIterations = parsed.GetValue(mIterations) ?? defaults.MIterations,
            Stochastic = new StochasticOptions
            {
                MonteCarloError = parsed.GetValue(monteCarloError) ?? defaults.Stochastic.MonteCarloError,
                MostDraws = parsed.GetValue(maxDraws) ?? defaults.Stochastic.MostDraws,
            },
            Starts = parsed.GetValue(starts) ?? defaults.Starts,
            Start = parsed.GetValue(start) is { } path ? SavedCalibration.Read(path).Point : null,
            Seed = parsed.GetValue(seed) ?? defaults.Seed,
            Acceleration = parsed.GetValue(accelerate) is { } acceleration
                ? Choice.Parse("--accelerate", acceleration, ("auto", Acceleration.Auto), ("none", Acceleration.None), ("anderson", Acceleration.Anderson), ("squarem", Acceleration.Squarem))
                : defaults.Acceleration,
            StandardErrors = parsed.GetValue(errors) is { } method
                ? Choice.Parse("--se", method, [.. Enum.GetValues<StandardErrorMethod>().Select(value => (StandardErrorSummary.NameOf(value), value))])
                : defaults.StandardErrors,
            Rotation = parsed.GetValue(rotate) is { } rotation
                ? Choice.Parse("--rotate", rotation, [.. Enum.GetValues<RotationMethod>().Select(value => (value.Name(), value))])
                : parsed.GetValue(target) is null ? defaults.Rotation : RotationMethod.Target,
            RotationTarget = parsed.GetValue(target) is { } targetPath ? RotationTargetFile.Read(targetPath) : null,
            Scores = parsed.GetValue(scores) is { } score
                ? Choice.Parse("--scores", score, ("none", ScoreMethod.None), ("eap", ScoreMethod.Eap), ("map", ScoreMethod.Map))
                : defaults.Scores,
        };
        List<string> problems = [];
        if (!(options.Tolerance > 0) || !double.IsFinite(options.Tolerance))
            problems.Add(FormattableString.Invariant($"--tolerance {options.Tolerance} must be a positive number, for example 1e-4."));
        if ((options.Rotation == RotationMethod.Target) != (options.RotationTarget is not null))
            problems.Add($"--rotate target and --target FILE go together, and {(options.RotationTarget is null ? "there is no target" : $"--rotate is {options.Rotation.Name()}")}. Give both, or neither.");
        if (options.MaxCycles < 1)
            problems.Add($"--max-cycles {options.MaxCycles}: at least one cycle is needed.");
        if (options.MIterations < 1)
            problems.Add($"--m-iterations {options.MIterations}: at least one iteration is needed.");
        if (parsed.GetValue(starts) is < 1 or > LargestStartCount)
            problems.Add($"--starts {options.Starts}: give a number of starts from 1 to {LargestStartCount}.");
        return problems.Count > 0 ? throw new SpecificationException(problems) : options;
    }
}
