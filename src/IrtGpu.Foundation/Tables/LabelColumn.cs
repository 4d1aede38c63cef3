namespace IrtGpu.Foundation.Tables;

/// <summary>Gathers a column of labels row by row, numbered in order of first appearance.</summary>
internal sealed class LabelColumn
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> labels = [];
    private readonly List<int> rows = []; // −1 missing

    public void Add(ReadOnlySpan<char> label)
    {
        if (!numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(label, out int number))
        {
            number = labels.Count;
            labels.Add(label.ToString());
            numbers.Add(labels[^1], number);
        }
        rows.Add(number);
    }

    public void AddMissing() => rows.Add(-1);

    public Categories Build() => new([.. labels], [.. rows]);
}
