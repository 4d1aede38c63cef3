using System.Diagnostics;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Identification;
using IrtGpu.Planning.Integration;
using IrtGpu.Planning.Starts;
using IrtGpu.Reporting.Documents;
using IrtGpu.Specification;

namespace IrtGpu;

/// <summary>Data and a model that were found to fit each other: distinct patterns, and the plan.</summary>
public sealed class CalibrationProblem
{
    private readonly ResponseData given;

    private CalibrationProblem(ResponseData given, ResponseData data, PatternTable patterns, CalibrationPlan plan)
    {
        this.given = given;
        Data = data;
        Patterns = patterns;
        Plan = plan;
    }

    /// <summary>The data, in which items of a rating scale have the categories of the scale.</summary>
    public ResponseData Data { get; }

    /// <summary>Sentences that the user should read: on the data, then on the model.</summary>
    public IReadOnlyList<string> Warnings => [.. Data.Warnings.Select(warning => warning.ToString()), .. Plan.Warnings];

    /// <summary>Seconds that compressing and planning took.</summary>
    internal double Seconds { get; private set; }

    /// <summary>The data, compressed.</summary>
    public PatternTable Patterns { get; }

    /// <summary>The plan: items, blocks, parameters.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>Compresses data and plans a model for them.</summary>
    /// <param name="data">Coded responses.</param>
    /// <param name="specification">The model.</param>
    /// <exception cref="SpecificationException">The model cannot be estimated from these data.</exception>
    public static CalibrationProblem Create(ResponseData data, ModelSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(specification);
        Stopwatch clock = Stopwatch.StartNew();
        ResponseData shared = SharedCategories.Give(data, specification);
        CalibrationProblem problem = Check(data, shared, PatternTable.Compress(shared), specification);
        problem.Seconds = clock.Elapsed.TotalSeconds;
        return problem;
    }

    /// <summary>Another model for the same data, which are not compressed again unless either has a rating scale that adds categories.</summary>
    /// <param name="specification">The model.</param>
    /// <exception cref="SpecificationException">The model cannot be estimated from these data.</exception>
    public CalibrationProblem With(ModelSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ResponseData shared = SharedCategories.Give(given, specification);
        return Check(given, shared, ReferenceEquals(shared, Data) ? Patterns : PatternTable.Compress(shared), specification);
    }

    /// <summary>The same model and data on other nodes of the same rule.</summary>
    /// <param name="grid">The nodes.</param>
    internal CalibrationProblem On(QuadratureGrid grid) => new(given, Data, Patterns, CalibrationPlanner.Plan(Plan.Specification, Plan.Shape, grid));

    /// <summary>Opens what computes.</summary>
    /// <param name="options">Device, and how to estimate.</param>
    /// <exception cref="DeviceNotAvailableException">The device asked for is missing, or cannot hold the problem.</exception>
    /// <exception cref="SpecificationException">The standard errors asked for do not respect sampling weights.</exception>
    public CalibrationSession Open(CalibrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Patterns.AreSamplingWeights && options.StandardErrors is not (StandardErrorMethod.Auto or StandardErrorMethod.None or StandardErrorMethod.Sandwich))
        {
            throw new SpecificationException(
                $"--se {StandardErrorSummary.NameOf(options.StandardErrors)} takes weights for numbers of persons, so that with sampling weights its standard errors would be wrong. "
                + "Use --se sandwich, which is the default with --sampling-weight, or none.");
        }
        return new CalibrationSession(this, options);
    }

    /// <summary>
    /// Zeros in the slopes of items that measure nearly the same leave axes nearly undetermined, which draws do not get over as E-steps do: items are
    /// chosen that are far from that.
    /// </summary>
    private static ModelSpecification ChooseAxes(ModelSpecification specification, PatternTable patterns, ResponseData data)
    {
        int attributeCount = specification.Attributes.Count;
        bool isDrawn = specification.Integration == IntegrationMethod.Stochastic || IntegrationChoice.PrefersDraws(specification, data.ItemCount);
        if (!isDrawn || !specification.IsExploratory || attributeCount < 2 || specification.AxisItems is not null || data.ItemCount < attributeCount)
            return specification;
        int[] axes = SpectralLoadings.Axes(SpectralLoadings.Of(patterns, attributeCount), [.. Enumerable.Repeat(true, data.ItemCount)]);
        return specification with { AxisItems = [.. axes.Select(item => data.ItemNames[item])] };
    }

    private static CalibrationProblem Check(ResponseData given, ResponseData data, PatternTable patterns, ModelSpecification specification)
    {
        CalibrationPlan plan = CalibrationPlanner.Plan(ChooseAxes(specification, patterns, data), DataShape.Of(data, patterns));
        IdentificationCheck.Require(plan);
        GridCheck.Require(plan);
        return new CalibrationProblem(given, data, patterns, plan);
    }
}
