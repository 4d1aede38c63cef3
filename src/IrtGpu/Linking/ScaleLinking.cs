using IrtGpu.Foundation.Progress;
using IrtGpu.Linking.Drift;
using IrtGpu.Linking.Equating;
using IrtGpu.Linking.Errors;
using IrtGpu.Linking.Forms;
using IrtGpu.Linking.Methods;
using IrtGpu.Linking.Results;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Linking;

/// <summary>Puts finished calibrations on the scale of the first by their common items.</summary>
public sealed class ScaleLinking
{
    private readonly LinkForm[] forms;
    private readonly LinkOptions options;
    private readonly IProgress<WorkProgress>? progress;
    private readonly FormVariance variance;
    private readonly MetricTransformation[] toBase; // by the chosen method [form]
    private readonly MetricGradients[] gradients; // of these [form]
    private readonly List<string> warnings = [];

    private ScaleLinking(LinkForm[] forms, LinkOptions options, IProgress<WorkProgress>? progress)
    {
        this.progress = progress;
        this.forms = forms;
        this.options = options;
        variance = new FormVariance(forms);
        toBase = [.. forms.Select(_ => MetricTransformation.Identity)];
        gradients = [.. forms.Select(_ => MetricGradients.None(forms.Length))];
    }

    /// <summary>Links.</summary>
    /// <param name="calibrations">Finished calibrations with their names, that of the base first.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of the draws of the bootstrap.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="SpecificationException">The calibrations have no scale in common, or the method does not apply.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static LinkResult Run(IReadOnlyList<(string Name, SavedCalibration Calibration)> calibrations, LinkOptions? options = null, IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(calibrations);
        options ??= new LinkOptions();
        if (calibrations.Count < 2)
            throw new SpecificationException("link needs two fits or more, and one is named. Name the calibration.json of each, or their folders, that of the base first.");
        List<LinkForm> forms = [];
        List<string> problems = [];
        foreach ((string name, SavedCalibration calibration) in calibrations)
        {
            try
            {
                forms.Add(LinkForm.Of(name, calibration));
            }
            catch (SpecificationException exception)
            {
                problems.AddRange(exception.Problems);
            }
        }
        return problems.Count > 0 ? throw new SpecificationException(problems) : new ScaleLinking([.. forms], options, progress).Run(cancellation);
    }

    private LinkResult Run(CancellationToken cancellation)
    {
        (FormPair Pair, IReadOnlyList<AnchorItem> Used)[] pairs =
            [.. LinkTree.Of(forms, options.Path, options.Anchors).Select(pair => (pair, pair.Common.Items))];
        Dictionary<LinkMethod, MetricTransformation?[]> others = [];
        LinkEstimate[][] estimates = new LinkEstimate[forms.Length][];
        IReadOnlyList<AnchorDrift>[] drift = new IReadOnlyList<AnchorDrift>[forms.Length];
        for (int k = 0; k < pairs.Length; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            (FormPair pair, IReadOnlyList<AnchorItem> used) = pairs[k];
            if (PairLinker.Problem(options.Method, used, forms[pair.Base].Slots, forms[pair.Form].Slots) is { } problem)
                throw new SpecificationException($"'{forms[pair.Form].Name}' cannot be linked to '{forms[pair.Base].Name}' by {options.Method.Name()}: {problem}.");
            used = LinkChosen(pair, used, ref drift[pair.Form]);
            pairs[k] = (pair, used);
            Warn(pair, used);
        }
        (double[] A, double[] B, double?[][] Reported)? draws = DrawsAreNeeded ? Bootstrap(pairs, cancellation) : null;
        foreach (LinkMethod method in Enum.GetValues<LinkMethod>())
        {
            MetricTransformation?[] composed = new MetricTransformation?[forms.Length];
            MetricGradients?[] composedGradients = new MetricGradients?[forms.Length];
            composed[0] = MetricTransformation.Identity;
            composedGradients[0] = MetricGradients.None(forms.Length);
            foreach ((FormPair pair, IReadOnlyList<AnchorItem> used) in pairs)
            {
                (estimates[pair.Form] ??= new LinkEstimate[Enum.GetValues<LinkMethod>().Length])[(int)method] =
                    Estimate(method, pair, used, composed, composedGradients, draws);
            }
        }
        return new LinkResult(forms[0].Name, [.. pairs.Select(pair => Result(pair.Pair, estimates[pair.Pair.Form], drift[pair.Pair.Form], draws?.Reported[pair.Pair.Form]))], warnings);
    }

    private bool DrawsAreNeeded => options.Errors != LinkErrors.None && variance.Reason is null
        && (options.Errors == LinkErrors.Bootstrap || options.Method == LinkMethod.RobustHaebara);

    /// <summary>Links a pair by the chosen method and looks at its anchors, which leave one by one where that was asked for.</summary>
    private IReadOnlyList<AnchorItem> LinkChosen(FormPair pair, IReadOnlyList<AnchorItem> used, ref IReadOnlyList<AnchorDrift> drift)
    {
        (LinkForm baseForm, LinkForm form) = (forms[pair.Base], forms[pair.Form]);
        PairLinker linker = new(baseForm, form, options);
        while (true)
        {
            MetricTransformation own = linker.Solve(options.Method, used, baseForm.Slots, form.Slots);
            bool hasGradients = options.Method != LinkMethod.RobustHaebara && variance.Reason is null && options.Errors != LinkErrors.None;
            MetricGradients? ofPair = hasGradients
                ? new PairSensitivity(baseForm, form, linker, used, options.Method, options.Threads).Of(own, pair, forms.Length) : null;
            // Without derivatives of A and B they count as known: the robust method hardly follows one item.
            MetricGradients? ofDrift = ofPair ?? (options.Errors == LinkErrors.None ? null : MetricGradients.None(forms.Length));
            drift = new DriftTest(baseForm, form, pair, own, ofDrift, variance).Rows(used.Select(anchor => anchor.Name).ToHashSet());
            AnchorDrift? worst = drift.Where(row => row.IsUsed && row.HasDrifted).MaxBy(row => row.Wald ?? Math.Abs(row.DifficultyZ ?? 0) + Math.Abs(row.SlopeZ ?? 0));
            if (!options.DropsDrift || worst is null || used.Count <= 2)
            {
                toBase[pair.Form] = own.Then(toBase[pair.Base]);
                gradients[pair.Form] = ofPair is null ? MetricGradients.None(forms.Length) : ofPair.Then(own, toBase[pair.Base], gradients[pair.Base]);
                return used;
            }
            used = [.. used.Where(anchor => anchor.Name != worst.Item)];
        }
    }

    private void Warn(FormPair pair, IReadOnlyList<AnchorItem> used)
    {
        string names = $"'{forms[pair.Form].Name}' and '{forms[pair.Base].Name}'";
        if (pair.Common.Refused.Count > 0)
            warnings.Add($"Of the common items of {names} {pair.Common.Refused.Count} cannot link: '{pair.Common.Refused.First().Key}' {pair.Common.Refused.First().Value}{(pair.Common.Refused.Count > 1 ? ", …" : "")}.");
        if (used.Count < 5)
            warnings.Add($"{names} are linked by {used.Count} item(s) only: A and B rest on these, and drift can hardly be seen.");
        if (used.Count < pair.Common.Items.Count && options.DropsDrift)
            warnings.Add($"{pair.Common.Items.Count - used.Count} anchor(s) of {names} drifted and were left out: {string.Join(", ", pair.Common.Items.Except(used).Select(anchor => anchor.Name))}.");
    }

    private LinkEstimate Estimate(
        LinkMethod method, FormPair pair, IReadOnlyList<AnchorItem> used, MetricTransformation?[] composed, MetricGradients?[] composedGradients,
        (double[] A, double[] B, double?[][] Reported)? draws)
    {
        (LinkForm baseForm, LinkForm form) = (forms[pair.Base], forms[pair.Form]);
        if (PairLinker.Problem(method, used, baseForm.Slots, form.Slots) is { } problem)
            return new LinkEstimate(method, null, null, null, null, $"Does not apply: {problem}.");
        if (composed[pair.Base] is not { } next)
            return new LinkEstimate(method, null, null, null, null, $"Does not apply to '{baseForm.Name}', to which the form is linked.");
        PairLinker linker = new(baseForm, form, options);
        MetricTransformation own = linker.Solve(method, used, baseForm.Slots, form.Slots);
        composed[pair.Form] = own.Then(next);
        double value = linker.Value(method, used, baseForm.Slots, form.Slots, own);
        double? criterion = double.IsNaN(value) ? null : value;
        LinkEstimate estimate = new(method, composed[pair.Form], null, null, criterion, null);
        if (!double.IsFinite(own.A) || !double.IsFinite(own.B))
            return estimate with { Transformation = null, Criterion = null, Reason = "No finite A and B were found: look at the parameters of the anchors." };
        if (options.Errors == LinkErrors.None)
            return estimate with { Reason = "No standard errors were asked for." };
        if (variance.Reason is { } reason)
            return estimate with { Reason = $"Standard errors: {reason}" };
        if (method == options.Method && draws is { } drawn)
            return estimate with { ErrorA = Positive(drawn.A[pair.Form]), ErrorB = Positive(drawn.B[pair.Form]) };
        if (method == LinkMethod.RobustHaebara)
            return estimate with { Reason = "Standard errors: absolute differences have no derivatives. They are drawn with --method robust-haebara." };
        if (composedGradients[pair.Base] is not { } ofNext)
            return estimate;
        MetricGradients gradient = new PairSensitivity(baseForm, form, linker, used, method, options.Threads).Of(own, pair, forms.Length).Then(own, next, ofNext);
        composedGradients[pair.Form] = gradient;
        return estimate with { ErrorA = variance.ErrorOf(gradient.ByA), ErrorB = variance.ErrorOf(gradient.ByB) };
    }

    private static double? Positive(double value) => value > 0 && double.IsFinite(value) ? value : null;

    /// <summary>Draws the parameters of all forms, links them, and takes SDs.</summary>
    private (double[] A, double[] B, double?[][] Reported) Bootstrap((FormPair Pair, IReadOnlyList<AnchorItem> Used)[] pairs, CancellationToken cancellation)
    {
        variance.Prepare();
        LinkedTables[] tables = [.. forms.Select(form => new LinkedTables(form))];
        PairLinker[] linkers = [.. pairs.Select(pair => new PairLinker(forms[pair.Pair.Base], forms[pair.Pair.Form], options))];
        MetricTransformation[] own = [.. pairs.Select((pair, k) => linkers[k].Solve(options.Method, pair.Used, forms[pair.Pair.Base].Slots, forms[pair.Pair.Form].Slots))];
        double[][][] drawn = new double[options.Draws][][]; // [draw][form]: A, B, reported
        int done = 0;
        Parallel.For(0, options.Draws, new ParallelOptions { MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : -1, CancellationToken = cancellation }, draw =>
        {
            double[][] slots = new double[forms.Length][];
            for (int form = 0; form < forms.Length; form++)
            {
                Foundation.Sampling.StreamRandom random = new(options.Seed, draw * forms.Length + form);
                slots[form] = variance.Draw(form, ref random);
            }
            MetricTransformation[] composed = [.. forms.Select(_ => MetricTransformation.Identity)];
            drawn[draw] = new double[forms.Length][];
            for (int k = 0; k < pairs.Length; k++)
            {
                (FormPair pair, IReadOnlyList<AnchorItem> used) = pairs[k];
                composed[pair.Form] = linkers[k].Solve(options.Method, used, slots[pair.Base], slots[pair.Form], own[k]).Then(composed[pair.Base]);
                drawn[draw][pair.Form] = [composed[pair.Form].A, composed[pair.Form].B, .. tables[pair.Form].Reported(tables[pair.Form].Carry(slots[pair.Form], composed[pair.Form]))];
            }
            progress?.Report(new WorkProgress("bootstrap", Interlocked.Increment(ref done), options.Draws, "draws"));
        });
        double[] a = new double[forms.Length];
        double[] b = new double[forms.Length];
        double?[][] reported = new double?[forms.Length][];
        foreach ((FormPair pair, _) in pairs)
        {
            double[] deviations = [.. Enumerable.Range(0, drawn[0][pair.Form].Length).Select(k => Deviation([.. drawn.Select(draw => draw[pair.Form][k])]))];
            (a[pair.Form], b[pair.Form]) = (deviations[0], deviations[1]);
            reported[pair.Form] = [.. deviations[2..].Select(Positive)];
        }
        return (a, b, reported);
    }

    private static double Deviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    private LinkedForm Result(FormPair pair, LinkEstimate[] estimates, IReadOnlyList<AnchorDrift> drift, double?[]? drawnErrors)
    {
        LinkForm form = forms[pair.Form];
        LinkedTables tables = new(form);
        double[] carried = tables.Carry(form.Slots, toBase[pair.Form]);
        double[] values = tables.Reported(carried);
        double?[] errors = drawnErrors ?? new LinkedErrors(form, pair.Form, tables, toBase[pair.Form], gradients[pair.Form], variance).Of(values.Length, options);
        IReadOnlyList<Reporting.Tables.ItemRow> items = tables.Items(values, errors);
        IReadOnlyList<Reporting.Tables.PopulationRow> population = tables.Population(values, errors);
        return new LinkedForm
        {
            Name = form.Name,
            Base = forms[pair.Base].Name,
            Estimates = estimates,
            Chosen = estimates[(int)options.Method],
            Anchors = drift,
            Refused = pair.Common.Refused,
            Items = items,
            Population = population,
            Calibration = tables.Hold(carried, items, population),
            Equating = ScoreEquating.Of(forms[0], form, toBase[pair.Form], options.SyntheticWeight),
        };
    }
}
