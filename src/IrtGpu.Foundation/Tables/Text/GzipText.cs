using System.IO.Compression;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>Decompresses gzip and insists on its end: a file cut short is an error, not a shorter table.</summary>
/// <remarks>
/// The platform's decompressor takes a cut stream for its end. So a small gzip member of our own is put behind the
/// file; it comes out whole only when what stands before it was complete, also for files of several members.
/// </remarks>
internal sealed class GzipText : Stream
{
    private static readonly byte[] Marker = [.. "\0end of gzip\0\0\0"u8];
    private static readonly byte[] CompressedMarker = CompressMarker();

    private readonly GZipStream source;
    private readonly byte[] held = new byte[(1 << 16) + Marker.Length]; // the last bytes stay until it is known that they are not the marker
    private int start;
    private int end;

    public GzipText(Stream compressed) => source = new GZipStream(new Followed(compressed, CompressedMarker), CompressionMode.Decompress);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The gzip data is damaged or lacks its end.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (end - start <= Marker.Length)
        {
            held.AsSpan(start, end - start).CopyTo(held);
            end -= start;
            start = 0;
            int count = source.Read(held, end, held.Length - end);
            end += count;
            if (count > 0)
                continue;
            return held.AsSpan(0, end).SequenceEqual(Marker) ? 0 : throw new InvalidDataException("its end is missing, or other bytes follow it.");
        }
        int delivered = Math.Min(buffer.Length, end - start - Marker.Length);
        held.AsSpan(start, delivered).CopyTo(buffer);
        start += delivered;
        return delivered;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] CompressMarker()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Marker);
        return compressed.ToArray();
    }

    /// <summary>A stream with some bytes behind it.</summary>
    private sealed class Followed(Stream first, byte[] last) : Stream
    {
        private int taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int count = taken == 0 ? first.Read(buffer) : 0;
            if (count > 0 || buffer.IsEmpty)
                return count;
            count = Math.Min(buffer.Length, last.Length - taken);
            last.AsSpan(taken, count).CopyTo(buffer);
            taken += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                first.Dispose();
            base.Dispose(disposing);
        }
    }
}
