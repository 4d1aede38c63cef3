using System.Text.Json;
using IrtGpu.Compute;
using IrtGpu.Data.Answers;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Saved;

/// <summary>A finished calibration as <c>calibration.json</c> keeps it: everything needed to score, simulate, anchor and repeat.</summary>
public sealed class SavedCalibration
{
    /// <summary>Name of the file in a folder of results.</summary>
    public const string FileName = "calibration.json";

    private readonly CalibrationDocument document;

    private SavedCalibration(CalibrationDocument document, ModelPoint point)
    {
        this.document = document;
        Point = point;
    }

    /// <summary>The model.</summary>
    public ModelSpecification Specification => document.Specification;

    /// <summary>Names, codes and administration of the data.</summary>
    public DataShape Shape => Plan.Shape;

    /// <summary>The plan, made anew from the specification and the shape.</summary>
    public CalibrationPlan Plan => Point.Plan;

    /// <summary>The estimates.</summary>
    public ParameterVector Parameters => Point.Parameters;

    /// <summary>The estimates with their nodes and weights.</summary>
    public ModelPoint Point { get; }

    /// <summary>How it was estimated.</summary>
    public CalibrationOptions Options => document.Options;

    /// <summary>The rows of <c>items.csv</c>.</summary>
    public IReadOnlyList<ItemRow> Items => document.Items;

    /// <summary>The rows of <c>population.csv</c>.</summary>
    public IReadOnlyList<PopulationRow> Population => document.Population;

    /// <summary>Rotated exploratory solutions.</summary>
    public IReadOnlyList<RotatedSolution> Rotations => document.Rotations;

    /// <summary>The content of <c>fit.json</c>.</summary>
    public FitSummary Fit => document.Fit;

    /// <summary>Sum of the weights of each observed group. [group]</summary>
    public IReadOnlyList<double> GroupWeights => document.Data.GroupWeights;

    /// <summary>Arguments of the run; empty when it was not started from a command line.</summary>
    public IReadOnlyList<string> Arguments => document.Arguments;

    /// <summary>Makes the saved form of a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="fit">Its summary.</param>
    /// <param name="arguments">Arguments of the run.</param>
    public static SavedCalibration Of(CalibrationResult result, FitSummary fit, IReadOnlyList<string>? arguments = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(fit);
        CalibrationPlan plan = result.Plan;
        double[] groupWeights = new double[plan.GroupCount];
        for (int pattern = 0; pattern < result.Patterns.PatternCount; pattern++)
            groupWeights[result.Patterns.Groups[pattern]] += result.Patterns.Frequency[pattern];
        return new SavedCalibration(new CalibrationDocument
        {
            Format = CalibrationDocument.FormatName,
            FormatVersion = CalibrationDocument.CurrentVersion,
            ProgramVersion = FitSummary.ProgramVersion,
            Arguments = arguments ?? [],
            Specification = plan.Specification with { Quadrature = QuadratureOf(plan), Integration = plan.Integration.Method }, // that the estimates are for
            Options = result.Options,
            Data = Describe(plan.Shape, groupWeights),
            FreeParameters = result.Point.Parameters.Free,
            FreeParameterKeys = ParameterKey.OfFree(plan),
            FreeParameterCovariance = SavedCovariance.Pack(result.StandardErrors.Covariance, plan.Layout.FreeCount),
            Items = ItemTable.Build(plan, result.Point.Parameters, result.StandardErrors),
            Population = PopulationTable.Build(plan, result.Point.Parameters, result.StandardErrors),
            Rotations = result.Rotations,
            Fit = fit,
        }, result.Point);
    }

    /// <summary>Covariance of the free parameters on the working scale; null where the file has none. [free, free]</summary>
    public double[]? Covariance() => document.FreeParameterCovariance is { } packed ? SavedCovariance.Unpack(packed, Plan.Layout.FreeCount) : null;

