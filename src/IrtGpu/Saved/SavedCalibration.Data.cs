using IrtGpu.Data;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Saved;

public sealed partial class SavedCalibration
{
    /// <summary>What the reader must know to read new data for this fit.</summary>
    /// <param name="options">The other options of the reader.</param>
    public ResponseReaderOptions ReaderOptions(ResponseReaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Dictionary<string, int[]> codes = new(StringComparer.Ordinal);
        Dictionary<string, ItemAnswers> answers = new(StringComparer.Ordinal);
        for (int item = 0; item < Shape.ItemNames.Length; item++)
        {
            codes[Shape.ItemNames[item]] = Shape.CategoryCodes[item];
            answers[Shape.ItemNames[item]] = Shape.Answers?[item] ?? ItemAnswers.Plain;
        }
        return options with { ExpectedCategoryCodes = codes, ExpectedAnswers = answers };
    }

    /// <summary>Puts the groups and known classes of new data into the order of the fit.</summary>
    /// <param name="data">Data read with <see cref="ReaderOptions"/>.</param>
    /// <param name="path">Where they came from, for messages.</param>
    /// <exception cref="DataException">A group or class is not of the fit, or an item is answered in a group in which it has no parameters.</exception>
    public ResponseData Match(ResponseData data, string path)
    {
        ArgumentNullException.ThrowIfNull(data);
        List<DataProblem> problems = [];
        bool isOneGroup = Plan.GroupCount == 1;
        int[] groupOfData = new int[data.GroupNames.Length];
        for (int group = 0; group < groupOfData.Length && !isOneGroup; group++)
        {
            groupOfData[group] = Array.IndexOf(Shape.GroupNames, data.GroupNames[group]);
            if (groupOfData[group] < 0 && data.GroupNames.Length == 1 && data.GroupNames[0].Length == 0)
                problems.Add(new DataProblem($"The fit has {Plan.GroupCount} groups, so every person's group must be known. Name its column with --group.", path));
            else if (groupOfData[group] < 0)
                problems.Add(new DataProblem($"The group '{data.GroupNames[group]}' is not of the fit, so its population is unknown. The fit's groups are {CodeLists.Show(Shape.GroupNames)}.", path));
        }
        int[] classOfData = new int[data.ClassNames.Length];
        for (int k = 0; k < classOfData.Length; k++)
        {
            classOfData[k] = Array.IndexOf([.. Plan.ClassNames], data.ClassNames[k]);
            if (classOfData[k] < 0)
                problems.Add(new DataProblem($"The known class '{data.ClassNames[k]}' is not of the fit. The fit's classes are {CodeLists.Show(Plan.ClassNames)}; leave others blank.", path));
        }
        if (problems.Count > 0)
            throw new DataException(problems);

        ResponseData matched = new()
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            Answers = data.Answers,
            Responses = data.Responses,
            Weights = data.Weights,
            AreSamplingWeights = data.AreSamplingWeights,
            Ids = data.Ids,
            PersonCount = data.PersonCount,
            GroupNames = Shape.GroupNames,
            Groups = isOneGroup ? null : [.. Enumerable.Range(0, data.PersonCount).Select(person => groupOfData[data.Groups?[person] ?? 0])],
            ClassNames = Shape.ClassNames,
            KnownClasses = data.KnownClasses is { } known ? [.. known.Select(k => k < 0 ? -1 : classOfData[k])] : null,
            Sha256 = data.Sha256,
            Warnings = data.Warnings,
        };
        CheckAdministration(matched, path);
        return matched;
    }

    private void CheckAdministration(ResponseData data, string path)
    {
        if (Shape.Administered.All(group => group.All(isAdministered => isAdministered)))
            return;
        List<DataProblem> problems = [];
        HashSet<(int, int)> seen = [];
        for (int person = 0; person < data.PersonCount; person++)
        {
            int group = data.Groups?[person] ?? 0;
            ReadOnlySpan<byte> row = data.Row(person);
            for (int item = 0; item < row.Length; item++)
            {
                if (row[item] != ResponseData.Missing && !Shape.Administered[group][item] && seen.Add((group, item)))
                {
                    problems.Add(new DataProblem(
                        $"Item '{data.ItemNames[item]}' is answered in group '{Shape.GroupNames[group]}', but the fit saw no answer to it there, so it has no parameters. "
                        + "Blank the answers, or calibrate with data that have them.", path, null, data.ItemNames[item]));
                }
            }
        }
        if (problems.Count > 0)
            throw new DataException(problems);
    }
}
