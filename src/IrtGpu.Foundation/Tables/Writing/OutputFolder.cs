namespace IrtGpu.Foundation.Tables.Writing;

/// <summary>The folder of one run's results.</summary>
public sealed class OutputFolder
{
    private OutputFolder(string path) => FullPath = path;

    /// <summary>Its full path.</summary>
    public string FullPath { get; }

    /// <summary>Makes the folder where it is missing and makes sure that files can be written to it.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="OutputException">It cannot be made or written.</exception>
    public static OutputFolder Prepare(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw new OutputException("--out is empty. Give the name of a folder for the results.");
        try
        {
            string full = Path.GetFullPath(path);
            if (File.Exists(full))
                throw new OutputException($"'{path}' is a file, so it cannot be the folder of the results. Give another name with --out.");
            Directory.CreateDirectory(full);
            string probe = Path.Combine(full, $".{Guid.NewGuid():N}.tmp");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
            return new OutputFolder(full);
        }
        catch (Exception cause) when (cause is (IOException or UnauthorizedAccessException) and not OutputException)
        {
            throw new OutputException($"The folder '{path}' cannot be made or written: {AtomicFile.Describe(cause)} Correct the rights, or write elsewhere with --out.", cause);
        }
    }

    /// <summary>Where a file of that name lies, links followed.</summary>
    internal string PathOf(string name) => AtomicFile.Resolve(Path.Combine(FullPath, name));
}
