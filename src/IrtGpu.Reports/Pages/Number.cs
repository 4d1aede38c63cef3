using System.Globalization;

namespace IrtGpu.Reports.Pages;

/// <summary>Numbers as people read them.</summary>
internal static class Number
{
    /// <summary>With fixed decimals; by powers of ten where it is very large.</summary>
    public static string Show(double value, int decimals = 3)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "" : value > 0 ? "∞" : "−∞";
        string text = value.ToString(Math.Abs(value) >= 1e9 ? "0.###e0" : decimals == 0 ? "0" : "0." + new string('0', decimals), CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAnyInRange('1', '9') < 0 ? text.TrimStart('-') : text.Replace('-', '−');
    }

    /// <summary>A count, with thin spaces between thousands.</summary>
    public static string Count(double value) => value.ToString(value == Math.Floor(value) ? "#,0" : "#,0.##", Thousands);

    /// <summary>A share in per cent.</summary>
    public static string Percent(double share, int decimals = 0) => double.IsNaN(share) ? "" : $"{Show(100 * share, decimals)} %";

    /// <summary>A p-value.</summary>
    public static string Probability(double p) => double.IsNaN(p) ? "" : p < 0.001 ? "< 0.001" : Show(p);

    /// <summary>A p-value within a sentence: "p = 0.012", "p &lt; 0.001".</summary>
    public static string Equality(double p) => double.IsNaN(p) ? "p unknown" : p < 0.001 ? $"p {Probability(p)}" : $"p = {Probability(p)}";

    private static readonly NumberFormatInfo Thousands = new() { NumberGroupSeparator = "\u202f", NumberDecimalSeparator = "." };
}
