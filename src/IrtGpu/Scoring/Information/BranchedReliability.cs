using IrtGpu.Compute;
using IrtGpu.Compute.Branches;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;

namespace IrtGpu.Scoring.Information;

/// <summary>Marginal reliability where attributes come apart into branches about one core attribute, or about none.</summary>
/// <remarks>
/// Of I(θ) + Σ⁻¹ the inverse is needed. With D the block of a branch's own attributes, b what they have with the core and h = i − bᵀD⁻¹b ≥ 0 the
/// information about the core that the branch leaves, the core's error variance is 1/(1/σ² + Σ h), and that of an own attribute (D⁻¹)_jj + (D⁻¹b)_j²/(1/σ² + Σ h).
/// The expectation of 1/(1/σ² + Σ h) goes over all attributes at once; as 1/a = ∫ e^(−at) dt it is the integral over t of a product of
/// expectations, one a branch. The integral is a trapezoid sum over ln t, whose error for 1/a is 1e-16 at this step.
/// </remarks>
internal sealed class BranchedReliability
{
    private const double Step = 0.25; // of ln t
    private const double LargestNodeCount = 100_000;

    private readonly ModelPoint point;
    private readonly PlannedBlock block;
    private readonly int coreCount; // core attributes, 0 or 1
    private readonly double[] coreWeight; // [core node]
    private readonly Branch[] branches;

    private BranchedReliability(ModelPoint point, PlannedBlock block, BranchLayout layout)
    {
        this.point = point;
        this.block = block;
        coreCount = layout.Core.Length;
        int coreNodes = coreCount == 0 ? 1 : point.Plan.Grid.NodesPerAttribute;
        branches = [.. layout.Branches.Select((own, index) => new Branch(new BranchPlan(point.Plan, [.. layout.Core, .. own], layout.Items[index]), point, block, coreCount, coreNodes))];
        coreWeight = coreCount == 0 ? [1] : branches[0].CoreWeight;
    }

    /// <summary>By attribute; NaN where several attributes are in the core or a branch has too many nodes.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="block">The block.</param>
    /// <returns>[attribute]</returns>
    public static double[] Of(ModelPoint point, PlannedBlock block)
    {
        double[] reliability = new double[point.Plan.AttributeCount];
        Array.Fill(reliability, double.NaN);
        BranchLayout layout = BranchLayout.Of(point.Plan);
        if (layout.Core.Length > 1 || layout.NodeCounts.Sum() > LargestNodeCount)
            return reliability;
        BranchedReliability all = new(point, block, layout);
        for (int branch = 0; branch < all.branches.Length; branch++)
        {
            for (int j = 0; j < layout.Branches[branch].Length; j++)
                all.Set(reliability, layout.Branches[branch][j], all.branches[branch].OwnError[j] + (layout.Core.Length == 0 ? 0 : all.Integrate(branch, j)));
        }
        if (layout.Core.Length == 1)
            all.Set(reliability, layout.Core[0], all.Integrate(-1, 0));
        return reliability;
    }

    private void Set(double[] reliability, int attribute, double error) =>
        reliability[attribute] = 1 - error / point.Parameters.Slots[block.CovarianceSlot(attribute, attribute)];

    /// <summary>E[1/(1/σ² + Σ h)], or of that times (D⁻¹b)_j² of one branch's own attribute.</summary>
    private double Integrate(int branch, int own)
    {
        double precision = branches[0].CorePrecision;
        double largest = precision + branches.Sum(one => one.LargestInformation);
        double low = Math.Log(1e-14 / largest);
        int count = (int)Math.Ceiling((Math.Log(40 / precision) - low) / Step);
        double[] terms = new double[count + 1];
        Parallel.For(0, terms.Length, index =>
        {
            double t = Math.Exp(low + index * Step);
            double sum = 0;
            double[] product = [.. coreWeight];
            for (int other = 0; other < branches.Length; other++)
                branches[other].MultiplyBy(t, other == branch ? own : -1, product);
            foreach (double value in product)
                sum += value;
            terms[index] = t * Math.Exp(-precision * t) * sum;
        });
        double total = 0;
        foreach (double term in terms)
            total += term;
        return Step * total;
    }

