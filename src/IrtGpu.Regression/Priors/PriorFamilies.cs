using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Priors.Families;

namespace IrtGpu.Regression.Priors;

/// <summary>The distributions, with the numbers they take.</summary>
internal static class PriorFamilies
{
    private sealed record Family(string Name, string[] Arguments, Func<string, IReadOnlyList<double>, Prior>? Make, Func<IReadOnlyList<double>, bool> IsSound, string Needs);

    private static readonly Family[] Families =
    [
        new("normal", ["m", "s"], (text, a) => new NormalPrior(text, a[0], a[1]), a => a[1] > 0, "s > 0"),
        new("student_t", ["df", "m", "s"], (text, a) => new StudentPrior(text, a[0], a[1], a[2]), a => a[0] > 0 && a[2] > 0, "df > 0 and s > 0"),
        new("cauchy", ["m", "s"], (text, a) => new StudentPrior(text, 1, a[0], a[1]), a => a[1] > 0, "s > 0"),
        new("lognormal", ["m", "s"], (text, a) => new LogNormalPrior(text, a[0], a[1]), a => a[1] > 0, "s > 0"),
        new("gamma", ["shape", "rate"], (text, a) => new GammaPrior(text, a[0], a[1]), a => a[0] > 0 && a[1] > 0, "both numbers > 0"),
        new("inv_gamma", ["a", "b"], (text, a) => new InverseGammaPrior(text, a[0], a[1]), a => a[0] > 0 && a[1] > 0, "both numbers > 0"),
        new("exponential", ["rate"], (text, a) => new GammaPrior(text, 1, a[0]), a => a[0] > 0, "rate > 0"),
        new("beta", ["a", "b"], (text, a) => new BetaPrior(text, a[0], a[1]), a => a[0] > 0 && a[1] > 0, "both numbers > 0"),
        new("uniform", ["a", "b"], (text, a) => new UniformPrior(text, a[0], a[1]), a => a[0] < a[1], "a < b"),
        new("constant", ["v"], (text, a) => new ConstantPrior(text, a[0]), _ => true, ""),
        new(Dirichlet, [], null, a => a.Count > 0 && a.All(value => value > 0), "numbers > 0, one for each class, or one for all"),
        new(Lkj, ["eta"], null, a => a[0] > 0, "eta > 0"),
    ];

    /// <summary>Of class proportions.</summary>
    public const string Dirichlet = "dirichlet";

    /// <summary>Of correlation matrices.</summary>
    public const string Lkj = "lkj";

    /// <summary>What is wrong with a request; null: nothing.</summary>
    public static string? Complain(string name, IReadOnlyList<double> arguments, PriorTarget target)
    {
        if (Array.Find(Families, candidate => candidate.Name == name) is not { } family)
            return $"has the distribution '{name}', which is not known. {NearNames.Suggest(name, Families.Select(known => known.Name))} Known are {string.Join(", ", Families.Select(known => known.Name))}.";
        if (name != Dirichlet && arguments.Count != family.Arguments.Length)
            return FormattableString.Invariant($"has {arguments.Count} number(s), and {name}({string.Join(",", family.Arguments)}) takes {family.Arguments.Length}.");
        if (!family.IsSound(arguments))
            return $"is no distribution: {name} needs {family.Needs}.";
        if (name == Lkj != (target == PriorTarget.Correlation))
            return target == PriorTarget.Correlation ? $"is of correlations, which take lkj(eta), not {name}." : "is lkj(eta), a distribution of correlations: write 'cor:GROUP:lkj(eta)'.";
        if (name == Dirichlet && target != PriorTarget.Proportion)
            return "is dirichlet(…), a distribution of class proportions: write 'theta:dirichlet(…)'.";
        bool isScale = target is PriorTarget.Sigma or PriorTarget.Deviation;
        if (isScale && name == "constant" && !(arguments[0] > 0))
            return FormattableString.Invariant($"holds a standard deviation at {arguments[0]}, outside of its domain: it must be more than 0.");
        if (isScale && name == "uniform" && !(arguments[1] > 0))
            return FormattableString.Invariant($"allows a standard deviation up to {arguments[1]} only; it must be more than 0.");
        return null;
    }

    /// <summary>The distribution of a request of one number.</summary>
    public static Prior Create(PriorRequest request) =>
        Array.Find(Families, candidate => candidate.Name == request.Distribution)?.Make?.Invoke(request.DistributionText, request.Arguments)
        ?? throw new ArgumentException($"'{request.Text}' is no distribution of one number.", nameof(request));
}
