using IrtGpu.Items.Evaluation;
using IrtGpu.Items.Families;
using IrtGpu.Models;

namespace IrtGpu.Items;

/// <summary>A response function and everything that planning, estimation and reporting must know of it.</summary>
/// <remarks>
/// Slots of an item are its slopes by loading, then the shape parameters of the response function in their order, intercepts first.
/// Spans named <c>slots</c> are those of one item, on the working scale. What users ask for are the <see cref="Forms"/> of a family.
/// </remarks>
internal abstract class ItemFamily
{
    /// <summary>Every family there is.</summary>
    public static IReadOnlyList<ItemFamily> All { get; } =
        [new GeneralizedPartialCreditFamily(), new GradedFamily(), new FourParameterFamily(), new NominalFamily(), new SequentialFamily(), new GradedRatingScaleFamily()];

    private static readonly Dictionary<ItemFunction, (ItemFamily Family, ItemForm Form)> ByFunction =
        All.SelectMany(family => family.Forms.Select(form => (family, form))).ToDictionary(pair => pair.form.Function);

    /// <summary>The functions that users ask for.</summary>
    public abstract IReadOnlyList<ItemForm> Forms { get; }

    /// <summary>The response function's loops over nodes.</summary>
    public abstract ItemModelOperations Operations { get; }

    /// <summary>The family of a function.</summary>
    /// <param name="function">The function.</param>
    public static ItemFamily Of(ItemFunction function) => Find(function).Family;

    /// <summary>The form of a function.</summary>
    /// <param name="function">The function.</param>
    public static ItemForm FormOf(ItemFunction function) => Find(function).Form;

    /// <summary>Hands the response function to code that is compiled for each: the one place where it is chosen, on host and device.</summary>
    /// <param name="user">The code.</param>
    public abstract TResult Use<TResult>(IItemModelUser<TResult> user);

    /// <summary>The slots of an item.</summary>
    /// <param name="item">The item.</param>
    public virtual IReadOnlyList<ItemSlot> Slots(PlannedItem item) => [.. Slopes(item), .. Intercepts(item, ParameterKind.Intercept)];

    /// <summary>Which slot is the slope of a loading.</summary>
    /// <param name="item">The item.</param>
    /// <param name="loading">The loading.</param>
    public virtual int SlopeSlot(PlannedItem item, int loading) => loading;

    /// <summary>Whether category scores multiply its slopes.</summary>
    public virtual bool HasScores => false;

    /// <summary>Whether its curves end at asymptotes that are parameters.</summary>
    public virtual bool HasAsymptotes => false;

    /// <summary>In what the domain is narrower than finite numbers, in reported parameters; for messages.</summary>
    public virtual string Domain => "finite numbers";

    /// <summary>Why an item cannot be of the function; null where it can.</summary>
    /// <param name="item">The item.</param>
    public virtual string? Refuse(PlannedItem item) => null;

    /// <summary>Why the values that the user fixes or starts at are outside the domain; null where they are not.</summary>
    /// <param name="item">The item.</param>
    /// <param name="held">Those values. [slot]; null: the user gave none</param>
    public virtual string? RefuseHeld(PlannedItem item, IReadOnlyList<double?> held) => null;

    /// <summary>Starts at what the marginal distribution of the item says.</summary>
    /// <param name="item">The item.</param>
    /// <param name="totals">Positive weights of its categories. [category]</param>
    /// <param name="slots">In: default starts; out: starts.</param>
    public abstract void Start(PlannedItem item, ReadOnlySpan<double> totals, Span<double> slots);

    /// <summary>Moves starts that are not given to where the item is in its domain, if given ones allow that.</summary>
    /// <param name="item">The item.</param>
    /// <param name="isGiven">Which slots stay. [slot]</param>
    /// <param name="slots">Moved.</param>
    public virtual void PlaceStart(PlannedItem item, ReadOnlySpan<bool> isGiven, Span<double> slots)
    {
    }

    /// <summary>Which intercepts have no limit where nobody gives a category, and then run off; empty: all have one.</summary>
    /// <param name="item">The item.</param>
    /// <param name="category">0-based category.</param>
    /// <returns>0-based steps.</returns>
    public virtual IReadOnlyList<int> StepsWithoutLimit(PlannedItem item, int category) => [];

    /// <summary>Makes one parameter of those that meet where nobody gives a category, and holds those that then mean nothing.</summary>
    /// <param name="item">The item.</param>
    /// <param name="unused">0-based categories that nobody gives, ascending.</param>
    /// <param name="firstSlot">The item's first slot.</param>
    /// <param name="slots">The slots.</param>
    /// <returns>The categories at which two parameters became one.</returns>
    public virtual IReadOnlyList<int> TieUnused(PlannedItem item, IReadOnlyList<int> unused, int firstSlot, IItemSlots slots) => [];

    /// <summary>Noise of an intercept in random starts, such that the item stays in the domain.</summary>
    /// <param name="item">The item.</param>
    /// <param name="shift">Noise of the item.</param>
    /// <param name="step">0-based category step.</param>
    public virtual double InterceptNoise(PlannedItem item, double shift, int step) => shift * (step + 1) / (item.CategoryCount - 1.0);

