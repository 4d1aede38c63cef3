namespace IrtGpu.Regression.Mixtures.Rows;

/// <summary>What a pass over rows adds up: the log-likelihood, and for each class weighted sums that gradient and M-step are made of.</summary>
/// <remarks>P is the probability of the class given the row, w the weight, r the residual from the class.</remarks>
internal sealed class RowSums
{
    private readonly int columns;

    /// <param name="classes">K.</param>
    /// <param name="columns">p.</param>
    /// <param name="classColumns">m.</param>
    public RowSums(int classes, int columns, int classColumns)
    {
        this.columns = columns;
        Count = new double[classes];
        Squares = new double[classes];
        Score = new double[classes * columns];
        Cross = new double[classes * columns * columns];
        ClassScore = new double[(classes - 1) * classColumns];
    }

    /// <summary>Σ log Σ_k π_k f_k.</summary>
    public double LogLikelihood { get; set; }

    /// <summary>Σ P. [class]</summary>
    public double[] Count { get; }

    /// <summary>Σ P w r². [class]</summary>
    public double[] Squares { get; }

    /// <summary>Σ P w r x. [class, p]</summary>
    public double[] Score { get; }

    /// <summary>Σ P w x xᵀ, lower triangles. [class, p, p]</summary>
    public double[] Cross { get; }

    /// <summary>Σ (P − π) z, of classes from the second on. [class − 1, m]</summary>
    public double[] ClassScore { get; }

    /// <summary>Score of a class. [p]</summary>
    public Span<double> ScoreOf(int ofClass) => Score.AsSpan(ofClass * columns, columns);

    /// <summary>Cross-products of a class. [p, p]</summary>
    public Span<double> CrossOf(int ofClass) => Cross.AsSpan(ofClass * columns * columns, columns * columns);

    /// <summary>Sets all to 0.</summary>
    public void Clear()
    {
        LogLikelihood = 0;
        foreach (double[] sums in new[] { Count, Squares, Score, Cross, ClassScore })
            sums.AsSpan().Clear();
    }

    /// <summary>Adds those of another run of rows.</summary>
    public void Add(RowSums other)
    {
        LogLikelihood += other.LogLikelihood;
        Add(other.Count, Count);
        Add(other.Squares, Squares);
        Add(other.Score, Score);
        Add(other.Cross, Cross);
        Add(other.ClassScore, ClassScore);
    }

    private static void Add(double[] from, double[] to) => System.Numerics.Tensors.TensorPrimitives.Add(to, from, to);
}
