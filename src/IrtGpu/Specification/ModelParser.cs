using IrtGpu.Data;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Items;

namespace IrtGpu.Specification;

/// <summary>Reads models such as <c>2pl</c> or <c>q01-q20=3pl;essay*=gpcm</c>.</summary>
public static class ModelParser
{
    /// <summary>Reads <c>NAME</c> or <c>ITEMS=NAME;ITEMS=NAME</c>; where two parts name the same item, the later one wins.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="SpecificationException">A part has another form or an unknown name.</exception>
    public static IReadOnlyList<FunctionAssignment> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<FunctionAssignment> assignments = [];
        List<string> problems = [];
        foreach (string part in QuotedList.Split(text, ';').Where(part => part.Length > 0))
        {
            int equals = part.LastIndexOf('=');
            string items = equals < 0 ? "*" : part[..equals].Trim();
            string name = part[(equals + 1)..].Trim();
            if (items.Length == 0 || name.Length == 0)
                problems.Add($"--model: '{part}' lacks its items or its model. Write NAME, or ITEMS=NAME;ITEMS=NAME, for example 'q01-q20=3pl;essay*=gpcm'.");
            else if (TryFunction(name, "--model", problems) is { } function)
                assignments.Add(new FunctionAssignment(items, function));
        }
        if (assignments.Count == 0 && problems.Count == 0)
            problems.Add($"--model is empty. Name a model: {ItemFunctions.All}.");
        return problems.Count > 0 ? throw new SpecificationException(problems) : assignments;
    }

    internal static ItemFunction? TryFunction(string name, string where, List<string> problems)
    {
        if (ItemFunctions.TryParse(name, out ItemFunction function))
            return function;
        problems.Add($"{where}: there is no model '{name}'. {NearNames.Suggest(name, ItemFunctions.All.Split(", "))} The models are {ItemFunctions.All}.");
        return null;
    }
}
