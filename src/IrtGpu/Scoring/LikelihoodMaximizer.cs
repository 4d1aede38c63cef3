using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Scoring;

/// <summary>Maximises a <see cref="PersonLikelihood"/>; one instance serves one thread.</summary>
/// <remarks>
/// One attribute: the root of the derivative is bracketed and refined by Newton steps kept inside the bracket, so that every finite
/// maximum is found; where items with asymptotes make several, all of them are and the highest counts. Several attributes: Newton's
/// method, with the expected information where the observed one is not positive definite. It ends where a step would gain less than
/// the function can show: values are compared only where they differ by more than rounding.
/// </remarks>
internal sealed class LikelihoodMaximizer(PersonLikelihood likelihood, int attributeCount)
{
    private const int MaxIterations = 200;
    private const int ScanSteps = 160; // over the range in which items have not settled
    private const double NoGain = 1e-22; // of a Newton step: a distance of 1e-11 standard errors
    private const double Rounding = 1e-13; // of the value

    private readonly double[] current = new double[attributeCount];
    private readonly double[] next = new double[attributeCount];
    private readonly double[] step = new double[attributeCount];
    private readonly double[] factor = new double[attributeCount * attributeCount];

    /// <summary>Maximises over one attribute, the others being irrelevant to the active items or held.</summary>
    /// <param name="theta">In: start; out: the maximum, ±∞ where the supremum lies there. [attribute]</param>
    /// <param name="attribute">Which attribute.</param>
    /// <returns>The observed information at the maximum; 0 where there is none.</returns>
    public double MaximizeOne(Span<double> theta, int attribute)
    {
        double reach = likelihood.Reach(attribute);
        theta[attribute] = Math.Clamp(theta[attribute], -reach, reach);
        double best = double.NegativeInfinity;
        double bestAt = double.NaN;
        if (likelihood.IsConcave)
        {
            Consider(theta, attribute, Refine(theta, attribute, theta[attribute], reach), ref best, ref bestAt);
        }
        else
        {
            double before = Slope(theta, attribute, -reach);
            for (int k = 1; k <= ScanSteps; k++)
            {
                // Dense where items differ, sparse in their tails.
                double low = Spread(k - 1, reach);
                double high = Spread(k, reach);
                double after = Slope(theta, attribute, high);
                if (before > 0 && after <= 0)
                    Consider(theta, attribute, RefineWithin(theta, attribute, low, high), ref best, ref bestAt);
                before = after;
            }
        }
        double atPlusInfinity = ValueAt(theta, attribute, 1e4 * reach);
        double atMinusInfinity = ValueAt(theta, attribute, -1e4 * reach);
        if (double.IsNaN(bestAt) || Math.Max(atPlusInfinity, atMinusInfinity) >= best - Rounding * (1 + Math.Abs(best)))
        {
            theta[attribute] = atPlusInfinity >= atMinusInfinity ? double.PositiveInfinity : double.NegativeInfinity;
            return 0;
        }
        theta[attribute] = bestAt;
        likelihood.Evaluate(theta);
        return likelihood.ObservedInformation[attribute * attributeCount + attribute];
    }

