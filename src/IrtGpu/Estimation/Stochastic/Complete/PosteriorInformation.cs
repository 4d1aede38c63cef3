using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Loops;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>
/// What not knowing θ costs, Σ w Cov(s | answers), the cross-product of scores, Σ w E(s | answers) E(s | answers)ᵀ, and the sums for the complete-data
/// information, at nodes about the modes of persons; s is the gradient of a person's complete-data log-likelihood by the free parameters.
/// </summary>
/// <remarks>
/// <para>
/// Draws would tell the covariance with the noise of a sample of S draws for every person, of which 1,000 parameters and 10,000 persons need
/// hundreds before observed information can be told from none. The axes of a random basis about the mode give the part of it that is linear
/// in θ exactly, and all that is left is averaged over persons (Louis 1982, Journal of the Royal Statistical Society B 44, 226–233, for the identity).
/// </para>
/// <para>
/// s is measured from its value s₀ at the mode: E(d dᵀ) comes from some turns of the axes, and E(d) E(d)ᵀ from products of different turns, d = s − s₀, so that what
/// one errs by does not enter by its square. A tile's persons at one node are the rows of a matrix; threads own rows of products of these,
/// so results do not depend on their number.
/// </para>
/// </remarks>
internal sealed unsafe class PosteriorInformation
{
    private const int Size = PersonTile.Size;
    private const int NodesAtOnce = 8;
    private const int RowsATask = 64;
    private const double MostProducts = 2.5e11; // persons · nodes · parameters²/2
    private const int MostTurns = 8;

    private static readonly RowLoops Loops = RowLoops.Chosen;
    private static readonly double[] Ones = [.. Enumerable.Repeat(1.0, Size)];

    private readonly CalibrationPlan plan;
    private readonly ModelPoint point;
    private readonly PersonModel model;
    private readonly PosteriorNodes nodes;
    private readonly ParallelOptions parallel;
    private readonly bool withCrossProduct;
    private readonly CancellationToken cancellation;
    private readonly TileScratch[] scratch;
    private readonly ItemEvaluation[] sums; // [node at once]
    private readonly WeightedPoint[] weighted; // [node at once]
    private readonly double[][][] powers; // of populations [node at once][block]
    private readonly int turns; // of which products are taken
    private readonly int meanTurns; // of which means are

    private PosteriorInformation(ModelPoint point, int personCount, bool withCrossProduct, int threads, CancellationToken cancellation)
    {
        plan = point.Plan;
        this.point = point;
        this.withCrossProduct = withCrossProduct;
        this.cancellation = cancellation;
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        model = new PersonModel(point);
        nodes = new PosteriorNodes(plan.AttributeCount);
        double products = 0.5 * personCount * nodes.Points.Length * ((double)plan.Layout.FreeCount * plan.Layout.FreeCount);
        turns = nodes.IsTurned ? (int)Math.Clamp(MostProducts / Math.Max(1, products), 1, MostTurns) : 1;
        meanTurns = nodes.IsTurned ? Math.Max(2, turns) : 1;
        scratch = [.. Enumerable.Range(0, Math.Max(NodesAtOnce, nodes.Points.Length)).Select(_ => new TileScratch(plan))];
        sums = [.. Enumerable.Range(0, NodesAtOnce).Select(_ => Question(point))];
        weighted = [.. Enumerable.Range(0, NodesAtOnce).Select(_ => new WeightedPoint(plan.AttributeCount))];
        powers = [.. sums.Select(_ => plan.Blocks.Select(_ => new double[1 + plan.AttributeCount + PackedTriangle.Length(plan.AttributeCount)]).ToArray())];
        Missing = new double[(long)plan.Layout.FreeCount * plan.Layout.FreeCount];
        CrossProduct = withCrossProduct ? new double[Missing.Length] : [];
    }

    /// <summary>Σ w Cov(s | answers), lower triangle. [free, free]</summary>
    public double[] Missing { get; }

    /// <summary>Σ w E(s | answers) E(s | answers)ᵀ, lower triangle; empty where it is not wanted. [free, free]</summary>
    public double[] CrossProduct { get; }

