using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Saved;

/// <summary>A model with all its values, ready to score persons: of a finished calibration, or of a specification that gives them.</summary>
public sealed class ScoringModel
{
    private const int LargestShownCount = 5;

    private ScoringModel(ModelPoint point, ResponseReaderOptions data, IReadOnlyList<string> warnings)
    {
        Point = point;
        Data = data;
        Warnings = warnings;
    }

    /// <summary>The values with their nodes and weights.</summary>
    public ModelPoint Point { get; }

    /// <summary>The model.</summary>
    public CalibrationPlan Plan => Point.Plan;

    /// <summary>How data are read, as far as the specification says it.</summary>
    public ResponseReaderOptions Data { get; }

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>SHA-256 of the data that the model was calibrated on; empty where it is not known.</summary>
    public string InputSha256 { get; private init; } = "";

    /// <summary>Covariance of the estimates as the fit keeps it; null where it keeps none.</summary>
    public StandardErrors? StandardErrors { get; private init; }

    private DataShape Shape => Plan.Shape;

    /// <summary>Reads a <c>calibration.json</c>, or a specification (<c>.yaml</c>, <c>.yml</c>) with items and all values.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SpecificationException">The file cannot be read, or lacks values.</exception>
    public static ScoringModel Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Path.GetExtension(path).ToUpperInvariant() is ".YAML" or ".YML")
            return Of(SpecificationFile.Read(path), path);
        SavedCalibration saved = SavedCalibration.Read(path);
        return new ScoringModel(saved.Point, new ResponseReaderOptions(), saved.Warnings) { InputSha256 = saved.Fit.InputSha256, StandardErrors = saved.StandardErrors() };
    }

    /// <summary>Makes the model of a specification: fixed and start values are its parameters.</summary>
    /// <param name="file">The specification.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="SpecificationException">It lists no items, lacks values, or cannot be planned.</exception>
    public static ScoringModel Of(SpecificationFile file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        SpecifiedModel model = SpecifiedModel.Of(file, path, "score");
        GridCheck.Require(model.Plan);
        string[] open = [.. Enumerable.Range(0, model.Plan.Layout.FreeCount).Where(free => !model.Plan.HasUserStart[free])
            .Select(free => SlotNames.Describe(model.Plan, model.Plan.Layout.RepresentativeSlot[free]))];
        if (open.Length > 0)
        {
            throw new SpecificationException(
                $"{open.Length} parameter(s) of '{path}' have no value, without which nobody can be scored: {string.Join(", ", open.Take(LargestShownCount))}{(open.Length > LargestShownCount ? ", …" : "")}. "
                + "Fix them (items under 'constraints' or 'parameters', means and SDs under 'population'), or estimate them: irtgpu calibrate DATA --spec FILE.");
        }
        return ModelPoint.TryCreate(model.Plan, model.Parameters) is { } point
            ? new ScoringModel(point, file.Data, model.Warnings)
            : throw new SpecificationException($"A covariance matrix in '{path}' is not positive definite. Correct its SDs and correlations.");
    }

    /// <summary>What the reader must know to read new data for this model.</summary>
    /// <param name="options">The other options of the reader; the usual codes for missing stand for those of the fit.</param>
    public ResponseReaderOptions ReaderOptions(ResponseReaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Dictionary<string, int[]> codes = new(StringComparer.Ordinal);
        Dictionary<string, ItemAnswers> answers = new(StringComparer.Ordinal);
        for (int item = 0; item < Shape.ItemNames.Length; item++)
        {
            codes[Shape.ItemNames[item]] = Shape.CategoryCodes[item];
            answers[Shape.ItemNames[item]] = Shape.Answers?[item] ?? ItemAnswers.Plain;
        }
        return options with
        {
            ExpectedCategoryCodes = codes,
            ExpectedAnswers = answers,
            MissingCodes = Shape.MissingCodes is { } missing && options.MissingCodes.SequenceEqual(ResponseReaderOptions.DefaultMissingCodes) ? missing : options.MissingCodes,
        };
    }

    /// <summary>Puts the groups and known classes of new data into the order of the fit.</summary>
    /// <param name="data">Data read with <see cref="ReaderOptions"/>.</param>
    /// <param name="path">Where they came from, for messages.</param>
    /// <exception cref="DataException">A group or class is not of the fit, or an item is answered in a group in which it has no parameters.</exception>
    public ResponseData Match(ResponseData data, string path)
    {
        ArgumentNullException.ThrowIfNull(data);
        List<DataProblem> problems = [];
        bool isOneGroup = Plan.GroupCount == 1;
        int[] groupOfData = new int[data.GroupNames.Length];
        for (int group = 0; group < groupOfData.Length && !isOneGroup; group++)
        {
            groupOfData[group] = Array.IndexOf(Shape.GroupNames, data.GroupNames[group]);
            if (groupOfData[group] < 0 && data.GroupNames.Length == 1 && data.GroupNames[0].Length == 0)
                problems.Add(new DataProblem($"The fit has {Plan.GroupCount} groups, so every person's group must be known. Name its column with --group.", path));
            else if (groupOfData[group] < 0)
                problems.Add(new DataProblem($"The group '{data.GroupNames[group]}' is not of the fit, so its population is unknown. The fit's groups are {CodeLists.Show(Shape.GroupNames)}.", path));
        }
        int[] classOfData = new int[data.ClassNames.Length];
        for (int k = 0; k < classOfData.Length; k++)
        {
            classOfData[k] = Array.IndexOf([.. Plan.ClassNames], data.ClassNames[k]);
            if (classOfData[k] < 0)
                problems.Add(new DataProblem($"The known class '{data.ClassNames[k]}' is not of the fit. The fit's classes are {CodeLists.Show(Plan.ClassNames)}; leave others blank.", path));
        }
        if (problems.Count > 0)
            throw new DataException(problems);

        ResponseData matched = new()
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            Answers = data.Answers,
            Responses = data.Responses,
            Weights = data.Weights,
            AreSamplingWeights = data.AreSamplingWeights,
            Ids = data.Ids,
            PersonCount = data.PersonCount,
            GroupNames = Shape.GroupNames,
            Groups = isOneGroup ? null : [.. Enumerable.Range(0, data.PersonCount).Select(person => groupOfData[data.Groups?[person] ?? 0])],
            ClassNames = Shape.ClassNames,
            KnownClasses = data.KnownClasses is { } known ? [.. known.Select(k => k < 0 ? -1 : classOfData[k])] : null,
            Sha256 = data.Sha256,
            Warnings = data.Warnings,
        };
        CheckAdministration(matched, path);
        return matched;
    }

    private void CheckAdministration(ResponseData data, string path)
    {
        if (Shape.Administered.All(group => group.All(isAdministered => isAdministered)))
            return;
        List<DataProblem> problems = [];
        HashSet<(int, int)> seen = [];
        for (int person = 0; person < data.PersonCount; person++)
        {
            int group = data.Groups?[person] ?? 0;
            ReadOnlySpan<byte> row = data.Row(person);
            for (int item = 0; item < row.Length; item++)
            {
                if (row[item] != ResponseData.Missing && !Shape.Administered[group][item] && seen.Add((group, item)))
                {
                    problems.Add(new DataProblem(
                        $"Item '{data.ItemNames[item]}' is answered in group '{Shape.GroupNames[group]}', but the fit saw no answer to it there, so it has no parameters. "
                        + "Blank the answers, or calibrate with data that have them.", path, null, data.ItemNames[item]));
                }
            }
        }
        if (problems.Count > 0)
            throw new DataException(problems);
    }
}
