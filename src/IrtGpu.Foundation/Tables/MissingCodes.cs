using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Foundation.Tables;

/// <summary>The field texts that mean missing; an empty field always does. Whole numbers match by value, so that 9 also covers 9.0.</summary>
internal sealed class MissingCodes
{
    private readonly string[] texts;

    /// <summary>What counts as missing when nothing else is said.</summary>
    public static IReadOnlyList<string> Default { get; } = ["", "NA", "NaN", "."];

    public MissingCodes(IReadOnlyList<string> codes)
    {
        texts = [.. codes.Where(code => code.Length > 0)];
        foreach (string text in texts)
        {
            if (WholeNumber.Parse(text, out int number) == NumberForm.Whole)
                Numbers.Add(number);
        }
    }

    /// <summary>The codes as given, without the empty one.</summary>
    public string[] Texts => texts;

    /// <summary>Whether they are those that count when nothing else is said.</summary>
    public bool IsUsual => texts.SequenceEqual(Default.Where(code => code.Length > 0));

    /// <summary>The codes that are whole numbers; these match by value, so that 9 also covers 9.0.</summary>
    public HashSet<int> Numbers { get; } = [];

    public bool IsMissing(ReadOnlySpan<char> field)
    {
        if (field.IsEmpty)
            return true;
        foreach (string text in texts)
        {
            if (field.SequenceEqual(text))
                return true;
        }
        return Numbers.Count > 0 && WholeNumber.Parse(field, out int number) == NumberForm.Whole && Numbers.Contains(number);
    }
}
