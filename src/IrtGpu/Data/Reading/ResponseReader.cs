using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>Reads a delimited table of responses and checks it.</summary>
/// <remarks>
/// Comma, tab or semicolon is detected in the header; fields may be quoted; UTF-8 with or without byte order mark;
/// lines end with LF, CR LF or CR; gzip is recognised by its first bytes. Blank lines are passed over with a warning.
/// Blocks of records are parsed on several threads and joined in order: the result does not depend on how many.
/// Peak memory is little more than the result: blocks of text are dropped once parsed, and each block of codes once joined;
/// responses beyond a limit go to a temporary file as they come (<see cref="RowStorage"/>).
/// </remarks>
public static class ResponseReader
{
    /// <summary>Reads the file.</summary>
    /// <param name="path">Text or gzip file.</param>
    /// <param name="options">Parts of the columns, missing codes, answer key.</param>
    /// <param name="cancellationToken">Ends reading between two blocks.</param>
    /// <returns>Coded responses with what was noticed as warnings.</returns>
    /// <exception cref="DataException">The file or its content cannot be used; carries the first problems and their number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ResponseData Read(string path, ResponseReaderOptions options, CancellationToken cancellationToken = default) =>
        Read(path, options, TableFile.BlockSize, cancellationToken);

    /// <inheritdoc cref="Read(string, ResponseReaderOptions, CancellationToken)"/>
    internal static ResponseData Read(string path, ResponseReaderOptions options, int blockSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        using TableFile file = TableFile.Open(path, blockSize);
        var problems = new ProblemLog();
        var warnings = new List<DataProblem>();
        if (!file.TryReadBlock(out TextBlock first))
            throw new DataException([TableFile.EmptyFile(path)]);
        TableFile.RequireText(first, path);
        var header = new RecordReader(first, file.Delimiter);
        if (!header.TryRead(out long headerLine, out List<string> names, out FieldForm form))
            throw new DataException([TableFile.EmptyFile(path)]);
        if (form != FieldForm.Sound)
            problems.Add(new DataProblem("The header has a quoted name that is not closed before the next delimiter. Correct its double quotes.", path, headerLine));
        problems.ThrowIfAny();

        ColumnPlan? plan = ColumnPlan.Make([.. names], headerLine, path, options, problems, warnings);
        AnswerKey? key = plan is not null && options.KeyPath is { } keyPath
            ? AnswerKey.Read(keyPath, plan.ItemNames, plan.Names, problems, warnings)
            : null;
        problems.ThrowIfAny();

        var missing = new MissingCodes(options.MissingCodes);
        int[][]? expected = options.ExpectedCategoryCodes is { } codes ? [.. plan!.ItemNames.Select(name => codes[name])] : null;
        var book = new CodeBook(plan!.ItemNames.Length, key is null ? missing.Numbers : [], expected);
        using var blocks = new ParsedBlockQueue(
            options.Threads, () => new BlockParser(path, plan, book, key, missing, file.Delimiter));
        using var joiner = new BlockJoiner(path, plan, book, problems, warnings, options.Storage, isClosed: expected is not null);
        try
        {
            var rows = new TextBlock(first.Buffer, header.Position, first.End, header.Line);
            ParseAll(file, rows, blocks, joiner, cancellationToken);
        }
        catch (DataException broken) when (problems.Total > 0)
        {
            foreach (DataProblem problem in broken.Problems)
                problems.Add(problem);
            problems.ThrowIfAny();
        }
        return joiner.Join(file.FinishHash());
    }

    private static void ParseAll(TableFile file, TextBlock block, ParsedBlockQueue blocks, BlockJoiner joiner, CancellationToken cancellationToken)
    {
        DataException? broken = null;
        bool any = true;
        while (any)
        {
            cancellationToken.ThrowIfCancellationRequested();
            blocks.Add(block);
            while (blocks.IsFull)
                joiner.Add(blocks.Take());
            try
            {
                any = file.TryReadBlock(out block);
            }
            catch (DataException error)
            {
                broken = error; // what came before it is still to be reported
                any = false;
            }
        }
        while (!blocks.IsEmpty)
            joiner.Add(blocks.Take());
        if (broken is not null)
            throw broken;
    }
}
