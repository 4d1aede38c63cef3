using IrtGpu.Data;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Reporting.Tables.Persons;

/// <summary>Writes responses as a table that can be read back: original category codes or words, empty where missing.</summary>
public static class ResponseTable
{
    /// <summary>Writes it, with the columns <c>group</c> and <c>class</c> before the items where there are several.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="data">The responses.</param>
    /// <param name="threads">Number of threads that format; 0: all processors. The bytes do not depend on it.</param>
    public static void Write(Stream stream, ResponseData data, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        using CsvWriter csv = new(stream);
        bool hasGroups = data.GroupNames.Length > 1;
        if (hasGroups)
            csv.Field(FreeName("group", data));
        if (data.KnownClasses is not null)
            csv.Field(FreeName("class", data));
        csv.Record(data.ItemNames);
        csv.Flush();
        ParallelRows.Write(stream, data.PersonCount, threads, (rows, person) =>
        {
            if (hasGroups)
                rows.Field(data.GroupNames[data.Groups?[person] ?? 0]);
            if (data.KnownClasses is { } classes)
                rows.Field(classes[person] < 0 ? "" : data.ClassNames[classes[person]]);
            ReadOnlySpan<byte> row = data.Row(person);
            for (int item = 0; item < row.Length; item++)
            {
                if (row[item] == ResponseData.Missing)
                    rows.Field("");
                else if (data.Answers?[item].Texts is { } texts)
                    rows.Field(texts[row[item]][0]);
                else
                    rows.Field(data.CategoryCodes[item][row[item]]);
            }
            rows.EndRecord();
        });
    }

    /// <summary>The name, with an underscore for each item that has it already.</summary>
    private static string FreeName(string name, ResponseData data)
    {
        while (data.ItemNames.Contains(name))
            name += "_";
        return name;
    }
}
