using System.Text;
using BenchmarkDotNet.Attributes;
using IrtGpu.Bench.Truth;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Items;

namespace IrtGpu.Bench.Micro;

/// <summary>Reading a table of 100,000 persons × 50 items (10 MB) and finding its distinct rows.</summary>
public class DataBenchmarks
{
    private string path = "";
    private ResponseData data = null!;

    [GlobalSetup]
    public void Setup()
    {
        TrueModel truth = TrueModel.OfOneBlock(
            ItemDraws.Test(ItemFunction.TwoParameter, 50), TruePopulation.Standard(1), MicroSession.Current.Options.IsQuick ? 2_000 : 100_000);
        data = truth.Draw(seed: 5);
        path = Path.Combine(Path.GetTempPath(), $"irtgpu-bench-{Guid.NewGuid():n}.csv");
        using (StreamWriter writer = new(path, append: false, new UTF8Encoding(false)))
        {
            writer.Write(string.Join(',', data.ItemNames) + "\n");
            for (int person = 0; person < data.PersonCount; person++)
            {
                ReadOnlySpan<byte> row = data.Row(person);
                for (int item = 0; item < row.Length; item++)
                {
                    writer.Write((char)('0' + row[item]));
                    writer.Write(item + 1 < row.Length ? ',' : '\n');
                }
            }
        }
        if (!Read().Responses.ToArray().AsSpan().SequenceEqual(data.Responses.ToArray()))
            throw new InvalidOperationException("The file read back is not what was written, so reading is not timed.");
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(path);

    [Benchmark]
    public ResponseData Read() => ResponseReader.Read(path, new ResponseReaderOptions());

    [Benchmark]
    public PatternTable Compress() => PatternTable.Compress(data);
}
