using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>What items of different branches have in common once the core is given: Σ over core nodes of w S_A V_AB S_B, S the branches' covariances of z there.</summary>
internal sealed class CrossBranches
{
    private readonly MomentBasis basis;
    private readonly double[][] covariance; // [branch][position, position, core node]
    private readonly int coreCount;
    private readonly (int A, int B)[] pairs;

    /// <summary>Computes the covariances.</summary>
    /// <param name="basis">The moments.</param>
    public CrossBranches(MomentBasis basis)
    {
        this.basis = basis;
        coreCount = basis.Population.CoreWeight.Length;
        int count = basis.Branches.Length;
        covariance = [.. basis.Branches.Select(branch => count == 1 ? [] : branch.CoreCovariance())];
        pairs = [.. Pairs(count)];
    }

    /// <summary>Multiply-adds of one product.</summary>
    /// <param name="basis">The moments.</param>
    public static double WorkOf(MomentBasis basis) => Pairs(basis.Branches.Length).Sum(pair =>
    {
        double a = basis.Branches[pair.A].Items.Length;
        double b = basis.Branches[pair.B].Items.Length;
        return a * b * (a + b) * basis.Population.CoreWeight.Length;
    });

    /// <summary>Adds it to the moments of pairs.</summary>
    /// <param name="given">V, by moment; 0 where nothing is asked of it. [moment]</param>
    /// <param name="sums">Added to. [moment]</param>
    /// <param name="parallel">Threads.</param>
    public void AddTo(double[] given, double[] sums, ParallelOptions parallel) => Parallel.For(0, pairs.Length, parallel, pair =>
    {
        (int a, int b) = pairs[pair];
        int[] itemsA = basis.Branches[a].Items;
        int[] itemsB = basis.Branches[b].Items;
        double[] half = new double[itemsB.Length * coreCount]; // w S_A V of one item of A [position in B, core node]
        for (int i = 0; i < itemsA.Length; i++)
        {
            Array.Clear(half);
            for (int l = 0; l < itemsB.Length; l++)
            {
                Span<double> own = half.AsSpan(l * coreCount, coreCount);
                for (int k = 0; k < itemsA.Length; k++)
                {
                    double coefficient = given[Pair(itemsA[k], itemsB[l])];
                    if (coefficient != 0)
                        TensorPrimitives.MultiplyAdd(covariance[a].AsSpan((i * itemsA.Length + k) * coreCount, coreCount), coefficient, own, own);
                }
                TensorPrimitives.Multiply(own, basis.Population.CoreWeight, own);
            }
            for (int j = 0; j < itemsB.Length; j++)
                sums[Pair(itemsA[i], itemsB[j])] += FixedOrderSums.Dot(half, covariance[b].AsSpan(j * half.Length, half.Length));
        }
    });

    private static IEnumerable<(int A, int B)> Pairs(int count) => Enumerable.Range(0, count).SelectMany(a => Enumerable.Range(0, a).Select(b => (a, b)));

    private int Pair(int one, int other) => one > other ? basis.Pair(one, other) : basis.Pair(other, one);
}
