namespace IrtGpu.Data;

/// <summary>Texts in one line with a separator between them; those that hold it stand in double quotes.</summary>
internal static class QuotedList
{
    /// <summary>The parts as they are written, without blanks at their ends.</summary>
    public static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        bool isQuoted = false;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"')
                isQuoted = !isQuoted;
            if (i < text.Length && (isQuoted || text[i] != separator))
                continue;
            parts.Add(text[start..i].Trim());
            start = i + 1;
        }
        return parts;
    }

    /// <summary>Whether the part stands in double quotes.</summary>
    public static bool IsQuoted(string part) => part.Length >= 2 && part[0] == '"' && part[^1] == '"';

    /// <summary>The part without quotes around it; doubled ones inside are undone.</summary>
    public static string Unquote(string part) => IsQuoted(part) ? part[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : part;

    /// <summary>The name in quotes, so that it is taken as it is.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
