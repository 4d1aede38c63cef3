using System.Globalization;

namespace IrtGpu.Cli.Progress;

/// <summary>Times and rates as people say them: no more digits than are known.</summary>
internal static class Durations
{
    /// <summary>A time of work that is left or done.</summary>
    public static string InWords(TimeSpan time)
    {
        long seconds = (long)Math.Ceiling(Math.Min(time.TotalSeconds, 1e9));
        return seconds switch
        {
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds} s"),
            < 600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min {seconds % 60} s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min"),
            < 86400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600} h {seconds % 3600 / 60} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400} days {seconds % 86400 / 3600} h"),
        };
    }

    /// <summary>A number with three digits, and with all of them where it is larger.</summary>
    public static string Digits(double value) => value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
