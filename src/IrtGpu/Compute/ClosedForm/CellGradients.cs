using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Compute.ClosedForm;

/// <summary>
/// Complete-data gradients of the patterns of one block that answer the same items of the exponential family, by the free parameters that
/// occur there: s_k(θ) = c_pk θ − h_k(θ) + const.
/// </summary>
/// <remarks>
/// By item: ∂/∂a = θ(s_x − Σ s_m P_m), ∂/∂d_m = 1[x=m] − P_m, ∂/∂ak_m = a θ(1[x=m] − P_m); by the population a function of θ alone.
/// Slots go to free parameters by the affine map of the layout. Free parameters with a c, the slope parameters, come first.
/// </remarks>
internal sealed class CellGradients
{
    private readonly CalibrationPlan plan;
    private readonly int[] items; // answered
    private readonly int[] firstRow; // [answered item]
    private readonly int[] termCount; // of each of its rows [answered item]
    private readonly double[] scoreOfRow; // a s_m [row]
    private readonly int[] firstTerm; // of the row's terms of c [row]
    private readonly int[] firstTermOfItem; // of its first row [answered item]
    private readonly int[] termParameter;
    private readonly double[] termCoefficient;
    private readonly double[]? slopeOfParameter; // a, where every item has a slope of its own: c = s and t = Σ a c [slope parameter, padding]

    /// <summary>Tables the functions of a cell.</summary>
    /// <param name="point">Parameters and nodes.</param>
    /// <param name="block">Block.</param>
    /// <param name="isAnswered">Which items are answered. [item]</param>
    public CellGradients(ModelPoint point, PlannedBlock block, bool[] isAnswered)
    {
        plan = point.Plan;
        NodeCount = plan.NodeCount;
        items = [.. Enumerable.Range(0, plan.ItemCount).Where(item => isAnswered[item])];
        scoreOfRow = new double[plan.RowCount];
        List<(int Free, double Coefficient)>[] terms = RowTerms(point, block);
        Free = FreeParameters(point, block, terms, out int slopeParameterCount);
        SlopeParameterCount = slopeParameterCount;
        PaddedCount = (Free.Length + 7) / 8 * 8;
        int[] parameterOf = new int[plan.Layout.FreeCount];
        for (int k = 0; k < Free.Length; k++)
            parameterOf[Free[k]] = k;
        firstRow = [.. items.Select(item => plan.Items[item].FirstRow)];
        termCount = [.. firstRow.Select(row => terms[row].Count)];
        firstTerm = new int[plan.RowCount];
        for (int row = 1; row < plan.RowCount; row++)
            firstTerm[row] = firstTerm[row - 1] + terms[row - 1].Count;
        firstTermOfItem = [.. firstRow.Select(row => firstTerm[row])];
        termParameter = [.. terms.SelectMany(list => list).Select(term => parameterOf[term.Free])];
        termCoefficient = [.. terms.SelectMany(list => list).Select(term => term.Coefficient)];
        slopeOfParameter = OwnSlopes(point, block);
        Functions = new double[NodeCount * PaddedCount];
        FillItemFunctions(point, block, parameterOf);
        if (!plan.Grid.Moves)
            FillPopulationFunctions(point, block, parameterOf);
    }

    public int NodeCount { get; }

    public int[] Free { get; } // [parameter]

    public int ParameterCount => Free.Length;

    public int SlopeParameterCount { get; }

    public int PaddedCount { get; }

    public double[] Functions { get; } // h [node, padded parameter]

