using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures.Planning;

/// <summary>Finds for each number of a mixture the prior that holds for it: the narrowest that names it.</summary>
internal sealed class PriorResolver
{
    private readonly IReadOnlyList<PriorRequest> requests;
    private readonly MixtureShape shape;
    private readonly List<string> problems = [];

    /// <param name="requests">The priors.</param>
    /// <param name="shape">Which parameters there are.</param>
    public PriorResolver(IReadOnlyList<PriorRequest> requests, MixtureShape shape)
    {
        this.requests = requests;
        this.shape = shape;
        foreach (PriorRequest request in requests)
            Check(request);
    }

    /// <summary>Whether the intercept may be a function of other coefficients: no prior bounds or holds it.</summary>
    public bool AllowsCentring => requests.All(request => request.Target != PriorTarget.Intercept || request.Distribution is "normal" or "student_t" or "cauchy");

    /// <summary>Whether the priors are the same in all classes.</summary>
    public static bool IsExchangeable(MixturePriors priors, MixtureLayout layout)
    {
        bool areEqual = priors.Concentration is null || priors.Concentration.All(value => value == priors.Concentration[0]);
        areEqual &= priors.CorrelationShape.All(value => value == priors.CorrelationShape[0]);
        for (int slot = 0; slot < layout.SlotCount && areEqual; slot++)
        {
            MixtureSlot own = layout.Slots[slot];
            if (own.Kind == SlotKind.ClassCoefficient)
                areEqual = priors.OfSlot[slot] is null && layout.FreeOf(slot) >= 0; // a prior of log odds over the first class tells that class from the others
            else
                areEqual = priors.OfSlot[slot] == priors.OfSlot[slot % layout.Coefficient(1)];
        }
        return areEqual;
    }

    /// <summary>The prior of each slot; those of tied slots must be the same. [slot]</summary>
    /// <param name="slots">All numbers.</param>
    /// <param name="isTied">Whether a slot of the first class is one parameter in all classes.</param>
    public Prior?[] Resolve(IReadOnlyList<MixtureSlot> slots, Func<MixtureSlot, bool> isTied)
    {
        Prior?[] priors = [.. slots.Select(Find)];
        int width = slots.TakeWhile(slot => slot.Class == 0 && slot.Kind != SlotKind.ClassCoefficient).Count();
        for (int slot = width; slot < slots.Count; slot++)
        {
            if (slots[slot].Kind != SlotKind.ClassCoefficient && isTied(slots[slot % width]) && priors[slot] != priors[slot % width])
                problems.Add($"{slots[slot % width].Name} and {slots[slot].Name} are one parameter and have different priors, {priors[slot % width]?.Text ?? "none"} and {priors[slot]?.Text ?? "none"}. Give one prior, or do not hold them equal.");
        }
        return priors;
    }

    /// <summary>Concentration of a Dirichlet prior on constant proportions; null: flat. [class]</summary>
    public double[]? Concentration()
    {
        List<PriorRequest> ofProportions = [.. requests.Where(request => request.Target == PriorTarget.Proportion && request.Distribution is PriorFamilies.Dirichlet or "beta")];
        if (ofProportions.Count == 0 || !shape.HasConstantProportions)
            return null;
        if (ofProportions.Count > 1)
            problems.Add($"The class proportions have {ofProportions.Count} priors: {string.Join(", ", ofProportions.Select(request => request.Text))}. Give one.");
        PriorRequest asked = ofProportions[0];
        double[] numbers = [.. asked.Arguments];
        if (asked.Distribution == "beta")
            return asked.Class == 1 ? [numbers[1], numbers[0]] : numbers;
        if (numbers.Length == 1)
            return [.. Enumerable.Repeat(numbers[0], shape.ClassCount)];
        if (numbers.Length == shape.ClassCount)
            return numbers;
        problems.Add(FormattableString.Invariant($"The prior '{asked.Text}' has {numbers.Length} numbers, and there are {shape.ClassCount} classes. Give one number for each class, or one for all."));
        return null;
    }

    /// <summary>η of the LKJ prior. [class]</summary>
    public double[] CorrelationShape() => [.. Enumerable.Range(0, shape.ClassCount).Select(k => Narrowest(request => request.Target == PriorTarget.Correlation && (request.Class ?? k) == k, $"correlations of class {k + 1}")?.Arguments[0] ?? 1)];

    /// <summary>Proportions that constant priors hold; null: they are free. [class]</summary>
    public double[]? HeldProportions()
    {
        List<PriorRequest> constants = [.. requests.Where(request => request.Target == PriorTarget.Proportion && request.Distribution == "constant" && shape.HasConstantProportions)];
        if (constants.Count == 0)
            return null;
        double?[] given = new double?[shape.ClassCount];
        foreach (PriorRequest constant in constants)
        {
            if (constant.Class is { } ofClass && ofClass < given.Length)
                given[ofClass] = constant.Arguments[0];
        }
        double sum = given.Sum(value => value ?? 0);
        int missing = given.Count(value => value is null);
        bool isSound = missing <= 1 && given.All(value => value is null or (> 0 and < 1)) && (missing == 1 ? sum < 1 : Math.Abs(sum - 1) < 1e-9);
        if (!isSound)
        {
            problems.Add(FormattableString.Invariant($"Class proportions are held at {string.Join(", ", constants.Select(constant => constant.Text))}. Hold those of all {shape.ClassCount} classes or of all but one, each between 0 and 1, with the sum 1."));
            return null;
        }
        return Array.ConvertAll(given, value => value ?? 1 - sum);
    }

