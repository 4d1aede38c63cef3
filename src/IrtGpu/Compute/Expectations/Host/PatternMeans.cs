using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Expectations.Host;

/// <summary>Weight and mean of the posterior of every pattern in each class, kept where means differ within blocks: their update takes them by row of covariates.</summary>
/// <remarks>A pattern is written once, by whoever computes it, and sums run over the patterns in order: they do not depend on threads.</remarks>
/// <param name="point">Where the E-step is made.</param>
/// <param name="patterns">The data, with rows of covariates.</param>
internal sealed class PatternMeans(ModelPoint point, PatternTable patterns)
{
    private readonly CalibrationPlan plan = point.Plan;
    private readonly int rowCount = point.Shifts!.RowCount;
    private readonly double[] values = new double[(long)patterns.PatternCount * point.Plan.ClassCount * (1 + point.Plan.AttributeCount)];

    /// <summary>Room for the patterns of a point; null where it takes none.</summary>
    /// <param name="point">Where the E-step is made.</param>
    /// <param name="patterns">The data.</param>
    public static PatternMeans? For(ModelPoint point, PatternTable patterns) => point.Shifts is null ? null : new PatternMeans(point, patterns);

    /// <summary>Σ w, then Σ w θ_j of a pattern in a class, w the posterior times the frequency.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="k">Class.</param>
    /// <returns>To be written. [1 + attribute]</returns>
    public Span<double> Of(int pattern, int k)
    {
        int length = 1 + plan.AttributeCount;
        return values.AsSpan((pattern * plan.ClassCount + k) * length, length);
    }

    /// <summary>Their sums over the patterns of a block by row of covariates.</summary>
    /// <param name="block">Block.</param>
    /// <returns>[row, 1 + attribute]</returns>
    public double[] ByRow(int block)
    {
        int length = 1 + plan.AttributeCount;
        double[] sums = new double[rowCount * length];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            if (patterns.Groups[pattern] != plan.Blocks[block].Group)
                continue;
            ReadOnlySpan<double> own = Of(pattern, plan.Blocks[block].Class);
            Span<double> sum = sums.AsSpan(patterns.CovariateRows[pattern] * length, length);
            System.Numerics.Tensors.TensorPrimitives.Add(sum, own, sum);
        }
        return sums;
    }
}
