using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Specification;

namespace IrtGpu.Saved.Anchors;

/// <summary>Anchored values as constraints: one for all where it is the same in all groups and classes, else by group and class.</summary>
internal sealed class AnchorConstraints(IReadOnlyList<string> groupNames)
{
    private readonly Dictionary<(string Item, string Parameter), List<AnchorRow>> rows = [];

    public void Add(AnchorRow row)
    {
        if (!rows.TryGetValue((row.Item, row.Parameter), out List<AnchorRow>? same))
            rows[(row.Item, row.Parameter)] = same = [];
        same.Add(row);
    }

    /// <summary>The constraints, in the order of the rows.</summary>
    public IReadOnlyList<ParameterConstraint> All => [.. rows.Values.SelectMany(Constrain)];

    /// <summary>What was not used.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            string[] lost = [.. rows.Values.Where(Differ).SelectMany(same => same).Where(row => !IsKnown(row)).Select(row => row.Group).Distinct()];
            if (lost.Length > 0)
                yield return $"Anchors of group(s) {CodeLists.Show(lost)} were not used, as the data have no such group.";
        }
    }

    private IEnumerable<ParameterConstraint> Constrain(List<AnchorRow> same) => Differ(same)
        ? same.Where(IsKnown).Select(row => Fix(row) with { Group = row.Group.Length > 0 ? row.Group : null, Class = row.Class.Length > 0 ? row.Class : null })
        : [Fix(same[0])];

    private static bool Differ(List<AnchorRow> same) => same.Any(row => row.Value != same[0].Value);

    private bool IsKnown(AnchorRow row) => row.Group.Length == 0 || groupNames.Contains(row.Group);

    private static ParameterConstraint Fix(AnchorRow row) => new(QuotedList.Quote(row.Item), row.Parameter, ConstraintKind.Fixed, row.Value);
}
