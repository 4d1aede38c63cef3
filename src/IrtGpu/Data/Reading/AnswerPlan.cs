using IrtGpu.Data.Answers;
using IrtGpu.Data.Answers.Meanings;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Reading;

/// <summary>What the answers of each item stand for, as far as it is said before the data are read.</summary>
internal sealed class AnswerPlan
{
    private readonly string[] names; // [item]
    private readonly string[] columns; // of the data
    private readonly AnswerMeaning?[] meanings; // [item]; null: seen in the data
    private readonly bool[] blankIsWrong; // [item]
    private readonly string[]?[] missing; // [item]; of one item alone
    private readonly KnownItem?[] known; // [item]; of an earlier fit
    private readonly string?[] kept; // [item]; the key of an earlier fit
    private DeclaredMeaning? general; // for items without a meaning

    private AnswerPlan(ColumnPlan plan, bool isOfFit)
    {
        names = plan.ItemNames;
        columns = plan.Names;
        meanings = new AnswerMeaning?[names.Length];
        blankIsWrong = new bool[names.Length];
        missing = new string[]?[names.Length];
        known = new KnownItem?[names.Length];
        kept = new string?[names.Length];
        Keyed = new KeyedMeaning?[names.Length];
        IsOfFit = isOfFit;
    }

    /// <summary>Whether a finished fit says everything.</summary>
    public bool IsOfFit { get; }

    /// <summary>The right answers of items that have a key. [item]</summary>
    public KeyedMeaning?[] Keyed { get; }

    /// <summary>Items whose key of an earlier fit was left, as all their answers are 0 and 1 already.</summary>
    public int ScoredCount { get; private set; }

    /// <summary>Items whose key is not that of the earlier fit, with both.</summary>
    public IReadOnlyList<string> ChangedKeys => [.. names.Select((name, item) => (Name: name, Key: Keyed[item], Kept: kept[item]))
        .Where(item => item.Key is { IsKept: false } && item.Kept is not null && !item.Key.IsSame(item.Kept))
        .Select(item => $"'{item.Name}' {SeenText.Show(string.Join('|', item.Key!.Keys))} for {SeenText.Show(item.Kept!)}")];

    /// <summary>Whether a blank counts as the lowest category.</summary>
    public bool IsBlankWrong(int item) => blankIsWrong[item];

    /// <summary>Number of categories that the item has in an earlier fit; null: it is in none.</summary>
    public int? KnownCategoryCount(int item) => known[item]?.CategoryCount;

    /// <summary>Whether an answer means missing in this item.</summary>
    public bool IsMissing(int item, Answer answer) => missing[item]?.Any(text => AnswerText.Comparable(text) == answer.Comparable) ?? false;

    /// <summary>Makes the plan.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="options">What the user or a fit says.</param>
    /// <param name="keys">Right answers; null: there is no key. [item][line]</param>
    /// <param name="missingCodes">What means missing in every column.</param>
    /// <param name="path">The data, for messages.</param>
    /// <param name="problems">Receives what contradicts itself.</param>
    public static AnswerPlan Make(ColumnPlan columns, ResponseReaderOptions options, List<string>[]? keys, MissingCodes missingCodes, string path, ProblemLog problems)
    {
        string[] names = columns.ItemNames;
        AnswerPlan plan = new(columns, options.ExpectedCategoryCodes is not null);
        for (int item = 0; item < names.Length; item++)
        {
            plan.known[item] = options.KnownItems?.GetValueOrDefault(names[item]);
            int[]? codes = options.ExpectedCategoryCodes?[names[item]] ?? plan.known[item]?.Codes;
            if (codes is not null)
            {
                ItemAnswers known = options.ExpectedAnswers?.GetValueOrDefault(names[item]) ?? plan.known[item]?.Answers ?? ItemAnswers.Plain;
                plan.Declare(item, codes, known, isOfFit: true);
                plan.kept[item] = known.Key;
                if (known.Key is { } key && keys is null)
                    plan.meanings[item] = plan.Keyed[item] = new KeyedMeaning([key], codes, isKept: true);
            }
            if (keys is null)
                continue;
            if (codes is not null && !codes.SequenceEqual([0, 1]))
                problems.Add(new DataProblem($"--key scores answers 0 and 1, but the fit's codes of the item are {CodeLists.Show(codes)}. Leave --key out, or calibrate with it.", path, null, names[item]));
            plan.meanings[item] = plan.Keyed[item] = new KeyedMeaning(keys[item], codes);
        }
        if (!plan.IsOfFit)
        {
            foreach (CodeDeclaration declaration in options.Codes)
                plan.Declare(declaration, path, problems);
        }
        if (keys is not null && plan.general is not null)
            problems.Add(new DataProblem("--key and --codes are both given for all items, but answers are either right or wrong, or ordered. Name the items with declared codes: --codes 'ITEMS=…'.", path));
        plan.TakeBlanks(options.BlankIsWrong, path, problems);
        if (!plan.IsOfFit)
            plan.RefuseMissing(missingCodes, path, problems);
        return plan;
    }

