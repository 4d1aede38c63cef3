using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Loops;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Population;

namespace IrtGpu.Compute.Adaptive.Gradients;

/// <summary>Derivatives of the complete-data log-likelihood of one pattern by free parameters at its own nodes; one instance serves one thread.</summary>
internal sealed class PersonGradients : IDisposable
{
    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly int order; // free parameters, padded
    private readonly int stride;
    private readonly int width; // nodes of all classes
    private readonly AlignedBuffer rows; // [free, class and node]
    private readonly double[] slotRows; // [slot of a set, node]
    private readonly double[] scratch;
    private readonly double[] roots; // square roots of weights [class and node]
    private readonly double[] single; // [slot of a population]
    private readonly double[] theta; // of one node [attribute]
    private readonly double[] mean; // [free]

    /// <summary>Makes room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="order">Free parameters, padded.</param>
    /// <param name="stride">Nodes of a person, padded.</param>
    public PersonGradients(CalibrationPlan plan, PatternTable patterns, int order, int stride)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.order = order;
        this.stride = stride;
        width = plan.ClassCount * stride;
        rows = new AlignedBuffer((long)order * width);
        slotRows = new double[plan.ParameterSets.Max(set => set.SlotCount) * stride];
        scratch = new double[plan.ParameterSets.Max(set => ItemSums.ScratchLength(set.SlopeCount, plan.Items[set.Item].CategoryCount, set.ShapeCount)) + 8];
        roots = new double[width];
        single = new double[plan.AttributeCount + plan.CovarianceCount];
        theta = new double[plan.AttributeCount];
        mean = new double[order];
    }

    /// <summary>Adds w s sᵀ to a lower triangle, s the posterior mean: the gradient of the pattern's marginal log-likelihood.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="items">Items there.</param>
    /// <param name="person">Has the pattern's posterior.</param>
    /// <param name="pattern">Pattern.</param>
    /// <param name="weight">w.</param>
    /// <param name="sum">[order, order]</param>
    public void AddCrossProduct(ModelPoint point, ItemsAt items, PersonPosterior person, int pattern, double weight, AlignedBuffer sum)
    {
        Fill(point, items, person, pattern);
        TakeMeans(person);
        for (int row = 0; row < plan.Layout.FreeCount; row++)
            PersonLoops.Chosen.Add(Row(sum, row, order), weight * mean[row], mean);
    }

    /// <summary>Adds w Cov(s) to a lower triangle.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="items">Items there.</param>
    /// <param name="person">Has the pattern's posterior.</param>
    /// <param name="pattern">Pattern.</param>
    /// <param name="weight">w.</param>
    /// <param name="sum">[order, order]</param>
    public unsafe void AddCovariance(ModelPoint point, ItemsAt items, PersonPosterior person, int pattern, double weight, AlignedBuffer sum)
    {
        const int Panel = 32;
        Fill(point, items, person, pattern);
        TakeMeans(person);
        ReadOnlySpan<double> weights = person.AllWeights;
        for (int node = 0; node < width; node++)
            roots[node] = Math.Sqrt(weight * weights[node]);
        for (int row = 0; row < plan.Layout.FreeCount; row++)
            PersonLoops.Chosen.Centre(Row(rows, row, width), mean[row], roots);
        for (int row = 0; row < order; row += Panel)
        {
            int count = Math.Min(Panel, order - row);
            RowProducts.Add(rows.Pointer + (long)row * width, width, rows.Pointer, width, sum.Pointer + (long)row * order, order, count, row + count, width, 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();

    private static unsafe Span<double> Row(AlignedBuffer matrix, int row, int length) => new(matrix.Pointer + (long)row * length, length);

    private void TakeMeans(PersonPosterior person)
    {
        for (int row = 0; row < plan.Layout.FreeCount; row++)
            mean[row] = PersonLoops.Chosen.Dot(person.AllWeights, Row(rows, row, width));
    }

    private void Fill(ModelPoint point, ItemsAt items, PersonPosterior person, int pattern)
    {
        rows.Clear();
        ReadOnlySpan<byte> responses = patterns.Row(pattern);
        for (int k = 0; k < plan.ClassCount; k++)
        {
            if (!person.IsPossible(pattern, k))
                continue;
            PlannedBlock block = person.Block(pattern, k);
            int[] setOfItem = plan.Tables[block.Table].SetOfItem;
            for (int item = 0; item < responses.Length; item++)
            {
                if (responses[item] == ResponseData.Missing)
                    continue;
                ItemParameterSet set = plan.ParameterSets[setOfItem[item]];
                items.Operations(setOfItem[item]).FillKeptGradients(
                    items.At(setOfItem[item], responses[item], person.Theta(k), stride), person.Kept(k, item), scratch, slotRows);
                for (int slot = 0; slot < set.SlotCount; slot++)
                    AddSlot(set.FirstSlot + slot, k, slotRows.AsSpan(slot * stride, stride));
            }
            AddPopulation(point.Populations[block.Index], person, k);
            AddClasses(point, pattern, k);
        }
    }

    private void AddSlot(int slot, int k, ReadOnlySpan<double> values)
    {
        ReadOnlySpan<int> free = plan.Layout.FreeOf(slot);
        ReadOnlySpan<double> coefficients = plan.Layout.CoefficientsOf(slot);
        for (int term = 0; term < free.Length; term++)
            PersonLoops.Chosen.Add(Row(rows, free[term], width).Slice(k * stride, stride), coefficients[term], values);
    }

    private void AddPopulation(IPopulation population, PersonPosterior person, int k)
    {
        ParameterLayout layout = plan.Layout;
        if (layout.FreeOf(population.FirstSlot, population.SlotCount).Length == 0)
            return;
        ReadOnlySpan<double> nodes = person.Theta(k);
        Span<double> gradient = single.AsSpan(0, population.SlotCount);
        for (int node = 0; node < stride; node++)
        {
            for (int j = 0; j < theta.Length; j++)
                theta[j] = nodes[j * stride + node];
            population.Gradient(theta, gradient);
            for (int slot = 0; slot < gradient.Length; slot++)
            {
                ReadOnlySpan<int> free = layout.FreeOf(population.FirstSlot + slot);
                ReadOnlySpan<double> coefficients = layout.CoefficientsOf(population.FirstSlot + slot);
                for (int term = 0; term < free.Length; term++)
                    Row(rows, free[term], width)[k * stride + node] += coefficients[term] * gradient[slot];
            }
        }
    }

    /// <summary>Adds ∂ log τ_k by the log odds of all classes.</summary>
    private void AddClasses(ModelPoint point, int pattern, int k)
    {
        for (int other = 0; other < plan.ClassCount; other++)
        {
            PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + other];
            double derivative = (other == k ? 1 : 0) - Math.Exp(point.LogProportion[block.Index]);
            ReadOnlySpan<int> free = plan.Layout.FreeOf(block.ClassLogitSlot);
            ReadOnlySpan<double> coefficients = plan.Layout.CoefficientsOf(block.ClassLogitSlot);
            for (int term = 0; term < free.Length; term++)
            {
                foreach (ref double value in Row(rows, free[term], width).Slice(k * stride, stride))
                    value += coefficients[term] * derivative;
            }
        }
    }
}
