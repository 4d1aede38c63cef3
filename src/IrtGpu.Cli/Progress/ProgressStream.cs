namespace IrtGpu.Cli.Progress;

/// <summary>Where progress and warnings go: standard error, as a terminal or as anything else.</summary>
/// <param name="Writer">Takes text.</param>
/// <param name="IsLive">Whether a line can be overwritten.</param>
/// <param name="Width">Asks for the columns of the terminal; 0 or less where they are not known.</param>
internal sealed record ProgressStream(TextWriter Writer, bool IsLive, Func<int> Width)
{
    private const int AssumedWidth = 80;

    private int shown;

    /// <summary>Standard error of the process.</summary>
    public static ProgressStream StandardError => new(Console.Error, !Console.IsErrorRedirected, WidthOfConsole);

    /// <summary>Writes a line that stays.</summary>
    public void Write(string line)
    {
        Clear();
        Writer.WriteLine(line);
    }

    /// <summary>Writes a line over the one before, cut to the terminal: what wraps cannot be overwritten.</summary>
    public void Overwrite(string line)
    {
        int width = (Width() is > 0 and var known ? known : AssumedWidth) - 1;
        if (line.Length > width)
            line = line[..(width - 1)] + '…';
        Writer.Write('\r' + line.PadRight(Math.Min(shown, width)));
        shown = line.Length;
    }

    /// <summary>Takes the live line away.</summary>
    public void Clear()
    {
        if (shown > 0)
            Writer.Write('\r' + new string(' ', shown) + '\r');
        shown = 0;
    }

    private static int WidthOfConsole()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException) // no terminal behind it after all
        {
            return 0;
        }
    }
}
