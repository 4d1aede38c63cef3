using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Identification;
using IrtGpu.Specification;

namespace IrtGpu;

/// <summary>Data and a model that were found to fit each other: distinct patterns, and the plan.</summary>
public sealed class CalibrationProblem
{
    private CalibrationProblem(ResponseData data, PatternTable patterns, ModelSpecification specification)
    {
        Data = data;
        Patterns = patterns;
        Plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        IdentificationCheck.Require(Plan);
    }

    /// <summary>The data.</summary>
    public ResponseData Data { get; }

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
        return new CalibrationProblem(data, PatternTable.Compress(data), specification);
    }

    /// <summary>Another model for the same data, which are not compressed again.</summary>
    /// <param name="specification">The model.</param>
    /// <exception cref="SpecificationException">The model cannot be estimated from these data.</exception>
    public CalibrationProblem With(ModelSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        return new CalibrationProblem(Data, Patterns, specification);
    }

    /// <summary>Opens what computes.</summary>
    /// <param name="options">Device, and how to estimate.</param>
    /// <exception cref="DeviceNotAvailableException">The device asked for is missing, or cannot hold the problem.</exception>
    public CalibrationSession Open(CalibrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CalibrationSession(this, options);
    }
}
