using System.Globalization;
using System.Text;
using IrtGpu.Data;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Reporting.Tables.Persons;

/// <summary>The columns <c>id,group,answered</c> that every table of persons begins with.</summary>
/// <param name="data">The persons.</param>
internal sealed class PersonColumns(ResponseData data)
{
    private readonly byte[][] groupNames = [.. data.GroupNames.Select(Encoding.UTF8.GetBytes)];

    public static void WriteHeader(CsvWriter csv)
    {
        csv.Field("id");
        csv.Field("group");
        csv.Field("answered");
    }

    public void Write(CsvWriter csv, int person)
    {
        if (data.Ids is TextColumn read)
            csv.Field(read.Utf8(person));
        else if (data.Ids is { } ids)
            csv.Field(ids[person]);
        else
            csv.Field(person + 1);
        csv.Field(groupNames.Length > 1 ? groupNames[data.Groups?[person] ?? 0] : default(ReadOnlySpan<byte>));
        ReadOnlySpan<byte> row = data.Row(person);
        csv.Field(row.Length - row.Count(ResponseData.Missing));
    }

    /// <summary>Header names such as <c>p_1…p_K</c>.</summary>
    public static void WriteNumbered(CsvWriter csv, string prefix, int count)
    {
        for (int k = 1; k <= count; k++)
            csv.Field(prefix + k.ToString(CultureInfo.InvariantCulture));
    }
}
