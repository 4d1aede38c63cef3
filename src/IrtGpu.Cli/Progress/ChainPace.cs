using System.Globalization;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Cli.Progress;

/// <summary>The pace of chains of draws: how far each is, their divergences, the rate of all.</summary>
/// <param name="begin">When the first began.</param>
internal sealed class ChainPace(TimeSpan begin) : IPace
{
    private static readonly TimeSpan Sure = TimeSpan.FromSeconds(2);

    private readonly SortedDictionary<int, ChainProgress> chains = [];
    private TimeSpan lastAt;

    /// <summary>Takes a report of a chain.</summary>
    public void Take(ChainProgress chain, TimeSpan now)
    {
        chains[chain.Chain] = chain;
        lastAt = now;
    }

    public string Line(TimeSpan now)
    {
        string each = string.Join("  ", chains.Values.Select(chain => string.Create(
            CultureInfo.InvariantCulture, $"{chain.Chain + 1}: {100.0 * chain.Done / chain.Total:0} %{(chain.IsWarmup ? " warmup" : "")}")));
        int divergences = chains.Values.Sum(chain => chain.Divergences);
        string line = $"chains {each}{(divergences > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {divergences} divergences") : "")}";
        double done = chains.Values.Sum(chain => (double)chain.Done);
        double total = chains.Values.Max(chain => (double)chain.ChainCount * chain.Total);
        double rate = done / (lastAt - begin).TotalSeconds;
        if (now - begin < Sure || !(rate > 0) || !double.IsFinite(rate))
            return line;
        TimeSpan left = TimeSpan.FromSeconds(Math.Max(1, (total - done) / rate - (now - lastAt).TotalSeconds));
        return $"{line}  {Durations.Digits(rate)} transitions a second{(total > done ? $", about {Durations.InWords(left)} left" : "")}";
    }
}
