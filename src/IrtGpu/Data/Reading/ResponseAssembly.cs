using System.Globalization;
using System.Numerics;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Data.Review;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>Makes <see cref="ResponseData"/> of the persons read: final categories, labels, checks over all rows.</summary>
internal sealed class ResponseAssembly(
    string path, ColumnPlan plan, AnswerPlan answers, CodeBook book, PersonRows persons, MissingCodes missing, bool isSampling, ProblemLog problems, List<DataProblem> warnings)
{
    private DataProblem? hint; // what may be typed next, where something is wrong

    /// <exception cref="DataException">Something is wrong with the rows or with an item.</exception>
    public ResponseData Finish(FileHash hash)
    {
        AnswerResolution resolution = new(plan.ItemNames, answers, book);
        CodedItem[] items = resolution.Resolve(persons.Responses.Count);
        if (persons.Count == 0)
            problems.Add(new DataProblem("The file has a header but no rows, so there is nobody to calibrate on. Add one row a person.", path));
        else
            ReportColumns(items);
        bool isSound = problems.Total == 0;
        TextColumn? ids = persons.Ids?.Build();
        Task<PlaceTally> repeats = Task.Run(() => isSound ? FindRepeats(ids) : new PlaceTally());
        CodedRows responses = persons.Responses.Finish(resolution.Map(items));
        if (!answers.IsOfFit && persons.Count > 0)
            NoItems.Report(items, responses, path, warnings);
        if (!isSound)
            responses.Dispose();
        problems.ThrowIfAny(hint is null ? warnings : [.. warnings, hint]);

        Categories? groups = persons.Groups?.Build();
        Categories? classes = persons.Classes?.Build().Sort();
        bool isGrouped = groups?.Levels.Length > 1;
        ReportPersons(repeats.GetAwaiter().GetResult());
        ReportLabels(groups, classes);
        if (isGrouped)
            ReportNotAdministered(groups!.Levels, FindAnswered(responses, groups.Level));
        ReportCodes(items);
        ItemAnswers[] kept = [.. items.Select((item, k) => answers.Keep(k, item.Meaning))];
        ResponseData data = new()
        {
            ItemNames = plan.ItemNames,
            CategoryCodes = [.. items.Select(item => item.Codes)],
            Answers = kept.All(answer => answer.IsPlain) ? null : kept,
            MissingCodes = missing.IsUsual ? null : missing.Texts,
            Responses = responses,
            Weights = persons.Weights?.Values,
            AreSamplingWeights = isSampling,
            Ids = ids,
            GroupNames = groups?.Levels ?? [""],
            Groups = isGrouped ? groups!.Level : null,
            ClassNames = classes?.Levels ?? [],
            KnownClasses = classes?.Level,
            PersonCount = persons.Count,
            Sha256 = hash.Finish(),
            Warnings = warnings,
        };
        if (data.Weights is not null && !isSampling)
            WeightReview.Report(data, Name(ColumnPlan.Weight), path, warnings);
        return data;
    }

    private string Name(int role) => plan.Names[Array.IndexOf(plan.Roles, role)];

    private void ReportColumns(CodedItem[] items)
    {
        if (persons.MissingGroups.Count > 0)
        {
            problems.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"The group of {persons.MissingGroups.Count} row(s) is blank or a code for missing, so these persons belong to no population: {persons.MissingGroups}. ")
                + "Fill it in, or take the rows out; a group that is really named so needs another list of codes in --missing.",
                path, persons.MissingGroups.FirstLine, Name(ColumnPlan.Group)));
        }
        persons.Weights?.Report(path, Name(ColumnPlan.Weight), isSampling, problems, warnings);
        NextOptions next = new(missing.Texts);
        for (int item = 0; item < items.Length; item++)
            CodingReview.Report(items[item], book[item], answers.IsOfFit, answers.KnownCategoryCount(item), missing.Texts, path, next, problems);
        CodedItem? identifier = items.FirstOrDefault(item => NoItems.IsIdentifier(item, persons.Count));
        if (!answers.IsOfFit && next.Suggest(identifier?.Name) is { } options)
            hint = new DataProblem($"These options may do: {options}.", path);
        if (!answers.IsOfFit)
            StrayCodes.Report([.. items.Where(item => !NoItems.IsIdentifier(item, persons.Count))], missing.Texts, path, problems, warnings);
    }

    private void ReportLabels(Categories? groups, Categories? classes)
    {
        if (groups is not null)
            LabelReview.Report(groups, "group", Name(ColumnPlan.Group), missing.Texts, path, warnings);
        if (classes is not null)
            LabelReview.Report(classes, "class", Name(ColumnPlan.Class), missing.Texts, path, warnings);
    }

    private void ReportCodes(CodedItem[] items)
    {
        ReportKeptKey();
        if (Array.Exists(answers.Keyed, key => key is not null))
            new KeyReview([.. items.Zip(answers.Keyed).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))], missing.Texts, path).Report(warnings);
        if (answers.IsOfFit)
            return;
        if (items.Where((_, k) => answers.IsBlankWrong(k)).ToList() is { Count: > 0 } blank)
            BlankReview.Report(blank, persons.Count, path, warnings);
        CodeMaps.Report(Array.FindAll(items, item => !NoItems.IsIdentifier(item, persons.Count)), missing.Texts, path, warnings);
        if (Array.Exists(items, item => item.Meaning.IsDeclared))
            CodeMaps.ReportUnused(items, path, warnings);
    }

    /// <summary>Tells what was made of the key that an earlier fit keeps.</summary>
    private void ReportKeptKey()
    {
        int kept = answers.Keyed.Count(key => key is { IsKept: true });
        if (kept > 0)
            warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture, $"Answers to {kept} item(s) are scored 0 and 1 by the key that the fit keeps. --key FILE takes another."), path));
        if (answers.ScoredCount > 0)
            warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture, $"All answers to the {answers.ScoredCount} item(s) with a key in the fit are 0 and 1 already, so they are taken as scored."), path));
        if (answers.ChangedKeys is { Count: > 0 } changed)
        {
            const int shown = 5;
            warnings.Add(new DataProblem(
                $"The key is not the one that the fit keeps: {string.Join(", ", changed.Take(shown))}{(changed.Count > shown ? ", …" : "")}. The key given counts; "
                + "scores are those of the fit's items only if its answers were scored so too. Leave --key out to take the key of the fit.", path));
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
        Warn(persons.HeaderLines, null, count => $"{count} line(s) repeat the header and were skipped", "Delete them; they stay where files are joined.");
        Warn(persons.BlankLines, null, count => $"{count} blank line(s) skipped ('')", "Remove them if the file should have none; a missing row of a one-item table must be written as NA.");
        Warn(repeats, ColumnPlan.Id, count => $"{count} row(s) repeat an id seen before", "Each row counts as a person; remove repeats if they are the same person entered twice.");
        Warn(persons.BlankIds, ColumnPlan.Id, count => $"{count} row(s) have a blank id ('')", "They are kept; fill the ids in to tell their scores apart.");
        if (persons.Weights is { } weights)
            Warn(weights.Zeros, ColumnPlan.Weight, count => $"{count} row(s) have weight 0", "They are kept and scored but do not count in the calibration; remove them if they should not be scored.");
        Warn(persons.BlankPersons, null, count => $"{count} person(s) left every item blank, which counts as wrong in all of them", "Take them out if they did not take the test, or mark them with a code of --missing.");
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
}
