namespace IrtGpu.Foundation.Tables.Text;

/// <summary>Finds a table's delimiter in its header.</summary>
internal static class DelimiterDetection
{
    /// <summary>
    /// The most frequent of comma, tab and semicolon outside quotes in the first line that is not blank;
    /// comma when there is none, and the earlier of that list on a tie.
    /// </summary>
    public static char Detect(ReadOnlySpan<char> text)
    {
        int commas = 0;
        int tabs = 0;
        int semicolons = 0;
        bool quoted = false;
        foreach (char value in text.TrimStart(" \r\n"))
        {
            if (value == '"')
                quoted = !quoted;
            if (quoted)
                continue;
            if (value is '\n' or '\r')
                break;
            commas += value == ',' ? 1 : 0;
            tabs += value == '\t' ? 1 : 0;
            semicolons += value == ';' ? 1 : 0;
        }
        return commas >= tabs && commas >= semicolons ? ','
            : tabs >= semicolons ? '\t'
            : ';';
    }
}
