using System.Text.Json.Serialization;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Estimation.Stochastic;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu;

/// <summary>How to estimate; the defaults suit most tests.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Stop when no free parameter (working scale) changes by this much in a plain EM step.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Largest number of cycles.</summary>
    public int MaxCycles { get; init; } = 500;

    /// <summary>Newton iterations of the item parameters in each M-step; items whose asymptotes are estimated take up to six at least.</summary>
    public int MIterations { get; init; } = 1;

    /// <summary>How cycles are accelerated.</summary>
    public Acceleration Acceleration { get; init; } = Acceleration.Auto;

    /// <summary>Number of starts, the best of which after short runs are run to the end; 0: 1, or 10 with latent classes.</summary>
    public int Starts { get; init; }

    /// <summary>
    /// A finished fit to begin from, of the same or another model: parameters of items, populations and classes of the same name start
    /// at its estimates, the others where they start without it. <see cref="CalibrationResult.Point"/> is one. It is the first start; as it
    /// already tells the classes apart, one start is made unless <see cref="Starts"/> says otherwise.
    /// </summary>
    [JsonIgnore]
    public ModelPoint? Start { get; init; }

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Which standard errors.</summary>
    public StandardErrorMethod StandardErrors { get; init; }

    /// <summary>Which scores of persons.</summary>
    public ScoreMethod Scores { get; init; } = ScoreMethod.Eap;

    /// <summary>How the axes of exploratory solutions are rotated.</summary>
    public RotationMethod Rotation { get; init; } = RotationMethod.Oblimin;

    /// <summary>Loadings that <see cref="RotationMethod.Target"/> turns towards; null with other rotations.</summary>
    [JsonIgnore]
    public RotationTargetFile? RotationTarget { get; init; }

    /// <summary>How far stochastic approximation goes, where <see cref="ModelSpecification.Integration"/> asks for it.</summary>
    public StochasticOptions Stochastic { get; init; } = new();

    /// <summary>How draws from the posterior are made; null: none. Seed and threads are those of the calibration.</summary>
    [JsonIgnore]
    public SamplerOptions? Sampler { get; init; }

    /// <summary>Whether draws are of the priors alone.</summary>
    [JsonIgnore]
    public bool IsPriorOnly { get; init; }

    /// <summary>Device name: <c>auto</c>, <c>cpu</c>, <c>reference</c>, or one of an added provider.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>How E-steps are computed.</summary>
    public EStepForm EStep { get; init; }

    /// <summary>Devices beside the CPU; the package IrtGpu.Kernels has a provider of accelerators.</summary>
    [JsonIgnore]
    public IReadOnlyList<IBackendProvider> Providers { get; init; } = [];

    /// <summary>Number of threads; 0: all processors. Does not change the results.</summary>
    public int Threads { get; init; }
}

/// <summary>Estimators of the covariance matrix of the estimates.</summary>
public enum StandardErrorMethod
{
    /// <summary>Oakes; the sandwich with sampling weights.</summary>
    Auto,

    /// <summary>None.</summary>
    None,

    /// <summary>Inverse of the complete-data information; too small, as information lost to θ is not counted.</summary>
    Complete,

    /// <summary>Inverse of the cross-product of the persons' scores (empirical information).</summary>
    CrossProduct,

    /// <summary>Inverse of the observed information by Louis' identity.</summary>
    Louis,

    /// <summary>Inverse of the observed information by Oakes' identity.</summary>
    Oakes,

    /// <summary>Observed⁻¹ · cross-product · observed⁻¹; the only one that is right with sampling weights, which it squares in the cross-product.</summary>
    Sandwich,
}

/// <summary>Scores of persons.</summary>
public enum ScoreMethod
{
    /// <summary>None.</summary>
    None,

    /// <summary>Mean and standard deviation of the posterior.</summary>
    Eap,

    /// <summary>The quadrature node of the largest posterior.</summary>
    Map,
}
