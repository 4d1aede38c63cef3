using System.Numerics.Tensors;
using IrtGpu.Fit.LimitedInformation.Moments;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>eᵀ C e with C = Ξ⁻¹ − Ξ⁻¹Δ(ΔᵀΞ⁻¹Δ)⁻¹ΔᵀΞ⁻¹, without forming or inverting Ξ.</summary>
/// <remarks>
/// C e is the x in the null space of Δᵀ for which Ξ x − e has nothing in that null space: C = Δc(ΔcᵀΞΔc)⁻¹Δcᵀ with any basis Δc of it. It is
/// found by conjugate gradients on P Ξ P, P the projection. In the scaled basis Ξ is the identity plus what the attributes cause, so that
/// few dozen steps suffice; the number of products with Ξ does not depend on the number of parameters.
/// </remarks>
internal static class ProjectedQuadraticForm
{
    private const int MaxSteps = 3000;
    private const double Tolerance = 1e-10; // of the length of the residual
    private const double Tolerable = 1e-6; // where rounding ends the steps

    /// <summary>Computes it.</summary>
    /// <param name="residual">e. [group][moment]</param>
    /// <param name="covariances">Ξ, one a group.</param>
    /// <param name="projection">P.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>NaN where Ξ is singular on the null space, or the steps did not suffice.</returns>
    public static double Of(double[][] residual, MomentCovariance[] covariances, NullSpaceProjection projection, CancellationToken cancellation)
    {
        double[][] rest = Copy(residual);
        projection.Apply(rest);
        double[][] solution = Zero(residual);
        double[][] direction = Copy(rest);
        double[][] image = Zero(residual);
        double square = Dot(rest, rest);
        double first = square;
        for (int step = 0; square > Tolerance * Tolerance * first; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int group = 0; group < covariances.Length; group++)
                covariances[group].Apply(direction[group], image[group]);
            projection.Apply(image);
            double curvature = Dot(direction, image);
            if (step == MaxSteps || !(curvature > 1e-13 * Dot(direction, direction)))
                return square <= Tolerable * Tolerable * first ? Dot(residual, solution) : double.NaN;
            double length = square / curvature;
            AddScaled(solution, length, direction);
            AddScaled(rest, -length, image);
            double next = Dot(rest, rest);
            for (int group = 0; group < direction.Length; group++)
                TensorPrimitives.MultiplyAdd(direction[group], next / square, rest[group], direction[group]);
            square = next;
        }
        return Dot(residual, solution);
    }

    private static double[][] Copy(double[][] vectors) => [.. vectors.Select(vector => (double[])vector.Clone())];

    private static double[][] Zero(double[][] vectors) => [.. vectors.Select(vector => new double[vector.Length])];

    private static double Dot(double[][] first, double[][] second)
    {
        double sum = 0;
        for (int group = 0; group < first.Length; group++)
            sum += FixedOrderSums.Dot(first[group], second[group]);
        return sum;
    }

    private static void AddScaled(double[][] sum, double factor, double[][] vectors)
    {
        for (int group = 0; group < sum.Length; group++)
            TensorPrimitives.MultiplyAdd(vectors[group], factor, sum[group], sum[group]);
    }
}
