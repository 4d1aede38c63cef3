using System.Security.Cryptography;
using System.Text.Json;

namespace IrtGpu.Foundation.Tables.Writing;

/// <summary>The files of one run, which belong together: staged beside the old ones, then put in their place, <c>run.json</c> last.</summary>
/// <remarks>
/// Until every file is staged whole the old set stays as it was. Then the old <c>run.json</c> goes first and the old file that readers
/// open next, so that a run ended at any moment leaves the old set, the new set, or a folder that says that it is unfinished: one
/// without <c>run.json</c>.
/// </remarks>
public sealed class ResultSet : IDisposable
{
    /// <summary>Name of the list of files, by which a finished set is known.</summary>
    public const string ManifestName = "run.json";

    /// <summary>Name of the page that shows a set; it is made from the files, so it goes with them.</summary>
    public const string PageName = "report.html";

    private const string FormatName = "irtgpu-run";
    private readonly OutputFolder folder;
    private readonly string main;
    private readonly List<(string Name, string Temporary, long Bytes, string Sha256)> staged = [];
    private readonly List<string> retired = [];

    /// <summary>Begins a set.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="main">The file that readers open, such as <c>calibration.json</c>.</param>
    public ResultSet(OutputFolder folder, string main)
    {
        this.folder = folder;
        this.main = main;
    }

    /// <summary>Stages a file.</summary>
    /// <param name="name">File name.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="OutputException">It cannot be written; the old set stays as it was.</exception>
    public void Add(string name, Action<Stream> write)
    {
        string target = folder.PathOf(name);
        string temporary = AtomicFile.TemporaryName(target);
        AtomicFile.Guard(target, () =>
        {
            if (Directory.Exists(target))
                throw new OutputException($"'{target}' is a folder, so no file can be written there. Remove it, or write elsewhere with --out.");
            using FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write);
            staged.Add((name, temporary, 0, "")); // known from here, so that it goes whatever happens
            using HashedOutput hashed = new(file);
            write(hashed);
            hashed.Flush();
            staged[^1] = (name, temporary, hashed.Length, hashed.Sha256());
        });
    }

    /// <summary>Lets a file of an earlier run go, which this run does not make.</summary>
    /// <param name="name">File name.</param>
    public void Retire(string name) => retired.Add(name);

    /// <summary>Puts all staged files in place of the old ones and writes <c>run.json</c>.</summary>
    /// <param name="describe">Writes what is known of the run: its command, version, seed, device, hash of the input.</param>
    /// <returns>The names of the files.</returns>
    /// <exception cref="OutputException">A file cannot be put in place; there is then no <c>run.json</c>.</exception>
    public IReadOnlyList<string> Commit(Action<Utf8JsonWriter> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        AtomicFile.Guard(folder.FullPath, () =>
        {
            File.Delete(folder.PathOf(ManifestName));
            File.Delete(folder.PathOf(PageName));
            File.Delete(folder.PathOf(main));
            foreach (string name in retired)
                File.Delete(folder.PathOf(name));
            foreach ((string name, string temporary, _, _) in staged)
                File.Move(temporary, folder.PathOf(name), overwrite: true);
        });
        AtomicFile.Write(folder.PathOf(ManifestName), stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
            json.WriteStartObject();
            json.WriteString("format", FormatName);
            json.WriteNumber("formatVersion", 1);
            describe(json);
            json.WriteStartArray("files");
            foreach ((string name, _, long bytes, string sha256) in staged)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteNumber("bytes", bytes);
                json.WriteString("sha256", sha256);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
        IReadOnlyList<string> names = [.. staged.Select(file => file.Name), ManifestName];
        staged.Clear();
        return names;
    }

    /// <summary>What is wrong with the set that a file belongs to; null when nothing is, or when the file stands alone.</summary>
    /// <param name="path">A file that readers open, such as <c>calibration.json</c>.</param>
    /// <param name="companion">A file of the same set: where it is there, <c>run.json</c> must be too.</param>
    public static string? Problem(string path, string companion)
    {
        ArgumentNullException.ThrowIfNull(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string manifest = Path.Combine(folder, ManifestName);
        if (!File.Exists(manifest))
        {
            return File.Exists(Path.Combine(folder, companion))
                ? $"'{folder}' has no {ManifestName}: the run that wrote it did not finish, or was of an earlier version of the program, so its files may be of different runs."
                : null;
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(manifest));
            foreach (JsonElement file in document.RootElement.GetProperty("files").EnumerateArray())
            {
                if (file.GetProperty("name").GetString() == Path.GetFileName(path)
                    && file.GetProperty("sha256").GetString() != Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))))
                    return $"'{path}' is not the file that the run of '{manifest}' wrote: it was changed, or is of another run.";
            }
            return null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"'{manifest}' is damaged, so it cannot tell whether the files beside it belong together.";
        }
    }

    /// <summary>Removes what was staged and not put in place.</summary>
    public void Dispose()
    {
        foreach ((_, string temporary, _, _) in staged)
            AtomicFile.TryDelete(temporary);
        staged.Clear();
    }

    /// <summary>Passes bytes on, counts and hashes them.</summary>
    private sealed class HashedOutput(Stream target) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => length;

        public override long Position
        {
            get => length;
            set => throw new NotSupportedException();
        }

        public string Sha256() => Convert.ToHexStringLower(hash.GetHashAndReset());

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            target.Write(buffer);
            length += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => target.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