    /// <summary>
    /// The same with how it was estimated and which parameters ran off; null where the file has none, or one by the complete-data information,
    /// which is too small for what is unknown of persons.
    /// </summary>
    public StandardErrors? StandardErrors()
    {
        StandardErrorMethod method = Enum.GetValues<StandardErrorMethod>().FirstOrDefault(one => StandardErrorSummary.NameOf(one) == Fit.StandardErrors.Method, StandardErrorMethod.None);
        if (method is StandardErrorMethod.None or StandardErrorMethod.Complete || Covariance() is not { } covariance)
            return null;
        int count = Plan.Layout.FreeCount;
        return new StandardErrors(method, covariance, Fit.StandardErrors.ConditionNumber ?? double.NaN, null)
        {
            WithoutLimit = Enumerable.Range(0, count).Where(free => double.IsNaN(covariance[free * count + free])).ToHashSet(),
        };
    }

    /// <summary>The same calibration with everything held at given values, as in another metric.</summary>
    /// <param name="point">A plan without free parameters, at its values.</param>
    /// <param name="items">Rows of <c>items.csv</c>.</param>
    /// <param name="population">Rows of <c>population.csv</c>.</param>
    internal SavedCalibration HeldAt(ModelPoint point, IReadOnlyList<ItemRow> items, IReadOnlyList<PopulationRow> population) => new(document with
    {
        Specification = point.Plan.Specification with { Quadrature = QuadratureOf(point.Plan), Integration = point.Plan.Integration.Method },
        FreeParameters = point.Parameters.Free,
        FreeParameterKeys = ParameterKey.OfFree(point.Plan),
        FreeParameterCovariance = null,
        Items = items,
        Population = population,
        Rotations = [],
    }, point);

