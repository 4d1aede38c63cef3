using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using IrtGpu.Foundation.Tables.Writing;


namespace IrtGpu.Foundation.Tests.Tables.Writing;

public sealed class ParallelRowsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(100_001)]
    public void Rows_come_out_whole_and_in_order_for_every_number_of_threads(int rowCount)
    {
        StringBuilder expected = new();
        for (int row = 0; row < rowCount; row++)
            expected.Append(CultureInfo.InvariantCulture, $"{row},{Math.Sqrt(row):R}\n");
        foreach (int threads in new[] { 0, 1, 2, 5 })
        {
            using MemoryStream stream = new();
            ParallelRows.Write(stream, rowCount, threads, (csv, row) =>
            {
                csv.Field(row);
                csv.Field(Math.Sqrt(row));
                csv.EndRecord();
            });
            Assert.Equal(expected.ToString(), Encoding.UTF8.GetString(stream.ToArray()));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_more_threads_format_than_were_asked_for(int threads)
    {
        ConcurrentDictionary<int, int> seen = new(); // formatting threads
        ParallelRows.Write(Stream.Null, 100_000, threads, (csv, row) =>
        {
            seen.TryAdd(Environment.CurrentManagedThreadId, row);
            csv.Field(row);
            csv.EndRecord();
        });
        Assert.InRange(seen.Count, 1, threads);
        if (threads == 1)
            Assert.Equal([Environment.CurrentManagedThreadId], seen.Keys);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_row_that_fails_ends_the_writing_with_its_reason(int threads)
    {
        using MemoryStream stream = new();
        Assert.Throws<InvalidDataException>(() => ParallelRows.Write(stream, 500_000, threads, (csv, row) =>
        {
            if (row == 100_000)
                throw new InvalidDataException();
            csv.Field(row);
            csv.EndRecord();
        }));
    }

    [Fact]
    public void A_stream_that_fails_ends_the_writing_with_its_reason()
    {
        using MemoryStream full = new(new byte[100_000]);
        Assert.Throws<NotSupportedException>(() => ParallelRows.Write(full, 500_000, 4, (csv, row) =>
        {
            csv.Field(row);
            csv.EndRecord();
        }));
    }
}
