using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Linking.Forms;

/// <summary>An item that two forms have.</summary>
/// <param name="Base">In the form that gives the scale.</param>
/// <param name="New">In the form that is brought onto it.</param>
internal sealed record AnchorItem(FormItem Base, FormItem New)
{
    public string Name => Base.Name;

    public bool HasFixedSlope => Base.HasFixedSlope || New.HasFixedSlope;
}

/// <summary>The items that two forms have in common, and why others of the same name are not among them.</summary>
/// <param name="Items">Anchors, in the order of the base.</param>
/// <param name="Refused">Items of the same name, with the reason.</param>
internal sealed record CommonItems(IReadOnlyList<AnchorItem> Items, IReadOnlyDictionary<string, string> Refused)
{
    /// <summary>Compares two forms.</summary>
    /// <param name="baseForm">The form that gives the scale.</param>
    /// <param name="form">The form that is brought onto it.</param>
    /// <param name="wanted">ITEMS list of those that may link; null: all.</param>
    public static CommonItems Of(LinkForm baseForm, LinkForm form, string? wanted)
    {
        Dictionary<string, FormItem> there = form.Items.ToDictionary(item => item.Name, StringComparer.Ordinal);
        Dictionary<string, string> refused = new(StringComparer.Ordinal);
        List<AnchorItem> common = [];
        foreach (FormItem item in baseForm.Items)
        {
            if (form.LeftOut.TryGetValue(item.Name, out string? why))
                refused[item.Name] = why;
            else if (there.TryGetValue(item.Name, out FormItem? other) && Difference(item, other) is { } difference)
                refused[item.Name] = difference;
            else if (other is not null)
                common.Add(new AnchorItem(item, other));
        }
        HashSet<string> names = [.. form.Plan.Items.Select(item => item.Name)];
        foreach ((string name, string why) in baseForm.LeftOut.Where(pair => names.Contains(pair.Key)))
            refused[name] = why;
        if (wanted is not null && common.Count > 0)
        {
            HashSet<string> chosen = Choose(wanted, baseForm, form);
            common.RemoveAll(anchor => !chosen.Contains(anchor.Name));
        }
        return new CommonItems(common, refused);
    }

    private static HashSet<string> Choose(string wanted, LinkForm baseForm, LinkForm form)
    {
        string[] all = [.. baseForm.Plan.Items.Select(item => item.Name).Union(form.Plan.Items.Select(item => item.Name))];
        try
        {
            return [.. ItemSelector.Resolve(wanted, all).Select(position => all[position])];
        }
        catch (ItemListException exception)
        {
            throw new SpecificationException($"--anchors: {exception.Message}");
        }
    }

    private static string? Difference(FormItem item, FormItem other)
    {
        bool areLogistic = item.CategoryCount == 2 && other.CategoryCount == 2 && IsTwoParameter(item) && IsTwoParameter(other);
        if (item.Planned.Family != other.Planned.Family && !areLogistic)
            return $"is {item.Planned.Function.Name()} in one form and {other.Planned.Function.Name()} in the other, in which the same numbers mean something else";
        if (item.HasFixedSlope != other.HasFixedSlope)
            return $"is {item.Planned.Function.Name()} in one form and {other.Planned.Function.Name()} in the other: slope 1 and a free slope";
        if (!item.Codes.AsSpan().SequenceEqual(other.Codes))
            return $"has the category codes {string.Join(", ", item.Codes)} in one form and {string.Join(", ", other.Codes)} in the other";
        return item.Planned.Scores.AsSpan().SequenceEqual(other.Planned.Scores) ? null : "has other category scores in the other form";
    }

    /// <summary>Whether an item of two categories has a slope, an intercept and nothing else.</summary>
    private static bool IsTwoParameter(FormItem item) => item.Set.SlotCount == 2;
}
