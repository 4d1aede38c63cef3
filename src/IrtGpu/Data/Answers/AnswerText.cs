using System.Globalization;
using System.Text;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Answers;

/// <summary>How texts of answers are compared: as people write them, so that case and blanks make no difference.</summary>
internal static class AnswerText
{
    private static readonly HashSet<string> WordsForMissing =
    [
        "NA", "N/A", "#N/A", "#NULL!", "NULL", "#VALUE!", "#REF!", "#DIV/0!", "NAN", "#NUM!", "NIL", "NONE", "MISSING", "UNKNOWN", "NOT APPLICABLE",
        "NOT ANSWERED", "NO ANSWER", "NO RESPONSE", "NOT REACHED", "OMITTED", "-", "--", ".", "?", "*",
    ];

    private static readonly HashSet<int> NumbersForMissing = [8, 9, 77, 88, 97, 98, 99, 777, 888, 997, 998, 999, 7777, 8888, 9997, 9998, 9999, 99999];

    /// <summary>The text in capitals, without blanks at its ends, with single blanks inside, and with plain quotes and dashes.</summary>
    public static string Fold(ReadOnlySpan<char> text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            if (!char.IsWhiteSpace(character))
                folded.Append(char.ToUpperInvariant(Plain(character)));
            else if (folded.Length > 0 && folded[^1] != ' ')
                folded.Append(' ');
        }
        return folded.ToString().TrimEnd(' ');
    }

    /// <summary>What answers have in common that are one: whole numbers their value, other texts their folded form.</summary>
    public static string Comparable(string text) => WholeNumber.Parse(text, out int number) == NumberForm.Whole ? Comparable(number) : Fold(text);

    /// <summary>The same of a whole number.</summary>
    public static string Comparable(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether programs and people write the word for an answer that is not there.</summary>
    /// <param name="folded">A folded text.</param>
    public static bool MeansMissing(string folded) => WordsForMissing.Contains(folded);

    /// <summary>Whether surveys use the number for an answer that is not there: any below 0, and nines and the like above.</summary>
    public static bool MeansMissing(int number) => number < 0 || NumbersForMissing.Contains(number);

    private static char Plain(char character) => character switch
    {
        '\u2018' or '\u2019' or '\u02BC' => '\'',
        '\u201C' or '\u201D' => '"',
        '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2212' => '-',
        _ => character,
    };
}
