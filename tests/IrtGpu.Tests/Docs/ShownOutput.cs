using System.Globalization;
using System.Text.RegularExpressions;

namespace IrtGpu.Tests.Docs;

/// <summary>Compares what a page shows with what a run gave.</summary>
internal static partial class ShownOutput
{
    /// <summary>Lines that name the machine, the way there, the time or the folder are compared up to the first word only.</summary>
    private static readonly string[] LocalLines = ["Ended ", "Device ", "Time ", "Written to "];

    /// <summary>Each line shown must occur in the output, in the order shown; lines may be left out.</summary>
    /// <returns>The first line that does not occur; null when all do.</returns>
    public static string? FirstMissing(IEnumerable<string> shown, IReadOnlyList<string> actual)
    {
        int next = 0;
        foreach (string line in shown.Where(line => line.Trim().Length > 0 && line.Trim() != "…"))
        {
            while (next < actual.Count && !Agrees(line, actual[next]))
                next++;
            if (next++ == actual.Count)
                return line;
        }
        return null;
    }

    private static bool Agrees(string shown, string actual)
    {
        if (LocalLines.FirstOrDefault(label => shown.StartsWith(label, StringComparison.Ordinal)) is { } label)
            return actual.StartsWith(label, StringComparison.Ordinal);
        string[] expected = Word().Split(shown.Trim());
        string[] found = Word().Split(actual.Trim());
        return expected.Length == found.Length && expected.Zip(found).All(pair => AgreesWord(pair.First, pair.Second));
    }

    /// <summary>Numbers agree when the actual one rounds to what is shown (a unit in the last place is allowed: processors round differently).</summary>
    private static bool AgreesWord(string shown, string actual)
    {
        if (shown == actual)
            return true;
        if (shown.StartsWith('~'))
            return AgreesRoughly(shown[1..], actual);
        if (!shown.Contains('.', StringComparison.Ordinal)
            || !double.TryParse(shown, NumberStyles.Float, CultureInfo.InvariantCulture, out double expected)
            || !double.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out double found))
        {
            return false;
        }
        int decimals = shown.Split('e', 'E')[0].Split('.')[1].Length;
        double unit = shown.AsSpan().ContainsAny('e', 'E') ? 0 : 1.001 * Math.Pow(10, -decimals);
        return Math.Abs(expected - found) <= Math.Max(unit, 1e-6 * Math.Abs(expected));
    }

    /// <summary>What hangs on single draws, such as an effective sample size, agrees to a fifth, a count to 2.</summary>
    private static bool AgreesRoughly(string shown, string actual) =>
        double.TryParse(shown, NumberStyles.Float, CultureInfo.InvariantCulture, out double expected)
        && double.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out double found)
        && Math.Abs(expected - found) <= Math.Max(0.2 * Math.Abs(expected), shown.Contains('.', StringComparison.Ordinal) ? 0 : 2);

    [GeneratedRegex(@"[\s,;()]+")]
    private static partial Regex Word();
}
