using System.Text.Json;

namespace IrtGpu.Tests.Golden;

/// <summary>Fit statistics of other software at a golden case; see README.md beside the files.</summary>
internal sealed record GoldenStatistics(GoldenModelFit? M2, GoldenItemFit[] Items)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden", "statistics");

    public static IEnumerable<string> Ids => Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static GoldenStatistics Load(string id) => JsonSerializer.Deserialize<GoldenStatistics>(File.ReadAllText(Path.Combine(Folder, id + ".json")), Format)!;
}

internal sealed record GoldenModelFit(
    double Statistic, int Df, double P, double Rmsea, double RmseaLower, double RmseaUpper, double[] Srmsr, double? Cfi, double? Tli);

internal sealed record GoldenItemFit(
    string? Group, string Item, double? Sx2, int? Df, double? P, double? Outfit, double? OutfitZ, double? Infit, double? InfitZ);
