using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Adaptive.Modes;

/// <summary>Finds the modes of posteriors in one class, and the curvatures there, by Newton's method, patterns side by side; one instance serves one thread.</summary>
/// <remarks>
/// A pattern's mode depends on nothing beside it: who has arrived stays while the others go on. Where a curvature is not positive definite, as
/// items with asymptotes or several directions can make it, what single answers take away from the information is left out: the density of
/// the population keeps the rest positive definite.
/// </remarks>
internal sealed class PosteriorModes
{
    /// <summary>Patterns side by side.</summary>
    public const int Size = 32;

    private const int MaxIterations = 50;
    private const int MaxHalvings = 30;
    private const double Enough = 1e-18; // gain of a Newton step: a distance of 1e-9 standard deviations of the posterior

    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly int attributeCount;
    private readonly AnswerCurvature curvature;
    private readonly double[] theta; // [attribute, lane]
    private readonly double[] candidate; // [attribute, lane]
    private readonly double[] step; // [attribute, lane]
    private readonly double[] factor; // [packed, lane]
    private readonly double[] inverse; // [packed, lane]
    private readonly double[] dense; // [attribute, attribute]
    private readonly double[] denseFactor; // [attribute, attribute]
    private readonly double[] value = new double[Size];
    private readonly double[] gain = new double[Size];
    private readonly double[] scale = new double[Size];

    /// <summary>Makes room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    public PosteriorModes(CalibrationPlan plan, PatternTable patterns)
    {
        this.plan = plan;
        this.patterns = patterns;
        attributeCount = plan.AttributeCount;
        curvature = new AnswerCurvature(plan, Size);
        theta = new double[attributeCount * Size];
        candidate = new double[attributeCount * Size];
        step = new double[attributeCount * Size];
        factor = new double[PackedTriangle.Length(attributeCount) * Size];
        inverse = new double[PackedTriangle.Length(attributeCount) * Size];
        dense = new double[attributeCount * attributeCount];
        denseFactor = new double[attributeCount * attributeCount];
    }

    /// <summary>Lays nodes about the modes of some patterns.</summary>
    /// <param name="point">Populations.</param>
    /// <param name="items">Items at the point.</param>
    /// <param name="block">Group, which is that of the patterns, and class.</param>
    /// <param name="chosen">Patterns, at most <see cref="Size"/>.</param>
    /// <param name="before">Where nodes lay, to begin from; null: at the mean of the population.</param>
    /// <param name="placements">Receives modes, factors U with U Uᵀ the inverse of the curvature, and log |U|.</param>
    public void Place(ModelPoint point, ItemsAt items, PlannedBlock block, ReadOnlySpan<int> chosen, Placements? before, Placements placements)
    {
        Begin(point, block, chosen, before);
        curvature.Load(patterns, chosen);
        Array.Fill(scale, 1);
        curvature.Evaluate(point, items, block, theta);
        curvature.Value.CopyTo(value, 0);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            Factor();
            if (!TrySolve() || !TryMove(point, items, block))
                break;
        }
        Factor();
        TriangularRows.Invert(factor, attributeCount, inverse);
        for (int lane = 0; lane < chosen.Length; lane++)
            Write(chosen[lane], block.Class, lane, placements);
    }

    private void Begin(ModelPoint point, PlannedBlock block, ReadOnlySpan<int> chosen, Placements? before)
    {
        for (int j = 0; j < attributeCount; j++)
        {
            Span<double> row = Row(theta, j);
            row.Fill(point.Parameters.Slots[block.FirstMeanSlot + j]);
            for (int lane = 0; lane < chosen.Length && before is not null; lane++)
                row[lane] = before.Centre(chosen[lane], block.Class)[j];
        }
    }

    /// <summary>Cholesky factors of the information.</summary>
    private void Factor()
    {
        curvature.Information.CopyTo(factor, 0);
        TriangularRows.Factor(factor, attributeCount);
        for (int lane = 0; lane < Size; lane++)
        {
            bool isDefinite = true;
            for (int j = 0; j < attributeCount; j++)
                isDefinite &= factor[PackedTriangle.Diagonal(j) * Size + lane] > 0;
            if (!isDefinite)
                FactorWithoutLoss(lane);
        }
    }

    private void FactorWithoutLoss(int lane)
    {
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                int element = PackedTriangle.Index(j, k) * Size + lane;
                dense[j * attributeCount + k] = dense[k * attributeCount + j] = curvature.Information[element] - curvature.Loss[element];
            }
        }
        CholeskySolver.FactorWithRidge(dense, denseFactor, attributeCount);
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
                factor[PackedTriangle.Index(j, k) * Size + lane] = denseFactor[j * attributeCount + k];
        }
    }

    /// <summary>Newton steps of those who have not arrived.</summary>
    /// <returns>Whether there are any.</returns>
    private bool TrySolve()
    {
        curvature.Gradient.CopyTo(step, 0);
        TriangularRows.SolveForward(factor, step, attributeCount);
        Array.Clear(gain);
        for (int j = 0; j < attributeCount; j++)
            Loops.AddProduct(1, Row(step, j), Row(step, j), gain);
        TriangularRows.SolveBackward(factor, step, attributeCount);
        bool isAny = false;
        for (int lane = 0; lane < Size; lane++)
        {
            scale[lane] = scale[lane] > 0 && gain[lane] > Enough ? 1 : 0;
            isAny |= scale[lane] > 0;
            for (int j = 0; j < attributeCount && scale[lane] == 0; j++)
                step[j * Size + lane] = 0; // which may be no number
        }
        return isAny;
    }

    /// <summary>Takes the steps, each shortened until the density has not fallen; who cannot step has arrived.</summary>
    /// <returns>Whether anybody moved.</returns>
    private bool TryMove(ModelPoint point, ItemsAt items, PlannedBlock block)
    {
        for (int halving = 0; halving <= MaxHalvings; halving++)
        {
            theta.CopyTo(candidate, 0);
            for (int j = 0; j < attributeCount; j++)
                Loops.AddProduct(1, scale, Row(step, j), Row(candidate, j));
            curvature.Evaluate(point, items, block, candidate);
            bool hasFallen = false;
            for (int lane = 0; lane < Size; lane++)
            {
                if (scale[lane] == 0 || curvature.Value[lane] >= value[lane] - 1e-13 * Math.Abs(value[lane]))
                    continue;
                hasFallen = true;
                scale[lane] = halving + 1 < MaxHalvings ? scale[lane] / 2 : 0;
            }
            if (!hasFallen)
                break;
        }
        candidate.CopyTo(theta, 0);
        curvature.Value.CopyTo(value, 0);
        return Array.Exists(scale, length => length > 0);
    }

    private void Write(int pattern, int k, int lane, Placements placements)
    {
        Span<double> centre = placements.Centre(pattern, k);
        Span<double> upper = placements.Factor(pattern, k);
        double logDeterminant = 0;
        for (int j = 0; j < attributeCount; j++)
        {
            centre[j] = theta[j * Size + lane];
            logDeterminant -= Math.Log(factor[PackedTriangle.Diagonal(j) * Size + lane]);
        }
        for (int element = 0; element < upper.Length; element++)
            upper[element] = inverse[element * Size + lane]; // row k of C⁻¹, C the Cholesky factor, is column k of U = C⁻ᵀ
        placements.LogDeterminant(pattern, k) = logDeterminant;
    }

    private static Span<double> Row(double[] rows, int row) => rows.AsSpan(row * Size, Size);
}
