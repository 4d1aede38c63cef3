namespace IrtGpu.Data.Answers;

/// <summary>Names as they are typed after an option, for messages.</summary>
internal static class OptionText
{
    /// <summary>The name, quoted for the shell and for the list where it needs to be.</summary>
    public static string Name(string name) => List([name]);

    /// <summary>Names with commas between them, quoted likewise.</summary>
    public static string List(IReadOnlyList<string> names)
    {
        string listed = string.Join(',', names.Select(name => name.Contains(',') || name.Contains('"') ? QuotedList.Quote(name) : name));
        return listed.Length > 0 && listed.All(character => char.IsLetterOrDigit(character) || character is '_' or '.' or '-' or ',') ? listed
            : listed.Contains('\'') ? $"\"{listed.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"'{listed}'";
    }
}
