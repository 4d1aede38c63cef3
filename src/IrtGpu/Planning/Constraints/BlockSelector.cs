using System.Globalization;

namespace IrtGpu.Planning.Constraints;

/// <summary>Resolves a group name and a class name or number to blocks.</summary>
internal static class BlockSelector
{
    /// <summary>The blocks named; null, with a problem added, when a name is unknown.</summary>
    public static HashSet<int>? TryResolve(
        string? group, string? className, DataShape shape, string[] classNames, PlannedBlock[] blocks, List<string> problems)
    {
        int groupIndex = group is null ? -1 : Array.IndexOf(shape.GroupNames, group);
        if (group is not null && groupIndex < 0)
        {
            problems.Add($"There is no group '{group}'. The groups are: {string.Join(", ", shape.GroupNames)}.");
            return null;
        }
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
        return [.. blocks.Where(block => (groupIndex < 0 || block.Group == groupIndex) && (classIndex < 0 || block.Class == classIndex)).Select(block => block.Index)];
    }
}
