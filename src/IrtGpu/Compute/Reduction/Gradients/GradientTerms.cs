using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Population;

namespace IrtGpu.Compute.Reduction.Gradients;

/// <summary>Derivatives of every answer's log-probability and of every set's log weights by the free parameters: all that complete-data gradients are made of.</summary>
internal sealed class GradientTerms
{
    private readonly CalibrationPlan plan;
    private readonly GradientTerm[][] answers; // [table][category row]
    private readonly GradientTerm[][] populations; // [block][set]

    /// <summary>Computes them.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="model">Sets and nodes.</param>
    /// <param name="parallel">Threads.</param>
    public GradientTerms(ModelPoint point, ReducedModel model, ParallelOptions parallel)
    {
        plan = point.Plan;
        answers = [.. plan.Tables.Select(_ => new GradientTerm[plan.RowCount])];
        Parallel.For(0, plan.Tables.Count * plan.ItemCount, parallel, index => FillItem(point, model, index / plan.ItemCount, index % plan.ItemCount));
        populations = [.. plan.Blocks.Select(block => model.Sets.Select(set => OfSet(point, block, set, model.Nodes[set.Length])).ToArray())];
    }

    /// <summary>Of an answer; nothing where the item is not given.</summary>
    /// <param name="table">Item table.</param>
    /// <param name="item">Item.</param>
    /// <param name="category">The answer.</param>
    public GradientTerm OfAnswer(int table, int item, int category) => answers[table][plan.Items[item].FirstRow + category];

    /// <summary>Of the weights of a set of correlated attributes, which sum to 1 over its nodes.</summary>
    /// <param name="block">Block.</param>
    /// <param name="set">Set.</param>
    public GradientTerm OfPopulation(int block, int set) => populations[block][set];

    private void FillItem(ModelPoint point, ReducedModel model, int table, int item)
    {
        PlannedItem planned = plan.Items[item];
        Span<GradientTerm> terms = answers[table].AsSpan(planned.FirstRow, planned.CategoryCount);
        terms.Fill(GradientTerm.None);
        if (plan.Tables[table].SetOfItem[item] is not (>= 0 and int index))
            return;
        ItemParameterSet set = plan.ParameterSets[index];
        double[] theta = model.Nodes[planned.Attributes.Length];
        int nodeCount = theta.Length / planned.Attributes.Length;
        ItemModelOperations operations = planned.Family.Operations;
        Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
        double[] z = new double[nodeCount];
        double[] logProbability = new double[planned.CategoryCount * nodeCount];
        ItemTables.FillItem(point, set, theta, [.. Enumerable.Range(0, planned.Attributes.Length)], planned.Attributes.Length, z, logProbability, nodeCount);
        double[] unit = new double[planned.CategoryCount];
        double[] gradient = new double[1 + set.ShapeCount];
        double[] hessian = new double[PackedTriangle.Length(gradient.Length)];
        double[] ofSlots = new double[set.SlotCount * nodeCount];
        for (int category = 0; category < planned.CategoryCount; category++)
        {
            Array.Clear(unit);
            unit[category] = 1;
            for (int node = 0; node < nodeCount; node++)
            {
                Array.Clear(gradient);
                operations.AddDerivatives(z[node], planned.CategoryCount, slots[set.SlopeCount..], planned.Scores, logProbability.AsSpan(node), nodeCount, unit, 1, gradient, hessian);
                for (int loading = 0; loading < set.SlopeCount; loading++)
                    ofSlots[loading * nodeCount + node] = theta[node * set.SlopeCount + loading] * gradient[0];
                for (int shape = 0; shape < set.ShapeCount; shape++)
                    ofSlots[(set.SlopeCount + shape) * nodeCount + node] = gradient[1 + shape];
            }
            terms[category] = ByFree([.. Enumerable.Range(set.FirstSlot, set.SlotCount)], ofSlots, nodeCount);
        }
    }

    private GradientTerm OfSet(ModelPoint point, PlannedBlock block, int[] set, double[] nodes)
    {
        IPopulation population = point.Populations[block.Index];
        int[] places = SetPowers.Places(set, plan.AttributeCount);
        int[] slots = [.. places.Select(place => population.FirstSlot + place)];
        if (Array.TrueForAll(slots, plan.Layout.IsFixed))
            return GradientTerm.None;
        double[] weights = population.LogWeights(set, nodes);
        int nodeCount = weights.Length;
        double[] theta = new double[plan.AttributeCount];
        double[] single = new double[population.SlotCount];
        double[] ofSlots = new double[slots.Length * nodeCount];
        double[] expected = new double[slots.Length];
        for (int node = 0; node < nodeCount; node++)
        {
            for (int j = 0; j < set.Length; j++)
                theta[set[j]] = nodes[node * set.Length + j];
            population.Gradient(theta, single);
            for (int slot = 0; slot < slots.Length; slot++)
            {
                ofSlots[slot * nodeCount + node] = single[places[slot]];
                expected[slot] += Math.Exp(weights[node]) * single[places[slot]];
            }
        }
        for (int slot = 0; slot < slots.Length; slot++)
        {
            foreach (ref double value in ofSlots.AsSpan(slot * nodeCount, nodeCount))
                value -= expected[slot];
        }
        return ByFree(slots, ofSlots, nodeCount);
    }

    /// <summary>From derivatives by slot to those by free parameter.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="ofSlots">[slot of these, node]</param>
    /// <param name="nodeCount">Number of nodes.</param>
    private GradientTerm ByFree(int[] slots, double[] ofSlots, int nodeCount)
    {
        ParameterLayout layout = plan.Layout;
        SortedSet<int> all = [];
        foreach (int slot in slots)
            all.UnionWith(layout.FreeOf(slot).ToArray());
        int[] free = [.. all];
        double[] values = new double[nodeCount * free.Length];
        for (int position = 0; position < slots.Length; position++)
        {
            ReadOnlySpan<int> own = layout.FreeOf(slots[position]);
            ReadOnlySpan<double> coefficients = layout.CoefficientsOf(slots[position]);
            for (int term = 0; term < own.Length; term++)
            {
                int column = Array.BinarySearch(free, own[term]);
                for (int node = 0; node < nodeCount; node++)
                    values[node * free.Length + column] += coefficients[term] * ofSlots[position * nodeCount + node];
            }
        }
        return new GradientTerm(free, values);
    }
}
