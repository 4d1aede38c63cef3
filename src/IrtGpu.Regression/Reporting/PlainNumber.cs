using System.Globalization;

namespace IrtGpu.Regression.Reporting;

/// <summary>Numbers for people.</summary>
internal static class PlainNumber
{
    /// <summary>So many decimals; nothing where the number is not finite.</summary>
    public static string Decimals(double value, int decimals) =>
        double.IsFinite(value) ? value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : "";

    /// <summary>Five significant digits, without an exponent where the number is not extreme.</summary>
    public static string Significant(double value)
    {
        double size = Math.Abs(value);
        if (size == 0)
            return "0";
        if (size is >= 1e7 or < 1e-4)
            return value.ToString("0.0000e+00", CultureInfo.InvariantCulture);
        return Decimals(value, Math.Clamp(4 - (int)Math.Floor(Math.Log10(size)), 0, 8));
    }

    /// <summary>A p-value.</summary>
    public static string Probability(double value) => value switch
    {
        < 2e-16 => "<2e-16",
        < 1e-4 => value.ToString("0.00e+00", CultureInfo.InvariantCulture),
        _ => Decimals(value, 4),
    };
}
