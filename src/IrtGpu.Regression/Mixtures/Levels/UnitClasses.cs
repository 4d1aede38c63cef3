using IrtGpu.Foundation.Optimization;

namespace IrtGpu.Regression.Mixtures.Levels;

/// <summary>Class probabilities of units before their rows are seen: a multinomial logit on columns of the class formula.</summary>
/// <remarks>log π_k = w'δ_k less the log-sum over classes; δ of the first class is 0. A unit of known class has no other.</remarks>
/// <param name="columns">Working columns; all 1 where proportions are constant. [m][unit]</param>
/// <param name="known">Known class, −1 where unknown; null: none is known. [unit]</param>
/// <param name="unitCount">Number of units.</param>
/// <param name="classCount">K.</param>
internal sealed class UnitClasses(double[][] columns, int[]? known, int unitCount, int classCount)
{
    private const double LeastLogOdds = -40; // of a class that empties

    private readonly bool isConstant = columns is [{ } only] && Array.TrueForAll(only, value => value == 1);

    /// <summary>Number of coefficients, K − 1 times m.</summary>
    public int Count => (classCount - 1) * columns.Length;

    /// <summary>Log probabilities; −∞ for a class that a unit is known not to be of. [class][unit]</summary>
    /// <param name="delta">Coefficients, class after class from the second. [(K − 1) m]</param>
    public double[][] LogPrior(ReadOnlySpan<double> delta)
    {
        double[][] log = LogProbabilities(delta);
        for (int unit = 0; unit < unitCount && known is not null; unit++)
        {
            for (int k = 0; k < classCount && known[unit] >= 0; k++)
            {
                if (k != known[unit])
                    log[k][unit] = double.NegativeInfinity;
            }
        }
        return log;
    }

    /// <summary>Gradient of Σ_unit Σ_k posterior log π_k. [(K − 1) m]</summary>
    public double[] Gradient(ReadOnlySpan<double> delta, double[][] posterior)
    {
        double[] gradient = new double[Count];
        double[][] log = LogProbabilities(delta);
        for (int k = 1; k < classCount; k++)
        {
            for (int unit = 0; unit < unitCount; unit++)
            {
                double excess = posterior[k][unit] - Math.Exp(log[k][unit]);
                for (int column = 0; column < columns.Length; column++)
                    gradient[(k - 1) * columns.Length + column] += excess * columns[column][unit];
            }
        }
        return gradient;
    }

    /// <summary>The coefficients that maximise Σ_unit Σ_k posterior log π_k. [(K − 1) m]</summary>
    /// <param name="delta">Where to begin.</param>
    /// <param name="posterior">[class][unit]</param>
    /// <param name="isFree">Whether a coefficient is estimated; others stay. [(K − 1) m]</param>
    public double[] Maximize(double[] delta, double[][] posterior, bool[] isFree)
    {
        if (Count == 0)
            return delta;
        if (isConstant && Array.TrueForAll(isFree, free => free))
        {
            double[] totals = Array.ConvertAll(posterior, own => own.Sum());
            double first = Math.Max(totals[0], double.Epsilon);
            return [.. totals.Skip(1).Select(total => Math.Clamp(Math.Log(Math.Max(total, double.Epsilon) / first), LeastLogOdds, -LeastLogOdds))];
        }
        int[] free = [.. Enumerable.Range(0, Count).Where(index => isFree[index])];
        double[] values = [.. free.Select(index => delta[index])];
        double[] all = (double[])delta.Clone();
        NewtonMaximizer.Maximize(values, (x, gradient, information) =>
        {
            for (int index = 0; index < free.Length; index++)
                all[free[index]] = x[index];
            return Evaluate(all, posterior, free, gradient, information);
        });
        for (int index = 0; index < free.Length; index++)
            all[free[index]] = values[index];
        return all;
    }

    private double Evaluate(double[] delta, double[][] posterior, int[] free, Span<double> gradient, Span<double> information)
    {
        double[][] log = LogProbabilities(delta);
        double value = 0;
        for (int k = 0; k < classCount; k++)
        {
            for (int unit = 0; unit < unitCount; unit++)
                value += posterior[k][unit] * log[k][unit];
        }
        if (gradient.IsEmpty)
            return value;
        int m = columns.Length;
        for (int unit = 0; unit < unitCount; unit++)
        {
            for (int row = 0; row < free.Length; row++)
            {
                int k = 1 + free[row] / m;
                double probability = Math.Exp(log[k][unit]);
                double own = columns[free[row] % m][unit];
                gradient[row] += (posterior[k][unit] - probability) * own;
                for (int column = 0; column <= row; column++)
                {
                    int other = 1 + free[column] / m;
                    double curvature = probability * ((k == other ? 1 : 0) - Math.Exp(log[other][unit]));
                    information[row * free.Length + column] += curvature * own * columns[free[column] % m][unit];
                }
            }
        }
        return value;
    }

    private double[][] LogProbabilities(ReadOnlySpan<double> delta)
    {
        double[][] log = new double[classCount][];
        if (isConstant)
        {
            double[][] first = [[0], .. delta.ToArray().Select(odds => new[] { odds })];
            double total = LogSum(first, 0);
            for (int k = 0; k < classCount; k++)
                Array.Fill(log[k] = new double[unitCount], first[k][0] - total);
            return log;
        }
        log[0] = new double[unitCount];
        for (int k = 1; k < classCount; k++)
        {
            log[k] = new double[unitCount];
            for (int column = 0; column < columns.Length; column++)
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(columns[column], delta[(k - 1) * columns.Length + column], log[k], log[k]);
        }
        if (classCount == 1)
            return log;
        for (int unit = 0; unit < unitCount; unit++)
        {
            double total = LogSum(log, unit);
            foreach (double[] own in log)
                own[unit] -= total;
        }
        return log;
    }

    private static double LogSum(double[][] log, int unit)
    {
        double largest = double.NegativeInfinity;
        foreach (double[] own in log)
            largest = Math.Max(largest, own[unit]);
        double sum = 0;
        foreach (double[] own in log)
            sum += Math.Exp(own[unit] - largest);
        return largest + Math.Log(sum);
    }
}
