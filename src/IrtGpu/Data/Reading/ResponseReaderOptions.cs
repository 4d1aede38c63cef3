using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;

namespace IrtGpu.Data.Reading;

/// <summary>How to read a table of responses: which columns play which part, and what counts as missing.</summary>
public sealed record ResponseReaderOptions
{
    /// <summary>What counts as missing when nothing else is said: an empty field, <c>NA</c>, <c>NaN</c> and <c>.</c></summary>
    public static IReadOnlyList<string> DefaultMissingCodes => Foundation.Tables.MissingCodes.Default;

    /// <summary>Column of person identifiers; null: rows are numbered.</summary>
    public string? IdColumn { get; init; }

    /// <summary>Column of observed groups; null: one group.</summary>
    public string? GroupColumn { get; init; }

    /// <summary>Column of frequency weights, non-negative and finite; null: every row counts once.</summary>
    public string? WeightColumn { get; init; }

    /// <summary>
    /// Column of sampling weights, non-negative and finite: how many of the population a person was drawn for; null: all persons had the
    /// same chance. Only their ratios count. Not together with <see cref="WeightColumn"/>.
    /// </summary>
    public string? SamplingWeightColumn { get; init; }

    /// <summary>Column of known latent classes, blank or missing where unknown; null: no class is known.</summary>
    public string? ClassColumn { get; init; }

    /// <summary>Columns kept out of the items.</summary>
    public IReadOnlyList<string> Covariates { get; init; } = [];

    /// <summary>ITEMS list (names, globs, ranges, <c>!</c> exceptions); null: every column without another part.</summary>
    public string? Items { get; init; }

    /// <summary>Field texts that mean missing in every column but that of identifiers; an empty field always does. Whole numbers match by value.</summary>
    public IReadOnlyList<string> MissingCodes { get; init; } = DefaultMissingCodes;

    /// <summary>
    /// Table <c>item,key</c> that turns answers into 0/1; null: responses are already codes. Several right answers of an item stand in lines of
    /// their own, or in one with <c>|</c> between them; case and blanks make no difference.
    /// </summary>
    public string? KeyPath { get; init; }

    /// <summary>Answers that items have, in order; of two that name the same item the later counts. Items of a finished fit keep those of the fit.</summary>
    public IReadOnlyList<CodeDeclaration> Codes { get; init; } = [];

    /// <summary><c>all</c>, <c>none</c> or an ITEMS list: items of which a blank counts as the lowest category; null: none, or as in the fit.</summary>
    public string? BlankIsWrong { get; init; }

    /// <summary>Items that an earlier fit knows, whether the data have them or not (anchors); what <see cref="Codes"/> say counts more. [item name]</summary>
    public IReadOnlyDictionary<string, KnownItem>? KnownItems { get; init; }

    /// <summary>
    /// Items of a finished fit with their category codes, ascending; null: codes come from the data.
    /// When given, the items are exactly these, in the order of its enumeration.
    /// </summary>
    public IReadOnlyDictionary<string, int[]>? ExpectedCategoryCodes { get; init; }

    /// <summary>How the answers to items of a finished fit are read where their codes alone do not say so; null: by their codes.</summary>
    public IReadOnlyDictionary<string, ItemAnswers>? ExpectedAnswers { get; init; }

    /// <summary>How many responses may lie in memory, and where a temporary file takes more.</summary>
    public RowStorage Storage { get; init; } = RowStorage.Default;
}
