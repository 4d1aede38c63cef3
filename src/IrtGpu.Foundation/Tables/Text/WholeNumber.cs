using System.Globalization;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>What a field is as a category code.</summary>
internal enum NumberForm
{
    /// <summary>A whole number in the range of a 32-bit integer.</summary>
    Whole,

    /// <summary>A number, but with a fraction.</summary>
    Fraction,

    /// <summary>A whole number of more than 32 bits.</summary>
    TooLarge,

    /// <summary>Not a number.</summary>
    None,
}

/// <summary>Reads category codes: an optional sign, digits, and perhaps a point with zeros behind it.</summary>
internal static class WholeNumber
{
    public static NumberForm Parse(ReadOnlySpan<char> field, out int number)
    {
        number = 0;
        field = field.Trim(" \t");
        int position = !field.IsEmpty && field[0] is '-' or '+' ? 1 : 0;
        bool negative = position == 1 && field[0] == '-';
        int firstDigit = position;
        long value = 0;
        bool tooLarge = false;
        for (; position < field.Length && char.IsAsciiDigit(field[position]); position++)
        {
            value = value * 10 + (field[position] - '0');
            if (value > (long)int.MaxValue + 1)
            {
                tooLarge = true;
                value = int.MaxValue;
            }
        }
        bool hasDigits = position > firstDigit;
        if (hasDigits && position < field.Length && field[position] == '.')
        {
            do
                position++;
            while (position < field.Length && field[position] == '0');
        }
        if (!hasDigits || position < field.Length)
        {
            bool isNumber = double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double other) && double.IsFinite(other);
            return isNumber ? NumberForm.Fraction : NumberForm.None;
        }
        value = negative ? -value : value;
        if (tooLarge || value is > int.MaxValue or < int.MinValue)
            return NumberForm.TooLarge;
        number = (int)value;
        return NumberForm.Whole;
    }
}
