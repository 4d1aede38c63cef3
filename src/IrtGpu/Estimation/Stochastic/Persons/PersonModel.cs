using IrtGpu.Compute;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Population;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>The posterior density of tiles of persons at given parameters.</summary>
internal sealed class PersonModel
{
    private const int Size = PersonTile.Size;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    private static readonly double[] Ones = [.. Enumerable.Repeat(1.0, Size)];

    private readonly CalibrationPlan plan;
    private readonly double[] slots;
    private readonly NormalPopulation[] populations; // [block]

    /// <summary>Reads the parameters of a point.</summary>
    /// <param name="point">Its populations are normal.</param>
    public PersonModel(ModelPoint point)
    {
        plan = point.Plan;
        slots = point.Parameters.Slots;
        populations = [.. plan.Blocks.Select(block => NormalPopulation.TryCreate(plan, block, slots)
            ?? throw new InvalidOperationException("A point has populations."))];
    }

    /// <summary>The population of a tile's persons.</summary>
    /// <param name="tile">The tile.</param>
    public NormalPopulation PopulationOf(PersonTile tile) => populations[tile.Block];

    /// <summary>Log likelihood of the answers and log density of θ, less J/2 log 2π + ½ log det Σ, at two points.</summary>
    /// <param name="tile">Whose answers.</param>
    /// <param name="first">θ. [attribute, lane]</param>
    /// <param name="second">θ of the other point. [attribute, lane]</param>
    /// <param name="scratch">Rows to work with.</param>
    /// <param name="ofFirst">Receives it. [lane]</param>
    /// <param name="ofSecond">Receives it. [lane]</param>
    public void LogDensities(PersonTile tile, ReadOnlySpan<double> first, ReadOnlySpan<double> second, TileScratch scratch, Span<double> ofFirst, Span<double> ofSecond)
    {
        LogPrior(tile, first, scratch, ofFirst);
        LogPrior(tile, second, scratch, ofSecond);
        foreach (int item in tile.Items)
        {
            PlannedItem planned = plan.Items[item];
            ItemParameterSet set = SetOf(tile, item);
            ReadOnlySpan<double> slopes = slots.AsSpan(set.FirstSlot, set.SlopeCount);
            Span<double> shape = slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount);
            LaneMemory.Widen(tile.CodesOf(item), scratch.Codes);
            Loops.Predict(slopes, planned.Attributes, first, scratch.Predictor);
            planned.Family.Operations.AddLogProbabilities(scratch.Predictor, planned.CategoryCount, shape, planned.Scores, scratch.Codes, ofFirst);
            Loops.Predict(slopes, planned.Attributes, second, scratch.Predictor);
            planned.Family.Operations.AddLogProbabilities(scratch.Predictor, planned.CategoryCount, shape, planned.Scores, scratch.Codes, ofSecond);
        }
    }

    /// <summary>First derivatives of the log density by θ, and a positive definite stand-in for minus the second ones.</summary>
    /// <remarks>An answer whose log-probability is convex in z, as wrong answers to items with lower asymptotes can be, adds no information.</remarks>
    /// <param name="tile">Whose answers.</param>
    /// <param name="theta">θ. [attribute, lane]</param>
    /// <param name="scratch">Rows to work with.</param>
    /// <param name="gradient">Receives them. [attribute, lane]</param>
    /// <param name="information">Receives it. [packed, lane]</param>
    public void Curvature(PersonTile tile, ReadOnlySpan<double> theta, TileScratch scratch, Span<double> gradient, Span<double> information)
    {
        AddPriorCurvature(tile, theta, gradient, information);
        foreach (int item in tile.Items)
        {
            PlannedItem planned = plan.Items[item];
            ItemParameterSet set = SetOf(tile, item);
            ReadOnlySpan<double> slopes = slots.AsSpan(set.FirstSlot, set.SlopeCount);
            FillDerivatives(tile, item, planned, set, slots, theta, Ones, scratch, withHessian: true);
            Span<double> second = scratch.Hessian.AsSpan(0, Size);
            for (int lane = 0; lane < Size; lane++)
                second[lane] = Math.Max(-second[lane], 0);
            for (int j = 0; j < slopes.Length; j++)
            {
                Loops.AddScaled(slopes[j], scratch.Gradient.AsSpan(0, Size), Row(gradient, planned.Attributes[j]));
                for (int k = 0; k <= j; k++)
                    Loops.AddScaled(slopes[j] * slopes[k], second, Row(information, PackedTriangle.SymmetricIndex(planned.Attributes[j], planned.Attributes[k])));
            }
        }
    }

    /// <summary>Derivatives of the weighted log-probabilities of a tile's answers by z and shape, into <see cref="TileScratch.Gradient"/> and <see cref="TileScratch.Hessian"/>.</summary>
    /// <param name="tile">Whose answers.</param>
    /// <param name="item">Item.</param>
    /// <param name="planned">The same.</param>
    /// <param name="set">Its parameters.</param>
    /// <param name="slots">All parameters. [slot]</param>
    /// <param name="theta">θ. [attribute, lane]</param>
    /// <param name="weight">Of each person. [lane]</param>
    /// <param name="scratch">Receives them.</param>
    /// <param name="withHessian">Whether second derivatives are wanted.</param>
    /// <returns>Σ weight log P.</returns>
    public static double FillDerivatives(
        PersonTile tile, int item, PlannedItem planned, ItemParameterSet set, double[] slots, ReadOnlySpan<double> theta, ReadOnlySpan<double> weight, TileScratch scratch,
        bool withHessian)
    {
        int local = 1 + set.ShapeCount;
        Loops.Predict(slots.AsSpan(set.FirstSlot, set.SlopeCount), planned.Attributes, theta, scratch.Predictor);
        LaneMemory.Widen(tile.CodesOf(item), scratch.Codes);
        return planned.Family.Operations.FillDerivatives(
            scratch.Predictor, planned.CategoryCount, slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount), planned.Scores, scratch.Codes, weight,
            scratch.Gradient.AsSpan(0, local * Size), withHessian ? scratch.Hessian.AsSpan(0, PackedTriangle.Length(local) * Size) : []);
    }

    /// <summary>The parameters that a tile's persons answer an item by.</summary>
    public ItemParameterSet SetOf(PersonTile tile, int item) => plan.ParameterSets[plan.Tables[tile.Table].SetOfItem[item]];

    /// <summary>A row.</summary>
    public static Span<double> Row(Span<double> rows, int row) => rows.Slice(row * Size, Size);

    /// <summary>A row.</summary>
    public static ReadOnlySpan<double> Row(ReadOnlySpan<double> rows, int row) => rows.Slice(row * Size, Size);

    private void LogPrior(PersonTile tile, ReadOnlySpan<double> theta, TileScratch scratch, Span<double> logDensity)
    {
        NormalPopulation population = populations[tile.Block];
        logDensity.Clear();
        for (int j = 0; j < plan.AttributeCount; j++)
        {
            Span<double> v = Row(scratch.Step.AsSpan(), j);
            Row(theta, j).CopyTo(v);
            for (int lane = 0; lane < Size; lane++)
                v[lane] -= population.Mean[j];
            for (int k = 0; k < j; k++)
            {
                if (population.Cholesky.At(j, k) != 0)
                    Loops.AddScaled(-population.Cholesky.At(j, k), Row(scratch.Step, k), v);
            }
            double inverse = 1 / population.Cholesky.At(j, j);
            for (int lane = 0; lane < Size; lane++)
                v[lane] *= inverse;
            Loops.AddProduct(-0.5, v, v, logDensity);
        }
    }

    private void AddPriorCurvature(PersonTile tile, ReadOnlySpan<double> theta, Span<double> gradient, Span<double> information)
    {
        NormalPopulation population = populations[tile.Block];
        for (int j = 0; j < plan.AttributeCount; j++)
        {
            Span<double> first = Row(gradient, j);
            double constant = 0;
            for (int k = 0; k < plan.AttributeCount; k++)
                constant += population.Precision.At(j, k) * population.Mean[k];
            first.Fill(constant);
            for (int k = 0; k < plan.AttributeCount; k++)
            {
                if (population.Precision.At(j, k) != 0)
                    Loops.AddScaled(-population.Precision.At(j, k), Row(theta, k), first);
                if (k <= j)
                    Row(information, PackedTriangle.Index(j, k)).Fill(population.Precision.At(j, k));
            }
        }
    }
}
