using IrtGpu.Bench.Posterior;
using IrtGpu.Data;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Dimensions;

/// <summary>Dichotomous items that measure a general attribute and, in turn, one of some specific ones; all uncorrelated.</summary>
/// <param name="Persons">N.</param>
/// <param name="Items">I.</param>
/// <param name="Specifics">Specific attributes.</param>
/// <param name="Nodes">Nodes a dimension.</param>
internal sealed record BifactorDesign(int Persons = 20_000, int Items = 50, int Specifics = 5, int Nodes = 31)
{
    /// <summary>Slope of an item on the general attribute.</summary>
    public static double General(int item) => 0.9 + 0.1 * (item * 7 % 11);

    /// <summary>Slope of an item on its specific attribute.</summary>
    public static double Specific(int item) => 0.5 + 0.1 * (item * 3 % 10);

    /// <summary>The model.</summary>
    public ModelSpecification Specification => new()
    {
        Attributes = ["general", .. Enumerable.Range(1, Specifics).Select(j => FormattableString.Invariant($"s{j}"))],
        QMatrix = Enumerable.Range(0, Items).ToDictionary(
            item => FormattableString.Invariant($"q{item + 1}"), item => Enumerable.Range(0, 1 + Specifics).Select(j => j == 0 || j == 1 + item % Specifics ? 1 : 0).ToArray()),
        IsOrthogonal = true,
        Quadrature = new QuadratureSpecification(Nodes: Nodes, Low: -6, High: 6),
    };

    /// <summary>Draws the persons.</summary>
    public ResponseData Draw()
    {
        byte[] answers = new byte[Persons * Items];
        double[] theta = new double[1 + Specifics];
        for (int person = 0; person < Persons; person++)
        {
            StreamRandom random = new(1, person);
            for (int j = 0; j < theta.Length; j++)
                theta[j] = random.NextNormal();
            for (int item = 0; item < Items; item++)
            {
                double z = General(item) * theta[0] + Specific(item) * theta[1 + item % Specifics] - 1.2 + 0.3 * (item * 5 % 9);
                answers[person * Items + item] = random.NextUniform() < 1 / (1 + Math.Exp(-z)) ? (byte)1 : (byte)0;
            }
        }
        return TwoParameterData.Of(answers, Items);
    }
}