    /// <summary>Writes c of one pattern.</summary>
    /// <param name="responses">The pattern. [item]</param>
    /// <param name="slopes">Receives c, cleared before. [slope parameter, padding]</param>
    /// <returns>The weighted score t = Σ a s.</returns>
    public double Fill(ReadOnlySpan<byte> responses, Span<double> slopes) =>
        slopeOfParameter is null ? FillTerms(responses, slopes) : FillOwnSlopes(responses, slopes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double FillTerms(ReadOnlySpan<byte> responses, Span<double> slopes)
    {
        slopes.Clear();
        double score = 0;
        for (int k = 0; k < items.Length; k++)
        {
            int row = firstRow[k] + responses[items[k]];
            score += scoreOfRow[row];
            int first = firstTerm[row];
            for (int term = first; term < first + termCount[k]; term++)
                slopes[termParameter[term]] += termCoefficient[term];
        }
        return score;
    }

    // One term a row, in the order of the rows and of the parameters.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double FillOwnSlopes(ReadOnlySpan<byte> responses, Span<double> slopes)
    {
        ReadOnlySpan<int> answered = items;
        ReadOnlySpan<int> terms = firstTermOfItem.AsSpan(0, answered.Length);
        Span<double> own = slopes[..answered.Length];
        slopes[answered.Length..].Clear();
        for (int k = 0; k < answered.Length; k++)
            own[k] = termCoefficient[terms[k] + responses[answered[k]]];
        return FixedOrderSums.Dot(own, slopeOfParameter.AsSpan(0, own.Length));
    }

    /// <summary>The items' slopes when each is a free parameter of its own and nothing else adds to c; else null.</summary>
    private double[]? OwnSlopes(ModelPoint point, PlannedBlock block)
    {
        double[] own = new double[items.Length];
        for (int k = 0; k < items.Length; k++)
        {
            int slot = SetOf(block, items[k]).FirstSlot;
            bool isOwn = termCount[k] == 1 && termParameter[firstTermOfItem[k]] == k && plan.Layout.CoefficientsOf(slot) is [1]
                && point.Parameters.Slots[slot] == point.Parameters.Free[plan.Layout.FreeOf(slot)[0]];
            if (!isOwn)
                return null;
            own[k] = point.Parameters.Slots[slot];
        }
        return SlopeParameterCount == items.Length ? own : null;
    }

    private ItemParameterSet SetOf(PlannedBlock block, int item) => plan.ParameterSets[plan.Tables[block.Table].SetOfItem[item]];

    /// <summary>
    /// What each category adds to c, and to the weighted score: nothing for the first. Rows of an item are filled up with zeros to one
    /// length, because a branch by the response would be mispredicted every other time.
    /// </summary>
    private List<(int Free, double Coefficient)>[] RowTerms(ModelPoint point, PlannedBlock block)
    {
        List<(int Free, double Coefficient)>[] terms = [.. Enumerable.Range(0, plan.RowCount).Select(_ => new List<(int, double)>())];
        foreach (int item in items)
        {
            PlannedItem planned = plan.Items[item];
            ItemParameterSet set = SetOf(block, item);
            ItemModelOperations operations = planned.Family.Operations;
            Span<double> shape = point.Parameters.Slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount);
            double slope = point.Parameters.Slots[set.FirstSlot];
            for (int category = 1; category < planned.CategoryCount; category++)
            {
                double score = operations.Score(category, planned.CategoryCount, shape, planned.Scores);
                int parameter = operations.ScoreParameter(category, planned.CategoryCount);
                scoreOfRow[planned.FirstRow + category] = slope * score;
                AddTerms(terms[planned.FirstRow + category], set.FirstSlot, score);
                if (parameter >= 0)
                    AddTerms(terms[planned.FirstRow + category], set.FirstSlot + set.SlopeCount + parameter, slope);
            }
            List<(int Free, double Coefficient)>[] rows = terms[planned.FirstRow..(planned.FirstRow + planned.CategoryCount)];
            List<(int Free, double Coefficient)> longest = rows.MaxBy(row => row.Count)!;
            foreach (List<(int Free, double Coefficient)> row in rows)
            {
                for (int term = row.Count; term < longest.Count; term++)
                    row.Add((longest[term].Free, 0));
            }
        }
        return terms;
    }

