using System.Globalization;

namespace IrtGpu.Data.Coding;

/// <summary>Category codes and item names as text for messages.</summary>
internal static class CodeLists
{
    private const int Shown = 8;

    /// <summary>"1, 2, 5", cut when long.</summary>
    public static string Show(int[] codes) =>
        string.Join(", ", codes.Take(Shown).Select(code => code.ToString(CultureInfo.InvariantCulture))) + (codes.Length > Shown ? ", …" : "");

    /// <summary>"'q1', 'q2', …".</summary>
    public static string Show(IReadOnlyCollection<string> names, int shown = 5) =>
        string.Join(", ", names.Take(shown).Select(name => $"'{name}'")) + (names.Count > shown ? ", …" : "");

    /// <summary>Whether the codes are 0, 1, 2, … already.</summary>
    public static bool IsIdentity(int[] codes)
    {
        for (int category = 0; category < codes.Length; category++)
        {
            if (codes[category] != category)
                return false;
        }
        return true;
    }
}
