#pragma warning disable IDE0005 // the reader's program stands in no namespace of the library
// <readme>
using IrtGpu;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

// </readme>
#pragma warning restore IDE0005
namespace IrtGpu.Tests.Docs;

/// <summary>The C# program of README.md. What stands between the marks is what the page shows.</summary>
internal static class ReadmeExample
{
    /// <summary>The program.</summary>
    /// <param name="args">Table of responses.</param>
    /// <param name="Console">Stands in for the console.</param>
    public static void Run(string[] args, TextWriter Console)
    {
        // <readme>
        ResponseData data = ResponseReader.Read(args[0], new ResponseReaderOptions { WeightColumn = "freq" });
        ModelSpecification model = new() { Functions = ModelParser.Parse("2pl") };
        CalibrationResult result = Calibration.Run(data, model, new CalibrationOptions { Tolerance = 1e-9 });

        Console.WriteLine($"{result.Termination.Message}");
        Console.WriteLine($"log L {result.LogLikelihood:F4}");
        foreach (ItemRow row in ItemTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors))
            Console.WriteLine($"{row.Item} {row.Parameter} {row.Estimate:F4} ({row.StandardError:F4})");
        // </readme>
    }
}
