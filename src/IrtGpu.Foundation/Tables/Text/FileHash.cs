using System.Security.Cryptography;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>The SHA-256 of a file as it lies on the disk, computed beside other work.</summary>
internal sealed class FileHash : IDisposable
{
    private readonly string path;
    private readonly CancellationTokenSource ending = new();
    private readonly Task<string> hash;

    public FileHash(string path)
    {
        this.path = path;
        hash = Task.Run(Compute);
    }

    /// <summary>Lower-case hexadecimal.</summary>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public string Finish()
    {
        try
        {
            return hash.GetAwaiter().GetResult();
        }
        catch (Exception error) when (TableFile.Explain(error, path) is { } problem)
        {
            throw new DataException([problem]);
        }
    }

    /// <summary>Ends the work, finished or not, so that nothing holds the file afterwards.</summary>
    public void Dispose()
    {
        ending.Cancel();
        ((IAsyncResult)hash).AsyncWaitHandle.WaitOne();
        ending.Dispose();
    }

    private string Compute()
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        using IncrementalHash sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 18];
        for (int count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            ending.Token.ThrowIfCancellationRequested();
            sum.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }
}
