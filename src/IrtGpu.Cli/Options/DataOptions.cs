using System.CommandLine;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Specification;
using IrtGpu.Specification.Files;

namespace IrtGpu.Cli.Options;

/// <summary>The options that say how a table of responses is read.</summary>
internal sealed class DataOptions
{
    private readonly Option<string?> id = new("--id") { HelpName = "COL", Description = "Column of person identifiers (default: rows are numbered); \"\" is the column without a name." };
    private readonly Option<string?> group = new("--group") { HelpName = "COL", Description = "Column of observed groups." };
    private readonly Option<string?> weight = new("--weight") { HelpName = "COL", Description = "Column of frequency weights: how many persons a row stands for." };
    private readonly Option<string?> samplingWeight = new("--sampling-weight") { HelpName = "COL", Description = "Column of sampling weights: how many of the population a person was drawn for; only ratios count." };
    private readonly Option<string?> knownClass = new("--class") { HelpName = "COL", Description = "Column of known latent classes; blank where unknown." };
    private readonly Option<string?> covariates = new("--covariates") { HelpName = "A,B", Description = "Columns that are not items." };
    private readonly Option<string?> items = new("--items") { HelpName = "ITEMS", Description = "Item columns: names, globs (q*) and ranges (q01-q20), separated by commas; default: every other column." };
    private readonly Option<string?> missing = new("--missing") { HelpName = "CODE,…", Description = "Codes that mean missing (default: empty, NA, NaN and . in calibrate, those of the fit in score)." };
    private readonly Option<string?> key = new("--key") { HelpName = "FILE", Description = "Table item,key: scores multiple choice answers 0/1; A|C is A or C." };
    private readonly Option<string?> codes = new("--codes") { HelpName = "LIST|FILE", Description = "Answers of the items, lowest first: 'Never, Sometimes, Always', or 'ITEMS=…;ITEMS=…', or a table item,code,category." };
    private readonly Option<string?> blank = new("--blank") { HelpName = "missing|wrong", Description = "What a blank answer is (default: missing), for all items or 'ITEMS=wrong'." };

    /// <summary>Adds the options; which items and codes there are is asked for only where it is not known from a fit.</summary>
    public void AddTo(Command command, bool withItems)
    {
        command.Options.Add(id);
        command.Options.Add(group);
        command.Options.Add(weight);
        command.Options.Add(samplingWeight);
        command.Options.Add(knownClass);
        command.Options.Add(covariates);
        if (withItems)
            command.Options.Add(items);
        command.Options.Add(missing);
        command.Options.Add(key);
        if (withItems)
            command.Options.Add(codes);
        command.Options.Add(blank);
    }

    /// <summary>Column of identifiers; null where none is named.</summary>
    public string? Id(ParseResult parsed) => parsed.GetValue(id);

    /// <summary>Codes that mean missing, separated by commas; null: the usual ones.</summary>
    public string? Missing(ParseResult parsed) => parsed.GetValue(missing);

    /// <summary>The options as given, over those of a specification file.</summary>
    public ResponseReaderOptions Read(ParseResult parsed, ResponseReaderOptions file) => file with
    {
        IdColumn = parsed.GetValue(id) ?? file.IdColumn,
        GroupColumn = parsed.GetValue(group) ?? file.GroupColumn,
        WeightColumn = parsed.GetValue(weight) ?? file.WeightColumn,
        SamplingWeightColumn = parsed.GetValue(samplingWeight) ?? file.SamplingWeightColumn,
        ClassColumn = parsed.GetValue(knownClass) ?? file.ClassColumn,
        Covariates = parsed.GetValue(covariates) is { } names ? SplitList(names) : file.Covariates,
        Items = parsed.GetResult(items) is null ? file.Items : parsed.GetValue(items) ?? file.Items,
        MissingCodes = parsed.GetValue(missing) is { } texts ? texts.Split(',') : file.MissingCodes,
        KeyPath = parsed.GetValue(key) ?? file.KeyPath,
        Codes = parsed.GetResult(codes) is null || parsed.GetValue(codes) is not { } list ? file.Codes : [.. file.Codes, .. CodesFile.ReadOrParse(list)],
        BlankIsWrong = parsed.GetValue(blank) is { } blanks ? BlankParser.Parse(blanks) : file.BlankIsWrong,
    };

    private static string[] SplitList(string list) => [.. QuotedList.Split(list, ',').Where(part => part.Length > 0).Select(QuotedList.Unquote)];
}
