using IrtGpu.Bench.Output;

namespace IrtGpu.Bench.Studies;

/// <summary>Means over replications with their standard errors.</summary>
internal static class MonteCarlo
{
    /// <summary>Mean and its standard error, the sample SD over √R.</summary>
    public static (double Mean, double StandardError) Mean(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return (mean, values.Count < 2 ? double.NaN : Math.Sqrt(squares / (values.Count - 1.0) / values.Count));
    }

    /// <summary>Root of the mean squared error; its standard error by the delta method from the means of the replications.</summary>
    /// <param name="meanSquares">Mean squared error of each replication.</param>
    public static (double Value, double StandardError) RootMean(IReadOnlyCollection<double> meanSquares)
    {
        (double mean, double standardError) = Mean(meanSquares);
        return (Math.Sqrt(mean), standardError / (2 * Math.Sqrt(mean)));
    }

    /// <summary>Mean squared error of the parameters of some kinds; NaN where there is none.</summary>
    public static double MeanSquare(IEnumerable<RecoveredParameter> parameters, params RecoveredKind[] kinds)
    {
        double[] errors = [.. parameters.Where(parameter => kinds.Contains(parameter.Kind)).Select(parameter => parameter.Error)];
        return errors.Length == 0 ? double.NaN : errors.Average(error => error * error);
    }

    public static string Cell((double Value, double StandardError) estimate) =>
        double.IsNaN(estimate.Value) ? "–" : $"{MarkdownTable.Number(estimate.Value, "f3")} ± {MarkdownTable.Number(estimate.StandardError, "f3")}";

    /// <summary>Runs replications in parallel; each is a function of its number alone, so the number of threads changes no figure.</summary>
    public static T[] Replicate<T>(int count, int threads, Func<int, T> run)
    {
        T[] results = new T[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, replication => results[replication] = run(replication));
        return results;
    }
}
