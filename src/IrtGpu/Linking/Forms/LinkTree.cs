using IrtGpu.Specification;

namespace IrtGpu.Linking.Forms;

/// <summary>One form linked to another.</summary>
/// <param name="Base">Index of the form that gives the scale.</param>
/// <param name="Form">Index of the form that is brought onto it.</param>
/// <param name="Common">Their common items.</param>
internal sealed record FormPair(int Base, int Form, CommonItems Common);

/// <summary>Which forms are linked to which, so that each reaches the first; pairs stand after those that they build on.</summary>
internal static class LinkTree
{
    private const int FewestAnchors = 2;

    /// <summary>Chooses the pairs.</summary>
    /// <param name="forms">The forms, base first.</param>
    /// <param name="path">How.</param>
    /// <param name="anchors">ITEMS list; null: all.</param>
    /// <exception cref="SpecificationException">A form has nothing in common with any that is linked.</exception>
    public static IReadOnlyList<FormPair> Of(IReadOnlyList<LinkForm> forms, LinkPath path, string? anchors) => path switch
    {
        LinkPath.Chain => [.. Enumerable.Range(1, forms.Count - 1).Select(form => Require(forms, form - 1, form, anchors))],
        LinkPath.Base => [.. Enumerable.Range(1, forms.Count - 1).Select(form => Require(forms, 0, form, anchors))],
        LinkPath.Auto => Grow(forms, anchors),
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "There is no such path."),
    };

    private static FormPair Require(IReadOnlyList<LinkForm> forms, int baseForm, int form, string? anchors)
    {
        CommonItems common = CommonItems.Of(forms[baseForm], forms[form], anchors);
        return common.Items.Count > 0 ? new FormPair(baseForm, form, common)
            : throw new SpecificationException(Explain(forms[baseForm], forms[form], common, anchors));
    }

    /// <summary>Breadth first: what shares enough with the base is linked to it; then, one by one, the pair that shares most.</summary>
    private static List<FormPair> Grow(IReadOnlyList<LinkForm> forms, string? anchors)
    {
        List<FormPair> pairs = [];
        List<int> linked = [0];
        List<int> left = [.. Enumerable.Range(1, forms.Count - 1)];
        foreach (int form in left.ToArray())
        {
            CommonItems common = CommonItems.Of(forms[0], forms[form], anchors);
            if (common.Items.Count >= FewestAnchors)
                Link(new FormPair(0, form, common));
        }
        while (left.Count > 0)
        {
            FormPair best = left.SelectMany(form => linked.Select(other => new FormPair(other, form, CommonItems.Of(forms[other], forms[form], anchors))))
                .MaxBy(pair => pair.Common.Items.Count)!;
            if (best.Common.Items.Count == 0)
                throw new SpecificationException(Explain(forms[best.Base], forms[best.Form], best.Common, anchors));
            Link(best);
        }
        return pairs;

        void Link(FormPair pair)
        {
            pairs.Add(pair);
            linked.Add(pair.Form);
            left.Remove(pair.Form);
        }
    }

    private static string Explain(LinkForm baseForm, LinkForm form, CommonItems common, string? anchors)
    {
        string why = common.Refused.Count > 0
            ? $" Of items of the same name '{common.Refused.First().Key}' {common.Refused.First().Value}{(common.Refused.Count > 1 ? FormattableString.Invariant($", and {common.Refused.Count - 1} more cannot be compared") : "")}."
            : anchors is null ? $" The items of '{baseForm.Name}' begin with '{baseForm.Plan.Items[0].Name}', those of '{form.Name}' with '{form.Plan.Items[0].Name}'." : $" Of those that --anchors '{anchors}' names both have none.";
        return $"'{form.Name}' and '{baseForm.Name}' have no item in common that could link them.{why} Give forms that share items under the same names and with the same model.";
    }
}
