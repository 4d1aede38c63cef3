using IrtGpu.Scoring;

namespace IrtGpu.Tests.Scoring;

/// <summary>Sums of powers over nodes that are a product, and over such as are none, against one node after the other.</summary>
public sealed class NodeColumnsTests
{
    [Theory]
    [InlineData(1, 61, 0)]
    [InlineData(2, 9, 0)]
    [InlineData(2, 30, 0)]
    [InlineData(3, 8, 0)]
    [InlineData(3, 11, 0)]
    [InlineData(3, 5, 0)] // lines too short for vectors
    [InlineData(2, 12, 0.3)] // turned: no product
    [InlineData(4, 8, 0)]
    public void Moments_are_those_of_single_nodes(int attributeCount, int nodesPerAttribute, double turn)
    {
        Random random = new(attributeCount * 100 + nodesPerAttribute);
        int nodeCount = (int)Math.Pow(nodesPerAttribute, attributeCount);
        double[] theta = new double[nodeCount * attributeCount];
        for (int node = 0; node < nodeCount; node++)
        {
            for (int j = attributeCount - 1, rest = node; j >= 0; j--, rest /= nodesPerAttribute)
                theta[node * attributeCount + j] = -2 + 4.0 * (rest % nodesPerAttribute) / nodesPerAttribute + 0.1 * j;
            theta[node * attributeCount] += turn * theta[node * attributeCount + attributeCount - 1];
        }
        double[] weights = [.. Enumerable.Range(0, nodeCount).Select(_ => random.NextDouble() / nodeCount)];
        NodeColumns columns = new(theta, attributeCount);
        double[] mean = [.. Enumerable.Repeat(0.5, attributeCount)]; // what is there is added to
        double[] products = [.. Enumerable.Repeat(0.25, attributeCount * (attributeCount + 1) / 2)];
        double[] scratch = new double[columns.ScratchLength];
        Array.Fill(scratch, double.NaN);
        Assert.Equal(turn == 0 && attributeCount > 1 && nodesPerAttribute >= 8, columns.ScratchLength > 0);
        Assert.Equal(weights.Sum(), columns.AddMoments(weights, mean, products, scratch), 1e-14);
        for (int j = 0, pair = 0; j < attributeCount; j++)
        {
            Assert.Equal(0.5 + weights.Select((weight, node) => weight * columns.Theta(node, j)).Sum(), mean[j], 1e-13);
            for (int k = 0; k <= j; k++, pair++)
                Assert.Equal(0.25 + weights.Select((weight, node) => weight * columns.Theta(node, j) * columns.Theta(node, k)).Sum(), products[pair], 1e-13);
        }
    }
}
