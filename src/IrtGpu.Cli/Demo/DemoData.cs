using System.Globalization;
using System.IO.Compression;
using System.Text;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Cli.Demo;

/// <summary>The data of the demonstration, which lie beside the program as files of their own.</summary>
internal static class DemoData
{
    /// <summary>Name of the table.</summary>
    public const string FileName = "fims.csv";

    /// <summary>Where the data come from.</summary>
    public const string Provenance =
        """
        First International Mathematics Study (IEA, 1964): 14 questions, answered right (1) or wrong (0) by 4,320 pupils in Australia and 2,051 in Japan.
        Husén, T. (ed., 1967), International Study of Achievement in Mathematics; as distributed with the R package TAM (GPL-2 or later), data.fims.Aus.Jpn.scored.
        """;

    private static readonly (string File, string Country)[] Parts = [("fims-australia.csv.gz", "Australia"), ("fims-japan.csv.gz", "Japan")];

    /// <summary>Writes the table, and beside it where it comes from; a file of another content is not replaced.</summary>
    /// <param name="folder">Where to.</param>
    /// <returns>The path of the table.</returns>
    /// <exception cref="OutputException">There is another file of that name, or none can be written.</exception>
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        byte[] table = Encoding.UTF8.GetBytes(Table());
        if (File.Exists(path) && !File.ReadAllBytes(path).AsSpan().SequenceEqual(table))
            throw new OutputException($"'{path}' exists and is not the table of this demonstration. Name another folder: irtgpu demo DIR.");
        AtomicFile.Write(path, stream => stream.Write(table));
        AtomicFile.Write(Path.Combine(folder, "README.txt"), stream => stream.Write(Encoding.UTF8.GetBytes($"{FileName}\n\n{Provenance}\n")));
        return path;
    }

    private static string Table()
    {
        StringBuilder text = new();
        foreach ((string file, string country) in Parts)
        {
            using StreamReader lines = new(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "demo", file)), CompressionMode.Decompress), Encoding.UTF8);
            string header = lines.ReadLine()!;
            if (text.Length == 0)
                text.Append("pupil,country,").Append(header).Append('\n');
            for (int row = 1; lines.ReadLine() is { Length: > 0 } answers; row++)
                text.Append(CultureInfo.InvariantCulture, $"{country[0]}{row:0000},{country},{answers}\n");
        }
        return text.ToString();
    }
}