    /// <summary>Maximises over several attributes; the others stay.</summary>
    /// <param name="theta">In: start; out: the maximum. [attribute]</param>
    /// <param name="attributes">Which attributes.</param>
    /// <param name="covariance">Receives the inverse of the observed information. [attribute of the set, attribute of the set]</param>
    /// <returns>False where the supremum lies at infinity.</returns>
    public bool Maximize(Span<double> theta, int[] attributes, Span<double> covariance)
    {
        int n = attributes.Length;
        theta.CopyTo(current);
        double value = likelihood.Evaluate(current, withExpectation: true);
        double lastGain = double.PositiveInfinity;
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            TakeStep(attributes);
            double gain = 0;
            double longest = 0;
            for (int j = 0; j < n; j++)
            {
                gain += step[j] * likelihood.Gradient[attributes[j]];
                longest = Math.Max(longest, Math.Abs(step[j]));
            }
            double slack = Rounding * (1 + Math.Abs(value));
            if (!double.IsFinite(longest))
                return false;
            if (gain < NoGain || (gain < slack && gain >= 0.25 * lastGain))
                break;
            lastGain = gain;
            double scale = Math.Min(1, LargestStep(current) / longest);
            double nextValue = double.NegativeInfinity;
            for (int halving = 0; halving < 60; halving++, scale /= 2)
            {
                current.CopyTo(next, 0);
                for (int j = 0; j < n; j++)
                    next[attributes[j]] += scale * step[j];
                nextValue = likelihood.Evaluate(next, withExpectation: true);
                if (nextValue >= value - slack)
                    break;
            }
            next.CopyTo(current, 0);
            value = nextValue;
            foreach (int attribute in attributes)
            {
                if (!likelihood.HasPrior && Math.Abs(current[attribute]) > likelihood.Reach(attribute))
                    return false;
            }
        }
        current.CopyTo(theta);
        if (!TryFactor(likelihood.ObservedInformation, attributes))
            return false;
        for (int j = 0; j < n; j++)
        {
            Array.Clear(step);
            step[j] = 1;
            CholeskySolver.Solve(factor, step, n);
            step.AsSpan(0, n).CopyTo(covariance[(j * n)..]);
        }
        return true;
    }

    private static double LargestStep(double[] theta)
    {
        double largest = 2;
        foreach (double element in theta)
            largest = Math.Max(largest, 0.5 * Math.Abs(element));
        return largest;
    }

    private void TakeStep(int[] attributes)
    {
        if (!TryFactor(likelihood.ObservedInformation, attributes) && !TryFactor(likelihood.ExpectedInformation, attributes))
        {
            step[0] = double.NaN;
            return;
        }
        for (int j = 0; j < attributes.Length; j++)
            step[j] = likelihood.Gradient[attributes[j]];
        CholeskySolver.Solve(factor, step, attributes.Length);
    }

    private bool TryFactor(double[] information, int[] attributes)
    {
        int n = attributes.Length;
        for (int j = 0; j < n; j++)
        {
            for (int k = 0; k <= j; k++)
                factor[j * n + k] = information[attributes[j] * attributeCount + attributes[k]];
            if (!(factor[j * n + j] > 0))
                return false;
        }
        return CholeskySolver.TryFactor(factor, n);
    }

    private void Consider(Span<double> theta, int attribute, double at, ref double best, ref double bestAt)
    {
        if (double.IsNaN(at))
            return;
        double value = ValueAt(theta, attribute, at);
        if (value > best)
            (best, bestAt) = (value, at);
    }

    /// <summary>The root of the decreasing derivative, bracketed outwards from a start; NaN where it does not change its sign.</summary>
    private double Refine(Span<double> theta, int attribute, double start, double reach)
    {
        double atStart = Slope(theta, attribute, start);
        if (atStart == 0)
            return start;
        double direction = Math.Sign(atStart);
        double near = start;
        for (double width = 0.5; ; width *= 2)
        {
            double far = start + direction * width;
            if (Slope(theta, attribute, far) * direction <= 0)
                return direction > 0 ? RefineWithin(theta, attribute, near, far) : RefineWithin(theta, attribute, far, near);
            if (width > 1e4 * reach)
                return double.NaN;
            near = far;
        }
    }

    /// <summary>The root of the derivative between a point where it is positive and one where it is not.</summary>
    private double RefineWithin(Span<double> theta, int attribute, double low, double high)
    {
        double at = 0.5 * (low + high);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            double slope = Slope(theta, attribute, at);
            double information = likelihood.ObservedInformation[attribute * attributeCount + attribute];
            if (slope > 0)
                low = at;
            else
                high = at;
            if (information > 0 && slope * slope < NoGain * information)
                break;
            double newton = at + slope / information;
            double moved = newton > low && newton < high ? newton : 0.5 * (low + high);
            if (!(Math.Abs(moved - at) > 1e-15 * Math.Abs(at)))
                break;
            at = moved;
        }
        return at;
    }

    private static double Spread(int k, double reach)
    {
        double x = 2.0 * k / ScanSteps - 1;
        return reach * x * Math.Abs(x);
    }

    private double Slope(Span<double> theta, int attribute, double at)
    {
        theta[attribute] = at;
        likelihood.Evaluate(theta);
        return likelihood.Gradient[attribute];
    }

    private double ValueAt(Span<double> theta, int attribute, double at)
    {
        theta[attribute] = at;
        return likelihood.Value(theta);
    }
}
