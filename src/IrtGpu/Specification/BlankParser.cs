using IrtGpu.Data;

namespace IrtGpu.Specification;

/// <summary>Reads what a blank answer is: <c>wrong</c>, <c>missing</c>, or <c>q1-q20=wrong;q7=missing</c>.</summary>
public static class BlankParser
{
    /// <summary>Reads it.</summary>
    /// <param name="text">The text.</param>
    /// <returns><c>all</c>, <c>none</c>, or the ITEMS list of which a blank is wrong.</returns>
    /// <exception cref="SpecificationException">It has another form.</exception>
    public static string Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> wrong = [];
        List<string> missing = [];
        foreach (string part in QuotedList.Split(text, ';').Where(part => part.Length > 0))
        {
            int equals = part.LastIndexOf('=');
            string items = equals < 0 ? "*" : part[..equals].Trim();
            List<string>? list = part[(equals + 1)..].Trim().ToUpperInvariant() switch { "WRONG" => wrong, "MISSING" => missing, _ => null };
            if (list is null || items.Length == 0)
                throw new SpecificationException($"--blank: '{part}' says neither 'wrong' nor 'missing'. Write wrong, missing, or ITEMS=wrong, for example 'q1-q20=wrong'.");
            list.AddRange(QuotedList.Split(items, ','));
        }
        if (wrong.Count == 0)
            return missing.Count > 0 ? "none" : throw new SpecificationException("--blank is empty. Write wrong, missing, or ITEMS=wrong.");
        return wrong is ["*"] && missing.Count == 0 ? "all" : string.Join(',', [.. wrong, .. missing.Where(items => items != "*").Select(items => $"!{items}")]);
    }
}
