using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.WeightedScore.Interpolation;

/// <summary>Loops over the nodes of a grid point and over the eight points of a cell.</summary>
internal abstract unsafe class ScoreGridKernels
{
    /// <summary>Those of this process's vectors.</summary>
    public static readonly ScoreGridKernels Chosen = VectorWidth.Bits switch
    {
        512 => new ScoreGridKernels<Lanes512>(),
        256 => new ScoreGridKernels<Lanes256>(),
        _ => new ScoreGridKernels<Lanes128>(),
    };

    /// <summary>sum[lane] = Σ_power basis[power, lane] x^power, by Horner's rule. [8]</summary>
    public abstract void Evaluate(double* basis, double x, double* sum);

    /// <summary>sum[lane] = Σ_k factors[k] basis[k, lane]; the factors may be where the sum goes. [8]</summary>
    public abstract void Combine(double* basis, double* factors, double* sum);

    /// <summary>Σ a · b of eight numbers.</summary>
    public abstract double DotEight(double* a, double* b);

    /// <summary>target[row, lane] += coefficients[row] · values[lane] for eight rows.</summary>
    /// <param name="values">[width]</param>
    /// <param name="coefficients">[8]</param>
    /// <param name="target">Eight rows.</param>
    /// <param name="width">Numbers of a row, a multiple of 8.</param>
    public abstract void Spread(double* values, double* coefficients, double* target, int width);

    /// <summary>values = score · theta + logPrior; returns the largest.</summary>
    public abstract double LineAndMax(double score, double* theta, double* logPrior, double* values, int nodeCount);

    /// <summary>product = values · ratio; returns its sum.</summary>
    public abstract double Step(double* values, double* ratio, double* product, int nodeCount);

    /// <summary>Σ values · arguments.</summary>
    public abstract double Dot(double* values, double* arguments, int nodeCount);

    /// <summary>totals += factor · values.</summary>
    public abstract void AddScaled(double* values, double factor, double* totals, int nodeCount);
}
