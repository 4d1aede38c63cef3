using Spectre.Console;

namespace IrtGpu.Cli.Reports;

/// <summary>Tables for people: drawn on a terminal, plain columns elsewhere.</summary>
internal static class TextTable
{
    /// <param name="header">Names of the columns.</param>
    /// <param name="rows">Rows of as many cells.</param>
    public static void Write(string[] header, IReadOnlyList<string[]> rows)
    {
        if (!Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi)
        {
            Table table = new Table().Border(TableBorder.Rounded);
            foreach (string name in header)
                table.AddColumn(new TableColumn(Markup.Escape(name)));
            foreach (string[] row in rows)
                table.AddRow([.. row.Select(Markup.Escape)]);
            AnsiConsole.Write(table);
            return;
        }
        int[] widths = [.. header.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max())];
        foreach (string[] row in rows.Prepend(header))
            Console.Out.WriteLine("  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
