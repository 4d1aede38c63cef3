namespace IrtGpu.Cli.Options;

/// <summary>Short names of fits that are given by their paths.</summary>
internal static class FitNames
{
    /// <summary>The folder's name, or that of the file where several lie in one folder; the whole path where these are not distinct.</summary>
    /// <param name="paths">Folders, or files in them.</param>
    public static string[] Of(IReadOnlyList<string> paths)
    {
        string[] byFolder = [.. paths.Select(path => Path.GetFileName(Directory.Exists(path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : Path.GetDirectoryName(Path.GetFullPath(path)) ?? path))];
        if (byFolder.Distinct(StringComparer.Ordinal).Count() == paths.Count)
            return byFolder;
        string[] byFile = [.. paths.Select(path => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)))];
        return byFile.Distinct(StringComparer.Ordinal).Count() == paths.Count ? byFile : [.. paths];
    }
}
