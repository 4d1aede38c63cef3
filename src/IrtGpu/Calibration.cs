using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Specification;

namespace IrtGpu;

/// <summary>Calibrates item response models.</summary>
public static class Calibration
{
    /// <summary>Estimates a model by marginal maximum likelihood.</summary>
    /// <param name="data">Coded responses.</param>
    /// <param name="specification">The model.</param>
    /// <param name="options">How to estimate.</param>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="cancellation">Ends the estimation after the running cycle; the result says so and keeps what was reached.</param>
    /// <exception cref="SpecificationException">The model cannot be estimated from these data.</exception>
    public static CalibrationResult Run(
        ResponseData data, ModelSpecification specification, CalibrationOptions? options = null,
        IProgress<IterationRecord>? progress = null, CancellationToken cancellation = default)
    {
        throw new NotImplementedException();
    }
}