    /// <summary>A code for missing is missing everywhere, so it cannot be an answer.</summary>
    private void RefuseMissing(MissingCodes missingCodes, string path, ProblemLog problems)
    {
        var clashes = new List<(string Text, string Item)>();
        for (int item = 0; item < names.Length; item++)
        {
            IEnumerable<string> texts = (meanings[item] ?? general)?.Answers ?? [];
            clashes.AddRange(texts.Where(text => missingCodes.IsMissing(text)).Select(text => (text, names[item])));
        }
        foreach (IGrouping<string, (string Text, string Item)> clash in clashes.GroupBy(clash => clash.Text))
        {
            problems.Add(new DataProblem(
                $"{SeenText.Show(clash.Key)} is an answer by the key or by the declared codes of {CodeLists.Show([.. clash.Select(one => one.Item)])}, but also a code for missing in every column. Take it out of one of the two (--missing replaces the list).", path));
        }
    }

    /// <summary>Lets the book take blanks for answers, and any number of answers where there is a key.</summary>
    public void Prepare(CodeBook book)
    {
        for (int item = 0; item < meanings.Length; item++)
        {
            if (Keyed[item] is { } key)
                book[item].ShareBeyond(key.Answers);
            if (blankIsWrong[item])
                book.TakeBlanks(item);
        }
    }

    /// <summary>Leaves the keys of an earlier fit where the answers, all together, are 0 and 1 already and cannot be options.</summary>
    /// <param name="seen">The answers to each item, those that mean missing left out. [item][answer]</param>
    public void SettleKeys(Answer[][] seen)
    {
        int[] items = [.. Enumerable.Range(0, names.Length).Where(item => Keyed[item] is { IsKept: true })];
        Answer[] given = [.. items.SelectMany(item => seen[item])];
        bool Names(string text) => items.Any(item => Keyed[item]!.Answers.Any(answer => AnswerText.Comparable(answer) == AnswerText.Comparable(text)));
        if (given.Length == 0 || given.Any(answer => answer.Number is not (0 or 1)) || Names("0") || (Names("1") && !given.Any(answer => answer.Number == 0)))
            return;
        foreach (int item in items)
        {
            meanings[item] = new DeclaredMeaning([0, 1], null, isOfFit: true);
            Keyed[item] = null;
        }
        ScoredCount = items.Length;
    }

    /// <summary>What the answers stand for, now that they are all seen.</summary>
    /// <param name="item">0-based item.</param>
    /// <param name="seen">The answers in the data, those that mean missing left out.</param>
    public AnswerMeaning MeaningOf(int item, IReadOnlyList<Answer> seen)
    {
        AnswerMeaning meaning = IsGeneral(item, seen) ? general! : meanings[item] ?? OpenMeaning.Instance;
        meaning.Settle(seen);
        return meaning;
    }

    /// <summary>Whether the declaration for all items is for this one: it has no other, or only as many numbers for categories, and holds words where words are declared.</summary>
    private bool IsGeneral(int item, IReadOnlyList<Answer> seen)
    {
        if (general is not { } all || Keyed[item] is not null)
            return false;
        bool isOpen = meanings[item] is null;
        bool isCounted = all.HasWords && meanings[item] is { Texts: null } own && own.Codes(seen).Length == all.Codes(seen).Length;
        return (isOpen && !all.HasWords) || ((isOpen || isCounted) && seen.Any(answer => answer.Number is null || (isOpen && all.CodeOf(answer) is not null)));
    }

    /// <summary>What is kept of it with a fit.</summary>
    /// <param name="item">0-based item.</param>
    /// <param name="meaning">What its answers stand for.</param>
    public ItemAnswers Keep(int item, AnswerMeaning meaning) => new(meaning.Texts, missing[item], blankIsWrong[item], Keyed[item]?.Written);

    private void Declare(int item, int[] codes, ItemAnswers answers, bool isOfFit)
    {
        meanings[item] = new DeclaredMeaning(codes, answers.Texts, isOfFit);
        missing[item] = answers.Missing is { Length: > 0 } texts ? texts : null;
        blankIsWrong[item] = answers.BlankIsWrong;
    }

    private void Declare(CodeDeclaration declaration, string path, ProblemLog problems)
    {
        (int[] codes, string[][]? texts) = declaration.Read();
        if (declaration.Items is null)
        {
            general = new DeclaredMeaning(codes, texts, isOfFit: false);
            return;
        }
        foreach (int item in Resolve(declaration.Items, "declared codes", path, problems))
        {
            if (Keyed[item] is { IsKept: true })
                Keyed[item] = null; // what is declared counts more
            if (Keyed[item] is not null)
                problems.Add(new DataProblem("The item has a key and declared codes, but its answers are either right or wrong, or ordered. Take it out of --codes, or of --key and its file.", path, null, names[item]));
            else
                Declare(item, codes, new ItemAnswers(texts, declaration.Missing), isOfFit: false);
        }
    }

    private void TakeBlanks(string? items, string path, ProblemLog problems)
    {
        if (items is null)
            return;
        Array.Fill(blankIsWrong, items == "all");
        if (items is "all" or "none")
            return;
        foreach (int item in Resolve(items, "--blank", path, problems))
            blankIsWrong[item] = true;
    }

    private IEnumerable<int> Resolve(string items, string option, string path, ProblemLog problems)
    {
        if (Array.IndexOf(names, items) is var exact and >= 0)
            return [exact];
        if (columns.Contains(QuotedList.Unquote(items)) && !names.Contains(QuotedList.Unquote(items)))
            return []; // a column that is no item here
        try
        {
            return ItemSelector.Resolve(items, names);
        }
        catch (ItemListException error)
        {
            problems.Add(new DataProblem($"{option}: {error.Message}", path));
            return [];
        }
    }
}
