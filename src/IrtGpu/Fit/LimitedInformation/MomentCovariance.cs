using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>Ξ of a group as an operator: the asymptotic covariance matrix of √N times its observed moments, never written out.</summary>
/// <remarks>
/// Ξ v = Cov(f, φ) with φ = Σ_a v_a f_a = Σ_i h_i(x_i) + ½ zᵀVz. Given a node, with c = E(z), g = ∇E(φ) by z and H_i = Cov(z_i, φ):
/// Cov(z_i z_j, φ) = c_i c_j (E(φ | node) − E φ) + c_i H_j + c_j H_i + V_ij Var z_i Var z_j, averaged over nodes. That costs n² nodes, where
/// the matrix has n⁴/4 elements. With answers missing, moments are means over those who answered what is in them, so that elements are
/// those of complete data times N N_ab/(N_a N_b), N_ab persons with what both need: a weighted sum over the sets of items answered.
/// Moments are scaled to variance 1. Each element has one owner, so that the result does not depend on threads.
/// </remarks>
internal sealed class MomentCovariance
{
    private const long ParallelWork = 1 << 18;

    private readonly MomentBasis basis;
    private readonly AnsweredShares shares;
    private readonly ParallelOptions parallel;
    private readonly int nodeCount;
    private readonly int[][] momentsOfSet;
    private readonly double[] spread; // factor · N / N_a. [moment]
    private readonly double[] residual; // Σ weight Var z_i Var z_j of pairs. [moment]
    private readonly double[] gradient; // g. [item, node]
    private readonly double[] response; // H, then what is multiplied by c. [item, node]
    private readonly double[] centred; // E(φ | node) − E φ. [node]
    private readonly double[] weighted; // [node]
    private readonly double[] given; // v in the answered set. [moment]
    private readonly double[] part; // [moment]

    public MomentCovariance(MomentBasis basis, AnsweredShares shares, int threads)
    {
        this.basis = basis;
        this.shares = shares;
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        nodeCount = basis.Population.NodeCount;
        momentsOfSet = [.. shares.Items.Select(MomentsOf)];
        gradient = new double[basis.Mean.Length];
        response = new double[basis.Mean.Length];
        centred = new double[nodeCount];
        weighted = new double[nodeCount];
        given = new double[basis.Count];
        part = new double[basis.Count];
        residual = new double[basis.Count];
        spread = new double[basis.Count];
        Factor = new double[basis.Count];
        Answered = new double[basis.Count];
        for (int set = 0; set < momentsOfSet.Length; set++)
        {
            foreach (int moment in momentsOfSet[set])
                Answered[moment] += shares.Weight[set];
        }
        SetFactors();
    }

    /// <summary>Persons of the group.</summary>
    public double Total => shares.Total;

    /// <summary>Persons that answered what is in a moment. [moment]</summary>
    public double[] Answered { get; }

    /// <summary>What a moment is multiplied by so that √N times it has variance 1; 0 where nobody answered it, or it does not vary. [moment]</summary>
    public double[] Factor { get; }

    /// <summary>Ξ v, moments scaled.</summary>
    /// <param name="vector">v. [moment]</param>
    /// <param name="product">Receives Ξ v. [moment]</param>
    public void Apply(ReadOnlySpan<double> vector, Span<double> product)
    {
        product.Clear();
        for (int set = 0; set < momentsOfSet.Length; set++)
        {
            given.AsSpan().Clear();
            foreach (int moment in momentsOfSet[set])
                given[moment] = vector[moment] * spread[moment];
            ApplyComplete(shares.Items[set]);
            double share = shares.Weight[set] / Total;
            foreach (int moment in momentsOfSet[set])
                product[moment] += share * spread[moment] * part[moment];
        }
    }

    private int[] MomentsOf(int[] items)
    {
        HashSet<int> has = [.. items];
        List<int> moments = [.. items];
        int next = basis.Items.Length;
        foreach (ItemFunctions functions in basis.Further)
        {
            for (int f = 0; f < functions.Count; f++, next++)
            {
                if (has.Contains(functions.Position))
                    moments.Add(next);
            }
        }
        for (int i = 1; i < items.Length; i++)
        {
            for (int j = 0; j < i; j++)
                moments.Add(basis.Pair(items[i], items[j]));
        }
        return [.. moments];
    }

    private void SetFactors()
    {
        int n = basis.Items.Length;
        double[] square = new double[basis.Mean.Length]; // E(z² | node)
        TensorPrimitives.MultiplyAdd(basis.Mean, basis.Mean, basis.Variance, square);
        ReadOnlySpan<double> weight = basis.Population.Weight;
        double[] weightedVariance = new double[nodeCount];
        double[] weightedMean = new double[nodeCount];
        double[] weightedSquare = new double[nodeCount];
        double[] variance = new double[basis.Count];
        variance.AsSpan(0, basis.PairStart).Fill(1);
        for (int i = 1; i < n; i++)
        {
            TensorPrimitives.Multiply(weight, basis.VarianceOf(i), weightedVariance);
            TensorPrimitives.Multiply(weight, basis.MeanOf(i), weightedMean);
            TensorPrimitives.Multiply(weight, square.AsSpan(i * nodeCount, nodeCount), weightedSquare);
            for (int j = 0; j < i; j++)
            {
                int pair = basis.Pair(i, j);
                residual[pair] = FixedOrderSums.Dot(weightedVariance, basis.VarianceOf(j));
                double product = FixedOrderSums.Dot(weightedMean, basis.MeanOf(j));
                variance[pair] = FixedOrderSums.Dot(weightedSquare, square.AsSpan(j * nodeCount, nodeCount)) - product * product;
            }
        }
        for (int moment = 0; moment < basis.Count; moment++)
        {
            if (!(Answered[moment] > 0) || !(variance[moment] > 1e-12))
                continue;
            Factor[moment] = Math.Sqrt(Answered[moment] / (Total * variance[moment]));
            spread[moment] = Factor[moment] * Total / Answered[moment];
        }
    }

