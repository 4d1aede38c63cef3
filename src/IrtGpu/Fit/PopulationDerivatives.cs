using IrtGpu.Compute;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit;

/// <summary>Derivatives, by slots that are not fixed, of what a group's marginal probabilities are made of.</summary>
internal sealed class PopulationDerivatives
{
    private readonly ModelPoint point;
    private readonly CalibrationPlan plan;
    private readonly GroupPopulation population;
    private readonly double[][][] itemGradients; // [class][row][slot of the set, node of the plan]

    public PopulationDerivatives(ModelPoint point, GroupPopulation population, Func<int, double[][]> gradients)
    {
        this.point = point;
        plan = point.Plan;
        this.population = population;
        itemGradients = [.. Enumerable.Range(0, plan.ClassCount).Select(k => gradients(population.Block(k).Table))];
    }

    /// <summary>Of the conditional mean of a function of an item's response, times the weight of the node.</summary>
    /// <param name="item">Item.</param>
    /// <param name="value">The function. [category]</param>
    /// <returns>[slot]: [node]</returns>
    public (int Slot, double[] Derivative)[] OfFunction(int item, double[] value)
    {
        PlannedItem planned = plan.Items[item];
        int nodeCount = population.NodeCount;
        Dictionary<int, double[]> derivatives = [];
        for (int node = 0; node < nodeCount; node++)
        {
            int k = population.ClassOf(node);
            ItemParameterSet set = plan.ParameterSets[plan.Tables[population.Block(k).Table].SetOfItem[item]];
            int at = population.NodeOf[node] % plan.NodeCount;
            for (int slot = 0; slot < set.SlotCount; slot++)
            {
                if (plan.Layout.IsFixed(set.FirstSlot + slot))
                    continue;
                double sum = 0;
                for (int category = 0; category < planned.CategoryCount; category++)
                {
                    int row = planned.FirstRow + category;
                    sum += value[category] * population.Probability[row * nodeCount + node] * itemGradients[k][row][slot * plan.NodeCount + at];
                }
                if (!derivatives.TryGetValue(set.FirstSlot + slot, out double[]? derivative))
                    derivatives[set.FirstSlot + slot] = derivative = new double[nodeCount];
                derivative[node] = population.Weight[node] * sum;
            }
        }
        return [.. derivatives.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>Of the weights of nodes: populations and proportions of classes.</summary>
    /// <returns>[slot]: [node]</returns>
    public (int Slot, double[] Derivative)[] OfWeights()
    {
        List<(int, double[])> derivatives = [];
        for (int k = 0; k < plan.ClassCount; k++)
        {
            PlannedBlock block = population.Block(k);
            int firstSlot = point.Populations[block.Index].FirstSlot;
            int slotCount = point.Populations[block.Index].SlotCount;
            double[] gradients = CompleteDataGradients.PopulationGradients(point, block); // [slot of the population, node of the plan]
            for (int slot = 0; slot < slotCount; slot++)
            {
                if (!plan.Layout.IsFixed(firstSlot + slot))
                    derivatives.Add((firstSlot + slot, OfNodes(node => population.ClassOf(node) == k ? gradients[slot * plan.NodeCount + population.NodeOf[node] % plan.NodeCount] : 0)));
            }
            if (!plan.Layout.IsFixed(block.ClassLogitSlot))
            {
                double share = Math.Exp(point.LogProportion[block.Index]);
                derivatives.Add((block.ClassLogitSlot, OfNodes(node => (population.ClassOf(node) == k ? 1 : 0) - share)));
            }
        }
        return [.. derivatives];
    }

    private double[] OfNodes(Func<int, double> logDerivative) =>
        [.. Enumerable.Range(0, population.NodeCount).Select(node => population.Weight[node] * logDerivative(node))];
}
