using System.Numerics.Tensors;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Expectations;

/// <summary>
/// A question to an <see cref="Expectation"/> and room for its answer: Σ r log P of item parameter sets at given parameters, alone or
/// with its derivatives. Made once and asked again and again, so that asking allocates nothing.
/// </summary>
public sealed class ItemEvaluation
{
    private readonly int[] sets;

    /// <summary>Makes room for all sets of a plan; asks for nothing yet.</summary>
    /// <param name="plan">The plan.</param>
    public ItemEvaluation(CalibrationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        sets = new int[plan.ParameterSets.Count];
        Slots = new double[plan.Layout.SlotCount];
        Value = new double[plan.ParameterSets.Count];
        Gradient = [.. plan.ParameterSets.Select(set => new double[set.SlotCount])];
        Hessian = [.. plan.ParameterSets.Select(set => new double[set.SlotCount * set.SlotCount])];
    }

    /// <summary>Number of sets asked for.</summary>
    public int SetCount { get; private set; }

    /// <summary>Sets asked for.</summary>
    public ReadOnlySpan<int> Sets => sets.AsSpan(0, SetCount);

    /// <summary>Parameters; item parameters may differ from those of the E-step. [slot]</summary>
    public double[] Slots { get; }

    /// <summary>Whether gradients and Hessians are wanted beside the values.</summary>
    public bool WithDerivatives { get; set; }

    /// <summary>Whether values are wanted; else they may be anything.</summary>
    internal bool WithValues { get; set; } = true;

    /// <summary>Whether, with derivatives, Hessians are wanted as well as gradients; where they are not, they may be there or not.</summary>
    internal bool WithHessians { get; set; } = true;

    /// <summary>Σ r log P; of sets that were not asked for, anything. [parameter set]</summary>
    public double[] Value { get; }

    /// <summary>Derivatives by slot of the set; as they were where only values were asked for. [parameter set][slot of the set]</summary>
    public double[][] Gradient { get; }

    /// <summary>Second derivatives, lower triangle, row-major; as they were where only values were asked for. [parameter set][slot, slot]</summary>
    public double[][] Hessian { get; }

    /// <summary>Set asked for at a position.</summary>
    /// <param name="position">Below <see cref="SetCount"/>.</param>
    public int SetAt(int position) => sets[position];

    /// <summary>Asks for no set.</summary>
    public void Clear() => SetCount = 0;

    /// <summary>Asks for one more set.</summary>
    /// <param name="set">Parameter set, not asked for yet.</param>
    public void Add(int set) => sets[SetCount++] = set;

    /// <summary>Asks the same as another.</summary>
    /// <param name="other">Of the same plan.</param>
    public void CopyQuestion(ItemEvaluation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        SetCount = other.SetCount;
        WithDerivatives = other.WithDerivatives;
        WithValues = other.WithValues;
        WithHessians = other.WithHessians;
        other.Sets.CopyTo(sets);
        other.Slots.CopyTo(Slots, 0);
    }

    /// <summary>Adds the answer that another part of the data gave to the same question.</summary>
    /// <param name="other">Of the same plan.</param>
    public void AddAnswer(ItemEvaluation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (int set in Sets)
        {
            Value[set] += other.Value[set];
            if (!WithDerivatives)
                continue;
            TensorPrimitives.Add(Gradient[set], other.Gradient[set], Gradient[set]);
            TensorPrimitives.Add(Hessian[set], other.Hessian[set], Hessian[set]);
        }
    }

    /// <summary>Takes over what another found, if it was asked the same, and found it.</summary>
    /// <param name="other">Of the same plan and expectation, asked for all sets; a value that it did not find is NaN.</param>
    internal bool TryTakeAnswer(ItemEvaluation other)
    {
        if (WithDerivatives && !other.WithDerivatives || !Slots.AsSpan().SequenceEqual(other.Slots))
            return false;
        foreach (int set in Sets)
        {
            if (WithValues && double.IsNaN(other.Value[set]))
                return false;
        }
        foreach (int set in Sets)
        {
            Value[set] = other.Value[set];
            if (!WithDerivatives)
                continue;
            other.Gradient[set].CopyTo(Gradient[set], 0);
            other.Hessian[set].CopyTo(Hessian[set], 0);
        }
        return true;
    }

    /// <summary>Makes the answer 0, for summing up.</summary>
    internal void ClearAnswer()
    {
        Array.Clear(Value);
        for (int set = 0; set < Value.Length && WithDerivatives; set++)
        {
            Array.Clear(Gradient[set]);
            Array.Clear(Hessian[set]);
        }
    }
}
