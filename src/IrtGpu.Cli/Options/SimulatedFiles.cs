using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Options;

/// <summary>What a drawn response is made from and written to.</summary>
/// <param name="Data">Table of predictors; null: none was named.</param>
/// <param name="Output">Table with the response.</param>
/// <param name="Truth">Classes or effects; null: not wanted.</param>
/// <param name="Parameters">Parameters; null: not wanted.</param>
/// <param name="Threads">Threads; 0: all processors.</param>
internal sealed record SimulatedFiles(string? Data, string Output, string? Truth, string? Parameters, int Threads)
{
    /// <summary>The predictors, once all files can be written.</summary>
    /// <param name="model">What is drawn from, for messages.</param>
    public DataTable ReadData(string model)
    {
        if (Data is null)
            throw new SpecificationException($"'{model}' is a regression: responses are drawn at the rows of a table of predictors. Name it with --data.");
        foreach (string path in new[] { Output, Truth, Parameters }.OfType<string>())
            AtomicFile.CheckWritable(path);
        return DataTable.Read(Data);
    }
}
