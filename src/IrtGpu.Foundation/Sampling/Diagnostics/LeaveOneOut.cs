namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>How well each observation is predicted from all others, by Pareto-smoothed importance sampling.</summary>
/// <remarks>Vehtari, Gelman &amp; Gabry (2017), Statistics and Computing 27, 1413–1432.</remarks>
/// <param name="Elpd">Log predictive density of each observation given the others. [observation]</param>
/// <param name="Shape">k̂ of each observation. [observation]</param>
/// <param name="LogPredictive">Log predictive density of each observation given all. [observation]</param>
/// <param name="Draws">Draws it is made of.</param>
internal sealed record LeaveOneOut(double[] Elpd, double[] Shape, double[] LogPredictive, int Draws)
{
    /// <summary>Sum of the log predictive densities.</summary>
    public double Total => Elpd.Sum();

    /// <summary>Standard error of the sum, over observations.</summary>
    public double Error => ErrorOf(Elpd);

    /// <summary>Effective number of parameters.</summary>
    public double EffectiveParameters => LogPredictive.Sum() - Total;

    /// <summary>Observations whose k̂ is above the threshold.</summary>
    public int UnreliableCount
    {
        get
        {
            double threshold = ParetoSmoothing.Threshold(Draws);
            return Shape.Count(shape => !(shape <= threshold));
        }
    }

    /// <summary>Computes.</summary>
    /// <param name="observations">Number of observations.</param>
    /// <param name="chains">Number of chains.</param>
    /// <param name="draws">Draws of a chain.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="logLikelihood">Writes the log-likelihoods of an observation, chain by chain, at all draws. [chain · draw]</param>
    public static LeaveOneOut Of(int observations, int chains, int draws, int threads, Action<int, double[]> logLikelihood)
    {
        int total = chains * draws;
        (double[] elpd, double[] shape, double[] predictive) = (new double[observations], new double[observations], new double[observations]);
        Parallel.For(0, observations, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => (new double[total], new double[total]), (observation, _, buffers) =>
        {
            (double[] values, double[] weights) = buffers;
            logLikelihood(observation, values);
            double largest = values.Max();
            double size = EffectiveSampleSize.OfMean(new ChainValues([.. Enumerable.Range(0, chains).Select(chain =>
                Array.ConvertAll(values[(chain * draws)..((chain + 1) * draws)], value => Math.Exp(value - largest)))]));
            for (int draw = 0; draw < total; draw++)
                weights[draw] = -values[draw];
            shape[observation] = ParetoSmoothing.Smooth(weights, double.IsNaN(size) ? 1 : size / total);
            double withWeights = 0;
            double plain = 0;
            for (int draw = 0; draw < total; draw++)
            {
                withWeights += Math.Exp(weights[draw] + values[draw] - largest);
                plain += Math.Exp(values[draw] - largest);
            }
            elpd[observation] = largest + Math.Log(withWeights);
            predictive[observation] = largest + Math.Log(plain / total);
            return buffers;
        }, _ => { });
        return new LeaveOneOut(elpd, shape, predictive, total);
    }

    /// <summary>Standard error of a sum over observations: √(n Var).</summary>
    public static double ErrorOf(double[] values) => Math.Sqrt(values.Length * Quantiles.Variance(values));
}
