using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Optimization;
using IrtGpu.Planning;
using IrtGpu.Population;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Estimation.Maximization;

/// <summary>Maximises Σ_l n_bl log π_bl of normal populations over means and covariances under their constraints.</summary>
/// <remarks>
/// Fixed nodes: π is the normal density normalised over the nodes, so the maximiser gives the discretised normal the
/// posterior moments. Moving nodes: π is the normal density itself at the nodes of the E-step, and the maximiser is the
/// posterior mean and covariance. Fisher scoring in (μ, Σ), which is Newton's method at the solution. The normal being an exponential
/// family, the data enter through sums of θ_j and θ_j θ_k alone: Σ n log π = η · T − N A(η).
/// </remarks>
internal sealed class PopulationUpdate
{
    private readonly CalibrationPlan plan;
    private readonly (int[] Blocks, int[] Free)[] components; // blocks tied by common free parameters
    private readonly IPowerSums? powers; // of fixed nodes; null: populations are the normals themselves
    private readonly PopulationMoments[] moments; // [block]

    public PopulationUpdate(CalibrationPlan plan)
    {
        this.plan = plan;
        components = Components(plan);
        powers = components.Length == 0 ? null : Discretize(plan);
        moments = new PopulationMoments[plan.Blocks.Count];
    }

    private int ScoreCount => plan.AttributeCount + plan.CovarianceCount;

    /// <summary>Moves the free means and covariances to the maximum.</summary>
    /// <param name="point">Nodes of the E-step.</param>
    /// <param name="expectation">What it found.</param>
    /// <param name="values">Free parameters, updated. [free]</param>
    public void Maximize(ModelPoint point, Expectation expectation, double[] values)
    {
        foreach ((int[] blocks, int[] free) in components)
        {
            point.RequireNoShifts("M-steps of populations");
            TakeMoments(expectation, blocks);
            double[] all = (double[])values.Clone();
            double[] slots = new double[plan.Layout.SlotCount];
            double[] x = [.. free.Select(index => values[index])];
            NewtonMaximizer.Maximize(x, (candidate, gradient, information) =>
            {
                for (int k = 0; k < free.Length; k++)
                    all[free[k]] = candidate[k];
                ExpandBlocks(blocks, all, slots);
                return Evaluate(blocks, free, slots, gradient, information);
            });
            for (int k = 0; k < free.Length; k++)
                values[free[k]] = x[k];
        }
    }

    /// <summary>Adds gradient and Hessian at the point's parameters; fixed or tied parameters leave moments unmatched, so the expected Hessian would not do.</summary>
    /// <param name="point">Nodes of the E-step.</param>
    /// <param name="expectation">What it found.</param>
    /// <param name="gradient">Added to. [free]</param>
    /// <param name="hessian">Added to; null: gradient only. [free, free]</param>
    public void AddDerivatives(ModelPoint point, Expectation expectation, double[] gradient, double[]? hessian)
    {
        foreach ((int[] blocks, int[] free) in components)
        {
            point.RequireNoShifts("Derivatives by population parameters");
            double[] local = new double[free.Length];
            double[] information = new double[free.Length * free.Length];
            TakeMoments(expectation, blocks);
            Evaluate(blocks, free, point.Parameters.Slots, local, information);
            foreach (int block in hessian is null ? [] : blocks)
                AddExcessInformation(plan.Blocks[block], point, expectation, free, information);
            for (int p = 0; p < free.Length; p++)
            {
                gradient[free[p]] += local[p];
                for (int q = 0; q < free.Length && hessian is not null; q++)
                    hessian[(long)free[p] * gradient.Length + free[q]] -= information[p * free.Length + q];
            }
        }
    }

    private void AddExcessInformation(PlannedBlock block, ModelPoint point, Expectation expectation, int[] free, double[] information)
    {
        double[] excess = new double[ScoreCount * ScoreCount];
        if (expectation.TryNodeTotals(block.Index) is { } nodeTotals)
        {
            point.Populations[block.Index].AddExcessInformation(
                plan.Grid, point.ThetaOfBlock(block), point.LogWeight[block.Index], nodeTotals, excess);
        }
        else
        {
            AddExcessOfMoments(block, point, excess);
        }
        ToFree(block, new double[ScoreCount], excess, free, new double[free.Length], information);
    }

    /// <summary>The excess where persons share no nodes, from the sums of their powers less those that the population expects.</summary>
    private void AddExcessOfMoments(PlannedBlock block, ModelPoint point, double[] excess)
    {
        if (NormalPopulation.TryCreate(plan, block, point.Parameters.Slots) is not { } population)
            return;
        int attributeCount = plan.AttributeCount;
        double[] sums = moments[block.Index].Powers;
        double[] beyond = Expected(population);
        for (int power = 0; power < beyond.Length; power++)
            beyond[power] = sums[1 + power] - sums[0] * beyond[power];
        Vector<double> first = Vector<double>.Build.Dense(beyond[..attributeCount]);
        Matrix<double> second = Matrix<double>.Build.Dense(attributeCount, attributeCount, (j, k) =>
            beyond[attributeCount + PackedTriangle.SymmetricIndex(j, k)] - population.Mean[j] * beyond[k] - population.Mean[k] * beyond[j]);
        NormalInformation.AddExcess(population, first, second, excess);
    }

