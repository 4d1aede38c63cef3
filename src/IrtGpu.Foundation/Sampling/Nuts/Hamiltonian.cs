using System.Numerics.Tensors;

namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>Minus log density as potential energy, and a kinetic energy with a diagonal metric: H = −log p(q) + ½ Σ v_i p_i².</summary>
/// <param name="density">Of one chain.</param>
internal sealed class Hamiltonian(ILogDensity density)
{
    private readonly double[] momentumScales = Ones(density.Count); // 1/√v

    /// <summary>v: the inverse of the metric, as near to the variances of the parameters as is known. [parameter]</summary>
    public double[] InverseMetric { get; } = Ones(density.Count);

    /// <summary>Number of parameters.</summary>
    public int Count => density.Count;

    /// <summary>Evaluations of the density until now.</summary>
    public long Evaluations { get; private set; }

    /// <summary>Goes over to another metric.</summary>
    /// <param name="variances">Positive. [parameter]</param>
    public void SetInverseMetric(ReadOnlySpan<double> variances)
    {
        variances.CopyTo(InverseMetric);
        for (int index = 0; index < momentumScales.Length; index++)
            momentumScales[index] = 1 / Math.Sqrt(variances[index]);
    }

    /// <summary>Evaluates the density at the position of a point; what is no number, or infinite, is outside the domain.</summary>
    public void Evaluate(PhasePoint point)
    {
        Evaluations++;
        double value = density.Evaluate(point.Position, point.Gradient);
        point.LogDensity = double.IsFinite(value) ? value : double.NegativeInfinity;
    }

    /// <summary>Draws a momentum.</summary>
    public void DrawMomentum(PhasePoint point, ref StreamRandom random)
    {
        for (int index = 0; index < momentumScales.Length; index++)
            point.Momentum[index] = momentumScales[index] * random.NextNormal();
    }

    /// <summary>Total energy; positive infinity where it is no number.</summary>
    public double Energy(PhasePoint point)
    {
        double kinetic = 0;
        for (int index = 0; index < InverseMetric.Length; index++)
            kinetic += InverseMetric[index] * point.Momentum[index] * point.Momentum[index];
        double energy = kinetic / 2 - point.LogDensity;
        return double.IsNaN(energy) ? double.PositiveInfinity : energy;
    }

    /// <summary>One leapfrog step.</summary>
    /// <param name="point">From here; out: to there.</param>
    /// <param name="stepSize">Negative: backward in time.</param>
    public void Leapfrog(PhasePoint point, double stepSize)
    {
        TensorPrimitives.MultiplyAdd(point.Gradient, stepSize / 2, point.Momentum, point.Momentum);
        for (int index = 0; index < InverseMetric.Length; index++)
            point.Position[index] += stepSize * InverseMetric[index] * point.Momentum[index];
        Evaluate(point);
        TensorPrimitives.MultiplyAdd(point.Gradient, stepSize / 2, point.Momentum, point.Momentum);
    }

    /// <summary>Whether a trajectory still moves apart at both ends: the generalised no-U-turn criterion.</summary>
    /// <param name="begin">Momentum at one end.</param>
    /// <param name="end">Momentum at the other.</param>
    /// <param name="sum">Sum of the momenta of the trajectory.</param>
    public bool MovesApart(ReadOnlySpan<double> begin, ReadOnlySpan<double> end, ReadOnlySpan<double> sum)
    {
        double atBegin = 0;
        double atEnd = 0;
        for (int index = 0; index < InverseMetric.Length; index++)
        {
            double velocity = InverseMetric[index] * sum[index];
            atBegin += velocity * begin[index];
            atEnd += velocity * end[index];
        }
        return atBegin > 0 && atEnd > 0;
    }

    private static double[] Ones(int count)
    {
        double[] ones = new double[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
