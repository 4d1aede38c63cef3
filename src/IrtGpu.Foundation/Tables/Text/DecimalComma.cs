using System.Globalization;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>Numbers written with a comma where others write the point.</summary>
internal static class DecimalComma
{
    private const int DigitsOfThousands = 3;

    /// <summary>The number that a text such as <c>1,5</c> is; null where it is none.</summary>
    public static double? Parse(ReadOnlySpan<char> text)
    {
        int comma = text.IndexOf(',');
        if (comma < 1 || comma == text.Length - 1 || text[(comma + 1)..].ContainsAnyExceptInRange('0', '9') || text[..comma].TrimStart("+-").ContainsAnyExceptInRange('0', '9'))
            return null;
        Span<char> pointed = stackalloc char[Math.Min(text.Length, 64)];
        if (text.Length > pointed.Length)
            return null;
        text.Replace(pointed, ',', '.');
        return double.TryParse(pointed, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
    }

    /// <summary>Whether the comma may as well separate thousands: <c>1,500</c>, but not <c>0,500</c>.</summary>
    /// <param name="text">A text that is a number with a comma.</param>
    public static bool MayBeThousands(ReadOnlySpan<char> text)
    {
        int comma = text.IndexOf(',');
        return text.Length - comma - 1 == DigitsOfThousands && comma <= DigitsOfThousands && text.TrimStart("+-")[0] != '0';
    }

    /// <summary>The whole number that a text such as <c>2,0</c> is; null where it is none, or might be two thousand.</summary>
    public static int? Whole(string text) =>
        Parse(text) is { } && !MayBeThousands(text) && WholeNumber.Parse(text.Replace(',', '.'), out int number) == NumberForm.Whole ? number : null;
}