    private void AddTerms(List<(int Free, double Coefficient)> terms, int slot, double value)
    {
        ReadOnlySpan<int> free = plan.Layout.FreeOf(slot);
        ReadOnlySpan<double> coefficients = plan.Layout.CoefficientsOf(slot);
        for (int term = 0; term < free.Length; term++)
            terms.Add((free[term], coefficients[term] * value));
    }

    private int[] FreeParameters(ModelPoint point, PlannedBlock block, List<(int Free, double Coefficient)>[] terms, out int slopeParameterCount)
    {
        SortedSet<int> slopes = [.. terms.SelectMany(list => list).Select(term => term.Free)];
        SortedSet<int> others = [];
        void AddSlots(int first, int count) => others.UnionWith(plan.Layout.FreeOf(first, count).ToArray());
        foreach (int item in items)
            AddSlots(SetOf(block, item).FirstSlot, SetOf(block, item).SlotCount);
        AddSlots(point.Populations[block.Index].FirstSlot, point.Populations[block.Index].SlotCount);
        others.ExceptWith(slopes);
        slopeParameterCount = slopes.Count;
        return [.. slopes, .. others];
    }

    private void FillItemFunctions(ModelPoint point, PlannedBlock block, int[] parameterOf)
    {
        double[] theta = point.ThetaOfBlock(block);
        double[] z = new double[NodeCount];
        double[] function = new double[NodeCount];
        foreach (int item in items)
        {
            PlannedItem planned = plan.Items[item];
            ItemParameterSet set = SetOf(block, item);
            ItemModelOperations operations = planned.Family.Operations;
            Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
            Span<double> shape = slots[set.SlopeCount..];
            double[] probability = new double[planned.CategoryCount * NodeCount];
            ItemTables.FillItem(point, set, theta, planned.Attributes, 1, z, probability, NodeCount);
            FixedRounding.Exp(probability, probability);
            double[] expected = new double[NodeCount];
            for (int category = 1; category < planned.CategoryCount; category++)
            {
                ReadOnlySpan<double> row = probability.AsSpan(category * NodeCount, NodeCount);
                double score = operations.Score(category, planned.CategoryCount, shape, planned.Scores);
                int parameter = operations.ScoreParameter(category, planned.CategoryCount);
                for (int node = 0; node < NodeCount; node++)
                {
                    expected[node] += theta[node] * score * row[node];
                    function[node] = z[node] * row[node];
                }
                AddFunction(set.FirstSlot + set.SlopeCount + category - 1, row, parameterOf);
                if (parameter >= 0)
                    AddFunction(set.FirstSlot + set.SlopeCount + parameter, function, parameterOf);
            }
            AddFunction(set.FirstSlot, expected, parameterOf);
        }
    }

    private void FillPopulationFunctions(ModelPoint point, PlannedBlock block, int[] parameterOf)
    {
        IPopulation population = point.Populations[block.Index];
        double[] theta = point.ThetaOfBlock(block);
        double[] functions = new double[population.SlotCount * NodeCount]; // [slot, node]
        Span<double> gradient = new double[population.SlotCount];
        for (int node = 0; node < NodeCount; node++)
        {
            population.Gradient(theta.AsSpan(node, 1), gradient);
            for (int slot = 0; slot < gradient.Length; slot++)
                functions[slot * NodeCount + node] = -gradient[slot];
        }
        for (int slot = 0; slot < population.SlotCount; slot++)
            AddFunction(population.FirstSlot + slot, functions.AsSpan(slot * NodeCount, NodeCount), parameterOf);
    }

    private void AddFunction(int slot, ReadOnlySpan<double> values, int[] parameterOf)
    {
        ReadOnlySpan<int> free = plan.Layout.FreeOf(slot);
        ReadOnlySpan<double> coefficients = plan.Layout.CoefficientsOf(slot);
        for (int term = 0; term < free.Length; term++)
        {
            int parameter = parameterOf[free[term]];
            for (int node = 0; node < NodeCount; node++)
                Functions[node * PaddedCount + parameter] += coefficients[term] * values[node];
        }
    }
}