    /// <summary>What the user should know of the file: that it may not belong to the tables beside it.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Writes <c>calibration.json</c>.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonSettings.Write(stream, json => json.Object(document, DocumentWriter.Write));
    }

    /// <summary>Reads <c>calibration.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SpecificationException">The file is missing, damaged, something else, or of a newer program.</exception>
    public static SavedCalibration Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        const string remedy = "Give the calibration.json that 'irtgpu calibrate' wrote.";
        byte[] bytes;
        try
        {
            if (Directory.Exists(path))
                path = Path.Combine(path, FileName);
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new SpecificationException(cause is FileNotFoundException or DirectoryNotFoundException
                ? $"There is no file '{path}'. {remedy}"
                : $"'{path}' cannot be read: {AtomicFile.Describe(cause)}");
        }
        try
        {
            CheckFormat(path, bytes, remedy);
            CalibrationDocument document = JsonSerializer.Deserialize<CalibrationDocument>(bytes, JsonSettings.Options)!;
            CalibrationPlan plan = CalibrationPlanner.Plan(document.Specification, ShapeOf(document.Data));
            ParameterKey[] keys = ParameterKey.OfFree(plan);
            bool isOfPlan = document.FormatVersion <= CalibrationDocument.LastVersionWithNames
                ? document.FreeParameterNames.SequenceEqual(plan.Layout.RepresentativeSlot.Select(slot => SlotNames.Describe(plan, slot)))
                : document.FreeParameterKeys.SequenceEqual(keys);
            if (document.FreeParameters.Length != plan.Layout.FreeCount || !isOfPlan)
            {
                throw new SpecificationException(
                    $"The {document.FreeParameters.Length} free parameters in '{path}' are not the {plan.Layout.FreeCount} of its own specification: "
                    + "the file was changed by hand, or by another version of the program. Calibrate again.");
            }
            if (!Array.TrueForAll(document.FreeParameters, double.IsFinite) || document.Data.GroupWeights.Length != plan.GroupCount)
                throw new SpecificationException($"'{path}' is damaged: a parameter is no number, or a group has no weight. Calibrate again.");
            ModelPoint point = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, document.FreeParameters))
                ?? throw new SpecificationException($"A covariance matrix in '{path}' is not positive definite: the file is damaged. Calibrate again.");
            if (document.FreeParameterCovariance is { } packed && !SavedCovariance.IsOf(packed, plan.Layout.FreeCount))
                throw new SpecificationException($"'{path}' is damaged: its covariance matrix is not that of {plan.Layout.FreeCount} free parameters. Calibrate again.");
            return new SavedCalibration(document with { FormatVersion = CalibrationDocument.CurrentVersion, FreeParameterKeys = keys }, point) { Warnings = ResultSet.Problem(path, "items.csv") is { } problem ? [problem] : [] };
        }
        catch (JsonException cause)
        {
            string place = cause.LineNumber is { } line ? FormattableString.Invariant($" in line {line + 1}") : "";
            throw new SpecificationException($"'{path}' is no complete calibration file: it cannot be understood{place}{(cause.Path is { } at ? $" at {at}" : "")}. {remedy}");
        }
        catch (Exception cause) when (cause is ArgumentException and not SpecificationException or IndexOutOfRangeException or NotSupportedException)
        {
            throw new SpecificationException($"'{path}' is damaged: {cause.Message} {remedy}");
        }
    }

    private static void CheckFormat(string path, byte[] bytes, string remedy)
    {
        using JsonDocument json = JsonDocument.Parse(bytes);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("format", out JsonElement format)
            || format.ValueKind != JsonValueKind.String || !format.ValueEquals(CalibrationDocument.FormatName))
        {
            throw new SpecificationException($"'{path}' is JSON but no calibration file. {remedy}");
        }
        if (!json.RootElement.TryGetProperty("formatVersion", out JsonElement version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out int number) || number < 1)
        {
            throw new SpecificationException($"'{path}' does not say which version of the format it has. {remedy}");
        }
        if (JsonCheck.HasNullElement(json.RootElement)) // no list of this format does
            throw new SpecificationException($"'{path}' is damaged: an entry of a list is null. {remedy}");
        if (number > CalibrationDocument.CurrentVersion)
        {
            throw new SpecificationException(
                $"'{path}' has format version {number}, but this program reads versions up to {CalibrationDocument.CurrentVersion}. Use the newer irtgpu that wrote it.");
        }
    }

    private static DataDocument Describe(DataShape shape, double[] groupWeights) => new()
    {
        Items = [.. shape.ItemNames.Select((name, item) => Describe(shape, item))],
        Groups = shape.GroupNames,
        GroupWeights = groupWeights,
        KnownClasses = shape.ClassNames,
        MissingCodes = shape.MissingCodes,
    };

    private static ItemDocument Describe(DataShape shape, int item)
    {
        int[] groups = [.. Enumerable.Range(0, shape.GroupNames.Length).Where(group => shape.Administered[group][item])];
        int[][]? unused = shape.Unused is { } all && groups.Any(group => all[group][item].Length > 0) ? [.. groups.Select(group => all[group][item])] : null;
        return new ItemDocument(shape.ItemNames[item], shape.CategoryCodes[item], groups, shape.Answers?[item] is { IsPlain: false } answers ? answers : null, unused);
    }

    private static DataShape ShapeOf(DataDocument data)
    {
        bool[][] administered = [.. data.Groups.Select(_ => new bool[data.Items.Count])];
        int[][][] unused = [.. data.Groups.Select(_ => data.Items.Select(_ => Array.Empty<int>()).ToArray())];
        for (int item = 0; item < data.Items.Count; item++)
        {
            if (data.Items[item].Answers?.Texts is { } texts && (texts.Length != data.Items[item].Codes.Length || texts.Any(own => own.Length == 0)))
                throw new ArgumentException($"Item '{data.Items[item].Name}' has {data.Items[item].Codes.Length} categories, but the answers of {texts.Count(own => own.Length > 0)}.");
            int[] groups = data.Items[item].Groups;
            for (int position = 0; position < groups.Length; position++)
            {
                administered[groups[position]][item] = true;
                unused[groups[position]][item] = data.Items[item].Unused?[position] ?? [];
            }
        }
        return new DataShape(
            [.. data.Items.Select(item => item.Name)], [.. data.Items.Select(item => item.Codes)], data.Groups, data.KnownClasses, administered)
        {
            Unused = unused,
            MissingCodes = data.MissingCodes,
            Answers = data.Items.All(item => item.Answers is null) ? null : [.. data.Items.Select(item => item.Answers ?? ItemAnswers.Plain)],
        };
    }

    /// <summary>Nodes as they came out where they are a grid's; where they follow persons, what was asked for says them all.</summary>
    private static QuadratureSpecification QuadratureOf(CalibrationPlan plan) =>
        plan.Integration.PersonRule is null ? plan.Grid.Specification : plan.Specification.Quadrature;
}
