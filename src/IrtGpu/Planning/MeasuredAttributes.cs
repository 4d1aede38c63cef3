using IrtGpu.Items;

namespace IrtGpu.Planning;

/// <summary>Which attributes the items of each observed group measure.</summary>
public sealed class MeasuredAttributes
{
    private readonly int[][] attributes; // [group], ascending
    private readonly bool[][] has; // [group][attribute]

    private MeasuredAttributes(bool[][] has)
    {
        this.has = has;
        attributes = [.. has.Select(group => Enumerable.Range(0, group.Length).Where(attribute => group[attribute]).ToArray())];
    }

    /// <summary>The attributes of a group, ascending; all of them where nobody in it answers anything.</summary>
    /// <param name="group">Observed group.</param>
    public IReadOnlyList<int> Of(int group) => attributes[group];

    /// <summary>Whether it is one of a group's.</summary>
    /// <param name="group">Observed group.</param>
    /// <param name="attribute">The attribute.</param>
    public bool Has(int group, int attribute) => has[group][attribute];

    /// <summary>Those of some groups, among some attributes.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="among">The attributes.</param>
    internal MeasuredAttributes OfGroups(int[] groups, int[] among) =>
        new([.. groups.Select(group => (bool[])[.. among.Select(attribute => has[group][attribute])])]);

    internal static MeasuredAttributes Of(DataShape shape, PlannedItem[] items, int attributeCount) => new(
    [
        .. shape.Administered.Select(administered =>
        {
            bool[] has = new bool[attributeCount];
            foreach (int attribute in items.Where((_, item) => administered[item]).SelectMany(item => item.Attributes))
                has[attribute] = true;
            if (Array.TrueForAll(has, one => !one))
                Array.Fill(has, true);
            return has;
        }),
    ]);
}
