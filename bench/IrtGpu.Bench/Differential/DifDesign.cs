using IrtGpu.Bench.Truth;
using IrtGpu.Items;

namespace IrtGpu.Bench.Differential;

/// <summary>A test that two groups took, one item of which may differ.</summary>
/// <param name="Name">Headline.</param>
/// <param name="Function">Model that is fitted and drawn from.</param>
/// <param name="Impact">Mean of the focal group; its SD is 1.</param>
/// <param name="ItemCount">Items.</param>
/// <param name="PersonsPerGroup">Persons of each group.</param>
/// <param name="Planted">Change of every intercept of the studied item in the focal group.</param>
/// <param name="HasSumScores">Whether sum scores match persons there, so that tests by them hold their level.</param>
internal sealed record DifDesign(string Name, ItemFunction Function, double Impact, int ItemCount, int PersonsPerGroup, double Planted, bool HasSumScores)
{
    /// <summary>The studied item.</summary>
    public const int Studied = 4;

    public string Description => FormattableString.Invariant($"{ItemCount} {Function.Name()} items, {PersonsPerGroup} persons a group, focal N({Impact}, 1); studied item shifted by {Planted} logits.");

    public TrueModel Truth()
    {
        TrueItem[] items = [.. Enumerable.Range(0, ItemCount).Select(Item)];
        TrueItem[] focal = [.. items];
        focal[Studied] = items[Studied] with { Intercepts = [.. items[Studied].Intercepts.Select(intercept => intercept + Planted)] };
        return new TrueModel
        {
            Items = [items, focal],
            Populations = [TruePopulation.Standard(1), new TruePopulation([Impact], [1])],
            PersonCounts = [PersonsPerGroup, PersonsPerGroup],
        };
    }

    private TrueItem Item(int item)
    {
        double difficulty = -1.5 + 3.0 * ((item * 7) % ItemCount) / (ItemCount - 1);
        double slope = Function == ItemFunction.Rasch ? 1 : 0.8 + 0.3 * (item % 4);
        return Function == ItemFunction.Graded
            ? new TrueItem(Function, [slope], [1 - slope * difficulty, -1 - slope * difficulty])
            : new TrueItem(Function, [slope], [-slope * difficulty]);
    }
}
