using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Foundation.Tests.Estimation;

/// <summary>A mixture of univariate normal distributions: log odds against the first component, means, log standard deviations.</summary>
/// <param name="values">The data.</param>
/// <param name="components">K.</param>
internal sealed class NormalMixture(double[] values, int components) : IEmProblem<NormalMixture.Moments>
{
    private const double SmallestDeviation = 1e-3;

    /// <summary>Expected number, sum and sum of squares of each component's values.</summary>
    internal sealed class Moments(double[] parameters, int components) : IExpectation
    {
        public double[] Parameters { get; } = parameters;

        public double[] Count { get; } = new double[components];

        public double[] Sum { get; } = new double[components];

        public double[] Squares { get; } = new double[components];

        public double LogLikelihood { get; set; }

        public double Objective => LogLikelihood;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    /// <summary>Standard deviation below which a component is on the way to a likelihood without bound.</summary>
    public double DegenerateBelow { get; init; }

    /// <summary>How many times as far as the maximum unguarded steps go.</summary>
    public double Reach { get; init; } = 1;

    /// <summary>Whether the run has asked for care.</summary>
    public bool IsGuarded { get; private set; }

    public int ParameterCount => 3 * components - 1;

    /// <summary>Number of E-steps made.</summary>
    public int ESteps => Expectations.Count;

    /// <summary>What they yielded; null outside of the domain.</summary>
    public List<Moments?> Expectations { get; } = [];

    public string Remedy(EmFailure failure) => $"Remedy of {failure}.";

    public string Describe(int parameter) => parameter < components - 1 ? $"log odds {parameter + 2}"
        : parameter < 2 * components - 1 ? $"mean {parameter - components + 2}" : $"log sd {parameter - 2 * components + 2}";

    public bool IsDegenerate(double[] parameters) => Enumerable.Range(0, components).Any(k => Deviation(parameters, k) < DegenerateBelow);

    public bool TryGuard()
    {
        bool isAnyCareLeft = Reach > 1 && !IsGuarded;
        IsGuarded = true;
        return isAnyCareLeft;
    }

    public bool TryAdmit(double[] proposal) => IsInDomain(proposal);

    public Moments? TryExpect(double[] parameters)
    {
        if (!IsInDomain(parameters))
        {
            Expectations.Add(null);
            return null;
        }
        double[] logShare = LogShares(parameters);
        Moments moments = new(parameters, components);
        Expectations.Add(moments);
        double[] term = new double[components];
        foreach (double value in values)
        {
            for (int k = 0; k < components; k++)
            {
                double z = (value - Mean(parameters, k)) / Deviation(parameters, k);
                term[k] = logShare[k] - Math.Log(Deviation(parameters, k)) - 0.5 * Math.Log(2 * Math.PI) - 0.5 * z * z;
            }
            double total = LogSum(term);
            moments.LogLikelihood += total;
            for (int k = 0; k < components; k++)
            {
                double posterior = Math.Exp(term[k] - total);
                moments.Count[k] += posterior;
                moments.Sum[k] += posterior * value;
                moments.Squares[k] += posterior * value * value;
            }
        }
        return moments;
    }

    public EmStep Maximize(Moments expectation, bool isExpanded)
    {
        ObjectDisposedException.ThrowIf(expectation.IsDisposed, expectation);
        double[] next = new double[ParameterCount];
        for (int k = 0; k < components; k++)
        {
            if (k > 0)
                next[k - 1] = Math.Log(expectation.Count[k] / expectation.Count[0]);
            double mean = expectation.Sum[k] / expectation.Count[k];
            next[components - 1 + k] = mean;
            next[2 * components - 1 + k] = 0.5 * Math.Log(expectation.Squares[k] / expectation.Count[k] - mean * mean);
        }
        if (!IsGuarded)
            next = [.. next.Zip(expectation.Parameters, (to, from) => from + Reach * (to - from))];
        return new EmStep(next, next);
    }

    public double[] Gradient(Moments expectation)
    {
        double[] gradient = new double[ParameterCount];
        double[] logShare = LogShares(expectation.Parameters);
        for (int k = 0; k < components; k++)
        {
            double mean = Mean(expectation.Parameters, k);
            double variance = Math.Pow(Deviation(expectation.Parameters, k), 2);
            if (k > 0)
                gradient[k - 1] = expectation.Count[k] - values.Length * Math.Exp(logShare[k]);
            gradient[components - 1 + k] = (expectation.Sum[k] - expectation.Count[k] * mean) / variance;
            gradient[2 * components - 1 + k] =
                (expectation.Squares[k] - 2 * mean * expectation.Sum[k] + expectation.Count[k] * mean * mean) / variance - expectation.Count[k];
        }
        return gradient;
    }

    private double[] LogShares(double[] parameters)
    {
        double[] odds = [0, .. parameters[..(components - 1)]];
        double total = LogSum(odds);
        return [.. odds.Select(value => value - total)];
    }

    private double Mean(double[] parameters, int component) => parameters[components - 1 + component];

    private double Deviation(double[] parameters, int component) => Math.Exp(parameters[2 * components - 1 + component]);

    private bool IsInDomain(double[] parameters) =>
        Array.TrueForAll(parameters, double.IsFinite) && Enumerable.Range(0, components).All(k => Deviation(parameters, k) > SmallestDeviation);

    private static double LogSum(double[] terms)
    {
        double largest = terms.Max();
        return largest + Math.Log(terms.Sum(term => Math.Exp(term - largest)));
    }
}
