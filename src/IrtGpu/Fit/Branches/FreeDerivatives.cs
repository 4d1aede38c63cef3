using System.Numerics.Tensors;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Fit.Branches;

/// <summary>Derivatives by free parameters, node by node.</summary>
/// <param name="Values">By free parameter, ascending. [node]</param>
internal sealed record FreeDerivatives((int Free, double[] Derivative)[] Values)
{
    /// <summary>By no parameter.</summary>
    public static FreeDerivatives None { get; } = new([]);

    /// <summary>From those by slot.</summary>
    /// <param name="layout">The map.</param>
    /// <param name="slots">By slot. [node]</param>
    public static FreeDerivatives Of(ParameterLayout layout, (int Slot, double[] Derivative)[] slots)
    {
        SortedDictionary<int, double[]> sums = [];
        foreach ((int slot, double[] derivative) in slots)
        {
            ReadOnlySpan<int> free = layout.FreeOf(slot);
            ReadOnlySpan<double> coefficients = layout.CoefficientsOf(slot);
            for (int term = 0; term < free.Length; term++)
            {
                if (!sums.TryGetValue(free[term], out double[]? sum))
                    sums[free[term]] = sum = new double[derivative.Length];
                TensorPrimitives.MultiplyAdd(derivative, coefficients[term], sum, sum);
            }
        }
        return new FreeDerivatives([.. sums.Select(pair => (pair.Key, pair.Value))]);
    }

    /// <summary>Those by parameters that others are by, too.</summary>
    /// <param name="other">The others.</param>
    public FreeDerivatives Common(FreeDerivatives other) => new([.. Values.Where(one => Array.Exists(other.Values, two => two.Free == one.Free))]);

    /// <summary>Times what each node has.</summary>
    /// <param name="factor">[node]</param>
    public FreeDerivatives Times(ReadOnlySpan<double> factor)
    {
        (int, double[])[] products = new (int, double[])[Values.Length];
        for (int k = 0; k < products.Length; k++)
        {
            products[k] = (Values[k].Free, new double[factor.Length]);
            TensorPrimitives.Multiply(Values[k].Derivative, factor, products[k].Item2);
        }
        return new FreeDerivatives(products);
    }

    /// <summary>Sums over the nodes of each core node.</summary>
    /// <param name="branch">The branch whose nodes they are at.</param>
    public FreeDerivatives Sum(PopulationBranch branch) => new([.. Values.Select(one =>
    {
        double[] sums = new double[branch.CoreCount];
        branch.Sum(one.Derivative, sums);
        return (one.Free, sums);
    })]);
}
