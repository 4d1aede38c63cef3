using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Persons;

/// <summary>Sums over a person's answers from which l_z and l_z* follow.</summary>
/// <param name="LogLikelihood">log L at θ̂.</param>
/// <param name="Expected">Its expectation there.</param>
/// <param name="Variance">Its variance.</param>
/// <param name="Covariance">Its covariance with the derivative of log L.</param>
/// <param name="Information">Variance of that derivative.</param>
/// <param name="Warm">Σ P′P″/P.</param>
internal record struct PersonSums(double LogLikelihood, double Expected, double Variance, double Covariance, double Information, double Warm);

/// <summary>Finds the sums of a block of patterns.</summary>
/// <remarks>
/// l_z* takes for θ̂ a root of r₀(θ) + Σ_i ∂log P_i = 0: r₀ = 0 for ML, Σ P′P″/P over twice the information for WLE, the derivative of the log
/// density of θ for MAP. With c = Cov(log L, score)/information, l_z* = (log L − E + c r₀)/√(V − c² information). Derivatives by θ are
/// differences of log P over ±h, right to 1e-7.
/// </remarks>
/// <param name="point">The estimates.</param>
/// <param name="block">The group's block.</param>
/// <param name="estimator">Which θ̂.</param>
internal sealed class PersonResiduals(ModelPoint point, PlannedBlock block, string estimator)
{
    private const double Step = 5e-4;

    private readonly bool hasStar = point.Plan.AttributeCount == 1 && estimator != "eap";

    /// <summary>Adds an item.</summary>
    /// <param name="work">The block of patterns.</param>
    /// <param name="set">The item's parameters.</param>
    /// <param name="logProbability">log P at θ̂. [category, pattern]</param>
    /// <param name="sums">Added to. [pattern]</param>
    public void Add(ResidualBlock work, ItemParameterSet set, ReadOnlySpan<double> logProbability, PersonSums[] sums)
    {
        PlannedItem item = point.Plan.Items[set.Item];
        int count = work.Members.Length;
        double[] at = logProbability.ToArray();
        double[] above = hasStar ? work.Evaluate(set, Step).ToArray() : at;
        double[] below = hasStar ? work.Evaluate(set, -Step).ToArray() : at;
        for (int k = 0; k < count; k++)
        {
            byte response = work.Response(k, set.Item);
            if (response == ResponseData.Missing)
                continue;
            double expected = 0;
            double square = 0;
            double covariance = 0;
            double information = 0;
            double warm = 0;
            for (int category = 0; category < item.CategoryCount; category++)
            {
                int cell = category * count + k;
                double probability = Math.Exp(at[cell]);
                if (!(probability > 0))
                    continue;
                expected += probability * at[cell];
                square += probability * at[cell] * at[cell];
                double score = (above[cell] - below[cell]) / (2 * Step);
                double curvature = (above[cell] - 2 * at[cell] + below[cell]) / (Step * Step);
                covariance += probability * at[cell] * score;
                information += probability * score * score;
                warm += probability * score * (curvature + score * score);
            }
            sums[k] = new PersonSums(
                sums[k].LogLikelihood + at[response * count + k], sums[k].Expected + expected, sums[k].Variance + square - expected * expected,
                sums[k].Covariance + covariance, sums[k].Information + information, sums[k].Warm + warm);
        }
    }

    /// <summary>l_z and l_z*; NaN where there is none.</summary>
    /// <param name="sums">Of a pattern.</param>
    /// <param name="theta">Its θ̂. [attribute]</param>
    public (double Lz, double LzStar) Result(PersonSums sums, ReadOnlySpan<double> theta)
    {
        double deviation = sums.LogLikelihood - sums.Expected;
        double lz = sums.Variance > 1e-12 ? deviation / Math.Sqrt(sums.Variance) : double.NaN;
        if (!hasStar || !(sums.Information > 1e-12))
            return (lz, double.NaN);
        double slope = sums.Covariance / sums.Information;
        double variance = sums.Variance - slope * sums.Covariance;
        double root = estimator switch
        {
            "ml" => 0,
            "wle" => sums.Warm / (2 * sums.Information),
            "map" => Prior(theta),
            _ => throw new ArgumentOutOfRangeException(nameof(sums), estimator, "Unknown estimator."),
        };
        // An answer pattern leaves nothing to compare where, as with equal slopes and one difficulty, θ̂ explains all that varies.
        return (lz, variance > 1e-9 * sums.Variance ? (deviation + slope * root) / Math.Sqrt(variance) : double.NaN);
    }

    private double Prior(ReadOnlySpan<double> theta)
    {
        double[] gradient = new double[1];
        point.Populations[block.Index].LogDensity(theta, gradient, new double[1]);
        return gradient[0];
    }
}
