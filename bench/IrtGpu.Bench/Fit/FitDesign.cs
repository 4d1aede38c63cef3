using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Fit;

/// <summary>Persons and responses to draw, and the model that is fitted to them.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Persons">Number of persons.</param>
/// <param name="Items">Number of items.</param>
/// <param name="Categories">Of each item.</param>
/// <param name="Function">What is fitted.</param>
internal sealed record FitDesign(string Name, int Persons, int Items, int Categories, ItemFunction Function)
{
    /// <summary>Guessing of the first item.</summary>
    public double Guessing { get; init; }

    /// <summary>Slope of a factor that the first two items have beside θ.</summary>
    public double CommonFactor { get; init; }

    /// <summary>Correlation of the θ of the first and of the second half of the items; 1: they are one.</summary>
    public double Correlation { get; init; } = 1;

    /// <summary>Two booklets, each without a third of the items.</summary>
    public bool HasBooklets { get; init; }

    /// <summary>Two groups, the second half a standard deviation higher.</summary>
    public bool HasGroups { get; init; }

    /// <summary>Share of persons who answer the harder half of the items at random.</summary>
    public double RandomPersons { get; init; }

    public ModelSpecification Specification => new() { Functions = [new("*", Function)] };

    public static IEnumerable<FitDesign> Null { get; } =
    [
        new("2PL, 10 items, 1,000 persons", 1000, 10, 2, ItemFunction.TwoParameter),
        new("2PL, 20 items, 2,000 persons", 2000, 20, 2, ItemFunction.TwoParameter),
        new("Rasch, 10 items, 1,000 persons", 1000, 10, 2, ItemFunction.Rasch),
        new("graded, 8 items of 4 categories, 1,500 persons", 1500, 8, 4, ItemFunction.Graded),
        new("2PL, 12 items in two booklets, 2,000 persons", 2000, 12, 2, ItemFunction.TwoParameter) { HasBooklets = true },
        new("2PL, 10 items, two groups of 1,000", 2000, 10, 2, ItemFunction.TwoParameter) { HasGroups = true },
    ];

    public static IEnumerable<FitDesign> Misfit { get; } =
    [
        new("guessing .25 in the first item, fitted by 2PL", 1000, 10, 2, ItemFunction.TwoParameter) { Guessing = 0.25 },
        new("a factor of slope 1 common to the first two items", 1000, 10, 2, ItemFunction.TwoParameter) { CommonFactor = 1 },
        new("two halves that correlate .7, fitted as one", 1000, 10, 2, ItemFunction.TwoParameter) { Correlation = 0.7 },
        new("20 items, 5 % of persons guess the harder half", 2000, 20, 2, ItemFunction.TwoParameter) { RandomPersons = 0.05 },
    ];

    private bool IsRasch => Function == ItemFunction.Rasch;

    /// <summary>Draws; the result depends on the seed alone.</summary>
    public ResponseData Draw(int seed)
    {
        Random random = new(seed);
        byte[] rows = new byte[Persons * Items];
        int[] groups = new int[Persons];
        for (int person = 0; person < Persons; person++)
        {
            groups[person] = HasGroups ? person % 2 : 0;
            double first = Normal(random) + 0.5 * groups[person];
            double second = Correlation * first + Math.Sqrt(1 - Correlation * Correlation) * Normal(random);
            double common = CommonFactor * Normal(random);
            bool guesses = random.NextDouble() < RandomPersons;
            for (int item = 0; item < Items; item++)
            {
                double theta = item < Items / 2 ? first : second;
                byte answer = Answer(item, theta, item < 2 ? common : 0, random);
                if (guesses && item % 2 == 1)
                    answer = (byte)(random.NextDouble() < 0.5 ? 0 : 1);
                rows[person * Items + item] = HasBooklets && item % 3 == person % 2 ? ResponseData.Missing : answer;
            }
        }
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(1, Items).Select(item => FormattableString.Invariant($"q{item:d2}"))],
            CategoryCodes = [.. Enumerable.Range(0, Items).Select(_ => Enumerable.Range(0, Categories).ToArray())],
            Responses = new(rows, Items),
            PersonCount = Persons,
            GroupNames = HasGroups ? ["A", "B"] : [""],
            Groups = HasGroups ? groups : null,
        };
    }

    private byte Answer(int item, double theta, double common, Random random)
    {
        double slope = IsRasch ? 1 : 0.8 + 0.2 * (item % 5);
        double difficulty = -1.2 + 2.4 * ((item * 3) % Items) / (Items - 1.0) + (RandomPersons > 0 ? (item % 2 == 1 ? 0.8 : -0.8) : 0);
        double u = random.NextDouble();
        byte category = 0;
        for (int step = 1; step < Categories; step++) // graded: P(≥ step), falling
        {
            double p = 1 / (1 + Math.Exp(-(slope * (theta - difficulty - 0.9 * (step - Categories / 2.0)) + common)));
            p = item == 0 ? Guessing + (1 - Guessing) * p : p;
            if (u < p)
                category = (byte)step;
        }
        return category;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
