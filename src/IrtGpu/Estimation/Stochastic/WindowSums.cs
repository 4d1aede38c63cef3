namespace IrtGpu.Estimation.Stochastic;

/// <summary>Gradients of the draws of a window, at parameters that stay: their mean, and by batches how far it is off.</summary>
/// <remarks>Draws of a chain follow each other; means of batches of them are nearly independent, so their spread tells the error of the mean (Flegal &amp; Jones 2010).</remarks>
internal sealed class WindowSums
{
    private const int DrawsABatch = 8; // of chains that accept most proposals; the largest error of many parameters wants many batches
    private const int MostBatches = 100;

    private readonly double[][] batches; // sums [batch][free]
    private readonly int drawCount;
    private int draw;

    /// <summary>Prepares a window.</summary>
    /// <param name="freeCount">Number of free parameters.</param>
    /// <param name="drawCount">Draws of the window, at least two batches.</param>
    public WindowSums(int freeCount, int drawCount)
    {
        this.drawCount = drawCount;
        batches = [.. Enumerable.Range(0, Math.Clamp(Math.Max((int)Math.Sqrt(drawCount), drawCount / DrawsABatch), 2, MostBatches)).Select(_ => new double[freeCount])];
    }

    /// <summary>Number of batches.</summary>
    public int BatchCount => batches.Length;

    /// <summary>Draws so far.</summary>
    public int DrawCount => draw;

    /// <summary>Adds the gradient of a draw.</summary>
    /// <param name="gradient">[free]</param>
    public void Add(double[] gradient)
    {
        double[] sum = batches[(int)((long)draw * batches.Length / drawCount)];
        for (int k = 0; k < sum.Length; k++)
            sum[k] += gradient[k];
        draw++;
    }

    /// <summary>Mean gradient of some parameters.</summary>
    /// <param name="parameters">Which.</param>
    public double[] Mean(int[] parameters) => [.. parameters.Select(index => batches.Sum(batch => batch[index]) / draw)];

    /// <summary>Mean gradient of a batch.</summary>
    /// <param name="batch">Which batch.</param>
    /// <param name="parameters">Which parameters.</param>
    public double[] BatchMean(int batch, int[] parameters)
    {
        int count = Begin(batch + 1) - Begin(batch);
        return [.. parameters.Select(index => batches[batch][index] / count)];
    }

    /// <summary>First draw of a batch.</summary>
    private int Begin(int batch) => (int)(((long)batch * drawCount + batches.Length - 1) / batches.Length);
}
