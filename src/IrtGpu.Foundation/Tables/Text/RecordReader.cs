namespace IrtGpu.Foundation.Tables.Text;

/// <summary>Reads records as strings, for headers and small tables; blank lines are passed over.</summary>
internal sealed class RecordReader
{
    private readonly TextBlock block;
    private readonly byte delimiter;
    private readonly FieldReader field;
    private long line;

    public RecordReader(TextBlock block, byte delimiter)
    {
        this.block = block;
        this.delimiter = delimiter;
        field = new FieldReader(delimiter);
        field.Begin(block);
        Position = block.Start;
        line = block.Line;
    }

    /// <summary>Where the next record begins.</summary>
    public int Position { get; private set; }

    /// <summary>Line at which the next record begins.</summary>
    public long Line => line;

    /// <summary>Reads the next record.</summary>
    /// <param name="recordLine">Line it begins at.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="form">The first unsound form among its fields.</param>
    /// <returns>False at the end of the block.</returns>
    public bool TryRead(out long recordLine, out List<string> fields, out FieldForm form)
    {
        fields = [];
        form = FieldForm.Sound;
        while (Position < block.End && SkipBlankLine())
        {
        }
        recordLine = line;
        if (Position >= block.End)
            return false;
        int position = Position;
        while (true)
        {
            position = field.Read(position);
            fields.Add(field.Text);
            line += field.LinesInside;
            if (form == FieldForm.Sound)
                form = field.Form;
            if (position >= block.End || block.Buffer[position] != delimiter)
                break;
            position++;
        }
        Position = SkipLineEnd(block, position);
        line++;
        return true;
    }

    /// <summary>Position behind the line end at <paramref name="position"/>, if there is one.</summary>
    public static int SkipLineEnd(TextBlock block, int position)
    {
        if (position >= block.End)
            return block.End;
        bool pair = block.Buffer[position] == TextBytes.CarriageReturn && position + 1 < block.End && block.Buffer[position + 1] == TextBytes.LineFeed;
        return position + (pair ? 2 : 1);
    }

    /// <summary>Position of the line end when the line at <paramref name="position"/> is blank, else −1.</summary>
    public static int FindBlankLine(TextBlock block, int position)
    {
        while (position < block.End && block.Buffer[position] == ' ')
            position++;
        return position < block.End && TextBytes.IsLineEnd(block.Buffer[position]) ? position : -1;
    }

    private bool SkipBlankLine()
    {
        int lineEnd = FindBlankLine(block, Position);
        if (lineEnd < 0)
            return false;
        Position = SkipLineEnd(block, lineEnd);
        line++;
        return true;
    }
}
