using IrtGpu.Cli.Options;
using IrtGpu.Cli.Progress;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Regression.Prediction;
using IrtGpu.Regression.Reporting;
using IrtGpu.Regression.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Commands;

/// <summary>What <c>score</c> and <c>simulate</c> do with a finished regression.</summary>
internal static class RegressionScoring
{
    /// <summary>Fitted values and residuals of rows.</summary>
    public static int Score(string fit, string dataPath, string? id, string? missing, string output, int threads, ProgressDisplay progress, CancellationToken cancellation)
    {
        AtomicFile.CheckWritable(output);
        DataTable data = DataTable.Read(dataPath, missing?.Split(','), progress);
        ProblemLog problems = new();
        DataColumn? names = id is null ? null : data.Find(id, "--id", problems);
        problems.ThrowIfAny();
        progress.Report("scores");
        if (SavedMixture.IsMixture(fit))
        {
            MixtureScores mixture = MixtureScores.Of(fit, data);
            foreach (string warning in mixture.Warnings)
                progress.Say($"warning: {warning}");
            progress.Report("writing scores");
            AtomicFile.Write(output, stream => RegressionTables.WriteScores(stream, mixture, names, threads), cancellation);
            return ExitCode.Done;
        }
        RegressionScores scores = RegressionScores.Of(fit, data);
        foreach (string warning in scores.Warnings)
            progress.Say($"warning: {warning}");
        progress.Report("writing scores");
        AtomicFile.Write(output, stream => RegressionTables.WriteScores(stream, scores, names, threads), cancellation);
        return ExitCode.Done;
    }

    /// <summary>A response drawn at the rows of a table.</summary>
    public static int Simulate(SimulatedFiles files, string fit, int seed, CancellationToken cancellation)
    {
        DataTable data = files.ReadData(fit);
        if (files.Parameters is not null)
            throw new SpecificationException("--parameters is for mixtures and priors: a mixed model is drawn with the estimates in its own folder. Leave it out.");
        SimulatedRegression simulated = SimulatedRegression.Draw(fit, data, seed);
        AtomicFile.Write(files.Output, stream => RegressionTables.WriteSimulated(stream, simulated.ResponseName, simulated.Response, data, files.Threads), cancellation);
        if (files.Truth is not null)
            AtomicFile.Write(files.Truth, stream => RegressionTables.WriteEffects(stream, simulated), cancellation);
        return ExitCode.Done;
    }

    /// <summary>A response drawn from a mixture, with estimates, given parameters, or parameters drawn from priors.</summary>
    public static int SimulateMixture(SimulatedFiles files, string model, Func<DataTable, SimulatedMixture> draw, CancellationToken cancellation)
    {
        DataTable data = files.ReadData(model);
        SimulatedMixture simulated = draw(data);
        AtomicFile.Write(files.Output, stream => RegressionTables.WriteSimulated(stream, simulated.ResponseName, simulated.Response, data, files.Threads), cancellation);
        if (files.Truth is not null)
            AtomicFile.Write(files.Truth, stream => RegressionTables.WriteClasses(stream, simulated), cancellation);
        if (files.Parameters is not null)
            AtomicFile.Write(files.Parameters, stream => RegressionTables.WriteParameters(stream, simulated), cancellation);
        return ExitCode.Done;
    }
}
