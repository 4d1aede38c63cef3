using IrtGpu.Foundation.Sampling.Transforms;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Posterior;

/// <summary>Unconstrained coordinates of the free parameters, one each, and the density that parameters without a prior have in them.</summary>
/// <remarks>
/// Where nothing else is said a parameter's prior is flat on the scale it is reported on: SDs (coordinate log σ), correlations (coordinate
/// atanh ρ; matrices that are not positive definite are outside), probabilities of asymptotes (coordinate the logit), slopes, intercepts, means and
/// log odds as they are. Slopes with a lognormal prior have their log as coordinate. A beta prior is the density of the probability.
/// </remarks>
internal sealed class DrawCoordinates
{
    private readonly CalibrationPlan plan;
    private readonly Coordinate[] coordinates; // [free]
    private readonly (int First, int Second)[] variances; // [free]: variance slots of a correlation

    /// <summary>Chooses the coordinates of a plan.</summary>
    public DrawCoordinates(CalibrationPlan plan)
    {
        this.plan = plan;
        int count = plan.Layout.FreeCount;
        coordinates = new Coordinate[count];
        variances = new (int, int)[count];
        Dictionary<int, PriorDistribution> priors = [];
        foreach (PlannedPrior prior in plan.Priors)
        {
            foreach (int free in plan.Layout.FreeOf(prior.Slot))
                priors[free] = prior.Distribution;
        }
        for (int free = 0; free < count; free++)
        {
            ParameterSlot slot = plan.Layout.Slots[plan.Layout.RepresentativeSlot[free]];
            PriorDistribution? prior = priors.TryGetValue(free, out PriorDistribution own) ? own : null;
            coordinates[free] = slot.Kind switch
            {
                ParameterKind.Covariance when slot.Index == slot.Index2 => Coordinate.LogDeviation,
                ParameterKind.Covariance => Coordinate.Correlation,
                ParameterKind.LowerAsymptote or ParameterKind.UpperAsymptote => prior == PriorDistribution.Normal ? Coordinate.Identity : Coordinate.Logit,
                _ => prior == PriorDistribution.LogNormal ? Coordinate.Log : Coordinate.Identity,
            };
            if (coordinates[free] == Coordinate.Correlation)
            {
                PlannedBlock block = plan.Blocks[slot.Block];
                variances[free] = (block.CovarianceSlot(slot.Index, slot.Index), block.CovarianceSlot(slot.Index2, slot.Index2));
            }
        }
    }

    private enum Coordinate
    {
        Identity,
        Log,
        Logit,
        LogDeviation,
        Correlation,
    }

    /// <summary>Number of free parameters.</summary>
    public int Count => coordinates.Length;

    /// <summary>Whether the prior of a parameter is flat and has no finite mass, for messages on priors alone.</summary>
    /// <param name="free">Free parameter.</param>
    public bool IsImproper(int free) => coordinates[free] is Coordinate.Identity or Coordinate.LogDeviation
        && !plan.Priors.Any(prior => plan.Layout.FreeOf(prior.Slot).Contains(free));

    /// <summary>Free parameters of coordinates.</summary>
    /// <param name="x">[free]</param>
    /// <param name="free">Out. [free]</param>
    /// <returns>Log Jacobian, with the flat priors in it.</returns>
    public double ToFree(ReadOnlySpan<double> x, Span<double> free)
    {
        double logJacobian = 0;
        for (int index = 0; index < coordinates.Length; index++)
        {
            switch (coordinates[index])
            {
                case Coordinate.Identity:
                    free[index] = x[index];
                    break;
                case Coordinate.Logit:
                    free[index] = x[index];
                    logJacobian += Logistic.LogOf(x[index]) + Logistic.LogOf(-x[index]);
                    break;
                case Coordinate.Log:
                    free[index] = Math.Exp(x[index]);
                    logJacobian += x[index];
                    break;
                case Coordinate.LogDeviation:
                    free[index] = Math.Exp(2 * x[index]);
                    logJacobian += x[index];
                    break;
                case Coordinate.Correlation:
                    break; // after the variances
                default:
                    throw new InvalidOperationException($"There is no coordinate {coordinates[index]}.");
            }
        }
        for (int index = 0; index < coordinates.Length; index++)
        {
            if (coordinates[index] != Coordinate.Correlation)
                continue;
            double correlation = Math.Tanh(x[index]);
            free[index] = correlation * Scale(index, free);
            logJacobian += 2 * LogSech(x[index]);
        }
        return logJacobian;
    }

