using System.Text;

namespace IrtGpu.Foundation.Tables;

/// <summary>Numbers labels in order of first appearance.</summary>
internal sealed class LabelSet
{
    private const int StackLength = 256;

    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> labels = [];

    /// <summary>The labels. [number]</summary>
    public IReadOnlyList<string> Labels => labels;

    public int Add(string label)
    {
        if (!numbers.TryGetValue(label, out int number))
        {
            number = labels.Count;
            numbers.Add(label, number);
            labels.Add(label);
        }
        return number;
    }

    /// <param name="label">UTF-8 text.</param>
    public int Add(ReadOnlySpan<byte> label)
    {
        if (label.Length > StackLength)
            return Add(Encoding.UTF8.GetString(label));
        Span<char> text = stackalloc char[StackLength];
        text = text[..Encoding.UTF8.GetChars(label, text)];
        return numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out int number) ? number : Add(text.ToString());
    }
}