    /// <summary>Cov(f, φ) of complete data, of the moments of some items, φ being <see cref="given"/>.</summary>
    private void ApplyComplete(int[] items)
    {
        ForEachItem(items, i => Gradient(items, i));
        centred.AsSpan().Clear();
        foreach (int i in items)
        {
            TensorPrimitives.Add(GradientOf(i), given[i], weighted);
            TensorPrimitives.Multiply(weighted, 0.5, weighted);
            TensorPrimitives.MultiplyAdd(weighted, basis.MeanOf(i), centred, centred);
            TensorPrimitives.Multiply(basis.VarianceOf(i), GradientOf(i), ResponseOf(i));
        }
        AddFurther();
        ReadOnlySpan<double> weight = basis.Population.Weight;
        TensorPrimitives.Subtract(centred, FixedOrderSums.Dot(weight, centred), centred);
        FindFurther();
        TensorPrimitives.Multiply(weight, centred, weighted);
        foreach (int i in items)
        {
            Span<double> own = ResponseOf(i);
            TensorPrimitives.Multiply(own, weight, own);
            part[i] = FixedOrderSums.Dot(weighted, basis.MeanOf(i)) + FixedOrderSums.Sum(own);
            for (int node = 0; node < nodeCount; node++)
                own[node] += 0.5 * weighted[node] * basis.Mean[i * nodeCount + node];
        }
        ForEachItem(items, i =>
        {
            for (int k = 0; items[k] < i; k++)
            {
                int pair = basis.Pair(i, items[k]);
                part[pair] = FixedOrderSums.Dot(basis.MeanOf(i), ResponseOf(items[k])) + FixedOrderSums.Dot(basis.MeanOf(items[k]), ResponseOf(i))
                    + given[pair] * residual[pair];
            }
        });
    }

    private Span<double> GradientOf(int i) => gradient.AsSpan(i * nodeCount, nodeCount);

    private Span<double> ResponseOf(int i) => response.AsSpan(i * nodeCount, nodeCount);

    private void Gradient(int[] items, int i)
    {
        Span<double> sum = GradientOf(i);
        sum.Fill(given[i]);
        foreach (int j in items)
        {
            double coefficient = j == i ? 0 : given[j < i ? basis.Pair(i, j) : basis.Pair(j, i)];
            if (coefficient != 0)
                TensorPrimitives.MultiplyAdd(basis.MeanOf(j), coefficient, sum, sum);
        }
    }

    /// <summary>Adds what the further functions have in φ to its conditional mean and to H.</summary>
    private void AddFurther()
    {
        int moment = basis.Items.Length;
        foreach (ItemFunctions functions in basis.Further)
        {
            Span<double> own = ResponseOf(functions.Position);
            for (int f = 0; f < functions.Count; f++, moment++)
            {
                if (given[moment] == 0)
                    continue;
                TensorPrimitives.MultiplyAdd(functions.Mean.AsSpan(f * nodeCount, nodeCount), given[moment], centred, centred);
                TensorPrimitives.MultiplyAdd(functions.CovarianceOf(0, f + 1), given[moment], own, own);
            }
        }
    }

    /// <summary>The moments of the further functions.</summary>
    private void FindFurther()
    {
        int first = basis.Items.Length;
        double[] sum = new double[basis.Further.Length == 0 ? 0 : nodeCount];
        foreach (ItemFunctions functions in basis.Further)
        {
            for (int f = 0; f < functions.Count; f++)
            {
                TensorPrimitives.Multiply(functions.Mean.AsSpan(f * nodeCount, nodeCount), centred, sum);
                TensorPrimitives.MultiplyAdd(functions.CovarianceOf(f + 1, 0), GradientOf(functions.Position), sum, sum);
                for (int g = 0; g < functions.Count; g++)
                    TensorPrimitives.MultiplyAdd(functions.CovarianceOf(f + 1, g + 1), given[first + g], sum, sum);
                part[first + f] = FixedOrderSums.Dot(basis.Population.Weight, sum);
            }
            first += functions.Count;
        }
    }

    private void ForEachItem(int[] items, Action<int> action)
    {
        if ((long)items.Length * items.Length * nodeCount < ParallelWork)
        {
            foreach (int i in items)
                action(i);
            return;
        }
        Parallel.For(0, items.Length, parallel, k => action(items[k]));
    }
}
