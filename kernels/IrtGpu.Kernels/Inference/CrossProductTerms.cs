using IrtGpu.Compute;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Kernels.Inference;

/// <summary>The gradient of a pattern by free parameter as lists that a kernel can walk: the chain rule, done once on the host.</summary>
/// <remarks>
/// By free parameter a table has terms coefficient · ∂ log P of an answer (· θ_j for slopes), a block at most one function of θ:
/// the derivative of its log weight by population parameters plus that of the class proportions.
/// </remarks>
internal sealed class CrossProductTerms
{
    private readonly CalibrationPlan plan;
    private readonly List<Term> terms = [];
    private readonly List<double[]> nodeFunctions = [];

    /// <summary>Lists terms and evaluates functions of θ.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    public CrossProductTerms(ModelPoint point)
    {
        plan = point.Plan;
        int freeCount = plan.Layout.FreeCount;
        FirstLine = new int[plan.Tables.Count][];
        TermStart = new int[plan.Tables.Count * freeCount + 1];
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            AssignLines(table);
            AddTerms(table);
        }
        NodeFunction = new int[plan.Blocks.Count * freeCount];
        Array.Fill(NodeFunction, -1);
        foreach (PlannedBlock block in plan.Blocks)
        {
            AddPopulation(point, block);
            AddProportions(point, block);
        }
    }

    /// <summary>Lines of derivatives of all tables.</summary>
    public int LineCount { get; private set; }

    /// <summary>Line of each item's first category; −1 where the table lacks the item. [table][item]</summary>
    public int[][] FirstLine { get; }

    /// <summary>First term. [table · free + 1]</summary>
    public int[] TermStart { get; }

    /// <summary>Terms by table and free parameter.</summary>
    public IReadOnlyList<Term> Terms => terms;

    /// <summary>Function of each block and free parameter; −1: none. [block, free]</summary>
    public int[] NodeFunction { get; }

    /// <summary>Functions of θ. [line][node]</summary>
    public IReadOnlyList<double[]> NodeFunctions => nodeFunctions;

    private void AssignLines(int table)
    {
        FirstLine[table] = new int[plan.ItemCount];
        for (int item = 0; item < plan.ItemCount; item++)
        {
            int set = plan.Tables[table].SetOfItem[item];
            FirstLine[table][item] = set < 0 ? -1 : LineCount;
            if (set >= 0)
                LineCount = checked(LineCount + plan.Items[item].CategoryCount * (1 + plan.ParameterSets[set].ShapeCount));
        }
    }

    private void AddTerms(int table)
    {
        ParameterLayout layout = plan.Layout;
        List<Term>[] byFree = [.. Enumerable.Range(0, layout.FreeCount).Select(_ => new List<Term>())];
        for (int item = 0; item < plan.ItemCount; item++)
        {
            if (FirstLine[table][item] < 0)
                continue;
            ItemParameterSet set = plan.ParameterSets[plan.Tables[table].SetOfItem[item]];
            for (int k = 0; k < set.SlotCount; k++)
            {
                bool isSlope = k < set.SlopeCount;
                int first = FirstLine[table][item] + (isSlope ? 0 : 1 + k - set.SlopeCount);
                int attribute = isSlope ? plan.Items[item].Attributes[k] : -1;
                ReadOnlySpan<int> free = layout.FreeOf(set.FirstSlot + k);
                ReadOnlySpan<double> coefficients = layout.CoefficientsOf(set.FirstSlot + k);
                for (int entry = 0; entry < free.Length; entry++)
                    byFree[free[entry]].Add(new Term(item, first, 1 + set.ShapeCount, attribute, coefficients[entry]));
            }
        }
        for (int index = 0; index < layout.FreeCount; index++)
        {
            terms.AddRange(byFree[index]);
            TermStart[table * layout.FreeCount + index + 1] = terms.Count;
        }
    }

    private void AddPopulation(ModelPoint point, PlannedBlock block)
    {
        double[] gradients = CompleteDataGradients.PopulationGradients(point, block);
        for (int k = 0; k < plan.AttributeCount + plan.CovarianceCount; k++)
            AddFunction(block, block.FirstMeanSlot + k, gradients.AsSpan(k * plan.NodeCount, plan.NodeCount));
    }

    private void AddProportions(ModelPoint point, PlannedBlock block)
    {
        double[] derivative = new double[plan.NodeCount]; // the same at every node
        int firstOfGroup = block.Index / plan.ClassCount * plan.ClassCount;
        for (int other = firstOfGroup; other < firstOfGroup + plan.ClassCount; other++)
        {
            Array.Fill(derivative, (other == block.Index ? 1 : 0) - Math.Exp(point.LogProportion[other]));
            AddFunction(block, plan.Blocks[other].ClassLogitSlot, derivative);
        }
    }

    /// <summary>Adds the derivative by a slot, a function of θ, to the functions of its free parameters.</summary>
    private void AddFunction(PlannedBlock block, int slot, ReadOnlySpan<double> derivative)
    {
        ReadOnlySpan<int> free = plan.Layout.FreeOf(slot);
        ReadOnlySpan<double> coefficients = plan.Layout.CoefficientsOf(slot);
        for (int entry = 0; entry < free.Length; entry++)
        {
            double[] function = FunctionOf(block, free[entry]);
            for (int node = 0; node < function.Length; node++)
                function[node] += coefficients[entry] * derivative[node];
        }
    }

    private double[] FunctionOf(PlannedBlock block, int free)
    {
        ref int line = ref NodeFunction[block.Index * plan.Layout.FreeCount + free];
        if (line < 0)
        {
            line = nodeFunctions.Count;
            nodeFunctions.Add(new double[plan.NodeCount]);
        }
        return nodeFunctions[line];
    }

    /// <summary>One summand of the derivative of log P of an answer by a free parameter.</summary>
    /// <param name="Item">Whose answer.</param>
    /// <param name="First">Line of the item's first category.</param>
    /// <param name="Stride">Lines from a category to the next.</param>
    /// <param name="Attribute">Whose θ is a factor; −1: none.</param>
    /// <param name="Coefficient">Factor.</param>
    internal readonly record struct Term(int Item, int First, int Stride, int Attribute, double Coefficient);
}
