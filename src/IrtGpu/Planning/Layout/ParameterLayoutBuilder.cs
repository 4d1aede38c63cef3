using IrtGpu.Foundation.Collections;
using IrtGpu.Items;

namespace IrtGpu.Planning.Layout;

/// <summary>Collects slots, fixes, ties and sums, and resolves them to a <see cref="ParameterLayout"/>.</summary>
internal sealed class ParameterLayoutBuilder : IItemSlots
{
    private const double StartTolerance = 1e-6; // relative: what rounded values of a table may contradict each other by

    private readonly List<ParameterSlot> slots = [];
    private readonly List<double> start = [];
    private readonly List<bool> hasUserStart = [];
    private readonly List<bool> isFixed = [];
    private readonly LinkedSets tied = new();
    private readonly HashSet<int> isTied = [];
    private readonly Dictionary<int, ((int Slot, double Coefficient)[] Terms, double Constant)> sums = [];

    public int Count => slots.Count;

    public ParameterSlot this[int slot] => slots[slot];

    public int Add(ParameterSlot slot, double value, bool fix = false)
    {
        slots.Add(slot);
        start.Add(value);
        hasUserStart.Add(false);
        isFixed.Add(fix);
        return tied.Add();
    }

    int IItemSlots.Add(ParameterKind kind, string name, int parameterSet, int index, double value, bool fix) =>
        Add(new ParameterSlot(kind, name, parameterSet, -1, index), value, fix);

    public void Fix(int slot, double value)
    {
        isFixed[slot] = true;
        start[slot] = value;
        sums.Remove(slot);
    }

    public void Free(int slot) => isFixed[slot] = false;

    public void Start(int slot, double value)
    {
        start[slot] = value;
        hasUserStart[slot] = true;
    }

    public void Tie(int slot, int other)
    {
        if (slot == other)
            return;
        tied.Link(slot, other);
        isTied.Add(slot);
        isTied.Add(other);
    }

    public void SetSum(int slot, (int Slot, double Coefficient)[] terms, double constant = 0) => sums[slot] = (terms, constant);

    public bool IsTied(int slot) => sums.ContainsKey(slot) || isTied.Contains(slot);

    public bool IsFixed(int slot) => isFixed[slot];

    public bool IsGiven(int slot) => isFixed[slot] || hasUserStart[slot];

    public double Value(int slot) => start[slot];

    public bool AreTied(int slot, int other) => tied.AreLinked(slot, other);

    /// <summary>Resolves the layout; start values follow the users' where given, as far as ties allow, else <see cref="Add"/>'s.</summary>
    /// <param name="problems">Receives contradictions.</param>
    /// <param name="describe">Words for a slot in messages.</param>
    public (ParameterLayout Layout, double[] Start, bool[] UserStart, int[] UnmetStarts) Build(List<string> problems, Func<int, string> describe)
    {
        double[] offset = new double[slots.Count];
        int[] freeOfRoot = new int[slots.Count];
        Array.Fill(freeOfRoot, -1);
        double[] fixedOfRoot = new double[slots.Count];
        bool[] rootIsFixed = new bool[slots.Count];
        for (int slot = 0; slot < slots.Count; slot++)
        {
            if (!isFixed[slot])
                continue;
            int root = tied.Root(slot);
            if (rootIsFixed[root] && fixedOfRoot[root] != start[slot])
            {
                problems.Add(FormattableString.Invariant(
                    $"Contradictory constraints: {describe(slot)} is held equal to a parameter fixed at {fixedOfRoot[root]} but is itself fixed at {start[slot]}. Remove one of the two."));
            }
            rootIsFixed[root] = true;
            fixedOfRoot[root] = start[slot];
        }

        List<double> freeStart = [];
        List<bool> userStart = [];
        int FreeOf(int slot)
        {
            int root = tied.Root(slot);
            if (freeOfRoot[root] < 0)
            {
                freeOfRoot[root] = freeStart.Count;
                freeStart.Add(start[slot]);
                userStart.Add(false);
            }
            int free = freeOfRoot[root];
            if (hasUserStart[slot])
            {
                freeStart[free] = start[slot];
                userStart[free] = true;
            }
            return free;
        }

        int[] rowStart = new int[slots.Count + 1];
        List<int> freeIndex = [];
        List<double> coefficients = [];
        for (int slot = 0; slot < slots.Count; slot++)
        {
            if (sums.TryGetValue(slot, out ((int Slot, double Coefficient)[] Terms, double Constant) sum))
            {
                offset[slot] = sum.Constant;
                foreach ((int term, double coefficient) in sum.Terms)
                {
                    int root = tied.Root(term);
                    if (rootIsFixed[root])
                    {
                        offset[slot] += coefficient * fixedOfRoot[root];
                        continue;
                    }
                    freeIndex.Add(FreeOf(term));
                    coefficients.Add(coefficient);
                }
            }
            else if (rootIsFixed[tied.Root(slot)])
            {
                offset[slot] = fixedOfRoot[tied.Root(slot)];
            }
            else
            {
                freeIndex.Add(FreeOf(slot));
                coefficients.Add(1);
            }
            rowStart[slot + 1] = freeIndex.Count;
        }
        ParameterLayout layout = new([.. slots], offset, rowStart, [.. freeIndex], [.. coefficients], freeStart.Count);
        double[] resolved = [.. freeStart];
        bool[] isGiven = [.. userStart];
        (int Slot, double Value)[] given = [.. Enumerable.Range(0, slots.Count).Where(slot => hasUserStart[slot]).Select(slot => (slot, start[slot]))];
        if (given.Any(start => sums.ContainsKey(start.Slot)))
        {
            SumStarts.Solve(layout, given, resolved);
            foreach ((int slot, _) in given)
            {
                foreach (int free in layout.FreeOf(slot))
                    isGiven[free] = true;
            }
        }
        int[] unmet = [.. given.Where(start => !(Math.Abs(layout.Value(start.Slot, resolved) - start.Value) <= StartTolerance * (1 + Math.Abs(start.Value)))
            && layout.Value(start.Slot, resolved) != start.Value).Select(start => start.Slot)];
        return (layout, resolved, isGiven, unmet);
    }
}
