using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>Ξ of a group as an operator: the asymptotic covariance matrix of √N times its observed moments, never written out.</summary>
/// <remarks>
/// Ξ v = Cov(f, φ) with φ = Σ_a v_a f_a = Σ_i h_i(x_i) + ½ zᵀVz. Given a node of the items' branch, with c = E(z), g = ∇E(φ) by z and H_i = Cov(z_i, φ):
/// Cov(z_i z_j, φ) = c_i c_j (E(φ | node) − E φ) + c_i H_j + c_j H_i + V_ij Var z_i Var z_j, averaged over nodes; items of other branches enter g by
/// their means given the core. Of items of two branches A and B, given a core node, with u = E(z), K_i = Cov(z_i, φ) and S = Cov(z) of a branch:
/// u_i u_j (E(φ | core node) − E φ) + u_i K_j + u_j K_i + (S_A V_AB S_B)_ij. That costs n² nodes, where
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
    private readonly CrossBranches cross;
    private readonly int coreCount;
    private readonly int[][] momentsOfSet;
    private readonly double[] spread; // factor · N / N_a. [moment]
    private readonly double[] residual; // Σ weight Var z_i Var z_j of pairs of a branch. [moment]
    private readonly BranchWork[] work; // [branch]
    private readonly double[] ofOthers; // Σ V u of the items of other branches. [item, core node]
    private readonly double[] coreResponse; // K, then what is multiplied by u. [item, core node]
    private readonly double[] coreMean; // E(φ | core node), then less E φ. [core node]
    private readonly double[] given; // v in the answered set. [moment]
    private readonly double[] part; // [moment]

    public MomentCovariance(MomentBasis basis, AnsweredShares shares, int threads)
    {
        this.basis = basis;
        this.shares = shares;
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        cross = new CrossBranches(basis);
        coreCount = basis.Population.CoreWeight.Length;
        momentsOfSet = [.. shares.Items.Select(MomentsOf)];
        work = [.. basis.Branches.Select(branch => new BranchWork(branch))];
        ofOthers = new double[basis.Items.Length * coreCount];
        coreResponse = new double[ofOthers.Length];
        coreMean = new double[coreCount];
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

    /// <summary>Multiply-adds of one product with Ξ.</summary>
    /// <param name="basis">The moments.</param>
    /// <param name="shares">Which items were answered together.</param>
    public static double WorkOf(MomentBasis basis, AnsweredShares shares)
    {
        double across = CrossBranches.WorkOf(basis);
        double core = basis.Branches.Length == 1 ? 0 : basis.Population.CoreWeight.Length;
        return shares.Items.Sum(items => across + 2.0 * items.Length * items.Length * core + items.GroupBy(basis.BranchIndexOf).Sum(own => 2.0 * own.Count() * own.Count() * basis.Branches[own.Key].NodeCount));
    }

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
        double[] scratch = basis.CreateScratch();
        double[] variance = new double[basis.Count];
        variance.AsSpan(0, basis.PairStart).Fill(1);
        for (int i = 1; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int pair = basis.Pair(i, j);
                double product = basis.Product(i, j, scratch);
                if (basis.BranchOf(i) == basis.BranchOf(j))
                {
                    BranchWork own = WorkOf(i);
                    residual[pair] = own.SumOfVariances(basis.PositionOf(i), basis.PositionOf(j), scratch);
                    variance[pair] = own.SumOfSquares(basis.PositionOf(i), basis.PositionOf(j), scratch) - product * product;
                    continue;
                }
                Span<double> weighted = scratch.AsSpan(0, coreCount);
                TensorPrimitives.Multiply(basis.Population.CoreWeight, basis.BranchOf(i).CoreSquareOf(basis.PositionOf(i)), weighted);
                variance[pair] = FixedOrderSums.Dot(weighted, basis.BranchOf(j).CoreSquareOf(basis.PositionOf(j))) - product * product;
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
        int[][] ofBranches = [.. basis.Branches.Select(branch => items.Where(i => basis.BranchOf(i) == branch).ToArray())];
        ForEachItem(items, i => Gradient(items, i));
        coreMean.AsSpan().Clear();
        for (int branch = 0; branch < work.Length; branch++)
        {
            work[branch].FindMeans(basis, ofBranches[branch], given, ofOthers);
            AddFurther(branch);
            work[branch].AddTo(coreMean);
        }
        TensorPrimitives.Subtract(coreMean, FixedOrderSums.Dot(basis.Population.CoreWeight, coreMean), coreMean);
        foreach (BranchWork own in work)
            own.Centre(coreMean);
        FindFurther();
        for (int branch = 0; branch < work.Length; branch++)
        {
            foreach (int i in ofBranches[branch])
            {
                if (work.Length > 1)
                    CoreResponse(work[branch], i);
                part[i] = work[branch].Single(basis.PositionOf(i));
            }
        }
        ForEachItem(items, i =>
        {
            for (int k = 0; items[k] < i; k++)
            {
                int pair = basis.Pair(i, items[k]);
                part[pair] = basis.BranchOf(i) == basis.BranchOf(items[k])
                    ? WorkOf(i).Pair(basis.PositionOf(i), basis.PositionOf(items[k])) + given[pair] * residual[pair]
                    : FixedOrderSums.Dot(basis.CoreMeanOf(i), CoreResponseOf(items[k])) + FixedOrderSums.Dot(basis.CoreMeanOf(items[k]), CoreResponseOf(i));
            }
        });
        cross.AddTo(given, part, parallel);
    }

    private BranchWork WorkOf(int i) => work[basis.BranchIndexOf(i)];

    private Span<double> CoreResponseOf(int i) => coreResponse.AsSpan(i * coreCount, coreCount);

    /// <summary>w (K + ½ u (E(φ | core node) − E φ)).</summary>
    private void CoreResponse(BranchWork own, int i)
    {
        Span<double> response = CoreResponseOf(i);
        own.CoreResponse(basis.PositionOf(i), response);
        ReadOnlySpan<double> mean = basis.CoreMeanOf(i);
        for (int core = 0; core < response.Length; core++)
            response[core] = basis.Population.CoreWeight[core] * (response[core] + 0.5 * coreMean[core] * mean[core]);
    }

    private void Gradient(int[] items, int i)
    {
        BranchMoments own = basis.BranchOf(i);
        Span<double> sum = WorkOf(i).GradientOf(basis.PositionOf(i));
        Span<double> others = ofOthers.AsSpan(i * coreCount, coreCount);
        sum.Fill(given[i]);
        others.Clear();
        foreach (int j in items)
        {
            double coefficient = j == i ? 0 : given[j < i ? basis.Pair(i, j) : basis.Pair(j, i)];
            if (coefficient == 0)
                continue;
            if (basis.BranchOf(j) == own)
                TensorPrimitives.MultiplyAdd(basis.MeanOf(j), coefficient, sum, sum);
            else
                TensorPrimitives.MultiplyAdd(basis.CoreMeanOf(j), coefficient, others, others);
        }
    }

    /// <summary>Adds what the further functions of a branch's items have in φ to its conditional mean and to H.</summary>
    private void AddFurther(int branch)
    {
        int moment = basis.Items.Length;
        foreach (ItemFunctions functions in basis.Further)
        {
            if (basis.BranchOf(functions.Position) != basis.Branches[branch])
            {
                moment += functions.Count;
                continue;
            }
            for (int f = 0; f < functions.Count; f++, moment++)
            {
                if (given[moment] != 0)
                    work[branch].AddFunction(basis.PositionOf(functions.Position), functions, f, given[moment]);
            }
        }
    }

    /// <summary>The moments of the further functions.</summary>
    private void FindFurther()
    {
        int first = basis.Items.Length;
        foreach (ItemFunctions functions in basis.Further)
        {
            for (int f = 0; f < functions.Count; f++)
                part[first + f] = WorkOf(functions.Position).Function(basis.PositionOf(functions.Position), functions, f, given.AsSpan(first, functions.Count));
            first += functions.Count;
        }
    }

    private void ForEachItem(int[] items, Action<int> action)
    {
        if ((long)items.Length * items.Length * basis.Branches.Max(branch => branch.NodeCount) < ParallelWork)
        {
            foreach (int i in items)
                action(i);
            return;
        }
        Parallel.For(0, items.Length, parallel, k => action(items[k]));
    }
}
