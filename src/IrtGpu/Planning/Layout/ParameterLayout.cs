using IrtGpu.Items;

namespace IrtGpu.Planning.Layout;

/// <summary>The affine map from free parameters to all parameters: slot = offset + Σ coefficient · free.</summary>
/// <remarks>
/// Fixed slots have an offset and no terms; equal slots share a free parameter; rating-scale intercepts are sums.
/// Rows are stored compressed: the terms of slot s are at <see cref="RowStart"/>[s] … <see cref="RowStart"/>[s+1]−1.
/// </remarks>
public sealed class ParameterLayout
{
    /// <summary>Largest magnitude of a free logit (g′, u′); beyond it the probability is 0 or 1 to 3e-7.</summary>
    public const double LogitBound = 15;

    internal ParameterLayout(ParameterSlot[] slots, double[] offset, int[] rowStart, int[] freeIndex, double[] coefficient, int freeCount)
    {
        Slots = slots;
        Offset = offset;
        RowStart = rowStart;
        FreeIndex = freeIndex;
        Coefficient = coefficient;
        FreeCount = freeCount;
        Uses = new int[freeCount];
        RepresentativeSlot = new int[freeCount];
        Array.Fill(RepresentativeSlot, -1);
        IsBoundedLogit = new bool[freeCount];
        for (int slot = 0; slot < slots.Length; slot++)
        {
            for (int term = rowStart[slot]; term < rowStart[slot + 1]; term++)
            {
                int free = freeIndex[term];
                Uses[free]++;
                if (RepresentativeSlot[free] < 0)
                    RepresentativeSlot[free] = slot;
                if (slots[slot].Kind.IsLogit())
                    IsBoundedLogit[free] = true;
            }
        }
    }

    /// <summary>What each slot is. [slot]</summary>
    public IReadOnlyList<ParameterSlot> Slots { get; }

    /// <summary>Number of slots.</summary>
    public int SlotCount => Slots.Count;

    /// <summary>Number of free parameters.</summary>
    public int FreeCount { get; }

    /// <summary>First slot that each free parameter enters. [free]</summary>
    public int[] RepresentativeSlot { get; }

    internal double[] Offset { get; } // [slot]

    private int[] RowStart { get; } // [slot + 1]

    private int[] FreeIndex { get; } // [term]

    private double[] Coefficient { get; } // [term]

    internal int[] Uses { get; } // [free] number of slots the parameter enters

    internal bool[] IsBoundedLogit { get; } // [free]

    /// <summary>Whether the slot has no free parameter.</summary>
    /// <param name="slot">Slot index.</param>
    public bool IsFixed(int slot) => RowStart[slot] == RowStart[slot + 1];

    /// <summary>Whether the slot shares its free parameter with other slots or is a sum of several.</summary>
    /// <param name="slot">Slot index.</param>
    public bool IsTied(int slot)
    {
        int first = RowStart[slot];
        int count = RowStart[slot + 1] - first;
        return count > 1 || (count == 1 && Uses[FreeIndex[first]] > 1);
    }

    /// <summary>Whether a free logit (g′, u′) has run to its bound, so that it is estimated but has no standard error.</summary>
    /// <param name="free">Free parameter.</param>
    /// <param name="value">Its value.</param>
    public bool IsAtBound(int free, double value) => IsBoundedLogit[free] && Math.Abs(value) >= LogitBound - 1e-6;

    /// <summary>Whether a bounded logit is at its bound and drawn beyond it.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="gradient">Of what is maximised.</param>
    internal static bool IsHeld(double value, double gradient) => Math.Abs(value) >= LogitBound && Math.Sign(value) == Math.Sign(gradient);

    /// <summary>Whether a slot is a logit at the end of its range, so that its probability is 0 or 1 for all the data can say.</summary>
    /// <param name="slot">Slot index.</param>
    /// <param name="value">Its value.</param>
    internal bool IsLogitAtEnd(int slot, double value) => Slots[slot].Kind.IsLogit() && Math.Abs(value) >= LogitBound;

    /// <summary>The free parameters that a run of slots has as terms.</summary>
    /// <param name="slot">First slot.</param>
    /// <param name="slotCount">Number of slots.</param>
    internal ReadOnlySpan<int> FreeOf(int slot, int slotCount = 1) => FreeIndex.AsSpan(RowStart[slot]..RowStart[slot + slotCount]);

    /// <summary>The factors of those terms, in the order of <see cref="FreeOf"/>.</summary>
    /// <param name="slot">First slot.</param>
    /// <param name="slotCount">Number of slots.</param>
    internal ReadOnlySpan<double> CoefficientsOf(int slot, int slotCount = 1) => Coefficient.AsSpan(RowStart[slot]..RowStart[slot + slotCount]);

    /// <summary>The chain rule: adds the derivative by a slot to those by the free parameters that it is a sum of.</summary>
    /// <param name="slot">Slot index.</param>
    /// <param name="derivative">Derivative by the slot.</param>
    /// <param name="gradient">Added to. [free]</param>
    internal void AddToFree(int slot, double derivative, Span<double> gradient)
    {
        for (int term = RowStart[slot]; term < RowStart[slot + 1]; term++)
            gradient[FreeIndex[term]] += Coefficient[term] * derivative;
    }

    /// <summary>The chain rule for some of the free parameters, which have all terms of the slot among them.</summary>
    /// <param name="slot">Slot index.</param>
    /// <param name="derivative">Derivative by the slot.</param>
    /// <param name="free">Those free parameters, ascending. [position]</param>
    /// <param name="gradient">Added to. [position]</param>
    internal void AddToFree(int slot, double derivative, ReadOnlySpan<int> free, Span<double> gradient)
    {
        for (int term = RowStart[slot]; term < RowStart[slot + 1]; term++)
            gradient[free.BinarySearch(FreeIndex[term])] += Coefficient[term] * derivative;
    }

    /// <summary>The chain rule of second order, for some of the free parameters.</summary>
    /// <param name="slot">Slot index.</param>
    /// <param name="other">Another slot, or the same.</param>
    /// <param name="second">Second derivative by the two.</param>
    /// <param name="free">Those free parameters, ascending. [position]</param>
    /// <param name="matrix">Added to. [position, position]</param>
    internal void AddToFree(int slot, int other, double second, ReadOnlySpan<int> free, Span<double> matrix)
    {
        for (int a = RowStart[slot]; a < RowStart[slot + 1]; a++)
        {
            int row = free.BinarySearch(FreeIndex[a]) * free.Length;
            for (int b = RowStart[other]; b < RowStart[other + 1]; b++)
                matrix[row + free.BinarySearch(FreeIndex[b])] += Coefficient[a] * Coefficient[b] * second;
        }
    }

    /// <summary>Computes all slots from the free parameters.</summary>
    /// <param name="free">Free parameters. [free]</param>
    /// <param name="slots">Receives the values. [slot]</param>
    public void Expand(ReadOnlySpan<double> free, Span<double> slots)
    {
        for (int slot = 0; slot < SlotCount; slot++)
            slots[slot] = Value(slot, free);
    }

    /// <summary>Computes one slot from the free parameters.</summary>
    /// <param name="slot">Slot index.</param>
    /// <param name="free">Free parameters. [free]</param>
    public double Value(int slot, ReadOnlySpan<double> free)
    {
        double value = Offset[slot];
        for (int term = RowStart[slot]; term < RowStart[slot + 1]; term++)
            value += Coefficient[term] * free[FreeIndex[term]];
        return value;
    }
}
