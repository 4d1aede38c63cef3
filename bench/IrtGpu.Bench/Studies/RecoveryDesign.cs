using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Studies;

/// <summary>A design in which population parameters are hard to recover.</summary>
/// <param name="Name">Heading.</param>
/// <param name="Description">What is done.</param>
/// <param name="Truth">Test and populations, the same in all replications.</param>
/// <param name="Specification">The model fitted.</param>
/// <param name="KnownClassShare">Share of persons whose class is told.</param>
internal sealed record RecoveryDesign(string Name, string Description, TrueModel Truth, ModelSpecification Specification, double KnownClassShare = 0)
{
    /// <summary>Whether the quick run takes it: one of each kind.</summary>
    public bool IsInQuick => KnownClassShare > 0.2 || (Truth.ClassCount == 1 && Specification.Quadrature.Nodes is null);

    public static IEnumerable<RecoveryDesign> All()
    {
        yield return Booklets();
        yield return Anchors(new QuadratureSpecification(), "the default nodes (61 on [−6, 6])");
        yield return Anchors(new QuadratureSpecification(Nodes: 101, Low: -10, High: 10), "101 nodes on [−10, 10]");
        foreach (double share in (double[])[0, 0.1, 0.5])
            yield return ClassesInGroups(share);
    }

    private static RecoveryDesign Booklets()
    {
        const int groupCount = 10;
        const int bookletLength = 20;
        const int shared = 4;
        double[] means = [0, 0.4, -0.3, 0.6, -0.6, 0.2, 0.9, -0.4, 0.3, -0.8];
        double[] sds = [1, 1.2, 0.8, 1, 1.1, 0.9, 1.2, 1, 0.8, 1.1];
        TrueItem[] pool = ItemDraws.Test(ItemFunction.TwoParameter, groupCount * (bookletLength - shared) + shared, seed: 11);
        TrueItem?[][] booklets = [.. Enumerable.Range(0, groupCount).Select(group =>
            pool.Select((item, index) => index / (bookletLength - shared) == group
                || (index >= group * (bookletLength - shared) && index < group * (bookletLength - shared) + bookletLength) ? item : null).ToArray())];
        TrueModel truth = new()
        {
            Items = booklets,
            Populations = [.. means.Zip(sds, (mean, sd) => new TruePopulation([mean], [sd]))],
            PersonCounts = [.. Enumerable.Repeat(1000, groupCount)],
        };
        return new RecoveryDesign(
            "Ten groups, booklets in a chain",
            "2PL, 1,000 persons a group, each group its own booklet of 20 of 164 items; neighbours share 4 items (20 %), others none. "
            + "The first group fixes the metric; the tenth is linked to it through nine links. Means and SDs of the other nine are free.",
            truth, truth.Specification());
    }

    private static RecoveryDesign Anchors(QuadratureSpecification quadrature, string nodes)
    {
        TrueItem[] items = ItemDraws.Test(ItemFunction.TwoParameter, 30, seed: 12);
        TrueModel truth = TrueModel.OfOneBlock(items, new TruePopulation([1], [1.3]), 2000);
        List<ParameterConstraint> anchors = [];
        for (int item = 0; item < 10; item++)
        {
            anchors.Add(new(truth.ItemNames[item], "a1", ConstraintKind.Fixed, items[item].Slopes[0]));
            anchors.Add(new(truth.ItemNames[item], "d", ConstraintKind.Fixed, items[item].Intercepts[0]));
        }
        return new RecoveryDesign(
            $"Fixed anchors, {nodes}",
            "2PL, 2,000 persons with mean 1 and SD 1.3, 30 items, 10 of them fixed at their true parameters; mean and SD free.",
            truth, truth.Specification() with { Constraints = anchors, Quadrature = quadrature });
    }

    private static RecoveryDesign ClassesInGroups(double knownShare)
    {
        TrueItem[] first = ItemDraws.Test(ItemFunction.TwoParameter, 20, seed: 13);
        TrueItem[] second = ItemDraws.Test(ItemFunction.TwoParameter, 20, seed: 14);
        TrueModel truth = new()
        {
            Items = [first, second, first, second, first, second],
            Populations = [new([0], [1]), new([0], [1]), new([0.5], [1.2]), new([-0.3], [0.9]), new([-0.5], [0.8]), new([0.4], [1.1])],
            PersonCounts = [1200, 800, 1000, 1000, 600, 1400],
            ClassCount = 2,
        };
        return new RecoveryDesign(
            FormattableString.Invariant($"Two classes in three groups, {100 * knownShare:f0} % of classes known"),
            "2PL, 20 items, 2,000 persons a group; items equal across groups and free across classes. In the first group both classes are N(0, 1); "
            + "the other four means and SDs and the three proportions are free. The program's default of ten random starts; classes matched to the true ones afterwards.",
            truth, truth.Specification(), knownShare);
    }
}
