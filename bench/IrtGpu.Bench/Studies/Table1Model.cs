using IrtGpu.Bench.Truth;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Studies;

/// <summary>One row of the published table: design and root mean squared errors.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="Function">rasch (slope 1), 2pl or gpcm.</param>
/// <param name="AttributeCount">J.</param>
/// <param name="HasGroups">Two observed groups.</param>
/// <param name="HasClasses">Two latent classes.</param>
/// <param name="Published">RMSE of discriminations, intercepts, means, SDs and correlations; NaN where there is none.</param>
internal sealed record Table1Model(string Name, ItemFunction Function, int AttributeCount, bool HasGroups, bool HasClasses, double[] Published)
{
    private const int ItemCount = 10;
    private const int PersonCount = 3000;

    private const ItemFunction Gpcm = ItemFunction.GeneralizedPartialCredit;

    public static IReadOnlyList<Table1Model> All { get; } =
    [
        new("1PL", ItemFunction.Rasch, 1, false, false, [double.NaN, .047, double.NaN, double.NaN]),
        new("2PL", ItemFunction.TwoParameter, 1, false, false, [.078, .057, double.NaN, double.NaN]),
        new("GPCM", Gpcm, 1, false, false, [.052, .076, double.NaN, double.NaN]),
        new("2-dimensional GPCM", Gpcm, 2, false, false, [.102, .083, double.NaN, .051]),
        new("2-group GPCM", Gpcm, 1, true, false, [.084, .088, .161, .064]),
        new("2-group 2-dimensional GPCM", Gpcm, 2, true, false, [.114, .094, .067, .051]),
        new("2-class mixture 1PL", ItemFunction.Rasch, 1, false, true, [double.NaN, .094, double.NaN, double.NaN]),
        new("2-class mixture GPCM", Gpcm, 1, false, true, [.091, .117, double.NaN, double.NaN]),
        new("2-class 2-dimensional mixture GPCM", Gpcm, 2, false, true, [.177, .130, double.NaN, .058]),
    ];

    /// <summary>Draws a test and its population.</summary>
    /// <param name="seed">Seed.</param>
    public TrueModel Truth(int seed)
    {
        Random random = NormalDraw.Generator(seed);
        TrueItem[] first = DrawItems(random);
        TruePopulation standard = TruePopulation.Standard(AttributeCount, AttributeCount > 1 ? 0.7 : 0);
        if (!HasGroups && !HasClasses)
            return TrueModel.OfOneBlock(first, standard, PersonCount);
        TrueItem[] second = DrawItems(random);
        if (HasGroups)
            second = [.. first[..^1], second[^1]]; // all equal but the last
        double[] ones = [.. Enumerable.Repeat(1.0, AttributeCount)];
        return new TrueModel
        {
            Items = [first, second],
            Populations = [standard, new TruePopulation(ones, ones, AttributeCount > 1 ? 0.5 : 0)],
            PersonCounts = [PersonCount / 2, PersonCount / 2],
            ClassCount = HasClasses ? 2 : 1,
        };
    }

    /// <summary>The model fitted.</summary>
    /// <param name="truth">A truth of this row.</param>
    public ModelSpecification Specification(TrueModel truth)
    {
        List<PopulationConstraint> population = [];
        if (!HasGroups)
            population.Add(new("sd", ConstraintKind.Fixed, 1));
        if (HasClasses)
        {
            population.Add(new("mean", ConstraintKind.Fixed, 0, Class: "1"));
            population.Add(new("mean", ConstraintKind.Fixed, 1, Class: "2"));
        }
        return truth.Specification() with
        {
            FreeItems = HasGroups ? truth.ItemNames[^1] : null,
            Population = population,
            Quadrature = new QuadratureSpecification(Nodes: AttributeCount == 1 ? 40 : 30),
        };
    }

    private TrueItem[] DrawItems(Random random)
    {
        TrueItem[] items = new TrueItem[ItemCount];
        for (int item = 0; item < ItemCount; item++)
        {
            double[] slopes = new double[AttributeCount];
            for (int j = 0; j < AttributeCount; j++)
            {
                if (Measures(item, j))
                    slopes[j] = Function == ItemFunction.Rasch ? 1 : NormalDraw.NextLogNormal(random, 1, 0.04);
            }
            double[] intercepts = new double[Function == Gpcm ? 2 : 1];
            for (int step = 0; step < intercepts.Length; step++)
                intercepts[step] = NormalDraw.Next(random);
            items[item] = new TrueItem(Function, slopes, intercepts);
        }
        return items;
    }

    // Two attributes: items 1–3 the first, 4–6 the second, 7–10 both.
    private bool Measures(int item, int attribute) => AttributeCount == 1 || item >= 6 || item / 3 == attribute;
}
