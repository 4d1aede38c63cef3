using IrtGpu.Compute;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>Draws attributes of persons from their posteriors: Metropolis chains about the Laplace approximation of each.</summary>
/// <remarks>
/// Proposals are autoregressive in the coordinates of the approximation, z* = ρ z + √(1 − ρ²) ξ, and leave its normal density as it is, so that
/// they are accepted by the ratio of posterior to approximation alone: with ρ = 0 an independent draw, with ρ near 1 a step nearby, for
/// persons whose posterior the approximation does not cover (the preconditioned Crank–Nicolson proposal; Cotter, Roberts, Stuart &amp;
/// White 2013, Statistical Science 28, 424–446). A chain goes over pairs z, −z by the mean of the posterior at both, and what is summed over draws is summed over
/// both, each by its share of the posterior: what is odd in z, as most of a gradient is, all but cancels in every draw. Any mode and any
/// scale leave the posterior stationary: they only have to stay while draws are averaged.
/// </remarks>
internal sealed class PersonSampler
{
    private const double Scale = 1.05; // of the approximation: its tails cover those of the posterior
    private const double LongestStep = 3; // of a search for modes, in standard deviations
    private const int TilesPerShard = 4;
    private const int MostShards = 64;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly CalibrationPlan plan;
    private readonly Shards shards;
    private readonly ParallelOptions parallel;
    private readonly TileScratch[] scratch; // [shard]
    private readonly long[] accepted; // [shard]
    private PersonModel? model;

    /// <summary>Prepares chains; <see cref="Begin"/> starts them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="tiles">Persons.</param>
    /// <param name="threads">Number of threads; does not change results.</param>
    public PersonSampler(CalibrationPlan plan, PersonTile[] tiles, int threads)
    {
        this.plan = plan;
        Tiles = tiles;
        shards = Shards.Cut(tiles.Length, TilesPerShard, MostShards);
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        scratch = [.. Enumerable.Range(0, shards.Count).Select(_ => new TileScratch(plan))];
        accepted = new long[shards.Count];
        PersonCount = tiles.Sum(tile => tile.Count);
    }

    /// <summary>The persons.</summary>
    public PersonTile[] Tiles { get; }

    /// <summary>Number of chains.</summary>
    public int PersonCount { get; }

    /// <summary>Share of accepted proposals in the last <see cref="Advance"/>.</summary>
    public double Acceptance => PersonCount == 0 ? 1 : (double)accepted.Sum() / PersonCount;

    /// <summary>Finds the modes from the means of the populations on, and starts every chain at a draw from its approximation.</summary>
    /// <param name="point">Parameters.</param>
    public void Begin(ModelPoint point)
    {
        model = new PersonModel(point);
        ForTiles((tile, scratch, _) =>
        {
            double[] mean = model.PopulationOf(tile).Mean;
            for (int j = 0; j < mean.Length; j++)
                PersonModel.Row(tile.Mode.AsSpan(), j).Fill(mean[j]);
            FindModes(tile, scratch, 6);
            DrawNoise(tile, tile.Standard);
            ToTheta(tile, tile.Standard, tile.Point.Theta);
            ToMirror(tile, tile.Point.Theta, tile.Mirror.Theta);
            Weigh(tile, scratch);
        });
    }

    /// <summary>Moves to other parameters: chains stay where they are.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="modeSteps">Newton steps of the modes; 0: approximations stay as they are.</param>
    public void MoveTo(ModelPoint point, int modeSteps)
    {
        model = new PersonModel(point);
        ForTiles((tile, scratch, _) =>
        {
            if (modeSteps > 0)
            {
                ChooseSides(tile);
                FindModes(tile, scratch, modeSteps);
                ToStandard(tile, scratch);
                ToMirror(tile, tile.Point.Theta, tile.Mirror.Theta);
            }
            Weigh(tile, scratch);
        });
    }

    /// <summary>One proposal for every person.</summary>
    /// <param name="correlation">ρ.</param>
    public void Advance(double correlation)
    {
        Array.Clear(accepted);
        double share = Math.Sqrt(1 - correlation * correlation);
        ForTiles((tile, scratch, shard) =>
        {
            DrawNoise(tile, scratch.Standard);
            for (int k = 0; k < scratch.Standard.Length; k++)
                scratch.Standard[k] = correlation * tile.Standard[k] + share * scratch.Standard[k];
            ToTheta(tile, scratch.Standard, scratch.Theta);
            ToMirror(tile, scratch.Theta, scratch.Mirror);
            LogRatio(tile, scratch.Standard, scratch.Theta, scratch.Mirror, scratch, scratch.Row, scratch.Share);
            accepted[shard] += Judge(tile, scratch);
            ShareWeight(tile);
        });
    }

    /// <summary>Calls for every tile, shards on threads; tiles of a shard in order.</summary>
    /// <param name="work">Tile, rows to work with, shard.</param>
    public void ForTiles(Action<PersonTile, TileScratch, int> work) => Parallel.For(0, shards.Count, parallel, shard =>
    {
        for (int tile = shards.Begin(shard); tile < shards.End(shard); tile++)
            work(Tiles[tile], scratch[shard], shard);
    });

    /// <summary>Number of shards.</summary>
    public int ShardCount => shards.Count;

