using IrtGpu.Compute.Loops;
using IrtGpu.Compute.WeightedScore;
using IrtGpu.Compute.WeightedScore.Interpolation;

namespace IrtGpu.Tests.Compute.WeightedScore.Interpolation;

/// <summary>The grid of weighted scores: its functions, their polynomials, and the way back.</summary>
public sealed unsafe class WeightedScoreGridTests
{
    private const int Nodes = 64;

    [Theory]
    [InlineData(1)]
    [InlineData(500)] // far nodes: no stretch of products stays within the range of doubles
    public void Functions_are_those_of_the_definition(double scale)
    {
        using AlignedBuffer theta = Theta(scale);
        using AlignedBuffer prior = Prior();
        using WeightedScoreGrid grid = new(Nodes, needsLogZ: true);
        grid.Fill(-1.7, 2.3, theta.Pointer, prior.Pointer, keepsLikelihoods: true);
        double[] weights = new double[Nodes];
        for (int point = 0; point < grid.PointCount; point++)
        {
            double score = -1.7 + (point - 3) * 0.1;
            double sum = 0;
            double first = 0;
            double shift = Enumerable.Range(0, Nodes).Max(node => score * theta.Pointer[node] + prior.Pointer[node]);
            for (int node = 0; node < Nodes; node++)
            {
                double likelihood = Math.Exp(score * theta.Pointer[node] + prior.Pointer[node] - shift);
                sum += likelihood;
                first += likelihood * theta.Pointer[node];
            }
            Assert.Equal(shift + Math.Log(sum), grid.LogZ[point], 1e-12 * scale);
            Assert.Equal(first / sum, grid.Eap[point], 1e-12 * scale);
        }
    }

    [Fact]
    public void Cells_carry_the_interpolation_and_slots_its_adjoint()
    {
        using AlignedBuffer theta = Theta(1);
        using AlignedBuffer prior = Prior();
        using WeightedScoreGrid grid = new(Nodes, needsLogZ: true);
        grid.Fill(-3, 5, theta.Pointer, prior.Pointer, keepsLikelihoods: true);
        WeightedScoreCells cells = grid.Cells;
        using AlignedBuffer slots = new((long)LagrangeBasis.Points * cells.Count);
        double[] expected = new double[grid.PointCount];
        double* coefficients = stackalloc double[LagrangeBasis.Points];
        double[] scores = [-3, -2.95, 0, 1.2345, 1.2987, 4.99, 5];
        for (int k = 0; k < scores.Length; k++)
        {
            double score = scores[k], weight = 0.5 + k, logZ = 0, moment;
            WeightedScoreLoops.AddLogZ(cells, &score, 1, 0, &logZ);
            WeightedScoreLoops.Interpolate(cells, &score, &weight, 1, slots.Pointer, &moment);
            int first = grid.Locate(score, coefficients);
            Assert.Equal(WeightedScoreGrid.Interpolate(coefficients, grid.LogZ, first), logZ, 1e-13);
            Assert.Equal(weight * WeightedScoreGrid.Interpolate(coefficients, grid.Eap, first), moment, 1e-13);
            for (int point = 0; point < 8; point++)
                expected[first + point] += weight * coefficients[point];
        }
        double[] deposit = new double[grid.PointCount];
        grid.Fold(slots.Pointer, deposit);
        for (int point = 0; point < expected.Length; point++)
            Assert.Equal(expected[point], deposit[point], 1e-13);
        Assert.Equal(new double[slots.Length], new Span<double>(slots.Pointer, (int)slots.Length).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public void Node_totals_are_the_same_whether_likelihoods_are_kept_or_not(double scale)
    {
        using AlignedBuffer theta = Theta(scale);
        using AlignedBuffer prior = Prior();
        double[][] totals = new double[2][];
        for (int kept = 0; kept < 2; kept++)
        {
            using WeightedScoreGrid grid = new(Nodes, needsLogZ: false);
            using AlignedBuffer sum = new(Nodes);
            grid.Fill(0, 30, theta.Pointer, prior.Pointer, keepsLikelihoods: kept == 0); // a larger grid before
            grid.Fill(-2, 2, theta.Pointer, prior.Pointer, keepsLikelihoods: kept == 1);
            double[] deposit = [.. Enumerable.Range(0, grid.PointCount).Select(point => point % 3 == 1 ? 0 : 1.5 + point)];
            grid.AddNodeTotals(deposit, theta.Pointer, prior.Pointer, sum.Pointer);
            totals[kept] = new Span<double>(sum.Pointer, Nodes).ToArray();
            Assert.Equal(deposit.Sum(), totals[kept].Sum(), 1e-10);
        }
        Assert.Equal(totals[0], totals[1]);
    }

    private static AlignedBuffer Theta(double scale)
    {
        AlignedBuffer theta = new(Nodes);
        for (int node = 0; node < Nodes - 3; node++)
            theta.Pointer[node] = scale * (node - 30) / 5;
        return theta;
    }

    /// <summary>Normal, with three nodes of padding.</summary>
    private static AlignedBuffer Prior()
    {
        AlignedBuffer prior = new(Nodes);
        for (int node = 0; node < Nodes; node++)
            prior.Pointer[node] = node < Nodes - 3 ? -(node - 30) * (node - 30) / 50.0 : double.NegativeInfinity;
        return prior;
    }
}
