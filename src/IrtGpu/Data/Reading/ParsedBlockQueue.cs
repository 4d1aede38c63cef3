using System.Collections.Concurrent;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>Parses blocks on several threads and hands the results back in the order of the text.</summary>
internal sealed class ParsedBlockQueue(int threads, Func<BlockParser> createParser) : IDisposable
{
    private readonly int capacity = 2 * (threads > 0 ? threads : Environment.ProcessorCount);
    private readonly bool inline = threads == 1;
    private readonly Queue<Task<ParsedBlock>> pending = new();
    private readonly ConcurrentBag<BlockParser> idle = [];

    public bool IsEmpty => pending.Count == 0;

    public bool IsFull => pending.Count >= capacity;

    public void Add(TextBlock block)
    {
        if (inline)
        {
            var parsed = new TaskCompletionSource<ParsedBlock>();
            try
            {
                parsed.SetResult(Parse(block));
            }
            catch (DataException error)
            {
                parsed.SetException(error);
            }
            pending.Enqueue(parsed.Task);
        }
        else
        {
            pending.Enqueue(Task.Run(() => Parse(block)));
        }
    }

    /// <summary>The next block's persons.</summary>
    /// <exception cref="DataException">The block is not UTF-8 text.</exception>
    public ParsedBlock Take() => pending.Dequeue().GetAwaiter().GetResult();

    /// <summary>Waits for what is being parsed, so that no thread uses shared state afterwards.</summary>
    public void Dispose()
    {
        while (pending.TryDequeue(out Task<ParsedBlock>? task))
        {
            task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
            if (task.IsCompletedSuccessfully)
                task.Result.Free();
        }
    }

    private ParsedBlock Parse(TextBlock block)
    {
        if (!idle.TryTake(out BlockParser? parser))
            parser = createParser();
        try
        {
            return parser.Parse(block);
        }
        finally
        {
            idle.Add(parser);
            TextBlockSource.Return(block);
        }
    }
}
