using System.Runtime.InteropServices;
using IrtGpu.Compute.Reduction.Layout;

namespace IrtGpu.Compute.Reduction.Loops;

/// <summary>Room for the pointers of one piece of work.</summary>
internal readonly unsafe struct FactorMemory : IDisposable
{
    private readonly double** pointers;
    private readonly ReducedFactors factors;

    /// <summary>Makes room for a step's tables and children.</summary>
    /// <param name="step">Step.</param>
    public FactorMemory(ReducedStep step)
    {
        int own = step.JointCount;
        int children = step.Source.Children.Length;
        pointers = (double**)NativeMemory.AllocZeroed((nuint)(2 * own + 3 * children + 1), (nuint)sizeof(double*));
        int** childRow = (int**)(pointers + 2 * own + 2 * children);
        for (int child = 0; child < children; child++)
            childRow[child] = (int*)Marshal.UnsafeAddrOfPinnedArrayElement(step.ChildRow[child], 0);
        Counts = pointers + own + children;
        Sums = pointers + 2 * own + children;
        factors = new ReducedFactors
        {
            Own = pointers,
            OwnCount = own,
            Child = pointers + own,
            ChildRow = childRow,
            ChildCount = children,
            Width = step.Width,
            IsLog = step.IsLog,
        };
    }

    /// <summary>The factors, whose pointers are to be set.</summary>
    public ReducedFactors Factors => factors;

    /// <summary>Room for pointers to joint counts. [table]</summary>
    public double** Counts { get; }

    /// <summary>Room for pointers to sums of children. [child]</summary>
    public double** Sums { get; }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(pointers);
}
