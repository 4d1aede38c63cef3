using System.Globalization;
using System.Numerics;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>Makes <see cref="ResponseData"/> of the persons read: final categories, labels, checks over all rows.</summary>
internal sealed class ResponseAssembly(
    string path, ColumnPlan plan, CodeBook book, PersonRows persons, ProblemLog problems, List<DataProblem> warnings, bool isClosed)
{
    /// <exception cref="DataException">Something is wrong with the rows or with an item.</exception>
    public ResponseData Finish(FileHash hash)
    {
        int[][] codes = [.. Enumerable.Range(0, plan.ItemNames.Length).Select(book.SortedCodes)];
        if (persons.Count == 0)
            problems.Add(new DataProblem("The file has a header but no rows, so there is nobody to calibrate on. Add one row a person.", path));
        else
            CheckItems(codes);
        if (persons.Weights is not null && persons.Count > 0 && persons.ZeroWeights.Count == persons.Count)
            problems.Add(new DataProblem("Every weight is 0, so nobody counts. Name another column with --weight, or leave the option out.", path, null, Name(ColumnPlan.Weight)));
        problems.ThrowIfAny();

        TextColumn? ids = persons.Ids?.Build();
        Task<PlaceTally> repeats = Task.Run(() => FindRepeats(ids));
        Categories? groups = persons.Groups?.Build();
        Categories? classes = persons.Classes?.Build().Sort();
        bool isGrouped = groups?.Levels.Length > 1;
        CodedRows responses = persons.Responses.Finish(book.FinalMap(codes));

        ReportPersons(repeats.GetAwaiter().GetResult());
        if (isGrouped)
            ReportNotAdministered(groups!.Levels, FindAnswered(responses, groups.Level));
        ReportMaps(codes);
        return new ResponseData
        {
            ItemNames = plan.ItemNames,
            CategoryCodes = codes,
            Responses = responses,
            Weights = persons.Weights?.ToArray(),
            Ids = ids,
            GroupNames = groups?.Levels ?? [""],
            Groups = isGrouped ? groups!.Level : null,
            ClassNames = classes?.Levels ?? [],
            KnownClasses = classes?.Level,
            PersonCount = persons.Count,
            Sha256 = hash.Finish(),
            Warnings = warnings,
        };
    }

    private string? Name(int role) => plan.Names[Array.IndexOf(plan.Roles, role)];

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

    private PlaceTally FindRepeats(TextColumn? ids)
    {
        var tally = new PlaceTally();
        foreach (int person in ids?.FindRepeats() ?? [])
            tally.Add(persons.Lines[person], ids![person]);
        return tally;
    }

    private void ReportPersons(PlaceTally repeats)
    {
        Warn(persons.BlankLines, null, count => $"{count} blank line(s) skipped ('')", "Remove them if the file should have none; a missing row of a one-item table must be written as NA.");
        Warn(repeats, ColumnPlan.Id, count => $"{count} row(s) repeat an id seen before", "Each row counts as a person; remove repeats if they are the same person entered twice.");
        Warn(persons.BlankIds, ColumnPlan.Id, count => $"{count} row(s) have a blank id ('')", "They are kept; fill the ids in to tell their scores apart.");
        Warn(persons.ZeroWeights, ColumnPlan.Weight, count => $"{count} row(s) have weight 0", "They are kept and scored but do not count in the calibration; remove them if they should not be scored.");
        Warn(persons.EmptyPersons, null, count => $"{count} person(s) answered nothing: all their responses are missing", "They are kept and scored from their population alone; remove them if they did not take the test, or check --missing.");
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
