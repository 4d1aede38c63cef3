using IrtGpu.Planning;

namespace IrtGpu.Compute;

/// <summary>A backend that still holds the expected counts and can reduce them to what Newton steps need, all items at once.</summary>
public interface IItemDerivativesBackend
{
    /// <summary>Whether these are the counts of the backend's last E-step and it still holds them.</summary>
    /// <param name="counts">What that E-step returned.</param>
    bool Holds(ExpectedCounts counts);

    /// <summary>Σ r log P of every item parameter set at the nodes of the last E-step, and its derivatives.</summary>
    /// <param name="slots">Where; item parameters may differ from those of the E-step. [slot]</param>
    /// <param name="withDerivatives">Whether gradients and Hessians are wanted beside the values.</param>
    ItemDerivatives ComputeItemDerivatives(double[] slots, bool withDerivatives);
}

/// <summary>The part of the expected complete-data log-likelihood that each item parameter set has.</summary>
public sealed class ItemDerivatives
{
    internal ItemDerivatives(Planning.CalibrationPlan plan)
    {
        Value = new double[plan.ParameterSets.Count];
        Gradient = [.. plan.ParameterSets.Select(set => new double[set.SlotCount])];
        Hessian = [.. plan.ParameterSets.Select(set => new double[set.SlotCount * set.SlotCount])];
    }

    /// <summary>Σ r log P. [parameter set]</summary>
    public double[] Value { get; }

    /// <summary>Derivatives by slot of the set; 0 where only values were asked for. [parameter set][slot of the set]</summary>
    public double[][] Gradient { get; }

    /// <summary>Second derivatives, lower triangle, row-major; 0 where only values were asked for. [parameter set][slot, slot]</summary>
    public double[][] Hessian { get; }

    /// <summary>Adds what another shard of the same data has.</summary>
    /// <param name="other">Of the same plan at the same parameters.</param>
    public void Add(ItemDerivatives other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Add(Value, other.Value);
        for (int set = 0; set < Value.Length; set++)
        {
            Add(Gradient[set], other.Gradient[set]);
            Add(Hessian[set], other.Hessian[set]);
        }
    }

    private static void Add(double[] sum, double[] term)
    {
        for (int k = 0; k < sum.Length; k++)
            sum[k] += term[k];
    }
}
