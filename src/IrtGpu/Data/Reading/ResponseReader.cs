using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>Reads a delimited table of responses and checks it.</summary>
/// <remarks>
/// Comma, tab or semicolon is detected in the header; fields may be quoted; UTF-8 with or without byte order mark;
/// lines end with LF, CR LF or CR; gzip is recognised by its first bytes. Blank lines are passed over with a warning.
/// Records are read one by one. Peak memory is little more than the result: each block of codes is given back once it is
/// final; responses beyond a limit go to a temporary file as they come (<see cref="RowStorage"/>).
/// </remarks>
public static class ResponseReader
{
    /// <summary>Reads the file.</summary>
    /// <param name="path">Text or gzip file.</param>
    /// <param name="options">Parts of the columns, missing codes, answer key.</param>
    /// <param name="cancellationToken">Ends reading between two rows.</param>
    /// <returns>Coded responses with what was noticed as warnings.</returns>
    /// <exception cref="DataException">The file or its content cannot be used; carries the first problems and their number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ResponseData Read(string path, ResponseReaderOptions options, CancellationToken cancellationToken = default) => Read(path, options, null, cancellationToken);

    /// <summary>Reads the file and tells how far it is.</summary>
    /// <param name="path">Text or gzip file.</param>
    /// <param name="options">Parts of the columns, missing codes, answer key.</param>
    /// <param name="progress">Hears how much of the file was read; null: no one.</param>
    /// <param name="cancellationToken">Ends reading between two rows.</param>
    /// <returns>Coded responses with what was noticed as warnings.</returns>
    /// <exception cref="DataException">The file or its content cannot be used; carries the first problems and their number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ResponseData Read(string path, ResponseReaderOptions options, IProgress<WorkProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        bool hasRowNames = RowNames.AreIn(path);
        using var table = TableReader.Open(path);
        using var hash = new FileHash(path);
        var problems = new ProblemLog();
        var warnings = new List<DataProblem>();
        string[] names = ColumnNames.Read(table, path, problems);
        problems.ThrowIfAny();
        if (hasRowNames)
        {
            names = ["", .. names];
            warnings.Add(RowNames.Warning(path, table.Line));
        }

        ColumnPlan? plan = ColumnPlan.Make(names, table.Line, path, options, problems, warnings);
        if (plan is null)
            throw problems.ToException(warnings);
        List<string>[]? keys = options.KeyPath is { } keyPath ? AnswerKey.Read(keyPath, plan.ItemNames, plan.Names, problems, warnings) : null;
        problems.ThrowIfAny(warnings);

        var missing = new MissingCodes(options.MissingCodes);
        AnswerPlan answers = AnswerPlan.Make(plan, options, keys, missing, path, problems);
        problems.ThrowIfAny(warnings);
        var book = new CodeBook(plan.ItemNames.Length, missing.Numbers);
        answers.Prepare(book);
        using var persons = new PersonRows(plan, options.Storage, table.Delimiter);
        try
        {
            new PersonParser(table, path, plan, book, missing, persons, problems).ReadAll(progress, cancellationToken);
        }
        catch (DataException broken) when (problems.Total > 0)
        {
            foreach (DataProblem problem in broken.Problems) // what came before it is told too
                problems.Add(problem);
            problems.ThrowIfAny();
        }
        return new ResponseAssembly(path, plan, answers, book, persons, missing, options.SamplingWeightColumn is not null, problems, warnings).Finish(hash);
    }
}
