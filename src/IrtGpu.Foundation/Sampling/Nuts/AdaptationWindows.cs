namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>When the metric is learned: not in the first and last transitions of the warmup, and between these in windows that double in length.</summary>
/// <remarks>75 before, 25 · 2ⁱ in the windows, 50 after; shares of 15 and 10 % where the warmup is shorter than these; none below 20 transitions.</remarks>
internal sealed class AdaptationWindows
{
    private const int Before = 75;
    private const int First = 25;
    private const int After = 50;
    private const int Shortest = 20;

    private readonly int begin;
    private readonly HashSet<int> ends = [];

    /// <summary>Lays the windows out.</summary>
    /// <param name="warmup">Number of transitions.</param>
    public AdaptationWindows(int warmup)
    {
        if (warmup < Shortest)
        {
            begin = warmup;
            return;
        }
        (int before, int size, int after) = (Before, First, After);
        if (before + size + after > warmup)
        {
            before = (int)(0.15 * warmup);
            after = (int)(0.1 * warmup);
            size = warmup - before - after;
        }
        begin = before;
        int stop = warmup - after;
        for (int end = before; end < stop; size *= 2)
        {
            // A window takes the rest where the next one, twice as long, would not fit.
            end = end + size + 2 * size > stop ? stop : end + size;
            ends.Add(end - 1);
        }
    }

    /// <summary>Whether the metric learns from a transition.</summary>
    /// <param name="transition">0-based number in the warmup.</param>
    public bool Has(int transition) => transition >= begin && ends.Count > 0 && transition <= Last;

    /// <summary>Whether a window ends with a transition.</summary>
    /// <param name="transition">0-based number in the warmup.</param>
    public bool EndsAt(int transition) => ends.Contains(transition);

    private int Last => ends.Max();
}
