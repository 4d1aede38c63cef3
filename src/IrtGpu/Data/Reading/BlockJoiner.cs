using System.Globalization;
using System.Numerics;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Reading;

/// <summary>Joins parsed blocks into <see cref="ResponseData"/>: final categories, labels, checks over all rows.</summary>
internal sealed class BlockJoiner(
    string path, ColumnPlan plan, CodeBook book, ProblemLog problems, List<DataProblem> warnings, RowStorage storage, bool isClosed) : IDisposable
{
    private readonly CodedRowsBuilder rows = new(plan.ItemNames.Length, storage);
    private readonly List<ParsedBlock> blocks = [];
    private readonly PlaceTally blankLines = new();
    private readonly PlaceTally emptyPersons = new();
    private readonly PlaceTally zeroWeights = new();
    private readonly PlaceTally blankIds = new();
    private long personCount;

    public void Add(ParsedBlock block)
    {
        rows.Append(block.TakeResponses());
        blocks.Add(block);
        personCount += block.PersonCount;
        problems.Append(block.Problems);
        blankLines.Append(block.BlankLines);
        emptyPersons.Append(block.EmptyPersons);
        zeroWeights.Append(block.ZeroWeights);
        blankIds.Append(block.BlankIds);
    }

    public void Dispose() => rows.Dispose();

    /// <exception cref="DataException">Something is wrong with the rows or with an item.</exception>
    public ResponseData Join(string sha256)
    {
        int[][] codes = [.. Enumerable.Range(0, plan.ItemNames.Length).Select(book.SortedCodes)];
        CheckSize();
        if (personCount > 0)
            CheckItems(codes);
        double[]? weights = plan.Has(ColumnPlan.Weight) ? [.. blocks.SelectMany(block => block.Weights)] : null;
        if (weights is not null && personCount > 0 && zeroWeights.Count == personCount)
            problems.Add(new DataProblem("Every weight is 0, so nobody counts. Name another column with --weight, or leave the option out.", path, null, Name(ColumnPlan.Weight)));
        problems.ThrowIfAny();

        TextColumn? ids = plan.Has(ColumnPlan.Id) ? new TextColumn(blocks.Select(block => block.Ids)) : null;
        Task<PlaceTally> duplicates = Task.Run(() => FindDuplicates(ids));
        Categories? groups = plan.Has(ColumnPlan.Group) ? JoinLabels(block => block.GroupLabels, block => block.Groups) : null;
        Categories? classes = plan.Has(ColumnPlan.Class) ? JoinLabels(block => block.ClassLabels, block => block.Classes).Sort() : null;
        bool isGrouped = groups?.Levels.Length > 1;
        CodedRows responses = rows.Finish(book.FinalMap(codes));

        ReportPersons(duplicates.GetAwaiter().GetResult());
        if (isGrouped)
            ReportNotAdministered(groups!.Levels, FindAnswered(responses, groups.Level));
        ReportMaps(codes);
        return new ResponseData
        {
            ItemNames = plan.ItemNames,
            CategoryCodes = codes,
            Responses = responses,
            Weights = weights,
            Ids = ids,
            GroupNames = groups?.Levels ?? [""],
            Groups = isGrouped ? groups!.Level : null,
            ClassNames = classes?.Levels ?? [],
            KnownClasses = classes?.Level,
            PersonCount = (int)personCount,
            Sha256 = sha256,
            Warnings = warnings,
        };
    }

    private string? Name(int role) => plan.Names[Array.IndexOf(plan.Roles, role)];

    private void CheckSize()
    {
        if (personCount == 0)
        {
            problems.Add(new DataProblem("The file has a header but no rows, so there is nobody to calibrate on. Add one row a person.", path));
        }
        else if (personCount > Array.MaxLength)
        {
            problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"{personCount} rows are more than the {Array.MaxLength} that one data set can hold. ") +
                "Write one row a pattern with --weight, or read a sample.", path));
        }
    }

    private void CheckItems(int[][] codes)
    {
        for (int item = 0; item < codes.Length; item++)
        {
            string name = plan.ItemNames[item];
            if (book.Overflow(item) is var (lowest, highest))
            {
                problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                    $"The item has more than {CodeBook.MostCategories} different codes, from {lowest} to {highest}. ") +
                    "It is probably no item (an id, a time, a sum): leave it out with --items, or recode it.", path, null, name));
            }
            if (isClosed || book.IsUnsound(item))
                continue;
            if (codes[item].Length == 0)
            {
                problems.Add(new DataProblem("Nobody answered the item: every field is blank or a missing code. Leave it out with --items, or check --missing.", path, null, name));
            }
            else if (codes[item].Length == 1)
            {
                problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                    $"The item is constant: every response is {codes[item][0]}, so it tells persons apart in nothing and has no estimates. ") +
                    "Leave it out with --items, or check its codes, its key and --missing.", path, null, name));
            }
        }
    }

    private Categories JoinLabels(Func<ParsedBlock, LabelSet> labels, Func<ParsedBlock, List<int>> numbers)
    {
        var all = new LabelSet();
        int[] joined = new int[personCount];
        int person = 0;
        foreach (ParsedBlock block in blocks)
        {
            int[] map = [.. labels(block).Labels.Select(all.Add)];
            foreach (int number in numbers(block))
                joined[person++] = number < 0 ? -1 : map[number];
        }
        return new Categories([.. all.Labels], joined);
    }

    /// <summary>Whether anyone in the group answered the item. [group, item]</summary>
    private static bool[] FindAnswered(CodedRows responses, int[] groups)
    {
        int itemCount = responses.RowLength;
        byte[] seen = new byte[(groups.Max() + 1) * itemCount]; // not 0 where some response was not 255
        for (int person = 0; person < groups.Length; person++)
        {
            ReadOnlySpan<byte> row = responses[person];
            Span<byte> group = seen.AsSpan(groups[person] * itemCount, itemCount);
            int item = 0;
            for (; item <= itemCount - Vector<byte>.Count; item += Vector<byte>.Count)
                (new Vector<byte>(group[item..]) | ~new Vector<byte>(row[item..])).CopyTo(group[item..]);
            for (; item < itemCount; item++)
                group[item] |= (byte)~row[item];
        }
        return Array.ConvertAll(seen, value => value != 0);
    }

    private PlaceTally FindDuplicates(TextColumn? ids)
    {
        var tally = new PlaceTally();
        int block = 0;
        int firstPerson = 0;
        foreach (int person in ids?.FindRepeats() ?? [])
        {
            while (person - firstPerson >= blocks[block].PersonCount)
                firstPerson += blocks[block++].PersonCount;
            tally.Add(blocks[block].Lines[person - firstPerson], ids![person]);
        }
        return tally;
    }

    private void ReportPersons(PlaceTally duplicates)
    {
        Warn(blankLines, null, count => $"{count} blank line(s) skipped ('')", "Remove them if the file should have none; a missing row of a one-item table must be written as NA.");
        Warn(duplicates, ColumnPlan.Id, count => $"{count} row(s) repeat an id seen before", "Each row counts as a person; remove repeats if they are the same person entered twice.");
        Warn(blankIds, ColumnPlan.Id, count => $"{count} row(s) have a blank id ('')", "They are kept; fill the ids in to tell their scores apart.");
        Warn(zeroWeights, ColumnPlan.Weight, count => $"{count} row(s) have weight 0", "They are kept and scored but do not count in the calibration; remove them if they should not be scored.");
        Warn(emptyPersons, null, count => $"{count} person(s) answered nothing: all their responses are missing", "They are kept and scored from their population alone; remove them if they did not take the test, or check --missing.");
    }

    private void Warn(PlaceTally tally, int? role, Func<string, string> what, string remedy)
    {
        if (tally.Count == 0)
            return;
        string count = tally.Count.ToString(CultureInfo.InvariantCulture);
        warnings.Add(new DataProblem($"{what(count)}: {tally}. {remedy}", path, tally.FirstLine, role is { } known ? Name(known) : null));
    }

    private void ReportNotAdministered(string[] groupNames, bool[] answered)
    {
        int itemCount = plan.ItemNames.Length;
        var parts = new List<string>();
        for (int group = 0; group < groupNames.Length; group++)
        {
            string[] absent = [.. plan.ItemNames.Where((_, item) => !answered[group * itemCount + item])];
            if (absent.Length > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"in group '{groupNames[group]}' {absent.Length} ({CodeLists.Show(absent)})"));
        }
        if (parts.Count > 0)
        {
            warnings.Add(new DataProblem(
                $"Items that nobody in a group answered: {string.Join("; ", parts)}. They count as not administered there; " +
                "if they were, check the codes in --missing.", path, null, Name(ColumnPlan.Group)));
        }
    }

    private void ReportMaps(int[][] codes)
    {
        if (isClosed)
            return;
        var parts = new List<string>();
        foreach (IGrouping<string, int> alike in Enumerable.Range(0, codes.Length)
            .Where(item => !CodeLists.IsIdentity(codes[item]))
            .GroupBy(item => string.Join(", ", codes[item].Select((code, category) => string.Create(CultureInfo.InvariantCulture, $"{code}→{category}")))))
        {
            string[] names = [.. alike.Select(item => plan.ItemNames[item])];
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{alike.Key} in {names.Length} item(s) ({CodeLists.Show(names)})"));
        }
        if (parts.Count > 0)
        {
            warnings.Add(new DataProblem(
                $"Codes were mapped to categories from 0: {string.Join("; ", parts.Take(5))}{(parts.Count > 5 ? "; …" : "")}. " +
                "Check that a gap is no category nobody chose; the map is kept with the fit.", path));
        }
    }
}
