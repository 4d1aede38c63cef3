using System.Globalization;
using IrtGpu.Data;

namespace IrtGpu.Planning.Constraints;

/// <summary>Resolves names of groups and a class name or number to blocks.</summary>
internal static class BlockSelector
{
    /// <summary>The blocks named; null, with a problem added, when a name is unknown.</summary>
    public static HashSet<int>? TryResolve(
        string? group, string? className, DataShape shape, string[] classNames, PlannedBlock[] blocks, List<string> problems)
    {
        if (TryGroups(group, shape, problems) is not { } groups)
            return null;
        int classIndex = className is null ? -1 : Array.IndexOf(classNames, className);
        if (className is not null && classIndex < 0 && int.TryParse(className, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= classNames.Length)
        {
            classIndex = number - 1;
        }
        if (className is not null && classIndex < 0)
        {
            problems.Add($"There is no class '{className}'. The classes are: {string.Join(", ", classNames)}.");
            return null;
        }
        return [.. blocks.Where(block => (groups.Count == 0 || groups.Contains(block.Group)) && (classIndex < 0 || block.Class == classIndex)).Select(block => block.Index)];
    }

    /// <summary>The groups of a name, or of several separated by commas; empty: all.</summary>
    private static HashSet<int>? TryGroups(string? text, DataShape shape, List<string> problems)
    {
        if (text is null)
            return [];
        if (Array.IndexOf(shape.GroupNames, text) is var one and >= 0)
            return [one];
        HashSet<int> groups = [];
        foreach (string name in QuotedList.Split(text, ',').Select(part => QuotedList.Unquote(part.Trim())))
        {
            int group = Array.IndexOf(shape.GroupNames, name);
            if (group < 0)
            {
                problems.Add($"There is no group '{name}'. The groups are: {string.Join(", ", shape.GroupNames)}.");
                return null;
            }
            groups.Add(group);
        }
        return groups;
    }
}