    /// <summary>Rewrites an item for θ* in place of θ = m + s θ* in one attribute, all probabilities as they were.</summary>
    /// <param name="item">The item.</param>
    /// <param name="loading">Its loading on the attribute.</param>
    /// <param name="mean">m.</param>
    /// <param name="deviation">s &gt; 0.</param>
    /// <param name="slots">Rewritten.</param>
    public virtual void ChangeMetric(PlannedItem item, int loading, double mean, double deviation, Span<double> slots)
    {
        int slope = SlopeSlot(item, loading);
        double shift = slots[slope] * mean;
        for (int step = 0; step < item.CategoryCount - 1; step++)
            slots[item.Attributes.Length + step] += shift * PredictorFactor(item, step, slots);
        slots[slope] *= deviation;
    }

    /// <summary>Derivatives of an intercept in m and s of <see cref="ChangeMetric"/>, at m = 0 and s = 1.</summary>
    /// <param name="item">The item.</param>
    /// <param name="loading">Its loading on the attribute.</param>
    /// <param name="step">0-based category step.</param>
    /// <param name="slots">The item's parameters.</param>
    public virtual (double Mean, double Deviation) InterceptMovement(PlannedItem item, int loading, int step, ReadOnlySpan<double> slots) =>
        (PredictorFactor(item, step, slots) * slots[SlopeSlot(item, loading)], 0);

    /// <summary>What <c>items.csv</c> says of an item, in its order.</summary>
    /// <param name="item">The item.</param>
    /// <param name="slots">Its parameters.</param>
    public virtual IReadOnlyList<ReportedParameter> Report(PlannedItem item, ReadOnlySpan<double> slots)
    {
        List<ReportedParameter> reported = [];
        IReadOnlyList<ItemSlot> described = Slots(item);
        for (int slot = 0; slot < described.Count; slot++)
        {
            if (!item.Form.Hides(described[slot].Kind))
                reported.Add(Report(described, slot, slots));
        }
        return reported;
    }

    /// <summary>The classical form of an item, discriminations and difficulties, for <c>items-irt.csv</c>; empty where it has none.</summary>
    /// <param name="item">The item.</param>
    /// <param name="slots">Its parameters.</param>
    /// <param name="isOneDimensional">Whether the plan has one attribute.</param>
    public virtual IReadOnlyList<ReportedParameter> ReportClassical(PlannedItem item, ReadOnlySpan<double> slots, bool isOneDimensional) =>
        ClassicalForm.DiscriminationAndDifficulties(item, slots, isOneDimensional, hasSteps: false);

    /// <summary>Intercepts of an item of one attribute from its <see cref="ReportClassical">classical form</see>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="discrimination">a.</param>
    /// <param name="difficulties">b, one a step.</param>
    public virtual double[] InterceptsOf(PlannedItem item, double discrimination, double[] difficulties) =>
        ClassicalForm.Intercepts(item, discrimination, difficulties, hasSteps: false);

    /// <summary>What multiplies the predictor z in that of the category above a step.</summary>
    protected virtual double PredictorFactor(PlannedItem item, int step, ReadOnlySpan<double> slots) => 1;

    /// <summary>Starting value of an intercept before the data are looked at.</summary>
    protected virtual double InterceptStart(int step) => 0;

    /// <summary>What a slot is reported as: itself, or the probability where it is a logit.</summary>
    protected virtual ReportedParameter Report(IReadOnlyList<ItemSlot> described, int slot, ReadOnlySpan<double> slots)
    {
        if (!described[slot].Kind.IsLogit())
            return new ReportedParameter(described[slot].Name, slots[slot], [(slot, 1)]);
        double probability = Elementary.Sigmoid(slots[slot]);
        return new ReportedParameter(described[slot].Name, probability, [(slot, probability * (1 - probability))]);
    }

    /// <summary>One slope a loading.</summary>
    protected static IEnumerable<ItemSlot> Slopes(PlannedItem item) =>
        item.Attributes.Select(attribute => new ItemSlot(ParameterKind.Slope, SlopeName(attribute), attribute, SlopeStart(item)));

    /// <summary>One intercept a step.</summary>
    protected IEnumerable<ItemSlot> Intercepts(PlannedItem item, ParameterKind kind) => Enumerable.Range(0, item.CategoryCount - 1).Select(step =>
        new ItemSlot(kind, item.CategoryCount == 2 ? "d" : FormattableString.Invariant($"d{step + 1}"), step, InterceptStart(step)));

    /// <summary>Reported name of a slope.</summary>
    protected static string SlopeName(int attribute) => FormattableString.Invariant($"a{attribute + 1}");

    /// <summary>Starting value of a slope before the data are looked at.</summary>
    protected static double SlopeStart(PlannedItem item) => Math.Min(1, 2 / (item.Scores.Max() - item.Scores.Min()));

    private static (ItemFamily Family, ItemForm Form) Find(ItemFunction function) => ByFunction.TryGetValue(function, out (ItemFamily, ItemForm) found)
        ? found
        : throw new ArgumentOutOfRangeException(nameof(function), function, "No family has this item function.");
}

/// <summary>A family with the response function <typeparamref name="TModel"/>.</summary>
/// <typeparam name="TModel">The response function.</typeparam>
internal abstract class ItemFamily<TModel> : ItemFamily
    where TModel : struct, IItemModel
{
    /// <inheritdoc/>
    public override ItemModelOperations Operations => ItemModelOperations.Of<TModel>();

    /// <inheritdoc/>
    public sealed override TResult Use<TResult>(IItemModelUser<TResult> user) => user.Use<TModel>();
}

/// <summary>Code that is compiled for each response function.</summary>
/// <typeparam name="TResult">What it gives.</typeparam>
internal interface IItemModelUser<out TResult>
{
    /// <summary>Uses the response function.</summary>
    /// <typeparam name="TModel">The response function.</typeparam>
    TResult Use<TModel>()
        where TModel : struct, IItemModel;
}
