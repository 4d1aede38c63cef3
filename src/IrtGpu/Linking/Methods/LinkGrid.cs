using IrtGpu.Linking.Forms;

namespace IrtGpu.Linking.Methods;

/// <summary>Points of one form's scale at which curves are compared.</summary>
/// <param name="Theta">[node]</param>
/// <param name="Weight">Sums to 1. [node]</param>
internal sealed record LinkGrid(double[] Theta, double[] Weight)
{
    private const int NodeCount = 81;
    private const double Reach = 4; // in SDs, or of the plain grid in θ

    /// <summary>Makes the points.</summary>
    /// <param name="form">Whose scale.</param>
    /// <param name="weights">How they count.</param>
    public static LinkGrid Of(LinkForm form, LinkWeights weights)
    {
        (double mean, double deviation) = weights switch
        {
            LinkWeights.Grid => (0, 1),
            LinkWeights.Normal => form.Population(),
            _ => throw new ArgumentOutOfRangeException(nameof(weights), weights, "There are no such weights."),
        };
        double[] theta = new double[NodeCount];
        double[] weight = new double[NodeCount];
        for (int node = 0; node < NodeCount; node++)
        {
            double standard = -Reach + 2 * Reach * node / (NodeCount - 1);
            theta[node] = mean + deviation * standard;
            weight[node] = weights == LinkWeights.Grid ? 1 : Math.Exp(-0.5 * standard * standard);
        }
        double total = weight.Sum();
        return new LinkGrid(theta, [.. weight.Select(value => value / total)]);
    }
}
