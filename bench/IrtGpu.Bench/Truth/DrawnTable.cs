using System.Globalization;
using System.Text;
using IrtGpu.Data;

namespace IrtGpu.Bench.Truth;

/// <summary>Drawn responses as a table that other programs read.</summary>
internal static class DrawnTable
{
    public const string GroupColumn = "group";

    /// <summary>Comma-separated, a row a person; the group first, where there are several.</summary>
    public static string Text(ResponseData data)
    {
        bool hasGroups = data.Groups is not null;
        StringBuilder text = new();
        text.Append(hasGroups ? GroupColumn + "," : "").AppendJoin(',', data.ItemNames).Append('\n');
        for (int person = 0; person < data.PersonCount; person++)
        {
            if (hasGroups)
                text.Append(data.GroupNames[data.Groups![person]]).Append(',');
            ReadOnlySpan<byte> row = data.Row(person);
            for (int item = 0; item < row.Length; item++)
                text.Append(item > 0 ? "," : "").Append(row[item].ToString(CultureInfo.InvariantCulture));
            text.Append('\n');
        }
        return text.ToString();
    }
}