    /// <summary>θ of coordinates of the approximation.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="standard">z. [attribute, lane]</param>
    /// <param name="theta">Receives θ. [attribute, lane]</param>
    public static void ToTheta(PersonTile tile, ReadOnlySpan<double> standard, Span<double> theta)
    {
        standard.CopyTo(theta);
        TriangularRows.SolveBackward(tile.Factor, theta, theta.Length / PersonTile.Size);
        for (int k = 0; k < theta.Length; k++)
            theta[k] = tile.Mode[k] + Scale * theta[k];
    }

    /// <summary>Evaluates where the chains stand.</summary>
    private void Weigh(PersonTile tile, TileScratch scratch)
    {
        LogRatio(tile, tile.Standard, tile.Point.Theta, tile.Mirror.Theta, scratch, tile.LogRatio, tile.Share);
        ShareWeight(tile);
    }

    private void LogRatio(
        PersonTile tile, ReadOnlySpan<double> standard, ReadOnlySpan<double> theta, ReadOnlySpan<double> mirror, TileScratch scratch, Span<double> logRatio, Span<double> share)
    {
        model!.LogDensities(tile, theta, mirror, scratch, logRatio, scratch.MirrorRow);
        for (int lane = 0; lane < tile.Count; lane++)
        {
            double difference = scratch.MirrorRow[lane] - logRatio[lane];
            double ratio = Math.Exp(-Math.Abs(difference));
            share[lane] = (difference > 0 ? ratio : 1) / (1 + ratio);
            logRatio[lane] += Math.Max(0, difference) + Math.Log(0.5 * (1 + ratio));
        }
        for (int j = 0; j < plan.AttributeCount; j++)
            Loops.AddProduct(0.5, PersonModel.Row(standard, j), PersonModel.Row(standard, j), logRatio);
    }

    private static void ShareWeight(PersonTile tile)
    {
        Loops.Multiply(tile.Weight, tile.Share, tile.Point.Weight);
        for (int lane = 0; lane < PersonTile.Size; lane++)
            tile.Mirror.Weight[lane] = tile.Weight[lane] - tile.Point.Weight[lane];
    }

    /// <summary>Draws which of its two points a chain stands at: pairs about one mode are none about another.</summary>
    private static void ChooseSides(PersonTile tile)
    {
        for (int lane = 0; lane < tile.Count; lane++)
        {
            if (tile.Random[lane].NextUniform() < tile.Share[lane])
                continue;
            for (int row = lane; row < tile.Point.Theta.Length; row += PersonTile.Size)
                tile.Point.Theta[row] = tile.Mirror.Theta[row];
        }
    }

    private static void ToMirror(PersonTile tile, ReadOnlySpan<double> theta, Span<double> mirror)
    {
        for (int k = 0; k < mirror.Length; k++)
            mirror[k] = 2 * tile.Mode[k] - theta[k];
    }

    private void FindModes(PersonTile tile, TileScratch scratch, int steps)
    {
        int order = plan.AttributeCount;
        for (int step = 0; step < steps; step++)
        {
            model!.Curvature(tile, tile.Mode, scratch, scratch.Step, tile.Factor);
            TriangularRows.Factor(tile.Factor, order);
            TriangularRows.SolveForward(tile.Factor, scratch.Step, order);
            scratch.Row.AsSpan().Clear();
            for (int j = 0; j < order; j++)
                Loops.AddProduct(1, PersonModel.Row(scratch.Step, j), PersonModel.Row(scratch.Step, j), scratch.Row);
            for (int lane = 0; lane < PersonTile.Size; lane++)
                scratch.Row[lane] = Math.Min(1, LongestStep / Math.Sqrt(scratch.Row[lane] + 1e-300));
            TriangularRows.SolveBackward(tile.Factor, scratch.Step, order);
            for (int j = 0; j < order; j++)
                Loops.AddProduct(1, scratch.Row, PersonModel.Row(scratch.Step, j), PersonModel.Row(tile.Mode.AsSpan(), j));
        }
    }

    private void ToStandard(PersonTile tile, TileScratch scratch)
    {
        for (int k = 0; k < tile.Mode.Length; k++)
            scratch.Theta[k] = (tile.Point.Theta[k] - tile.Mode[k]) / Scale;
        TriangularRows.MultiplyTransposed(tile.Factor, scratch.Theta, plan.AttributeCount, tile.Standard);
    }

    private void DrawNoise(PersonTile tile, Span<double> noise)
    {
        for (int lane = 0; lane < tile.Count; lane++)
        {
            for (int j = 0; j < plan.AttributeCount; j++)
                noise[j * PersonTile.Size + lane] = Ziggurat.Next(ref tile.Random[lane]);
        }
    }

    /// <summary>Takes proposals over, or not.</summary>
    private static int Judge(PersonTile tile, TileScratch scratch)
    {
        int count = 0;
        for (int lane = 0; lane < tile.Count; lane++)
        {
            double logRatio = scratch.Row[lane];
            if (!(Math.Log(tile.Random[lane].NextUniform()) < logRatio - tile.LogRatio[lane]))
                continue;
            count++;
            tile.LogRatio[lane] = logRatio;
            tile.Share[lane] = scratch.Share[lane];
            for (int row = lane; row < tile.Mode.Length; row += PersonTile.Size)
            {
                tile.Point.Theta[row] = scratch.Theta[row];
                tile.Mirror.Theta[row] = scratch.Mirror[row];
                tile.Standard[row] = scratch.Standard[row];
            }
        }
        return count;
    }
}
