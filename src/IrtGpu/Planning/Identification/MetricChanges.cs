using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Planning.Identification;

/// <summary>Which linear changes of the latent metric the free parameters could absorb without changing any response probability.</summary>
/// <remarks>
/// A change θ → (I + εE)θ + εδ of a block's metric leaves the model as it is when slopes move by −ε·aE, intercepts by −ε·s·aδ, means by
/// ε(Eμ + δ) and covariances by ε(EΣ + ΣEᵀ), zeros of the Q-matrix included. With w the changes (E, δ) of all blocks, these movements are
/// D·w; the free parameters can make the movements C·v. <see cref="Residual"/> holds W = Dᵀ(I − C C⁺)D: w is free to happen exactly
/// where wᵀWw = 0. D is taken at random values of the free parameters, since only what holds everywhere is lack of identification.
/// Parameters with priors count as fixed.
/// </remarks>
internal sealed class MetricChanges
{
    private const double Ridge = 1e-12;

    private readonly CalibrationPlan plan;
    private readonly int attributeCount;
    private readonly double[] slots; // generic values [slot]
    private readonly bool[] isPinned; // [free] has a prior
    private readonly bool[] isCoupled; // [free] enters sums of several
    private readonly double[] squares; // [free] Σ c² over rows
    private readonly Dictionary<int, List<(int Block, double[] Row)>> byFree = [];
    private readonly List<(int Block, double[] Row, int Slot)> coupledRows = [];

    public MetricChanges(CalibrationPlan plan)
    {
        this.plan = plan;
        attributeCount = plan.AttributeCount;
        ParameterLayout layout = plan.Layout;
        slots = GenericValues(plan);
        isPinned = new bool[layout.FreeCount];
        foreach (PlannedPrior prior in plan.Priors)
        {
            foreach (int free in layout.FreeOf(prior.Slot))
                isPinned[free] = true;
        }
        isCoupled = new bool[layout.FreeCount];
        for (int slot = 0; slot < layout.SlotCount; slot++)
        {
            foreach (int free in layout.FreeOf(slot))
                isCoupled[free] |= layout.FreeOf(slot).Length > 1;
        }
        squares = new double[layout.FreeCount];
        Residual = Matrix<double>.Build.Dense(plan.Blocks.Count * PerBlock, plan.Blocks.Count * PerBlock);
        Size = Vector<double>.Build.Dense(plan.Blocks.Count * PerBlock);
        AddItems();
        foreach (PlannedBlock block in plan.Blocks)
        {
            AddPopulation(block);
            HoldUnmeasured(block);
        }
        AbsorbSingle();
        AbsorbCoupled();
    }

    /// <summary>Changes of one block: J shifts, then J² elements of E.</summary>
    public int PerBlock => attributeCount + attributeCount * attributeCount;

    /// <summary>W. [block · PerBlock + change, the same]</summary>
    public Matrix<double> Residual { get; }

    /// <summary>Diagonal of DᵀD, the scale of W. [block · PerBlock + change]</summary>
    public Vector<double> Size { get; }

    /// <summary>Index of the shift of an attribute.</summary>
    public int Shift(int block, int attribute) => block * PerBlock + attribute;

    /// <summary>Index of E[row, column].</summary>
    public int Linear(int block, int row, int column) => block * PerBlock + LocalLinear(row, column);

    private int LocalLinear(int row, int column) => attributeCount + row * attributeCount + column;

