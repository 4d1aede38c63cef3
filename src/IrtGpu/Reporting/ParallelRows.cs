namespace IrtGpu.Reporting;

/// <summary>Formats the rows of a long table on all processors and writes them in order.</summary>
/// <remarks>The bytes do not depend on the number of processors; at most two runs of rows a processor are held in memory.</remarks>
internal static class ParallelRows
{
    private const int RowsPerRun = 8192;

    /// <param name="stream">Where to.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="writeRow">Writes one whole record; called from several threads, each with a writer of its own.</param>
    public static void Write(Stream stream, int rowCount, Action<CsvWriter, int> writeRow)
    {
        int runCount = (rowCount + RowsPerRun - 1) / RowsPerRun;
        if (runCount <= 1)
        {
            Format(stream, 0, rowCount, writeRow);
            return;
        }
        int ahead = Math.Min(2 * Environment.ProcessorCount, runCount);
        Queue<Task<MemoryStream>> pending = new();
        Stack<MemoryStream> free = new();
        try
        {
            for (int next = 0; next < runCount || pending.Count > 0;)
            {
                while (next < runCount && pending.Count < ahead)
                {
                    MemoryStream text = free.TryPop(out MemoryStream? used) ? used : new MemoryStream();
                    int first = next++ * RowsPerRun;
                    pending.Enqueue(Task.Run(() =>
                    {
                        text.SetLength(0);
                        Format(text, first, Math.Min(RowsPerRun, rowCount - first), writeRow);
                        return text;
                    }));
                }
                MemoryStream done = pending.Dequeue().GetAwaiter().GetResult();
                stream.Write(done.GetBuffer(), 0, (int)done.Length);
                free.Push(done);
            }
        }
        finally
        {
            Task.WhenAll(pending).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(); // none goes on when one has failed
        }
    }

    private static void Format(Stream stream, int first, int count, Action<CsvWriter, int> writeRow)
    {
        using CsvWriter csv = new(stream);
        for (int row = first; row < first + count; row++)
            writeRow(csv, row);
    }
}
