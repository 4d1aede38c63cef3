using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.Integration;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>Nodes about the modes of a tile's persons with the posterior for weights, turned for every person by a random rotation of their own.</summary>
/// <remarks>θ = m ± L⁻ᵀ Q z; weights are those of the rule times posterior over normal density, and sum to 1. Rotations are the same in every run.</remarks>
internal sealed class PosteriorNodes
{
    private const int Size = PersonTile.Size;
    private const int Seed = 1998;
    private const int MostOfProduct = 3; // dimensions
    private const int ProductNodes = 7;
    private const int Radii = 2;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly MirroredRule rule;
    private readonly double[] rotations; // [radius, row, column, lane]
    private readonly double[] logWeight; // with half the squared length [node]

    /// <summary>Makes room.</summary>
    /// <param name="attributeCount">J.</param>
    public PosteriorNodes(int attributeCount)
    {
        IsTurned = attributeCount > MostOfProduct;
        rule = IsTurned ? MirroredRule.Axes(attributeCount, Radii) : MirroredRule.Product(ProductNodes, attributeCount);
        rotations = IsTurned ? TileScratch.Rows(Radii * attributeCount * attributeCount) : [];
        Points = [.. Enumerable.Range(0, 1 + 2 * rule.PairCount).Select(_ => new WeightedPoint(attributeCount))];
        logWeight = new double[Points.Length];
        logWeight[0] = Math.Log(rule.CentreWeight);
        for (int pair = 0; pair < rule.PairCount; pair++)
        {
            double square = 0;
            for (int j = 0; j < attributeCount; j++)
                square += rule.Nodes[pair * attributeCount + j] * rule.Nodes[pair * attributeCount + j];
            logWeight[1 + 2 * pair] = logWeight[2 + 2 * pair] = Math.Log(rule.Weights[pair]) + 0.5 * square;
        }
    }

    /// <summary>Whether results depend on rotations: a product of few dimensions is exact without.</summary>
    public bool IsTurned { get; }

    /// <summary>The centre, then the nodes, each beside its mirror image; weights of a person sum to 1.</summary>
    public WeightedPoint[] Points { get; }

    /// <summary>Lays the nodes of a tile's persons.</summary>
    /// <param name="tile">Has modes and factors.</param>
    /// <param name="model">The posterior density.</param>
    /// <param name="turn">Which rotation of each person.</param>
    /// <param name="parallel">Threads; they do not change results.</param>
    /// <param name="scratch">Rows to work with, one for each pair.</param>
    public void Place(PersonTile tile, PersonModel model, int turn, ParallelOptions parallel, TileScratch[] scratch)
    {
        if (IsTurned)
            Turn(tile, turn);
        Parallel.For(0, 1 + rule.PairCount, parallel, task =>
        {
            if (task == 0)
            {
                tile.Mode.CopyTo(Points[0].Theta, 0);
                model.LogDensities(tile, tile.Mode, tile.Mode, scratch[task], Points[0].Weight, scratch[task].MirrorRow);
                return;
            }
            WeightedPoint first = Points[2 * task - 1];
            WeightedPoint second = Points[2 * task];
            Place(tile, task - 1, first.Theta, second.Theta);
            model.LogDensities(tile, first.Theta, second.Theta, scratch[task], first.Weight, second.Weight);
        });
        Normalize();
    }

    private void Turn(PersonTile tile, int turn)
    {
        int order = rule.Dimension;
        for (int lane = 0; lane < tile.Count; lane++)
        {
            StreamRandom random = new(Seed + turn, tile.FirstStream + lane);
            for (int radius = 0; radius < Radii; radius++)
            {
                double[] rotation = RandomRotation.Create(order, () => Ziggurat.Next(ref random));
                for (int element = 0; element < rotation.Length; element++)
                    rotations[(radius * rotation.Length + element) * Size + lane] = rotation[element];
            }
        }
    }

    private void Place(PersonTile tile, int pair, double[] first, double[] second)
    {
        int order = rule.Dimension;
        Array.Clear(first);
        for (int j = 0; j < order; j++)
        {
            Span<double> row = PersonModel.Row(first.AsSpan(), j);
            if (!IsTurned)
            {
                row.Fill(rule.Nodes[pair * order + j]);
                continue;
            }
            for (int k = 0; k < order; k++)
            {
                if (rule.Nodes[pair * order + k] != 0)
                    Loops.AddScaled(rule.Nodes[pair * order + k], PersonModel.Row(rotations.AsSpan(), (pair / order * order + j) * order + k), row);
            }
        }
        TriangularRows.SolveBackward(tile.Factor, first, order);
        for (int k = 0; k < first.Length; k++)
        {
            double way = first[k];
            first[k] = tile.Mode[k] + way;
            second[k] = tile.Mode[k] - way;
        }
    }

    /// <summary>From log densities to weights.</summary>
    private void Normalize()
    {
        for (int lane = 0; lane < Size; lane++)
        {
            double largest = double.NegativeInfinity;
            for (int node = 0; node < Points.Length; node++)
                largest = Math.Max(largest, logWeight[node] + Points[node].Weight[lane]);
            double sum = 0;
            for (int node = 0; node < Points.Length; node++)
            {
                double weight = Math.Exp(logWeight[node] + Points[node].Weight[lane] - largest);
                Points[node].Weight[lane] = weight;
                sum += weight;
            }
            for (int node = 0; node < Points.Length; node++)
                Points[node].Weight[lane] /= sum;
        }
    }
}