    /// <summary>One branch at its nodes.</summary>
    private sealed class Branch
    {
        private readonly double[] share; // of the core node's weight [node]
        private readonly double[] information; // h [node]
        private readonly double[][] squares; // (D⁻¹b)_j² [own attribute][node]

        public Branch(BranchPlan plan, ModelPoint whole, PlannedBlock source, int coreCount, int coreNodes)
        {
            ModelPoint point = plan.PointOf(whole);
            PlannedBlock block = point.Plan.Blocks[source.Index];
            int count = point.Plan.AttributeCount;
            int own = count - coreCount;
            int nodeCount = point.Plan.NodeCount;
            share = [.. point.LogWeight[block.Index].Select(Math.Exp)];
            information = new double[nodeCount];
            squares = [.. Enumerable.Range(0, own).Select(_ => new double[nodeCount])];
            OwnError = new double[own];
            double[] prior = new double[count * count];
            point.Populations[block.Index].LogDensity(new double[count], new double[count], prior);
            CorePrecision = prior.Length == 0 ? 0 : prior[0];
            IReadOnlyList<(int Item, ItemInformation Information)> items = ItemInformation.OfBlock(point, block);
            double[] theta = point.ThetaOfBlock(block);
            double[] all = new double[count * count];
            double[] inner = new double[own * own];
            double[] column = new double[own];
            for (int node = 0; node < nodeCount; node++)
            {
                Array.Clear(all);
                MarginalReliability.AddInformation(items, theta.AsSpan(node * count, count), all, count);
                for (int j = 0; j < own; j++)
                {
                    for (int k = 0; k < own; k++)
                        inner[j * own + k] = all[(coreCount + j) * count + coreCount + k] + prior[(coreCount + j) * count + coreCount + k];
                }
                if (own > 0 && !CholeskySolver.TryFactor(inner, own))
                    throw new InvalidOperationException("Information and precision of a population are not positive definite.");
                for (int j = 0; j < own; j++)
                {
                    Array.Clear(column);
                    column[j] = 1;
                    CholeskySolver.Solve(inner, column, own);
                    OwnError[j] += share[node] * column[j];
                }
                if (coreCount == 0)
                    continue;
                for (int j = 0; j < own; j++)
                    column[j] = all[coreCount + j];
                if (own > 0)
                    CholeskySolver.Solve(inner, column, own);
                information[node] = all[0];
                for (int j = 0; j < own; j++)
                {
                    information[node] -= column[j] * all[coreCount + j];
                    squares[j][node] = column[j] * column[j];
                }
                information[node] = Math.Max(0, information[node]);
            }
            LargestInformation = information.Max();
            CoreWeight = new double[coreNodes];
            for (int core = 0; core < coreNodes; core++)
            {
                Span<double> ofCore = share.AsSpan(core * (nodeCount / coreNodes), nodeCount / coreNodes);
                foreach (double weight in ofCore)
                    CoreWeight[core] += weight;
                foreach (ref double weight in ofCore)
                    weight = CoreWeight[core] > 0 ? weight / CoreWeight[core] : 0;
            }
        }

        /// <summary>E[(D⁻¹)_jj]. [own attribute]</summary>
        public double[] OwnError { get; }

        /// <summary>Largest h.</summary>
        public double LargestInformation { get; }

        /// <summary>1/σ² of the core attribute.</summary>
        public double CorePrecision { get; }

        /// <summary>[core node]</summary>
        public double[] CoreWeight { get; }

        /// <summary>Multiplies by E[e^(−th)] given each core node, times (D⁻¹b)_j² of an own attribute where one is named.</summary>
        /// <param name="t">t.</param>
        /// <param name="own">The attribute; −1: none.</param>
        /// <param name="product">Multiplied. [core node]</param>
        public void MultiplyBy(double t, int own, double[] product)
        {
            int perCore = share.Length / product.Length;
            for (int core = 0; core < product.Length; core++)
            {
                double sum = 0;
                for (int node = core * perCore; node < (core + 1) * perCore; node++)
                {
                    if (share[node] > 0)
                        sum += share[node] * Math.Exp(-t * information[node]) * (own < 0 ? 1 : squares[own][node]);
                }
                product[core] *= sum;
            }
        }
    }
}
