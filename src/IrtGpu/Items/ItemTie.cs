namespace IrtGpu.Items;

/// <summary>What an item function holds in common over its items, among those that share a population directly or through others.</summary>
internal abstract class ItemTie
{
    /// <summary>Whether slopes are among what it ties.</summary>
    public virtual bool TiesSlopes => false;

    /// <summary>Whether tied items have the same categories, so that one which nobody chose in an item belongs to it all the same.</summary>
    public virtual bool SharesCategories => false;

    /// <summary>Ties the items.</summary>
    /// <param name="items">Those with parameters in common, in column order; what users fix is fixed already.</param>
    /// <param name="slots">Their slots.</param>
    /// <param name="problems">Receives why the items cannot be tied.</param>
    public abstract void Apply(IReadOnlyList<TiedItem> items, IItemSlots slots, List<string> problems);

    /// <summary>Whether all items have the same number of categories, as common thresholds need; adds a problem where not.</summary>
    protected static bool HaveEqualCategories(IReadOnlyList<TiedItem> items, string scale, string remedy, List<string> problems)
    {
        PlannedItem first = items[0].Item;
        PlannedItem? odd = items.Select(tied => tied.Item).FirstOrDefault(item => item.CategoryCount != first.CategoryCount);
        if (odd is null)
            return true;
        problems.Add($"The {scale} needs the same number of categories in all its items, but '{first.Name}' has {first.CategoryCount} "
            + $"and '{odd.Name}' has {odd.CategoryCount}. Use {remedy} for the odd ones.");
        return false;
    }
}

/// <summary>One parameter set of an item that is tied to others.</summary>
/// <param name="Item">The item.</param>
/// <param name="ParameterSet">Index of the set.</param>
/// <param name="FirstSlot">Its first slot.</param>
internal sealed record TiedItem(PlannedItem Item, int ParameterSet, int FirstSlot)
{
    /// <summary>Slots of the slopes.</summary>
    public IEnumerable<int> Slopes => Enumerable.Range(FirstSlot, Item.Attributes.Length);

    /// <summary>Slot of the intercept of a step.</summary>
    /// <param name="step">0-based category step.</param>
    public int Intercept(int step) => FirstSlot + Item.Attributes.Length + step;

    /// <summary>Slots of the intercepts.</summary>
    public IEnumerable<int> Intercepts => Enumerable.Range(0, Item.CategoryCount - 1).Select(Intercept);
}

/// <summary>What ties may do with the slots of a plan under way.</summary>
internal interface IItemSlots
{
    /// <summary>Whether the slot is fixed.</summary>
    bool IsFixed(int slot);

    /// <summary>Starting value, or where it is fixed.</summary>
    double Value(int slot);

    /// <summary>Adds a slot that items have in common or that a tie gives one.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="parameterSet">The parameter set it belongs to; −1: several.</param>
    /// <param name="index">0-based category step.</param>
    /// <param name="value">Start, or where it is fixed.</param>
    /// <param name="fix">Whether it is fixed.</param>
    int Add(ParameterKind kind, string name, int parameterSet, int index, double value, bool fix);

    /// <summary>Holds a slot.</summary>
    void Fix(int slot, double value);

    /// <summary>Makes two slots one parameter.</summary>
    void Tie(int slot, int other);

    /// <summary>Makes a slot a sum of others and a constant.</summary>
    void SetSum(int slot, (int Slot, double Coefficient)[] terms, double constant = 0);

    /// <summary>Whether the slot is one parameter with others, or a sum of others.</summary>
    bool IsTied(int slot);
}
