using System.Text;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>The field texts that mean missing.</summary>
internal sealed class MissingCodes
{
    private readonly byte[][] texts;

    public MissingCodes(IReadOnlyList<string> codes)
    {
        texts = [.. codes.Where(code => code.Length > 0).Select(Encoding.UTF8.GetBytes)];
        foreach (byte[] text in texts)
        {
            if (WholeNumber.Parse(text, out int number) == NumberForm.Whole)
                Numbers.Add(number);
        }
    }

    /// <summary>The codes that are whole numbers; these match by value, so that 9 also covers 9.0.</summary>
    public HashSet<int> Numbers { get; } = [];

    public bool IsMissing(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty)
            return true;
        foreach (byte[] text in texts)
        {
            if (field.SequenceEqual(text))
                return true;
        }
        return Numbers.Count > 0 && WholeNumber.Parse(field, out int number) == NumberForm.Whole && Numbers.Contains(number);
    }
}
