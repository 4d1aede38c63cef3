using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Saved;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Simulation;

/// <summary>A model ready to draw from: of a specification file that lists items, or of a finished calibration.</summary>
/// <param name="Plan">The model.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="GroupWeights">Shares of the observed groups. [group]</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record SimulationModel(CalibrationPlan Plan, ParameterVector Parameters, IReadOnlyList<double> GroupWeights, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads the model: JSON is a finished calibration, anything else a specification.</summary>
    /// <param name="path">A <c>calibration.json</c> or a YAML file.</param>
    /// <exception cref="SpecificationException">The file cannot be read, or lacks what drawing needs.</exception>
    public static SimulationModel Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || Directory.Exists(path))
        {
            SavedCalibration saved = SavedCalibration.Read(path);
            return new SimulationModel(saved.Plan, saved.Parameters, saved.GroupWeights, saved.Warnings);
        }
        return Of(SpecificationFile.Read(path), path);
    }

    /// <summary>Makes the model of a specification: fixed and start values are the true values.</summary>
    /// <param name="file">The specification.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="SpecificationException">It lists no items, or cannot be planned.</exception>
    public static SimulationModel Of(SpecificationFile file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        SpecifiedModel model = SpecifiedModel.Of(file, path, "simulate");
        List<string> warnings = [.. model.Warnings];
        string[] unset = [.. file.Items.Select(item => item.Name).Where(name => !file.ItemsWithParameters.Contains(name))];
        if (unset.Length > 0 && model.Plan.Specification.Constraints.Count == 0)
            warnings.Add($"{unset.Length} item(s) have no values under 'parameters' and keep the default (slope 1, intercepts 0 or evenly spaced).");
        double[] weights = file.Groups.Count == 0 ? [1] : [.. file.Groups.Select(group => group.Weight)];
        return new SimulationModel(model.Plan, model.Parameters, weights, warnings);
    }
}
