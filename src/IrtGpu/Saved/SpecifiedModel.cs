using IrtGpu.Data;
using IrtGpu.Data.Answers;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Saved.Anchors;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Saved;

/// <summary>A specification that lists its items, as a model with values: fixed and start values are those of its parameters.</summary>
/// <param name="Plan">The model.</param>
/// <param name="Parameters">The values; defaults where the file gives none.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record SpecifiedModel(CalibrationPlan Plan, ParameterVector Parameters, IReadOnlyList<string> Warnings)
{
    private const int LargestShownCount = 5;

    /// <summary>Makes the model.</summary>
    /// <param name="file">The specification.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="purpose">What it is for, for messages.</param>
    /// <exception cref="SpecificationException">It lists no items, or cannot be planned.</exception>
    public static SpecifiedModel Of(SpecificationFile file, string path, string purpose)
    {
        if (file.Items.Count == 0)
        {
            throw new SpecificationException(
                $"'{path}' lists no items to {purpose}. Add 'items:' with each item's number of categories, and 'parameters:' with their values, "
                + "for example 'items: {q1: 2, q2: 4}' and 'parameters: {q1: {a1: 1.2, d: -0.5}}'.");
        }
        ModelSpecification specification = file.Model;
        List<string> warnings = [];
        string[] names = [.. file.Items.Select(item => item.Name)];
        string[] groups = file.Groups.Count == 0 ? [""] : [.. file.Groups.Select(group => group.Name)];
        if (file.AnchorsPath is { } anchorsPath)
        {
            AnchoredModel anchored = AnchorFile.Read(anchorsPath).Apply(specification, names, [.. file.Items.Select(item => item.Codes)], groups);
            specification = anchored.Specification;
            warnings.AddRange(anchored.Warnings);
        }
        bool[][] administered = [.. groups.Select(_ => Enumerable.Repeat(true, names.Length).ToArray())];
        int[][] codes = [.. file.Items.Select(item => item.Codes)];
        ItemAnswers[] answers = [.. names.Select(_ => ItemAnswers.Plain)];
        NameAnswers(file.Data.Codes, path, names, codes, answers);
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, new DataShape(names, codes, groups, [], administered) { Answers = answers });
        if (plan.UnmetStarts.Count > 0)
        {
            throw new SpecificationException(
                $"The values of {string.Join(", ", plan.UnmetStarts.Take(LargestShownCount))}{(plan.UnmetStarts.Count > LargestShownCount ? ", …" : "")} in '{path}' contradict those of parameters that the model ties to them: 1pl has one slope, "
                + "rsm and grsm the same distances between thresholds in all items, and equal parameters are one. Correct them, or choose a model without the tie.");
        }
        return new SpecifiedModel(plan, new ParameterVector(plan.Layout, (double[])plan.DefaultStart.Clone()), warnings);
    }

    /// <summary>Gives items the words that are declared for their categories.</summary>
    private static void NameAnswers(IReadOnlyList<CodeDeclaration> declarations, string path, string[] names, int[][] codes, ItemAnswers[] answers)
    {
        foreach (CodeDeclaration declaration in declarations)
        {
            if (declaration.Read() is not (var own, { } texts))
                continue;
            foreach (int item in declaration.Items is { } list ? Resolve(list) : Enumerable.Range(0, names.Length))
            {
                if (texts.Length != codes[item].Length)
                    throw new SpecificationException($"'{path}': 'codes' has {texts.Length} answers for item '{names[item]}', but 'items' gives it {codes[item].Length} categories. Make them the same.");
                (codes[item], answers[item]) = (own, new ItemAnswers(texts));
            }
        }

        IReadOnlyList<int> Resolve(string list)
        {
            try
            {
                return ItemSelector.Resolve(list, names);
            }
            catch (ItemListException error)
            {
                throw new SpecificationException($"'{path}', key 'codes': {error.Message}");
            }
        }
    }
}
