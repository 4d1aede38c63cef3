using System.Runtime.ExceptionServices;

namespace IrtGpu.Foundation.Tables.Writing;

/// <summary>Formats the rows of a long table on several threads and writes them in order.</summary>
/// <remarks>
/// The bytes do not depend on the number of threads. A thread takes the next run of rows, formats it, waits for its turn and writes it;
/// so one run a thread is held in memory.
/// </remarks>
internal sealed class ParallelRows
{
    private const int RowsPerRun = 2048;

    private readonly Stream stream;
    private readonly int rowCount;
    private readonly Action<CsvWriter, int> writeRow;
    private readonly object turn = new();
    private int nextRun;
    private int runToWrite; // under the lock
    private ExceptionDispatchInfo? failure; // under the lock

    private ParallelRows(Stream stream, int rowCount, Action<CsvWriter, int> writeRow)
    {
        this.stream = stream;
        this.rowCount = rowCount;
        this.writeRow = writeRow;
    }

    /// <param name="stream">Where to.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="writeRow">Writes one whole record; called from several threads, each with a writer of its own.</param>
    public static void Write(Stream stream, int rowCount, int threads, Action<CsvWriter, int> writeRow)
    {
        int runCount = (rowCount + RowsPerRun - 1) / RowsPerRun;
        int workers = Math.Min(threads > 0 ? threads : Environment.ProcessorCount, runCount);
        if (workers <= 1)
        {
            using CsvWriter csv = new(stream);
            for (int row = 0; row < rowCount; row++)
                writeRow(csv, row);
            return;
        }
        ParallelRows rows = new(stream, rowCount, writeRow);
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => rows.Work(runCount));
        rows.failure?.Throw();
    }

    private void Work(int runCount)
    {
        using MemoryStream text = new();
        using CsvWriter csv = new(text);
        try
        {
            for (int run; (run = Interlocked.Increment(ref nextRun) - 1) < runCount;)
            {
                int end = (int)Math.Min((long)(run + 1) * RowsPerRun, rowCount);
                for (int row = run * RowsPerRun; row < end; row++)
                    writeRow(csv, row);
                csv.Flush();
                if (!WriteInTurn(run, text))
                    return;
                text.SetLength(0);
            }
        }
        catch (Exception cause) // of any kind: thrown again where the table was asked for
        {
            lock (turn)
            {
                failure ??= ExceptionDispatchInfo.Capture(cause);
                Monitor.PulseAll(turn);
            }
        }
    }

    /// <summary>Writes a run after all before it; false where one of them has failed.</summary>
    private bool WriteInTurn(int run, MemoryStream text)
    {
        lock (turn)
        {
            while (runToWrite < run && failure is null)
                Monitor.Wait(turn);
            if (failure is not null)
                return false;
            stream.Write(text.GetBuffer(), 0, (int)text.Length);
            runToWrite++;
            Monitor.PulseAll(turn);
            return true;
        }
    }
}
