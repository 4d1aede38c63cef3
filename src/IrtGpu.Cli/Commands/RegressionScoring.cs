using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Prediction;
using IrtGpu.Regression.Reporting;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary>What <c>score</c> and <c>simulate</c> do with a finished regression.</summary>
internal static class RegressionScoring
{
    /// <summary>Fitted values and residuals of rows.</summary>
    public static int Score(string fit, string dataPath, string? id, string? missing, string output, int threads, CancellationToken cancellation)
    {
        AtomicFile.CheckWritable(output);
        DataTable data = DataTable.Read(dataPath, missing?.Split(','));
        ProblemLog problems = new();
        DataColumn? names = id is null ? null : data.Find(id, "--id", problems);
        problems.ThrowIfAny();
        RegressionScores scores = RegressionScores.Of(fit, data);
        foreach (string warning in scores.Warnings)
            Console.Error.WriteLine($"warning: {warning}");
        AtomicFile.Write(output, stream => RegressionTables.WriteScores(stream, scores, names, threads), cancellation);
        return ExitCode.Done;
    }

    /// <summary>A response drawn at the rows of a table.</summary>
    public static int Simulate(string fit, string? dataPath, int seed, string output, string? truth, int threads, CancellationToken cancellation)
    {
        if (dataPath is null)
            throw new SpecificationException($"'{fit}' is a regression: responses are drawn at the rows of a table of predictors. Name it with --data.");
        AtomicFile.CheckWritable(output);
        if (truth is not null)
            AtomicFile.CheckWritable(truth);
        DataTable data = DataTable.Read(dataPath);
        SimulatedRegression simulated = SimulatedRegression.Draw(fit, data, seed);
        AtomicFile.Write(output, stream => RegressionTables.WriteSimulated(stream, simulated, data, threads), cancellation);
        if (truth is not null)
            AtomicFile.Write(truth, stream => RegressionTables.WriteEffects(stream, simulated), cancellation);
        return ExitCode.Done;
    }
}
