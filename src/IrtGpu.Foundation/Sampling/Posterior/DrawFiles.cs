using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Foundation.Sampling.Posterior;

/// <summary>The files of draws, the same for every family of models.</summary>
internal static class DrawFiles
{
    /// <summary>Every draw.</summary>
    public const string DrawsName = "draws.csv";

    /// <summary>A row for each parameter.</summary>
    public const string SummaryName = "draws-summary.csv";

    /// <summary>Adds both to a set of results, or retires those of an earlier run.</summary>
    /// <param name="files">The set.</param>
    /// <param name="draws">The draws; null: there are none.</param>
    public static void AddTo(ResultSet files, PosteriorDraws? draws)
    {
        if (draws is null)
        {
            files.Retire(DrawsName);
            files.Retire(SummaryName);
            return;
        }
        files.Add(DrawsName, stream => WriteDraws(stream, draws));
        files.Add(SummaryName, stream => WriteSummary(stream, draws));
    }

    private static void WriteDraws(Stream stream, PosteriorDraws draws)
    {
        using CsvWriter csv = new(stream);
        csv.Record(["chain", "draw", "lp", "divergent", "tree_depth", .. draws.Names]);
        for (int chain = 0; chain < draws.Chains.Count; chain++)
        {
            ChainRecord own = draws.Chains[chain];
            for (int draw = 0; draw < own.Count; draw++)
            {
                csv.Field(chain + 1);
                csv.Field(draw + 1);
                csv.Field(own.LogDensity[draw]);
                csv.Field(own.IsDivergent[draw] ? 1 : 0);
                csv.Field(own.TreeDepth[draw]);
                for (int parameter = 0; parameter < draws.Names.Count; parameter++)
                    csv.Field(own.Values[draw * draws.Names.Count + parameter]);
                csv.EndRecord();
            }
        }
    }

    private static void WriteSummary(Stream stream, PosteriorDraws draws)
    {
        using CsvWriter csv = new(stream);
        csv.Record("parameter", "estimate", "est_error", "lower", "upper", "rhat", "bulk_ess", "tail_ess", "mcse");
        for (int parameter = 0; parameter < draws.Names.Count; parameter++)
        {
            DrawSummary summary = draws.Summaries[parameter];
            csv.Field(draws.Names[parameter]);
            csv.Field(summary.Estimate);
            csv.Field(summary.Error);
            csv.Field(summary.Lower);
            csv.Field(summary.Upper);
            csv.Field(summary.RHat);
            csv.Field(summary.BulkSize);
            csv.Field(summary.TailSize);
            csv.Field(summary.MonteCarloError);
            csv.EndRecord();
        }
    }
}