    /// <summary>Gradient in the coordinates, that of the log Jacobian with it.</summary>
    /// <param name="x">Coordinates. [free]</param>
    /// <param name="free">Free parameters there. [free]</param>
    /// <param name="inFree">Gradient in the free parameters. [free]</param>
    /// <param name="result">Out. [free]</param>
    public void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> free, ReadOnlySpan<double> inFree, Span<double> result)
    {
        for (int index = 0; index < coordinates.Length; index++)
        {
            result[index] = coordinates[index] switch
            {
                Coordinate.Identity => inFree[index],
                Coordinate.Logit => inFree[index] + 1 - 2 * Logistic.Of(x[index]),
                Coordinate.Log => inFree[index] * free[index] + 1,
                Coordinate.LogDeviation => 2 * inFree[index] * free[index] + 1,
                Coordinate.Correlation => inFree[index] * Scale(index, free) * Math.Exp(2 * LogSech(x[index])) - 2 * Math.Tanh(x[index]),
                _ => throw new InvalidOperationException($"There is no coordinate {coordinates[index]}."),
            };
        }
        for (int index = 0; index < coordinates.Length; index++)
        {
            if (coordinates[index] != Coordinate.Correlation)
                continue;
            // A covariance ρ σ₁ σ₂ grows in proportion with either deviation.
            AddToDeviation(variances[index].First, inFree[index] * free[index], result);
            AddToDeviation(variances[index].Second, inFree[index] * free[index], result);
        }
    }

    /// <summary>Coordinates of free parameters, inside the range where coordinates can be told apart.</summary>
    /// <param name="free">Free parameters. [free]</param>
    public double[] FromFree(double[] free)
    {
        const double farthest = 4; // of logits and inverse hyperbolic tangents: estimates on a bound begin inside
        const double least = 1e-3;
        double[] x = new double[free.Length];
        for (int index = 0; index < x.Length; index++)
        {
            x[index] = coordinates[index] switch
            {
                Coordinate.Identity => free[index],
                Coordinate.Logit => Math.Clamp(free[index], -farthest, farthest),
                Coordinate.Log => Math.Log(Math.Max(free[index], least)),
                Coordinate.LogDeviation => Math.Log(Math.Max(free[index], least * least)) / 2,
                Coordinate.Correlation => Math.Atanh(Math.Clamp(free[index] / Scale(index, free), -Math.Tanh(farthest), Math.Tanh(farthest))),
                _ => throw new InvalidOperationException($"There is no coordinate {coordinates[index]}."),
            };
        }
        return x;
    }

    /// <summary>Scales of the coordinates: standard errors where there are, else a moderate step.</summary>
    /// <param name="free">Estimates. [free]</param>
    /// <param name="errors">Their standard errors.</param>
    public double[] Scales(double[] free, StandardErrors errors)
    {
        const double unknown = 0.3;
        const double largest = 1;
        double[] scales = new double[free.Length];
        for (int index = 0; index < scales.Length; index++)
        {
            double error = errors.Covariance is { } covariance ? Math.Sqrt(covariance[index * free.Length + index]) : double.NaN;
            double ratio = coordinates[index] switch
            {
                Coordinate.Identity or Coordinate.Logit => error,
                Coordinate.Log => error / free[index],
                Coordinate.LogDeviation => error / (2 * free[index]),
                Coordinate.Correlation => error / Scale(index, free),
                _ => throw new InvalidOperationException($"There is no coordinate {coordinates[index]}."),
            };
            scales[index] = double.IsFinite(ratio) && ratio > 0 ? Math.Min(ratio, largest) : unknown;
        }
        return scales;
    }

    private double Scale(int correlation, ReadOnlySpan<double> free)
    {
        (int first, int second) = variances[correlation];
        return Math.Sqrt(plan.Layout.Value(first, free) * plan.Layout.Value(second, free));
    }

    private void AddToDeviation(int varianceSlot, double value, Span<double> result)
    {
        foreach (int free in plan.Layout.FreeOf(varianceSlot))
            result[free] += value;
    }

    private static double LogSech(double x) => Math.Log(2) - Math.Abs(x) - Math.Log(1 + Math.Exp(-2 * Math.Abs(x)));
}
