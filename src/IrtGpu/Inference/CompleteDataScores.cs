using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Population;

namespace IrtGpu.Inference;

/// <summary>Derivatives of the complete-data log-likelihood of one person with respect to free parameters, node by node.</summary>
internal sealed class CompleteDataScores
{
    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly double[][][] itemScores; // [table][row][slot of the set, node]
    private readonly double[][] populationScores; // [block][mean and covariance slot, node]
    private readonly double[] proportion; // [block]

    public CompleteDataScores(ModelPoint point, PatternTable patterns)
    {
        plan = point.Plan;
        this.patterns = patterns;
        itemScores = [.. Enumerable.Range(0, plan.Tables.Count).Select(table => ItemScores(point, table))];
        populationScores = [.. plan.Blocks.Select(block => PopulationScores(point, block))];
        proportion = [.. point.LogProportion.Select(Math.Exp)];
    }

    public int FreeCount => plan.Layout.FreeCount;

    public int ClassCount => plan.ClassCount;

    public int NodeCount => plan.NodeCount;

    public double Frequency(int pattern) => patterns.Frequency[pattern];

    /// <summary>Adds the posterior mean of the score: the pattern's gradient of its marginal log-likelihood.</summary>
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
                AddDots(itemScores[block.Table][plan.Items[item].FirstRow + responses[item]], set.FirstSlot, set.SlotCount, weights, gradient);
            }
            AddDots(populationScores[block.Index], block.FirstMeanSlot, plan.AttributeCount + plan.CovarianceCount, weights, gradient);
            AddClassScore(patterns.Groups[pattern], k, total, gradient);
        }
    }

    /// <summary>Writes the scores at all nodes of one class.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="k">Class.</param>
    /// <param name="scores">Receives them, cleared before. [free, node]</param>
    public void Fill(int pattern, int k, double[] scores)
    {
        PlannedBlock block = plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + k];
        ReadOnlySpan<byte> responses = patterns.Row(pattern);
        for (int item = 0; item < responses.Length; item++)
        {
            if (responses[item] == ResponseData.Missing)
                continue;
            ItemParameterSet set = plan.ParameterSets[plan.Tables[block.Table].SetOfItem[item]];
            AddRows(itemScores[block.Table][plan.Items[item].FirstRow + responses[item]], set.FirstSlot, set.SlotCount, scores);
        }
        AddRows(populationScores[block.Index], block.FirstMeanSlot, plan.AttributeCount + plan.CovarianceCount, scores);
        double[] classScore = new double[plan.Layout.FreeCount];
        AddClassScore(patterns.Groups[pattern], k, 1, classScore);
        for (int index = 0; index < classScore.Length; index++)
        {
            if (classScore[index] != 0)
            {
                foreach (ref double value in scores.AsSpan(index * plan.NodeCount, plan.NodeCount))
                    value += classScore[index];
            }
        }
    }

    /// <summary>Derivatives of a block's log weight with respect to its means and covariances, at every node.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <param name="block">The block.</param>
    /// <returns>[mean and covariance slot, node]</returns>
    public static double[] PopulationScores(ModelPoint point, PlannedBlock block)
    {
        CalibrationPlan plan = point.Plan;
        int count = plan.AttributeCount + plan.CovarianceCount;
        int nodeCount = plan.NodeCount;
        NormalPopulation population = NormalPopulation.TryCreate(plan, block, point.Parameters.Slots)!;
        double[] theta = point.ThetaOfBlock(block);
        double[] scores = new double[count * nodeCount];
        double[] single = new double[count];
        double[] expected = new double[count];
        for (int node = 0; node < nodeCount; node++)
        {
            population.Score(theta.AsSpan(node * plan.AttributeCount, plan.AttributeCount), single);
            double weight = plan.Grid.Moves ? 0 : Math.Exp(point.LogWeight[block.Index][node]);
            for (int k = 0; k < count; k++)
            {
                scores[k * nodeCount + node] = single[k];
                expected[k] += weight * single[k];
            }
        }
        for (int k = 0; k < count; k++)
        {
            for (int node = 0; node < nodeCount; node++)
                scores[k * nodeCount + node] -= expected[k];
        }
        return scores;
    }

    private static double[][] ItemScores(ModelPoint point, int table)
    {
        CalibrationPlan plan = point.Plan;
        int nodeCount = plan.NodeCount;
        double[][] scores = new double[plan.RowCount][];
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
            double[] hessian = new double[local * (local + 1) / 2];
            for (int category = 0; category < planned.CategoryCount; category++)
            {
                double[] row = scores[planned.FirstRow + category] = new double[set.SlotCount * nodeCount];
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
        return scores;
    }

    private void AddDots(double[] slotScores, int firstSlot, int slotCount, ReadOnlySpan<double> weights, Span<double> gradient)
    {
        ParameterLayout layout = plan.Layout;
        for (int k = 0; k < slotCount; k++)
        {
            int slot = firstSlot + k;
            if (layout.IsFixed(slot))
                continue;
            double dot = System.Numerics.Tensors.TensorPrimitives.Dot(weights, slotScores.AsSpan(k * plan.NodeCount, plan.NodeCount));
            for (int term = layout.RowStart[slot]; term < layout.RowStart[slot + 1]; term++)
                gradient[layout.FreeIndex[term]] += layout.Coefficient[term] * dot;
        }
    }

    private void AddRows(double[] slotScores, int firstSlot, int slotCount, double[] scores)
    {
        ParameterLayout layout = plan.Layout;
        for (int k = 0; k < slotCount; k++)
        {
            ReadOnlySpan<double> from = slotScores.AsSpan(k * plan.NodeCount, plan.NodeCount);
            for (int term = layout.RowStart[firstSlot + k]; term < layout.RowStart[firstSlot + k + 1]; term++)
            {
                Span<double> to = scores.AsSpan(layout.FreeIndex[term] * plan.NodeCount, plan.NodeCount);
                for (int node = 0; node < to.Length; node++)
                    to[node] += layout.Coefficient[term] * from[node];
            }
        }
    }

    /// <summary>Adds total · ∂ log τ_k / ∂ log odds.</summary>
    private void AddClassScore(int group, int k, double total, Span<double> gradient)
    {
        ParameterLayout layout = plan.Layout;
        for (int other = 0; other < plan.ClassCount; other++)
        {
            PlannedBlock block = plan.Blocks[group * plan.ClassCount + other];
            double derivative = total * ((other == k ? 1 : 0) - proportion[block.Index]);
            for (int term = layout.RowStart[block.ClassLogitSlot]; term < layout.RowStart[block.ClassLogitSlot + 1]; term++)
                gradient[layout.FreeIndex[term]] += layout.Coefficient[term] * derivative;
        }
    }
}