    /// <summary>Ends here if something was wrong.</summary>
    /// <exception cref="PriorException">Carries it.</exception>
    public void ThrowIfAny()
    {
        if (problems.Count > 0)
            throw new PriorException([.. problems.Distinct()]);
    }

    private Prior? Find(MixtureSlot slot)
    {
        PriorRequest? request = Narrowest(candidate => (candidate.Class ?? slot.Class) == slot.Class && Names(candidate, slot), slot.Name);
        return request is null ? null : PriorFamilies.Create(request);
    }

    private bool Names(PriorRequest request, MixtureSlot slot) => slot.Kind switch
    {
        SlotKind.Coefficient when shape.Coefficients[slot.Index] == DesignMatrix.Intercept => request.Target == PriorTarget.Intercept,
        SlotKind.Coefficient => request.Target == PriorTarget.Coefficient && (request.Name ?? shape.Coefficients[slot.Index]) == shape.Coefficients[slot.Index],
        SlotKind.LogSigma => request.Target == PriorTarget.Sigma,
        SlotKind.LogDeviation => request.Target == PriorTarget.Deviation && (request.Name ?? shape.Effects[slot.Index]) == shape.Effects[slot.Index],
        SlotKind.Correlation => false,
        SlotKind.ClassCoefficient => request.Target == PriorTarget.Proportion && !shape.HasConstantProportions && (request.Name ?? shape.ClassColumns[slot.Index]) == shape.ClassColumns[slot.Index],
        _ => throw new ArgumentOutOfRangeException(nameof(slot), slot.Kind, "There is no such kind of slot."),
    };

    private PriorRequest? Narrowest(Func<PriorRequest, bool> names, string about)
    {
        List<PriorRequest> found = [.. requests.Where(names).OrderByDescending(request => request.Narrowness)];
        if (found.Count > 1 && found[0].Narrowness == found[1].Narrowness)
            problems.Add($"The priors '{found[0].Text}' and '{found[1].Text}' contradict each other: both are of {about}, and neither is narrower. Leave one out.");
        return found.Count > 0 ? found[0] : null;
    }

    private void Check(PriorRequest request)
    {
        if (request.Class is { } ofClass && ofClass >= shape.ClassCount)
            problems.Add(FormattableString.Invariant($"The prior '{request.Text}' is of class {ofClass + 1}, and there {(shape.ClassCount == 1 ? "is 1 class" : $"are {shape.ClassCount} classes")}."));
        switch (request.Target)
        {
            case PriorTarget.Intercept when !shape.Coefficients.Contains(DesignMatrix.Intercept):
                problems.Add($"The prior '{request.Text}' is of the intercept, and the formula has none.");
                break;
            case PriorTarget.Coefficient when request.Name is { } name && !shape.Coefficients.Contains(name):
                problems.Add($"The prior '{request.Text}' is of the coefficient '{name}', which the formula does not make. {NearNames.Suggest(name, shape.Coefficients)}");
                break;
            case PriorTarget.Coefficient when shape.Coefficients.All(name => name == DesignMatrix.Intercept):
                problems.Add($"The prior '{request.Text}' is of slopes, and the formula has none; that of the intercept is 'Intercept:…'.");
                break;
            case PriorTarget.Deviation or PriorTarget.Correlation:
                CheckEffects(request);
                break;
            case PriorTarget.Proportion:
                CheckProportions(request);
                break;
            default:
                break;
        }
    }

    private void CheckEffects(PriorRequest request)
    {
        if (shape.Effects.Count == 0)
            problems.Add($"The prior '{request.Text}' is of random effects, and the formula has none. Write a term with a bar, for example (1 | group).");
        else if (request.Target == PriorTarget.Correlation && !shape.HasCorrelations)
            problems.Add($"The prior '{request.Text}' is of correlations, and the effects of the formula are not correlated.");
        else if (request.Group is { } group && group != shape.EffectGroup)
            problems.Add($"The prior '{request.Text}' is of effects of '{group}'; those of the formula are of '{shape.EffectGroup}'.");
        else if (request.Name is { } name && !shape.Effects.Contains(name))
            problems.Add($"The prior '{request.Text}' is of the effect '{name}'. {NearNames.Suggest(name, shape.Effects)}");
    }

    private void CheckProportions(PriorRequest request)
    {
        if (shape.ClassCount == 1)
            problems.Add($"The prior '{request.Text}' is of class proportions, and there is one class.");
        else if (shape.HasConstantProportions && request.Name is not null)
            problems.Add($"The prior '{request.Text}' is of a coefficient of class probabilities, and these are constant. Give --class-formula.");
        else if (shape.HasConstantProportions && request.Distribution is not (PriorFamilies.Dirichlet or "constant") && !(request.Distribution == "beta" && shape.ClassCount == 2))
            problems.Add($"The prior '{request.Text}' is of class proportions, which take dirichlet(…), constant(v) with ':classK', or with two classes beta(a,b).");
        else if (!shape.HasConstantProportions && (request.Distribution is PriorFamilies.Dirichlet || request.Class == 0))
            problems.Add($"The prior '{request.Text}' does not fit a class formula: its coefficients are log odds of classes from the second on over the first, as in 'theta:z:class2:normal(0,2)'.");
        else if (!shape.HasConstantProportions && request.Name is { } name && !shape.ClassColumns.Contains(name))
            problems.Add($"The prior '{request.Text}' is of '{name}', which the class formula does not make. {NearNames.Suggest(name, shape.ClassColumns)}");
    }
}
