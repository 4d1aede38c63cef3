namespace IrtGpu.Foundation.Tables.Problems;

/// <summary>One thing wrong with the data, with its place and what to do about it.</summary>
/// <param name="Message">What is wrong, the value seen, why it matters, what to do.</param>
/// <param name="File">Path as given; null when the data did not come from a file.</param>
/// <param name="Line">1-based line of the file; null when the problem has none.</param>
/// <param name="Column">Column name; null when the problem has none.</param>
public sealed record DataProblem(string Message, string? File = null, long? Line = null, string? Column = null)
{
    /// <summary>The place and the message in one line: <c>file:line, column 'c': message</c>.</summary>
    public override string ToString()
    {
        string place = (File, Line, Column) switch
        {
            (null, _, null) => "",
            (null, _, { } column) => $"column '{column}': ",
            ({ } file, null, null) => $"{file}: ",
            ({ } file, null, { } column) => $"{file}, column '{column}': ",
            ({ } file, { } line, null) => $"{file}:{line}: ",
            ({ } file, { } line, { } column) => $"{file}:{line}, column '{column}': ",
        };
        return place + Message;
    }
}
