using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Inference;

/// <summary>Derivatives of the complete-data log-likelihood of one person with respect to free parameters, node by node.</summary>
internal sealed class CompleteDataGradients
{
    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly double[][][] itemGradients; // [table][row][slot of the set, node]
    private readonly IReadOnlyList<IPopulation> populations; // [block]
    private readonly double[][] populationGradients; // [block][slot of the population, node]
    private readonly double[] proportion; // [block]

    public CompleteDataGradients(ModelPoint point, PatternTable patterns)
    {
        plan = point.Plan;
        this.patterns = patterns;
        itemGradients = [.. Enumerable.Range(0, plan.Tables.Count).Select(table => ItemGradients(point, table))];
        populations = point.Populations;
        populationGradients = [.. plan.Blocks.Select(block => PopulationGradients(point, block))];
        proportion = [.. point.LogProportion.Select(Math.Exp)];
    }

    public int FreeCount => plan.Layout.FreeCount;

    public int ClassCount => plan.ClassCount;

    public int NodeCount => plan.NodeCount;

    public double Frequency(int pattern) => patterns.Frequency[pattern];

    /// <summary>Adds the posterior mean of the complete-data gradient: the gradient of the pattern's marginal log-likelihood.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="posterior">[class, node]</param>
    /// <param name="gradient">Added to. [free]</param>
    public void AddExpected(int pattern, ReadOnlySpan<double> posterior, Span<double> gradient)
    {
        for (int k = 0; k < plan.ClassCount; k++)
        {
            ReadOnlySpan<double> weights = posterior.Slice(k * plan.NodeCount, plan.NodeCount);
            double total = 0;
            foreach (double weight in weights)
                total += weight;
            if (total == 0)
                continue;
            PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + k];
            ReadOnlySpan<byte> responses = patterns.Row(pattern);
            for (int item = 0; item < responses.Length; item++)
            {
                if (responses[item] == ResponseData.Missing)
                    continue;
                ItemParameterSet set = plan.ParameterSets[plan.Tables[block.Table].SetOfItem[item]];
                AddDots(itemGradients[block.Table][plan.Items[item].FirstRow + responses[item]], set.FirstSlot, set.SlotCount, weights, gradient);
            }
            AddDots(populationGradients[block.Index], populations[block.Index].FirstSlot, populations[block.Index].SlotCount, weights, gradient);
            AddClassGradient(patterns.Groups[pattern], k, total, gradient);
        }
    }

    /// <summary>Writes the gradients at all nodes of one class.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="k">Class.</param>
    /// <param name="gradients">Receives them, cleared before. [free, node]</param>
    public void Fill(int pattern, int k, double[] gradients)
    {
        PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + k];
        ReadOnlySpan<byte> responses = patterns.Row(pattern);
        for (int item = 0; item < responses.Length; item++)
        {
            if (responses[item] == ResponseData.Missing)
                continue;
            ItemParameterSet set = plan.ParameterSets[plan.Tables[block.Table].SetOfItem[item]];
            AddRows(itemGradients[block.Table][plan.Items[item].FirstRow + responses[item]], set.FirstSlot, set.SlotCount, gradients);
        }
        AddRows(populationGradients[block.Index], populations[block.Index].FirstSlot, populations[block.Index].SlotCount, gradients);
        double[] classGradient = new double[plan.Layout.FreeCount];
        AddClassGradient(patterns.Groups[pattern], k, 1, classGradient);
        for (int index = 0; index < classGradient.Length; index++)
        {
            if (classGradient[index] != 0)
            {
                foreach (ref double value in gradients.AsSpan(index * plan.NodeCount, plan.NodeCount))
                    value += classGradient[index];
            }
        }
    }

    /// <summary>Derivatives of a block's log weight with respect to the slots of its population, at every node.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <param name="block">The block.</param>
    /// <returns>[slot of the population, node]</returns>
    public static double[] PopulationGradients(ModelPoint point, PlannedBlock block)
    {
        CalibrationPlan plan = point.Plan;
        IPopulation population = point.Populations[block.Index];
        if (plan.Layout.FreeOf(population.FirstSlot, population.SlotCount).Length > 0)
            point.RequireNoShifts("Derivatives by population parameters");
        int count = population.SlotCount;
        int nodeCount = plan.NodeCount;
        double[] theta = point.ThetaOfBlock(block);
        double[] gradients = new double[count * nodeCount];
        double[] single = new double[count];
        double[] expected = new double[count];
        for (int node = 0; node < nodeCount; node++)
        {
            population.Gradient(theta.AsSpan(node * plan.AttributeCount, plan.AttributeCount), single);
            double weight = plan.Grid.Moves ? 0 : Math.Exp(point.LogWeight[block.Index][node]);
            for (int k = 0; k < count; k++)
            {
                gradients[k * nodeCount + node] = single[k];
                expected[k] += weight * single[k];
            }
        }
        for (int k = 0; k < count; k++)
        {
            for (int node = 0; node < nodeCount; node++)
                gradients[k * nodeCount + node] -= expected[k];
        }
        return gradients;
    }

    /// <summary>Derivatives of log P of every category with respect to the slots of its item, at every node of a table.</summary>
    /// <param name="point">Parameters and nodes.</param>
    /// <param name="table">Table.</param>
    /// <returns>[row][slot of the set, node]</returns>
    public static double[][] ItemGradients(ModelPoint point, int table)
    {
        CalibrationPlan plan = point.Plan;
        int nodeCount = plan.NodeCount;
        double[][] gradients = new double[plan.RowCount][];
        Parallel.For(0, plan.ItemCount, item =>
        {
            int setIndex = plan.Tables[table].SetOfItem[item];
            if (setIndex < 0)
                return;
            PlannedItem planned = plan.Items[item];
            ItemParameterSet set = plan.ParameterSets[setIndex];
            ItemModelOperations operations = planned.Family.Operations;
            double[] theta = point.ThetaOfTable(table);
            Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
            double[] z = new double[nodeCount];
            double[] logProbability = new double[planned.CategoryCount * nodeCount];
            ItemTables.LinearPredictor(slots[..set.SlopeCount], planned.Attributes, theta, plan.AttributeCount, z);
            operations.FillTable(z, planned.CategoryCount, slots[set.SlopeCount..], planned.Scores, logProbability, nodeCount);
            int local = 1 + set.ShapeCount;
            double[] unit = new double[planned.CategoryCount];
            double[] gradient = new double[local];
            double[] hessian = new double[PackedTriangle.Length(local)];
            for (int category = 0; category < planned.CategoryCount; category++)
            {
                double[] row = gradients[planned.FirstRow + category] = new double[set.SlotCount * nodeCount];
                unit.AsSpan().Clear();
                unit[category] = 1;
                for (int node = 0; node < nodeCount; node++)
                {
                    gradient.AsSpan().Clear();
                    operations.AddDerivatives(
                        z[node], planned.CategoryCount, slots[set.SlopeCount..], planned.Scores, logProbability.AsSpan(node), nodeCount, unit, 1, gradient, hessian);
                    for (int loading = 0; loading < set.SlopeCount; loading++)
                        row[loading * nodeCount + node] = theta[node * plan.AttributeCount + planned.Attributes[loading]] * gradient[0];
                    for (int shape = 0; shape < set.ShapeCount; shape++)
                        row[(set.SlopeCount + shape) * nodeCount + node] = gradient[1 + shape];
                }
            }
        });
        return gradients;
    }

    private void AddDots(double[] slotGradients, int firstSlot, int slotCount, ReadOnlySpan<double> weights, Span<double> gradient)
    {
        for (int k = 0; k < slotCount; k++)
        {
            if (!plan.Layout.IsFixed(firstSlot + k))
                plan.Layout.AddToFree(firstSlot + k, FixedOrderSums.Dot(weights, slotGradients.AsSpan(k * plan.NodeCount, plan.NodeCount)), gradient);
        }
    }

    private void AddRows(double[] slotGradients, int firstSlot, int slotCount, double[] gradients)
    {
        for (int k = 0; k < slotCount; k++)
        {
            ReadOnlySpan<double> from = slotGradients.AsSpan(k * plan.NodeCount, plan.NodeCount);
            ReadOnlySpan<int> free = plan.Layout.FreeOf(firstSlot + k);
            ReadOnlySpan<double> coefficients = plan.Layout.CoefficientsOf(firstSlot + k);
            for (int term = 0; term < free.Length; term++)
            {
                Span<double> to = gradients.AsSpan(free[term] * plan.NodeCount, plan.NodeCount);
                for (int node = 0; node < to.Length; node++)
                    to[node] += coefficients[term] * from[node];
            }
        }
    }

    /// <summary>Adds total · ∂ log τ_k / ∂ log odds.</summary>
    private void AddClassGradient(int group, int k, double total, Span<double> gradient)
    {
        for (int other = 0; other < plan.ClassCount; other++)
        {
            PlannedBlock block = plan.Blocks[group * plan.ClassCount + other];
            plan.Layout.AddToFree(block.ClassLogitSlot, total * ((other == k ? 1 : 0) - proportion[block.Index]), gradient);
        }
    }
}
