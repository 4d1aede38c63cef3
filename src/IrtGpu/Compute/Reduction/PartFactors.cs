using System.Runtime.InteropServices;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Compute.Reduction.Loops;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction;

/// <summary>Finds the factors of one part after the other, for one piece of work on a step: addresses are looked up once, a part costs additions.</summary>
internal sealed unsafe class PartFactors : IDisposable
{
    private readonly double** pointers; // all of the arrays below
    private readonly double** priors; // [group]
    private readonly double** values; // [group] first joint row
    private readonly double** counts; // [group]
    private readonly double** totals; // [group]
    private readonly double** messages; // [child]
    private readonly double** sums; // [child]
    private readonly long[] messageLength; // [child]
    private readonly long cellCount;
    private ReducedFactors factors;

    /// <summary>Looks addresses up.</summary>
    /// <param name="model">The model at a point.</param>
    /// <param name="step">The step.</param>
    /// <param name="k">Class.</param>
    /// <param name="from">Messages that come in. [step]</param>
    /// <param name="to">Sums of children that are added to; null: none are. [step]</param>
    /// <param name="totals">Totals that are added to; null: none are. [block][step]</param>
    public PartFactors(ReducedModel model, ReducedStep step, int k, AlignedBuffer[] from, AlignedBuffer[]? to = null, AlignedBuffer[][]? totals = null)
    {
        int index = step.Source.Index;
        int own = step.JointCount;
        int[] children = step.Source.Children;
        int groupCount = model.Plan.GroupCount;
        pointers = (double**)NativeMemory.AllocZeroed((nuint)(2 * own + 5 * children.Length + 4 * groupCount + 1), (nuint)sizeof(double*));
        factors = new ReducedFactors
        {
            Own = pointers,
            OwnCount = own,
            Child = pointers + 2 * own,
            ChildRow = (int**)(pointers + 2 * own + 2 * children.Length),
            ChildCount = children.Length,
            Width = step.Width,
            IsLog = step.IsLog,
        };
        Counts = pointers + own;
        Sums = pointers + 2 * own + children.Length;
        messages = pointers + 2 * own + 3 * children.Length;
        sums = messages + children.Length;
        priors = sums + children.Length;
        values = priors + groupCount;
        counts = values + groupCount;
        this.totals = counts + groupCount;
        messageLength = [.. children.Select(child => (long)model.Steps[child].MessageLength)];
        cellCount = step.CellCount;
        for (int child = 0; child < children.Length; child++)
        {
            factors.ChildRow[child] = (int*)Marshal.UnsafeAddrOfPinnedArrayElement(step.ChildRow[child], 0);
            messages[child] = from[children[child]].Pointer;
            sums[child] = to is null ? null : to[children[child]].Pointer;
        }
        for (int group = 0; group < groupCount; group++)
        {
            PlannedBlock block = model.Plan.Blocks[group * model.Plan.ClassCount + k];
            priors[group] = model.Priors[index][block.Index].Pointer;
            if (model.Tables[index] is { } tables)
            {
                values[group] = tables.Values[block.Table].Pointer;
                counts[group] = tables.Counts[block.Table].Pointer;
            }
            this.totals[group] = totals is null ? null : totals[block.Index][index].Pointer;
        }
    }

    /// <summary>The factors of the part bound last.</summary>
    public ref ReducedFactors Factors => ref factors;

    /// <summary>Its joint counts. [table]</summary>
    public double** Counts { get; }

    /// <summary>Sums of its children. [child]</summary>
    public double** Sums { get; }

    /// <summary>Totals of its block. [cell]</summary>
    public double* Totals { get; private set; }

    /// <summary>Points at the factors of a part.</summary>
    /// <param name="key">Its key.</param>
    public void Bind(ReadOnlySpan<int> key)
    {
        int group = key[0];
        factors.Prior = priors[group];
        for (int table = 0; table < factors.OwnCount; table++)
            factors.Own[table] = values[group] + key[1 + table] * cellCount;
        for (int child = 0; child < factors.ChildCount; child++)
            factors.Child[child] = messages[child] + key[1 + factors.OwnCount + child] * messageLength[child];
    }

    /// <summary>Points at the factors of a part, and at what they are added to.</summary>
    /// <param name="key">Its key.</param>
    public void BindSums(ReadOnlySpan<int> key)
    {
        Bind(key);
        int group = key[0];
        Totals = totals[group];
        for (int table = 0; table < factors.OwnCount; table++)
            Counts[table] = counts[group] + key[1 + table] * cellCount;
        for (int child = 0; child < factors.ChildCount; child++)
            Sums[child] = sums[child] + key[1 + factors.OwnCount + child] * messageLength[child];
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(pointers);
}