    private static double[] GenericValues(CalibrationPlan plan)
    {
        Random random = new MathNet.Numerics.Random.Xoshiro256StarStar(1);
        double[] free = new double[plan.Layout.FreeCount];
        for (int index = 0; index < free.Length; index++)
        {
            ParameterSlot slot = plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]];
            bool isPositive = slot.Kind == ParameterKind.Slope || (slot.Kind == ParameterKind.Covariance && slot.Index == slot.Index2);
            free[index] = random.NextDouble() + (isPositive ? 0.7 : 0.1);
        }
        return new ParameterVector(plan.Layout, free).Slots;
    }

    private void AddItems()
    {
        foreach (ItemParameterSet set in plan.ParameterSets)
        {
            PlannedItem item = plan.Items[set.Item];
            double[] slopes = new double[attributeCount];
            for (int loading = 0; loading < set.SlopeCount; loading++)
                slopes[item.Attributes[loading]] = slots[set.FirstSlot + item.Family.SlopeSlot(item, loading)];
            foreach (int block in set.Blocks)
            {
                for (int j = 0; j < attributeCount; j++)
                {
                    double[] row = new double[PerBlock];
                    for (int k = 0; k < attributeCount; k++)
                        row[LocalLinear(k, j)] = -slopes[k];
                    int loading = Array.IndexOf(item.Attributes, j);
                    Add(block, row, loading < 0 ? -1 : set.FirstSlot + item.Family.SlopeSlot(item, loading));
                }
                for (int step = 0; step < item.CategoryCount - 1; step++)
                {
                    double[] row = new double[PerBlock];
                    for (int loading = 0; loading < set.SlopeCount; loading++)
                    {
                        int j = item.Attributes[loading];
                        (double mean, double deviation) = item.Family.InterceptMovement(item, loading, step, slots.AsSpan(set.FirstSlot, set.SlotCount));
                        row[j] = -mean;
                        row[LocalLinear(j, j)] = -deviation;
                    }
                    Add(block, row, set.FirstSlot + set.SlopeCount + step);
                }
            }
        }
    }

    private void AddPopulation(PlannedBlock block)
    {
        double Covariance(int j, int k) => slots[block.CovarianceSlot(j, k)];
        for (int j = 0; j < attributeCount; j++)
        {
            double[] mean = new double[PerBlock];
            mean[j] = 1;
            for (int k = 0; k < attributeCount; k++)
                mean[LocalLinear(j, k)] = slots[block.FirstMeanSlot + k];
            Add(block.Index, mean, block.FirstMeanSlot + j);
            for (int k = 0; k <= j; k++)
            {
                double[] covariance = new double[PerBlock];
                for (int m = 0; m < attributeCount; m++)
                {
                    covariance[LocalLinear(j, m)] += Covariance(m, k);
                    covariance[LocalLinear(k, m)] += Covariance(m, j);
                }
                Add(block.Index, covariance, block.CovarianceSlot(j, k));
            }
        }
    }

    /// <summary>Attributes that a group does not measure are fixed at independent standard normals, which can be rotated but have no parameters that this would change.</summary>
    private void HoldUnmeasured(PlannedBlock block)
    {
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k < attributeCount; k++)
            {
                if (j == k || plan.Measured.Has(block.Group, j) || plan.Measured.Has(block.Group, k))
                    continue;
                double[] row = new double[PerBlock];
                row[LocalLinear(j, k)] = 1;
                Add(block.Index, row, -1);
            }
        }
    }

    /// <summary>Takes one row of D; slot −1 is a zero of the Q-matrix.</summary>
    private void Add(int block, double[] row, int slot)
    {
        for (int r = 0; r < PerBlock; r++)
        {
            Size[block * PerBlock + r] += row[r] * row[r];
            for (int c = 0; c < PerBlock && row[r] != 0; c++)
                Residual[block * PerBlock + r, block * PerBlock + c] += row[r] * row[c];
        }
        if (slot < 0)
            return;
        ReadOnlySpan<int> terms = plan.Layout.FreeOf(slot);
        if (terms.Length == 0)
            return;
        if (isCoupled[terms[0]])
        {
            coupledRows.Add((block, row, slot));
        }
        else if (!isPinned[terms[0]])
        {
            double coefficient = plan.Layout.CoefficientsOf(slot)[0];
            squares[terms[0]] += coefficient * coefficient;
            if (!byFree.TryGetValue(terms[0], out List<(int, double[])>? rows))
                byFree[terms[0]] = rows = [];
            rows.Add((block, [.. row.Select(value => value * coefficient)]));
        }
    }

    private void AbsorbSingle()
    {
        foreach ((int free, List<(int Block, double[] Row)> rows) in byFree)
        {
            foreach ((int block, double[] row) in rows)
            {
                foreach ((int otherBlock, double[] otherRow) in rows)
                {
                    for (int r = 0; r < PerBlock; r++)
                    {
                        for (int c = 0; c < PerBlock && row[r] != 0; c++)
                            Residual[block * PerBlock + r, otherBlock * PerBlock + c] -= row[r] * otherRow[c] / squares[free];
                    }
                }
            }
        }
    }

    private void AbsorbCoupled()
    {
        ParameterLayout layout = plan.Layout;
        int[] coupled = [.. Enumerable.Range(0, layout.FreeCount).Where(free => isCoupled[free] && !isPinned[free])];
        if (coupled.Length == 0)
            return;
        Matrix<double> products = Matrix<double>.Build.Dense(coupled.Length, coupled.Length);
        Matrix<double> movements = Matrix<double>.Build.Dense(coupled.Length, Residual.RowCount);
        foreach ((int block, double[] row, int slot) in coupledRows)
        {
            ReadOnlySpan<int> free = layout.FreeOf(slot);
            ReadOnlySpan<double> coefficients = layout.CoefficientsOf(slot);
            for (int a = 0; a < free.Length; a++)
            {
                int p = Array.BinarySearch(coupled, free[a]);
                if (p < 0)
                    continue;
                for (int r = 0; r < PerBlock; r++)
                    movements[p, block * PerBlock + r] += coefficients[a] * row[r];
                for (int b = 0; b < free.Length; b++)
                {
                    int q = Array.BinarySearch(coupled, free[b]);
                    if (q >= 0)
                        products[p, q] += coefficients[a] * coefficients[b];
                }
            }
        }
        products += Matrix<double>.Build.DenseIdentity(coupled.Length) * (Ridge * products.Trace());
        Residual.Subtract(movements.TransposeThisAndMultiply(products.Cholesky().Solve(movements)), Residual);
    }
}
