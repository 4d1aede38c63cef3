using IrtGpu.Bench.Posterior;
using IrtGpu.Data;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Dimensions;

/// <summary>Dichotomous items of one attribute each, in turn, attributes correlated .3.</summary>
/// <param name="Attributes">J.</param>
/// <param name="Items">I.</param>
internal sealed record SimpleStructure(int Attributes, int Items)
{
    public const double Correlation = 0.3;

    public static double Slope(int item) => 0.9 + 0.15 * (item * 7 % 9);

    public static double Intercept(int item) => -1.2 + 0.3 * (item * 5 % 9);

    public string[] AttributeNames => [.. Enumerable.Range(1, Attributes).Select(j => FormattableString.Invariant($"F{j}"))];

    /// <summary>The model that knows which item measures what.</summary>
    public ModelSpecification Confirmatory => new()
    {
        Attributes = AttributeNames,
        QMatrix = Enumerable.Range(0, Items).ToDictionary(
            item => FormattableString.Invariant($"q{item + 1}"), item => Enumerable.Range(0, Attributes).Select(j => item % Attributes == j ? 1 : 0).ToArray()),
        Integration = IntegrationMethod.Stochastic,
    };

    /// <summary>The model that does not.</summary>
    public ModelSpecification Exploratory => new() { Attributes = AttributeNames, IsExploratory = true, Integration = IntegrationMethod.Stochastic };

    /// <summary>Draws persons.</summary>
    public ResponseData Draw(int persons, int seed)
    {
        byte[] answers = new byte[persons * Items];
        double common = Math.Sqrt(Correlation);
        double own = Math.Sqrt(1 - Correlation);
        double[] theta = new double[Attributes];
        for (int person = 0; person < persons; person++)
        {
            StreamRandom random = new(seed, person);
            double shared = random.NextNormal();
            for (int j = 0; j < Attributes; j++)
                theta[j] = common * shared + own * random.NextNormal();
            for (int item = 0; item < Items; item++)
                answers[person * Items + item] = random.NextUniform() < 1 / (1 + Math.Exp(-Slope(item) * theta[item % Attributes] - Intercept(item))) ? (byte)1 : (byte)0;
        }
        return TwoParameterData.Of(answers, Items);
    }
}
