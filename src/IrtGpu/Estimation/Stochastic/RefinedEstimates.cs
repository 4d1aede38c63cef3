using IrtGpu.Compute;
using IrtGpu.Estimation.Limits;
using IrtGpu.Estimation.Stochastic.Complete;

namespace IrtGpu.Estimation.Stochastic;

/// <summary>Where averaging stands: parameters, their information, their Monte-Carlo errors.</summary>
internal sealed class RefinedEstimates(ModelPoint start)
{
    /// <summary>The parameters.</summary>
    public ModelPoint Point { get; private set; } = start;

    /// <summary>Estimates that the data give no limit.</summary>
    public RunOffs RunOffs { get; private set; } = RunOffs.None;

    /// <summary>Free parameters that move, ascending: those that are neither at a bound nor run off.</summary>
    public int[] Interior { get; private set; } = [];

    /// <summary>Complete-data information with priors. [interior, interior]</summary>
    public double[,]? Complete { get; private set; }

    /// <summary>Observed information with priors. [interior, interior]</summary>
    public double[,]? Observed { get; private set; }

    /// <summary>Cross-product of the persons' scores; null where it is not wanted. [interior, interior]</summary>
    public double[,]? CrossProduct { get; private set; }

    /// <summary>The inverse of <see cref="Observed"/>.</summary>
    public InformationSolver? Solver { get; private set; }

    /// <summary>What the last window said.</summary>
    public WindowStep? Last { get; private set; }

    /// <summary>Share of accepted proposals.</summary>
    public double Acceptance { get; private set; }

    /// <summary>Largest Monte-Carlo error in standard errors; NaN before there is one.</summary>
    public double LastErrorShare => Last?.LargestErrorShare ?? double.NaN;

    /// <summary>Whose that is; −1 before there is one.</summary>
    public int LastErrorIndex => Last is { LargestErrorPosition: >= 0 } last ? Interior[last.LargestErrorPosition] : -1;

    /// <summary>Takes over which parameters stay where they are.</summary>
    /// <param name="runOffs">Estimates that ran off.</param>
    /// <param name="acceptance">Share of accepted proposals.</param>
    public void Take(RunOffs runOffs, double acceptance)
    {
        Acceptance = acceptance;
        int[] interior = [.. Enumerable.Range(0, Point.Plan.Layout.FreeCount)
            .Where(index => !Point.Plan.Layout.IsAtBound(index, Point.Parameters.Free[index]) && !runOffs.Pivots.Contains(index))];
        RunOffs = runOffs;
        if (interior.SequenceEqual(Interior))
            return;
        Interior = interior;
        Solver = null;
    }

    /// <summary>Takes what the window said over.</summary>
    public void Take(WindowStep step) => Last = step;

    /// <summary>Moves.</summary>
    public void MoveTo(ModelPoint point) => Point = point;

    /// <summary>Makes the information of where it stands.</summary>
    /// <param name="posteriors">Of the point.</param>
    /// <param name="hessian">Of the expected complete-data log-likelihood with priors. [free, free]</param>
    /// <param name="threads">Number of threads.</param>
    /// <returns>False where not even the complete information is positive definite.</returns>
    public bool TryInform(PosteriorInformation posteriors, double[] hessian, int threads)
    {
        int freeCount = Point.Plan.Layout.FreeCount;
        Complete = Matrix((r, c) => -hessian[(long)r * freeCount + c]);
        double[,] missing = Matrix((r, c) => posteriors.Missing[(long)r * freeCount + c]);
        Observed = new double[Interior.Length, Interior.Length];
        for (int r = 0; r < Interior.Length; r++)
        {
            for (int c = 0; c < Interior.Length; c++)
                Observed[r, c] = Complete[r, c] - missing[r, c];
        }
        CrossProduct = posteriors.CrossProduct.Length > 0 ? Matrix((r, c) => posteriors.CrossProduct[(long)r * freeCount + c]) : null;
        Solver = InformationSolver.TryCreate(Observed, Complete, threads);
        return Solver is not null;
    }

    /// <summary>A symmetric matrix of the interior from a lower triangle.</summary>
    private double[,] Matrix(Func<int, int, double> element)
    {
        double[,] matrix = new double[Interior.Length, Interior.Length];
        for (int r = 0; r < Interior.Length; r++)
        {
            for (int c = 0; c <= r; c++)
                matrix[r, c] = matrix[c, r] = element(Interior[r], Interior[c]);
        }
        return matrix;
    }
}
