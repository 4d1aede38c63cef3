using IrtGpu.Data;

namespace IrtGpu.TestCases;

/// <summary>Responses drawn from a generalized partial credit model with known truth.</summary>
/// <param name="Persons">N.</param>
/// <param name="Categories">M by item.</param>
internal sealed record SimulatedData(int Persons, int[] Categories)
{
    public int Seed { get; init; } = 1;

    /// <summary>J; item i measures attribute i mod J, and every third item the next one too where <see cref="HasCrossLoadings"/>.</summary>
    public int Attributes { get; init; } = 1;

    public bool HasCrossLoadings { get; init; }

    /// <summary>What the persons' values are multiplied by.</summary>
    public double Spread { get; init; } = 1;

    public int Groups { get; init; } = 1;

    /// <summary>Latent classes whose intercepts differ; 1 for none.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>Share of persons whose class is known.</summary>
    public double KnownShare { get; init; }

    /// <summary>Share of responses missing; where it is not 0, every eleventh person answers nothing.</summary>
    public double Missing { get; init; }

    /// <summary>Whether rows carry weights, some of them 0.</summary>
    public bool HasWeights { get; init; }

    public int ItemCount => Categories.Length;

    public double[][] Slopes => [.. Enumerable.Range(0, ItemCount).Select(item => Enumerable.Range(0, Attributes)
        .Select(attribute => Measures(item)[attribute] == 1 ? 0.6 + 0.2 * ((item * 7 + attribute * 3) % 6) : 0.0).ToArray())];

    /// <summary>[item][step], of class 0.</summary>
    public double[][] Intercepts => [.. Enumerable.Range(0, ItemCount).Select(item =>
        Enumerable.Range(1, Categories[item] - 1).Select(step => step * (1.2 * Math.Sin(1.7 * item + 0.4) + 0.3 * (Categories[item] - 1 - step))).ToArray())];

    public static SimulatedData Dichotomous(int persons, int items) => new(persons, [.. Enumerable.Repeat(2, items)]);

    public static SimulatedData Polytomous(int persons, int items, int categories) => new(persons, [.. Enumerable.Repeat(categories, items)]);

    public static string Name(int item) => FormattableString.Invariant($"q{item + 1:d4}");

    public int[] Measures(int item)
    {
        int[] row = new int[Attributes];
        row[item % Attributes] = 1;
        if (HasCrossLoadings && item % 3 == 0)
            row[(item + 1) % Attributes] = 1;
        return row;
    }

    public Dictionary<string, int[]> QMatrix() => Enumerable.Range(0, ItemCount).ToDictionary(Name, Measures);

    public ResponseData Draw() => Draw(out _);

    /// <param name="theta">Receives the persons' values. [person][attribute]</param>
    public ResponseData Draw(out double[][] theta)
    {
        Random random = new(Seed);
        double[][] slopes = Slopes;
        double[][] intercepts = Intercepts;
        byte[] responses = new byte[Persons * ItemCount];
        int[] groups = new int[Persons];
        int[] known = new int[Persons];
        double[] weights = new double[Persons];
        theta = new double[Persons][];
        for (int person = 0; person < Persons; person++)
        {
            int latent = random.Next(Classes);
            groups[person] = person % Groups;
            known[person] = random.NextDouble() < KnownShare ? latent : -1;
            weights[person] = person % 7 == 3 ? 0 : 0.5 + random.NextDouble() * 2;
            double common = Normal(random);
            theta[person] = [.. Enumerable.Range(0, Attributes).Select(_ => Spread * (0.6 * common + 0.8 * Normal(random) + 0.3 * groups[person]))];
            for (int item = 0; item < ItemCount; item++)
            {
                double z = slopes[item].Zip(theta[person], (slope, value) => slope * value).Sum() + (latent == 0 ? 0 : Math.Cos(2.3 * item) * 1.5);
                byte category = DrawCategory(z, intercepts[item], random);
                responses[person * ItemCount + item] = random.NextDouble() < Missing || (Missing > 0 && person % 11 == 3) ? ResponseData.Missing : category;
            }
        }
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(0, ItemCount).Select(Name)],
            CategoryCodes = [.. Categories.Select(count => Enumerable.Range(0, count).ToArray())],
            Responses = new(responses, ItemCount),
            PersonCount = Persons,
            Weights = HasWeights ? weights : null,
            GroupNames = Groups == 1 ? [""] : [.. Enumerable.Range(0, Groups).Select(group => $"G{(char)('A' + group)}")],
            Groups = Groups == 1 ? null : groups,
            ClassNames = KnownShare > 0 ? [.. Enumerable.Range(0, Classes).Select(latent => $"c{(char)('a' + latent)}")] : [],
            KnownClasses = KnownShare > 0 ? known : null,
        };
    }

    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static byte DrawCategory(double z, double[] intercepts, Random random)
    {
        double[] mass = [1, .. intercepts.Select((intercept, step) => Math.Exp(intercept + (step + 1) * z))];
        double rest = random.NextDouble() * mass.Sum();
        byte category = 0;
        while (category < mass.Length - 1 && (rest -= mass[category]) > 0)
            category++;
        return category;
    }
}