    /// <summary>Expected complete data at the same nodes, for the derivatives at the point.</summary>
    public GivenExpectation Expectation { get; private set; } = null!;

    /// <summary>Sums over persons and nodes.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="tiles">Persons, with the modes and factors of these parameters.</param>
    /// <param name="withCrossProduct">Whether the cross-product is wanted.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static PosteriorInformation Of(ModelPoint point, PersonTile[] tiles, bool withCrossProduct, int threads, CancellationToken cancellation)
    {
        PosteriorInformation information = new(point, tiles.Sum(tile => tile.Count), withCrossProduct, threads, cancellation);
        foreach (PlannedBlock block in point.Plan.Blocks)
        {
            if (Array.Exists(tiles, tile => tile.Block == block.Index))
                information.AddBlock(block, tiles);
        }
        information.Expectation = information.Gather();
        return information;
    }

    private static ItemEvaluation Question(ModelPoint point)
    {
        ItemEvaluation question = new(point.Plan) { WithDerivatives = true };
        for (int set = 0; set < point.Plan.ParameterSets.Count; set++)
            question.Add(set);
        point.Parameters.Slots.CopyTo(question.Slots, 0);
        question.ClearAnswer();
        return question;
    }

    private void AddBlock(PlannedBlock block, PersonTile[] tiles)
    {
        CompleteGradients gradients = new(point, block);
        using InformationRoom room = new(gradients.Free.Length, NodesAtOnce, meanTurns, withCrossProduct);
        foreach (PersonTile tile in tiles)
        {
            if (tile.Block != block.Index)
                continue;
            cancellation.ThrowIfCancellationRequested();
            room.Centre.Clear();
            gradients.Fill(tile, tile.Mode, Ones, scratch[0], room.Centre);
            for (int turn = 0; turn < meanTurns; turn++)
            {
                nodes.Place(tile, model, turn, parallel, scratch);
                room.Means[turn].Clear();
                for (int begin = 0; begin < nodes.Points.Length; begin += NodesAtOnce)
                    AddNodes(tile, gradients, room, turn, begin, Math.Min(NodesAtOnce, nodes.Points.Length - begin));
            }
            AddMeans(tile, room);
        }
        Scatter(gradients.Free, room.Products, Missing);
        if (withCrossProduct)
            Scatter(gradients.Free, room.Crossed, CrossProduct);
    }

    /// <summary>Adds some nodes of a tile's persons.</summary>
    private void AddNodes(PersonTile tile, CompleteGradients gradients, InformationRoom room, int turn, int begin, int count)
    {
        Parallel.For(0, count, parallel, slot =>
        {
            WeightedPoint node = nodes.Points[begin + slot];
            if (turn < turns)
                AddComplete(tile, node, slot);
            if (begin + slot == 0)
                return; // d is 0 at the mode
            Span<double> root = scratch[slot].Share;
            for (int lane = 0; lane < Size; lane++)
                root[lane] = Math.Sqrt(tile.Weight[lane] * node.Weight[lane] / turns);
            room.Columns[slot].Clear();
            gradients.Fill(tile, node.Theta, root, scratch[slot], room.Columns[slot]);
            for (int row = 0; row < room.Order; row++)
                Loops.AddProduct(-1, root, room.Centre.Span(row), room.Columns[slot].Span(row));
            if (turn < turns)
                room.Transpose(room.Columns[slot], room.Rows[slot], 1);
            for (int lane = 0; lane < Size; lane++)
                root[lane] = Math.Sqrt(node.Weight[lane] * turns);
        });
        ForRows(room.Order, (row, height) =>
        {
            for (int slot = begin == 0 ? 1 : 0; slot < count; slot++)
            {
                for (int r = row; r < row + height; r++)
                    Loops.AddProduct(1, scratch[slot].Share, room.Columns[slot].Span(r), room.Means[turn].Span(r));
                if (turn < turns)
                    AddProducts(room.Rows[slot], room.Rows[slot], room.Products, row, height);
            }
        });
    }

