using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Formulas.Columns;

/// <summary>Columns that formulas are evaluated on: numbers, or categories where a column holds text.</summary>
internal interface IColumnSource
{
    /// <summary>Number of rows.</summary>
    int RowCount { get; }

    /// <summary>Names of the columns.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Whether the column holds numbers only.</summary>
    bool IsNumeric(string name);

    /// <summary>The values of a numeric column, NaN where missing. [row]</summary>
    double[] Numbers(string name);

    /// <summary>The column as categories with sorted levels, −1 where missing.</summary>
    Categories Categories(string name);

    /// <summary>A problem with its place.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="column">Column; null where it is about none.</param>
    /// <param name="row">0-based row; null where it is about none.</param>
    DataProblem Problem(string message, string? column = null, int? row = null);
}
