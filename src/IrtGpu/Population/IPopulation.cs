using IrtGpu.Foundation.Sampling;
using IrtGpu.Planning.Grids;

namespace IrtGpu.Population;

/// <summary>The distribution of the attributes among the persons of one block, at given parameters.</summary>
/// <remarks>What knows its shape is behind this: E-steps see nodes and log weights, scores a log density, standard errors gradients.</remarks>
internal interface IPopulation
{
    /// <summary>First of its slots, which lie side by side.</summary>
    int FirstSlot { get; }

    /// <summary>Number of its slots.</summary>
    int SlotCount { get; }

    /// <summary>Nodes and log weights.</summary>
    /// <param name="grid">The grid, whose arrays are used where they hold.</param>
    PlacedPopulation Place(QuadratureGrid grid);

    /// <summary>Log weights, normalised over nodes, of attributes that are independent of the others.</summary>
    /// <param name="attributes">Attributes, ascending.</param>
    /// <param name="theta">Nodes. [node, attribute of these]</param>
    /// <returns>[node]</returns>
    double[] LogWeights(int[] attributes, double[] theta);

    /// <summary>By how much log weights grow with θ, but for a constant, when the mean moves: log π(θ; μ + δ) = log π(θ; μ) + tilt · θ − c.</summary>
    /// <param name="shift">δ. [attribute]</param>
    /// <param name="tilt">Receives it. [attribute]</param>
    void Tilt(ReadOnlySpan<double> shift, Span<double> tilt);

    /// <summary>Derivatives of the log density at one point by the population's slots.</summary>
    /// <param name="theta">θ. [attribute]</param>
    /// <param name="gradient">Receives them. [slot]</param>
    void Gradient(ReadOnlySpan<double> theta, Span<double> gradient);

    /// <summary>The log density as −½ ‖R(θ − μ)‖² − c, for loops elsewhere.</summary>
    /// <param name="mean">Receives μ. [attribute]</param>
    /// <param name="root">Receives R, lower. [attribute, attribute]</param>
    /// <returns>c.</returns>
    double FillNormal(Span<double> mean, Span<double> root);

    /// <summary>Log density at one point up to a constant.</summary>
    /// <param name="theta">θ. [attribute]</param>
    double LogDensity(ReadOnlySpan<double> theta);

    /// <summary>Log density at one point up to a constant, and its derivatives by θ.</summary>
    /// <param name="theta">θ. [attribute]</param>
    /// <param name="gradient">First derivatives are added to it. [attribute]</param>
    /// <param name="information">Receives the negative second derivatives. [attribute, attribute]</param>
    double LogDensity(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> information);

    /// <summary>Adds the log density, its constant included, at nodes that lie in rows by attribute.</summary>
    /// <param name="theta">θ. [attribute, node]</param>
    /// <param name="sum">Added to; its length is the number of nodes, a multiple of the lanes of the widest vector. [node]</param>
    void AddLogDensities(ReadOnlySpan<double> theta, Span<double> sum);

    /// <summary>Log density up to a constant, and its derivatives by θ, of persons side by side.</summary>
    /// <param name="theta">θ; as many persons as a multiple of the lanes of the widest vector. [attribute, person]</param>
    /// <param name="logDensity">Receives it. [person]</param>
    /// <param name="gradient">Receives first derivatives. [attribute, person]</param>
    /// <param name="information">Receives the negative second derivatives. [packed, person]</param>
    void FillDerivatives(ReadOnlySpan<double> theta, Span<double> logDensity, Span<double> gradient, Span<double> information);

    /// <summary>|θ_j| beyond which the population is spent.</summary>
    /// <param name="attribute">The attribute.</param>
    double Reach(int attribute);

    /// <summary>Draws one person.</summary>
    /// <param name="random">Random numbers.</param>
    /// <param name="theta">Receives θ. [attribute]</param>
    void Draw(ref StreamRandom random, Span<double> theta);

    /// <summary>Adds what the observed information of a block's persons about the slots exceeds the expected one by.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="theta">Nodes. [node, attribute]</param>
    /// <param name="logWeight">Their log weights. [node]</param>
    /// <param name="nodeTotals">Expected number of persons. [node]</param>
    /// <param name="information">Added to, both triangles. [slot, slot]</param>
    void AddExcessInformation(
        QuadratureGrid grid, ReadOnlySpan<double> theta, ReadOnlySpan<double> logWeight, ReadOnlySpan<double> nodeTotals, Span<double> information);
}