    private void AddComplete(PersonTile tile, WeightedPoint node, int slot)
    {
        node.Theta.CopyTo(weighted[slot].Theta, 0);
        for (int lane = 0; lane < Size; lane++)
            weighted[slot].Weight[lane] = tile.Weight[lane] * node.Weight[lane] / turns;
        foreach (int item in tile.Items)
        {
            int set = plan.Tables[tile.Table].SetOfItem[item];
            PointSums.AddDerivatives(tile, item, plan.Items[item], plan.ParameterSets[set], set, weighted[slot], sums[slot], scratch[slot]);
        }
        PointSums.AddPowers(weighted[slot], scratch[slot], powers[slot][tile.Block]);
    }

    /// <summary>Takes E(d) E(d)ᵀ off, and adds E(s) E(s)ᵀ.</summary>
    private void AddMeans(PersonTile tile, InformationRoom room)
    {
        AddSquare(room, room.Products, -1);
        if (!withCrossProduct)
            return;
        double[] root = [.. tile.Weight.Select(Math.Sqrt)];
        double[] ratio = [.. tile.CrossWeight.Zip(tile.Weight, (cross, weight) => weight > 0 ? Math.Sqrt(cross / weight) : 0)];
        foreach (AlignedMatrix mean in room.Means)
        {
            for (int row = 0; row < room.Order; row++)
            {
                Loops.AddProduct(1, root, room.Centre.Span(row), mean.Span(row));
                Loops.Multiply(ratio, mean.Span(row), mean.Span(row));
            }
        }
        AddSquare(room, room.Crossed, 1);
    }

    /// <summary>Adds products of the means of different turns: the square of their sum less the sum of their squares.</summary>
    private void AddSquare(InformationRoom room, AlignedMatrix target, double sign)
    {
        if (meanTurns == 1)
        {
            AddSquare(room.Means[0], sign, room, target);
            return;
        }
        AlignedMatrix total = room.Columns[0];
        total.Clear();
        double share = sign / (meanTurns * (meanTurns - 1));
        foreach (AlignedMatrix mean in room.Means)
        {
            for (int row = 0; row < room.Order; row++)
                Loops.AddScaled(1, mean.Span(row), total.Span(row));
            AddSquare(mean, -share, room, target);
        }
        AddSquare(total, share, room, target);
    }

    private void AddSquare(AlignedMatrix columns, double factor, InformationRoom room, AlignedMatrix target)
    {
        room.Transpose(columns, room.Rows[0], 1);
        room.Transpose(columns, room.Rows[1], factor);
        ForRows(room.Order, (row, height) => AddProducts(room.Rows[1], room.Rows[0], target, row, height));
    }

    /// <summary>Adds products of some parameters with all up to the last of them.</summary>
    private static void AddProducts(AlignedMatrix left, AlignedMatrix right, AlignedMatrix target, int row, int height) => MatrixKernels.MultiplyAdd(
        left.Start + row, 1, left.Stride, right.Start, right.Stride, target.Row(row), target.Stride, height, Size, row + height);

    private void ForRows(int rows, Action<int, int> work)
    {
        int tasks = (rows + RowsATask - 1) / RowsATask;
        Parallel.For(0, tasks, parallel, task =>
        {
            int row = (tasks - 1 - task) * RowsATask; // the longest first
            work(row, Math.Min(RowsATask, rows - row));
        });
    }

    private void Scatter(int[] free, AlignedMatrix from, double[] to)
    {
        for (int r = 0; r < free.Length; r++)
        {
            ReadOnlySpan<double> row = from.Span(r);
            for (int c = 0; c <= r; c++)
                to[(long)free[r] * plan.Layout.FreeCount + free[c]] += row[c];
        }
    }

    private GivenExpectation Gather()
    {
        for (int slot = 1; slot < NodesAtOnce; slot++)
        {
            sums[0].AddAnswer(sums[slot]);
            for (int block = 0; block < powers[0].Length; block++)
            {
                for (int power = 0; power < powers[0][block].Length; power++)
                    powers[0][block][power] += powers[slot][block][power];
            }
        }
        return new GivenExpectation(sums[0], [.. powers[0].Select(one => new PopulationMoments(one[0], one))]);
    }
}