    /// <summary>Expected powers of a person.</summary>
    private double[] Expected(NormalPopulation population)
    {
        double[] expected = new double[ScoreCount];
        if (powers is null)
        {
            NormalFamily.ExpectedPowers(population, expected);
            return expected;
        }
        double[] natural = new double[ScoreCount];
        NormalFamily.Parameters(population, natural);
        powers.LogPartition(natural);
        powers.Moments(expected, new double[ScoreCount * ScoreCount]);
        return expected;
    }

    /// <summary>Sums over the nodes that populations are normalised over; null where they are densities.</summary>
    private static IPowerSums? Discretize(CalibrationPlan plan) =>
        plan.Grid.Moves ? null
        : plan.Integration.Tree is { } tree ? new FactoredPowers(tree.Populations, plan.AttributeCount, plan.Grid.Line)
        : plan.Integration.HasSharedNodes ? NodePowers.Of(plan.Grid.Theta, plan.AttributeCount)
        : null;

    private static (int[] Blocks, int[] Free)[] Components(CalibrationPlan plan)
    {
        List<(HashSet<int> Blocks, HashSet<int> Free)> components = [];
        foreach (PlannedBlock block in plan.Blocks)
        {
            HashSet<int> free = [.. plan.Layout.FreeOf(block.FirstMeanSlot, plan.AttributeCount + plan.CovarianceCount)];
            if (free.Count == 0)
                continue;
            HashSet<int> blocks = [block.Index];
            foreach ((HashSet<int> otherBlocks, HashSet<int> otherFree) in components.Where(other => other.Free.Overlaps(free)).ToArray())
            {
                blocks.UnionWith(otherBlocks);
                free.UnionWith(otherFree);
                components.RemoveAll(other => ReferenceEquals(other.Blocks, otherBlocks));
            }
            components.Add((blocks, free));
        }
        return [.. components.Select(component => (component.Blocks.Order().ToArray(), component.Free.Order().ToArray()))];
    }

    private void ExpandBlocks(int[] blocks, double[] free, double[] slots)
    {
        foreach (int block in blocks)
        {
            int end = plan.Blocks[block].FirstCovarianceSlot + plan.CovarianceCount;
            for (int slot = plan.Blocks[block].FirstMeanSlot; slot < end; slot++)
                slots[slot] = plan.Layout.Value(slot, free);
        }
    }

    private void TakeMoments(Expectation expectation, int[] blocks)
    {
        foreach (int block in blocks)
            moments[block] = expectation.Population(block);
    }

    private double Evaluate(int[] blocks, int[] free, double[] slots, Span<double> gradient, Span<double> information)
    {
        int count = ScoreCount;
        double value = 0;
        Span<double> natural = stackalloc double[count];
        foreach (int block in blocks)
        {
            if (NormalPopulation.TryCreate(plan, plan.Blocks[block], slots) is not { } population)
                return double.NegativeInfinity;
            NormalFamily.Parameters(population, natural);
            double logPartition = powers is null ? NormalFamily.LogPartition(population) : powers.LogPartition(natural);
            double[] sums = moments[block].Powers;
            for (int power = 0; power < count; power++)
                value += natural[power] * sums[1 + power];
            value -= sums[0] * logPartition;
            if (!gradient.IsEmpty)
                AddBlock(block, population, free, gradient, information);
        }
        return value;
    }

    private void AddBlock(int block, NormalPopulation population, int[] free, Span<double> gradient, Span<double> information)
    {
        int count = ScoreCount;
        double[] expected = new double[count];
        double[] covariance = new double[count * count];
        double[] derivatives = new double[count * count];
        double[] first = new double[count];
        double[] second = new double[count * count];
        double[] sums = moments[block].Powers;
        NormalFamily.Derivatives(population, derivatives);
        if (powers is null)
            NormalFamily.ExpectedPowers(population, expected);
        else
            powers.Moments(expected, covariance);
        for (int r = 0; r < count; r++)
        {
            for (int power = 0; power < count; power++)
                first[r] += derivatives[r * count + power] * (sums[1 + power] - sums[0] * expected[power]);
        }
        if (powers is null)
            NormalInformation.Fisher(population, second);
        else
            Sandwich(derivatives, covariance, second, count);
        for (int r = 0; r < count; r++)
        {
            for (int c = 0; c <= r; c++)
                second[r * count + c] = second[c * count + r] = sums[0] * second[r * count + c];
        }
        ToFree(plan.Blocks[block], first, second, free, gradient, information);
    }

    /// <summary>D C Dᵀ, lower triangle. [count, count]</summary>
    private static void Sandwich(double[] derivatives, double[] covariance, double[] result, int count)
    {
        Span<double> row = stackalloc double[count];
        for (int r = 0; r < count; r++)
        {
            row.Clear();
            for (int a = 0; a < count; a++)
            {
                for (int b = 0; b < count; b++)
                    row[b] += derivatives[r * count + a] * covariance[a * count + b];
            }
            for (int c = 0; c <= r; c++)
            {
                double sum = 0;
                for (int b = 0; b < count; b++)
                    sum += row[b] * derivatives[c * count + b];
                result[r * count + c] = sum;
            }
        }
    }

    private void ToFree(PlannedBlock block, double[] first, double[] second, int[] free, Span<double> gradient, Span<double> information)
    {
        int count = first.Length;
        for (int r = 0; r < count; r++)
        {
            plan.Layout.AddToFree(block.FirstMeanSlot + r, first[r], free, gradient);
            for (int c = 0; c < count; c++)
                plan.Layout.AddToFree(block.FirstMeanSlot + r, block.FirstMeanSlot + c, second[r * count + c], free, information);
        }
    }
}
