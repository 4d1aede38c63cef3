namespace IrtGpu.Regression.Mixtures.Results;

/// <summary>Expected responses: of each class, and of the mixture.</summary>
internal static class MixtureMeans
{
    /// <summary>Mean of the mixture, Σ π_k xᵀβ_k with the offset, in units of the response. [row]</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public static double[] Of(MixtureProblem problem, double[] full)
    {
        int classes = problem.Layout.ClassCount;
        double[] means = OfClasses(problem, full);
        double[] proportions = Proportions(problem, full);
        double[] mixture = new double[problem.Data.RowCount];
        for (int row = 0; row < mixture.Length; row++)
        {
            int unit = problem.Data.UnitOfRow is null ? row : problem.Data.UnitOfRow[row];
            for (int k = 0; k < classes; k++)
                mixture[row] += proportions[unit * classes + k] * means[row * classes + k];
        }
        return mixture;
    }

    /// <summary>Mean of each class, xᵀβ_k with the offset, in units of the response. [row, class]</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public static double[] OfClasses(MixtureProblem problem, double[] full)
    {
        MixtureData data = problem.Data;
        int classes = problem.Layout.ClassCount;
        double[] means = new double[data.RowCount * classes];
        for (int k = 0; k < classes; k++)
        {
            double[] own = new double[data.RowCount];
            for (int column = 0; column < data.Columns.Length; column++)
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(data.Columns[column], full[problem.Layout.Coefficient(k, column)], own, own);
            for (int row = 0; row < own.Length; row++)
                means[row * classes + k] = problem.Scale.ResponseCentre + problem.Scale.ResponseSize * own[row] + (problem.Frame.Offset is null ? 0 : problem.Frame.Offset[row]);
        }
        return means;
    }

    /// <summary>Probabilities of the classes before the response is seen. [unit, class]</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public static double[] Proportions(MixtureProblem problem, double[] full)
    {
        MixtureData data = problem.Data;
        int classes = problem.Layout.ClassCount;
        double[] proportions = new double[data.UnitCount * classes];
        double[] logOdds = new double[classes];
        for (int unit = 0; unit < data.UnitCount; unit++)
        {
            double largest = 0;
            for (int k = 1; k < classes; k++)
            {
                logOdds[k] = 0;
                for (int column = 0; column < data.ClassColumns.Length; column++)
                    logOdds[k] += full[problem.Layout.ClassCoefficient(k, column)] * data.ClassColumns[column][unit];
                largest = Math.Max(largest, logOdds[k]);
            }
            double total = 0;
            for (int k = 0; k < classes; k++)
                total += proportions[unit * classes + k] = Math.Exp(logOdds[k] - largest);
            for (int k = 0; k < classes; k++)
                proportions[unit * classes + k] /= total;
        }
        return proportions;
    }
}
